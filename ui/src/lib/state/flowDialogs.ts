import type { CardView } from "@bindings/CardView";
import type { ConnectionRow } from "@bindings/ConnectionRow";
import type { FlowDetail } from "@bindings/FlowDetail";
import type { SourceRow } from "@bindings/SourceRow";

/** Dialogs about flows. */
export type FlowDialog =
  | { kind: "add_flows" }
  | { kind: "remove_source"; source: SourceRow }
  /** Cards without a connection, of one source or of all. */
  | { kind: "questions"; source: string | null; answers?: ReadonlyMap<string, string> }
  | { kind: "choose"; card: CardView }
  | { kind: "export"; flow: FlowDetail }
  /** Without a card, one is added. */
  | { kind: "edit_card"; flow: FlowDetail; card: CardView | null; typed?: TypedCard }
  /** Without a flow, a new one is made. */
  | { kind: "manifest"; flow: FlowDetail | null }
  | { kind: "move"; row: ConnectionRow; start?: MoveStart };

/** A card of a manifest as it is being typed. */
export type TypedCard = { title: string; connector: string; connection: string; scopes: string; env: string };

/** A move as it was being put together. */
export type MoveStart = { to: string; everything: boolean; whole: readonly string[]; single: readonly string[] };
