import type { Connector } from "@bindings/Connector";
import type { Draft } from "@bindings/Draft";
import type { Error as Failure } from "@bindings/Error";
import { failure } from "../../lib/failure";
import {
  checkConnector,
  connector,
  draftFromDefinition,
  draftFromIssuer,
  draftFromMcp,
  draftFromOpenapi,
  exportConnector,
  saveConnector,
} from "../../lib/ipc";
import { text } from "../../lib/text/en";
import { HandForm } from "./handForm.svelte";
import { skeleton } from "./skeleton";

export type Way = "issuer" | "openapi" | "mcp" | "definition" | "hand";
export const ways: readonly Way[] = ["issuer", "openapi", "mcp", "definition", "hand"];

const say = text.connectors.adding;

/** A connector on its way in: how it is made, what was typed for it, and the draft that came of it. */
export class Adding {
  way = $state<Way | null>(null);
  issuer = $state("https://");
  document = $state("");
  source = $state("");
  mcp = $state("https://");
  id = $state("my-connector");
  toml = $state(skeleton);
  icon = $state("");
  hand = $state.raw(new HandForm());
  /** The connector that is changed; `null`: a new one is made. */
  edited = $state.raw<{ id: string; whole: boolean } | null>(null);

  draft = $state.raw<Draft | null>(null);
  error = $state.raw<Failure | null>(null);
  busy = $state(false);
  /** The name or id was changed and not held against the rules yet: what would be saved is not what is shown. */
  unchecked = $state(false);
  /** What it waits for, while it waits. */
  waiting = $state("");
  #asked = 0;
  #warnings: readonly string[] = [];

  /** What keeps the form from being looked over, and the field it belongs to. */
  readonly missing = $derived.by<{ field: string; says: string } | null>(() => {
    switch (this.way) {
      case "issuer":
        return address("issuer", this.issuer);
      case "mcp":
        return address("url", this.mcp);
      case "openapi":
        return this.document.trim() ? null : { field: "text", says: say.fillIn(say.openapi.label) };
      case "definition":
        if (!this.id.trim()) return { field: "id", says: say.fillIn(say.definition.id) };
        return this.toml.trim() ? null : { field: "toml", says: say.fillIn(say.definition.label) };
      default:
        return null;
    }
  });

  /** Makes the draft. What was stopped in between comes to nothing. */
  async look(): Promise<void> {
    if (this.busy || this.missing || !this.way) return;
    const asked = ++this.#asked;
    this.busy = true;
    this.error = null;
    this.waiting = this.way === "issuer" ? say.asking(host(this.issuer)) : this.way === "mcp" ? say.asking(host(this.mcp)) : say.reading;
    try {
      const draft = await this.#make(this.way);
      if (asked !== this.#asked) return;
      this.#warnings = draft.warnings;
      this.draft = draft;
    } catch (thrown) {
      if (asked === this.#asked) this.error = failure(thrown);
    } finally {
      if (asked === this.#asked) this.busy = false;
    }
  }

  /** Takes up a connector of the person's own: as a form where that holds all of it, else as text. */
  async edit(id: string): Promise<void> {
    this.busy = true;
    try {
      const [definition, exported] = await Promise.all([connector(id), exportConnector(id)]);
      const form = HandForm.of(id, definition);
      if (form) this.hand = form;
      this.id = id;
      this.toml = exported.toml;
      this.icon = exported.icon ?? "";
      this.edited = { id, whole: form !== null };
      this.way = form ? "hand" : "definition";
    } catch (thrown) {
      this.error = failure(thrown);
    } finally {
      this.busy = false;
    }
  }

  stop(): void {
    this.#asked++;
    this.busy = false;
    this.unchecked = false;
  }

  back(): void {
    this.stop();
    this.error = null;
    if (this.draft) this.draft = null;
    else this.way = null;
  }

  /** Checks the draft under another id or name; the draft swaps when the answer is here. */
  async check(id: string, name: string): Promise<void> {
    if (!this.draft) return;
    const asked = ++this.#asked;
    const connector: Connector = { ...this.draft.connector, name };
    try {
      const draft = await checkConnector(id, connector);
      if (asked !== this.#asked || !this.draft) return;
      this.draft = { ...draft, warnings: [...this.#warnings] };
      this.unchecked = false;
    } catch (thrown) {
      if (asked === this.#asked) this.error = failure(thrown);
    }
  }

  /** Says whether it is saved. */
  async save(): Promise<boolean> {
    if (!this.draft || this.busy || this.unchecked) return false;
    this.busy = true;
    this.error = null;
    try {
      await saveConnector(this.draft.id, this.draft.connector, this.#icon());
      return true;
    } catch (thrown) {
      this.error = failure(thrown);
      return false;
    } finally {
      this.busy = false;
    }
  }

  #icon(): string | undefined {
    return ((this.way === "definition" || this.edited) && this.icon.trim()) || undefined;
  }

  #make(way: Way): Promise<Draft> {
    switch (way) {
      case "issuer":
        return draftFromIssuer(this.issuer.trim());
      case "openapi":
        return draftFromOpenapi(this.document, this.source.trim() || undefined);
      case "mcp":
        return draftFromMcp(this.mcp.trim());
      case "definition":
        return draftFromDefinition(this.id.trim(), this.toml, this.#icon());
      case "hand":
        return checkConnector(this.hand.id.trim(), this.hand.connector());
    }
  }
}

function address(field: string, typed: string): { field: string; says: string } | null {
  return host(typed) ? null : { field, says: say.notAddress };
}

function host(typed: string): string {
  try {
    return new URL(typed.trim()).host;
  } catch {
    return "";
  }
}
