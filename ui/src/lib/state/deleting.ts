import type { ConnectionRow } from "@bindings/ConnectionRow";
import type { Event } from "@bindings/Event";
import { deleteConnection, undoDelete } from "../ipc";
import { text } from "../text/en";
import { on } from "./events";
import { undo as undoMove } from "./moving";
import { toasts } from "./toasts.svelte";

const say = text.connections.remove;

/**
 * Deletes, with a way back for as long as the app keeps it. Throws when it was refused. `moved`: the move of its flows
 * that goes back with it.
 */
export async function remove(row: Pick<ConnectionRow, "id" | "name">, moved?: string): Promise<void> {
  const { undo_until } = await deleteConnection(row.id);
  toasts.show({
    message: say.deleted(row.name),
    lasts: Math.max(0, undo_until - Date.now()) || 1,
    countdown: true,
    action: { label: text.actions.undo, run: () => undo(row, moved) },
  });
}

/** Tells what came of the revocation once a deletion is final. */
export function followDeletions(): () => void {
  return on("deleted", (event) =>
    void toasts.show({
      message: outcome(event),
      detail: event.left_to_do ?? undefined,
      tone: event.revocation === "failed" ? "fail" : "plain",
      lasts: event.left_to_do || event.revocation === "failed" ? 0 : 8000,
    }),
  );
}

async function undo({ id, name }: Pick<ConnectionRow, "id" | "name">, moved?: string): Promise<void> {
  try {
    await undoDelete(id);
    toasts.show({ message: say.restored(name) });
    if (moved) await undoMove(moved);
  } catch (thrown) {
    toasts.failed(thrown);
  }
}

function outcome({ revocation, name, connector_name }: Extract<Event, { kind: "deleted" }>): string {
  switch (revocation) {
    case "revoked":
      return say.revoked(name, connector_name);
    case "not_offered":
      return say.notOffered(name, connector_name);
    case "failed":
      return say.failed(name, connector_name);
    case "nothing_to_revoke":
      return say.nothing(name);
  }
}
