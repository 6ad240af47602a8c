import type { ConnectionRow } from "@bindings/ConnectionRow";
import type { RegistrationView } from "@bindings/RegistrationView";
import { focusHome } from "../focus";
import type { FlowDialog } from "./flowDialogs";

/** What a person does to a connector or to one of its registrations. */
export type ConnectorTask =
  | { do: "add" }
  | { do: "edit"; id: string; name: string }
  | { do: "export"; id: string; name: string }
  | { do: "delete"; id: string; name: string }
  | { do: "register"; id: string; name: string }
  | { do: "rename"; registration: RegistrationView }
  | { do: "rotate"; registration: RegistrationView }
  | { do: "finish"; registration: RegistrationView }
  | { do: "unregister"; registration: RegistrationView };

type Needs = readonly (readonly string[])[] | undefined;

/** What is open over the page. Any page, shortcut or toast may open these. */
export type Shown =
  /** `cards`: what to bind to the connection that is made; `needs`: the scopes they need, as in `CardView`. */
  | { kind: "selector"; cards?: readonly string[] | undefined; needs?: Needs }
  | { kind: "create"; connector: string; cards?: readonly string[] | undefined; needs?: Needs }
  | { kind: "waiting"; authorization: string }
  | { kind: "rename"; row: ConnectionRow }
  /** `to`: the replacement that was chosen before a detour. */
  | { kind: "delete"; row: ConnectionRow; to?: string | undefined }
  | { kind: "site"; row: ConnectionRow; site: string }
  | { kind: "reauthorize"; connection: string; tab: "general" | "permissions"; add?: readonly string[] | undefined }
  | { kind: "queue"; rows: readonly ConnectionRow[]; why: string }
  | { kind: "connector"; task: ConnectorTask }
  | { kind: "palette" }
  | { kind: "shortcuts" }
  | FlowDialog;

/** A connection that was made on the way. */
export type Made = { id: string; name: string };

/** What to open when a detour ends, with the connection that was made in it, if one was; `null`: the page. */
type Return = (made?: Made) => Shown | null;

/** Dialogs that a detour may lead through. */
const onTheWay: readonly Shown["kind"][] = ["selector", "create", "reauthorize", "waiting"];

class Dialogs {
  shown = $state.raw<Shown | null>(null);
  #back: Return | null = null;
  #made: Made | undefined;

  open(shown: Shown): void {
    if (!onTheWay.includes(shown.kind)) this.#forget();
    this.shown = shown;
  }

  /** Opens a dialog that comes back here when it ends, however many dialogs it leads through. */
  detour(shown: Shown, back: Return): void {
    this.#made = undefined;
    this.#back = back;
    this.shown = shown;
  }

  /** Whether something waits for this dialog to end. */
  get isDetour(): boolean {
    return this.#back !== null;
  }

  made(connection: Made): void {
    this.#made = connection;
  }

  close(): void {
    const next = this.#back?.(this.#made) ?? null;
    this.#forget();
    this.shown = next;
    if (!next) focusHome();
  }

  #forget(): void {
    this.#back = null;
    this.#made = undefined;
  }
}

export const dialogs = new Dialogs();
