import type { CardView } from "@bindings/CardView";
import { unbindCards } from "../../lib/ipc";
import { bindTo } from "../../lib/state/binding";
import { connectorNames } from "../../lib/state/connectorNames.svelte";
import { toasts } from "../../lib/state/toasts.svelte";
import { text } from "../../lib/text/en";

/** "Slack · Send message", or only one of the two when both say the same. */
export function cardTitle(card: Pick<CardView, "title" | "connector" | "connector_key">): string {
  const connector = connectorNames.of(card.connector ?? card.connector_key);
  return card.title && card.title !== connector ? `${connector} · ${card.title}` : connector;
}

/** Takes the connection from a card, with a way back. */
export async function takeAway(card: CardView): Promise<void> {
  if (card.binding.kind !== "bound") return;
  const { connection, name } = card.binding;
  try {
    await unbindCards([card.id]);
    toasts.show({
      message: text.flows.detail.unbound(name),
      lasts: 10_000,
      countdown: true,
      action: { label: text.actions.undo, run: () => bindTo([card.id], connection) },
    });
  } catch (thrown) {
    toasts.failed(thrown);
  }
}
