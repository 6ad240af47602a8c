import type { Moved } from "@bindings/Moved";
import { undoMove } from "../ipc";
import { text } from "../text/en";
import { toasts } from "./toasts.svelte";

const say = text.flows.move;

/** Says what was moved, with a way back. */
export function announceMove({ id, cards, flows }: Moved, to: string): void {
  toasts.show({
    message: say.moved(cards, flows, to),
    lasts: 20_000,
    countdown: true,
    action: { label: text.actions.undo, run: () => undo(id) },
  });
}

/** Takes a move back, and says so. */
export async function undo(id: string): Promise<void> {
  try {
    const { cards, left } = await undoMove(id);
    toasts.show({ message: say.undone(cards), detail: left ? say.left(left) : undefined });
  } catch (thrown) {
    toasts.failed(thrown);
  }
}
