import { text } from "../text/en";
import { connectorNames } from "./connectorNames.svelte";
import { followDeletions } from "./deleting";
import { on } from "./events";
import { forgetConnectors } from "./everyConnector";
import { icons } from "./icons.svelte";
import { signIns } from "./signIns.svelte";
import { testing } from "./testing.svelte";
import { toasts } from "./toasts.svelte";
import { workspace } from "./workspace.svelte";

/** Everything that listens for the life of the window. */
export function follow(): () => void {
  const ends = [
    workspace.follow(),
    testing.follow(),
    signIns.follow(),
    followDeletions(),
    on("connectors_changed", () => (icons.forget(), connectorNames.forget(), forgetConnectors())),
    on("unexpected_callback", () => void toasts.show({ message: text.connections.unexpectedCallback, lasts: 12_000 })),
  ];
  return () => ends.forEach((end) => end());
}
