import type { ConnectionRow } from "@bindings/ConnectionRow";
import { dialogs } from "../../lib/state/dialogs.svelte";
import { signIns } from "../../lib/state/signIns.svelte";
import { testing } from "../../lib/state/testing.svelte";

export type RowAction = "rename" | "test" | "reauthorize" | "delete";

/** Does to a connection what a button, a menu or a key asks for. */
export function run(action: RowAction, row: ConnectionRow): void {
  switch (action) {
    case "rename":
      return dialogs.open({ kind: "rename", row });
    case "test":
      return void testing.one(row);
    case "reauthorize":
      return void signIns.begin(row);
    case "delete":
      return dialogs.open({ kind: "delete", row });
  }
}

const byKey: Record<string, RowAction> = { F2: "rename", t: "test", r: "reauthorize", Delete: "delete" };

/** The keys of a row. */
export function runKey(event: KeyboardEvent, row: ConnectionRow): void {
  const action = byKey[event.key];
  if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  run(action, row);
}
