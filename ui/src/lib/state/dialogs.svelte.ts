import type { ConnectionRow } from "@bindings/ConnectionRow";
import { focusHome } from "../focus";

/** What is open over the page. Any page, shortcut or toast may open these. */
export type Shown =
  | { kind: "selector" }
  | { kind: "create"; connector: string }
  | { kind: "waiting"; authorization: string }
  | { kind: "rename"; row: ConnectionRow }
  | { kind: "delete"; row: ConnectionRow }
  | { kind: "reauthorize"; connection: string; tab: "general" | "permissions" }
  | { kind: "queue"; rows: readonly ConnectionRow[]; why: string }
  | { kind: "palette" }
  | { kind: "shortcuts" };

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
