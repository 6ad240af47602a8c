import type { Connector } from "@bindings/Connector";
import type { Error as Failure } from "@bindings/Error";
import type { RegistrationView } from "@bindings/RegistrationView";
import { failure } from "../../lib/failure";
import { connector, listRegistrations } from "../../lib/ipc";
import { on } from "../../lib/state/events";

/** Whether a way of signing in goes through a client registration. */
export function needsRegistration(definition: Connector): boolean {
  return definition.auth.some(({ kind }) => ["authorization_code", "client_credentials", "device_code"].includes(kind));
}

/** A connector's definition and its client registrations, kept current. */
export class ConnectorDetailState {
  definition = $state.raw<Connector | null>(null);
  registrations = $state.raw<readonly RegistrationView[]>([]);
  error = $state.raw<Failure | null>(null);

  constructor(readonly id: string) {}

  async read(): Promise<void> {
    try {
      [this.definition, this.registrations] = await Promise.all([connector(this.id), listRegistrations(this.id)]);
      this.error = null;
    } catch (thrown) {
      this.error = failure(thrown);
    }
  }

  follow(): () => void {
    const kinds = ["connectors_changed", "registrations_changed", "connections_changed"] as const;
    const ends = kinds.map((kind) => on(kind, () => void this.read()));
    return () => ends.forEach((end) => end());
  }
}
