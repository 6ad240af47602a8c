import type { ConnectionQuery } from "@bindings/ConnectionQuery";
import type { ConnectionRow } from "@bindings/ConnectionRow";
import type { RegistrationView } from "@bindings/RegistrationView";
import { listConnections } from "../ipc";
import { text } from "../text/en";
import { dialogs } from "./dialogs.svelte";
import { toasts } from "./toasts.svelte";

/** All connections by name. */
export const everything: ConnectionQuery = {
  search: "",
  status: [],
  attention: false,
  unused: false,
  connectors: [],
  registration: null,
  sort: "name",
  direction: "ascending",
  offset: 0,
  limit: 500,
};

/** The connections whose sign-in has ended, by name; the first 500. */
export async function stopped(limit = 500): Promise<{ rows: ConnectionRow[]; total: number }> {
  return listConnections({ ...everything, status: ["reauthorize"], limit });
}

export async function reauthorizeStopped(): Promise<void> {
  await openQueue(text.connections.queue.attention, () => stopped());
}

/** All connections that sign in through one client registration. */
export async function reauthorizeRegistration(registration: Pick<RegistrationView, "id" | "name">): Promise<void> {
  await openQueue(text.connections.queue.registration(registration.name), () =>
    listConnections({ ...everything, registration: registration.id }),
  );
}

async function openQueue(why: string, read: () => Promise<{ rows: ConnectionRow[] }>): Promise<void> {
  try {
    const { rows } = await read();
    if (rows.length > 0) dialogs.open({ kind: "queue", rows, why });
  } catch (thrown) {
    toasts.failed(thrown);
  }
}
