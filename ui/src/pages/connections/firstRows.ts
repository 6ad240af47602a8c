import type { ConnectionRow } from "@bindings/ConnectionRow";
import type { Page } from "@bindings/Page";
import { on } from "../../lib/state/events";
import { ConnectionsPage } from "./connections.svelte";

let rows: Page<ConnectionRow> | null = null;
/** Kept while the window is open: who comes back finds the list as it was left, and its rows at once. */
const page = new ConnectionsPage();

/** Asks for the rows that the window opens with, while the rest of it is still being put together. */
export async function askFirstRows(): Promise<void> {
  const end = on("connections_changed", () => (rows = null));
  try {
    rows = await page.list.ask(0);
  } catch {
    // The page asks again, and says what went wrong.
  }
  // Long enough for the page to be there and to follow the changes itself.
  setTimeout(() => (end(), (rows = null)), 1000);
}

/** The Connections page as it opens; the first time with the rows that were asked for at the start. */
export function openConnections(): ConnectionsPage {
  if (rows) page.begin(rows);
  rows = null;
  return page;
}
