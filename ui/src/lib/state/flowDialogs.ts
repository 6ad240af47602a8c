import type { CardView } from "@bindings/CardView";
import type { ConnectionRow } from "@bindings/ConnectionRow";
import type { FlowDetail } from "@bindings/FlowDetail";
import type { SourceRow } from "@bindings/SourceRow";

/** Dialogs about flows. */
export type FlowDialog =
  | { kind: "add_flows" }
  | { kind: "remove_source"; source: SourceRow }
  /** Cards without a connection, of one source or of all. */
  | { kind: "questions"; source: string | null }
  | { kind: "choose"; card: CardView }
  | { kind: "export"; flow: FlowDetail }
  /** Without a card, one is added. */
  | { kind: "edit_card"; flow: FlowDetail; card: CardView | null }
  | { kind: "move"; row: ConnectionRow };
