import { bindCards } from "../ipc";
import { toasts } from "./toasts.svelte";

/** Binds cards and says so only when it fails. */
export async function bindTo(cards: readonly string[], connection: string): Promise<void> {
  try {
    await bindCards(cards, connection);
  } catch (thrown) {
    toasts.failed(thrown);
  }
}
