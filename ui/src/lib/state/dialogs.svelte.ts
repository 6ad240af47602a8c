import type { ConnectionRow } from "@bindings/ConnectionRow";
import type { RegistrationView } from "@bindings/RegistrationView";
import { focusHome } from "../focus";
import type { FlowDialog } from "./flowDialogs";

/** What a person does to a connector or to one of its registrations. */
export type ConnectorTask =
  | { do: "add" }
  | { do: "export"; id: string; name: string }
  | { do: "delete"; id: string; name: string }
  | { do: "register"; id: string; name: string }
  | { do: "rename"; registration: RegistrationView }
  | { do: "rotate"; registration: RegistrationView }
  | { do: "finish"; registration: RegistrationView }
  | { do: "unregister"; registration: RegistrationView };

/** What is open over the page. Any page, shortcut or toast may open these. */
export type Shown =
  /** `cards`: what to bind to the connection that is made. */
  | { kind: "selector"; cards?: readonly string[] | undefined }
  | { kind: "create"; connector: string; cards?: readonly string[] | undefined }
  | { kind: "waiting"; authorization: string }
  | { kind: "rename"; row: ConnectionRow }
  | { kind: "delete"; row: ConnectionRow }
  | { kind: "reauthorize"; connection: string; tab: "general" | "permissions"; add?: readonly string[] | undefined }
  | { kind: "queue"; rows: readonly ConnectionRow[]; why: string }
  | { kind: "connector"; task: ConnectorTask }
  | { kind: "palette" }
  | { kind: "shortcuts" }
  | FlowDialog;

class Dialogs {
  shown = $state.raw<Shown | null>(null);

  open(shown: Shown): void {
    this.shown = shown;
  }

  close(): void {
    this.shown = null;
    focusHome();
  }
}

export const dialogs = new Dialogs();
