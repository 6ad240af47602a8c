import type { ConnectionRow } from "@bindings/ConnectionRow";
import { focusHome } from "../focus";
import type { FlowDialog } from "./flowDialogs";

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
