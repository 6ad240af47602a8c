import type { CardNeeds } from "@bindings/CardNeeds";
import type { Connector } from "@bindings/Connector";
import type { Scope } from "@bindings/Scope";
import type { ScopeChoice } from "@bindings/ScopeChoice";
import { SvelteSet } from "svelte/reactivity";
import { byScope, stopping } from "../../lib/cards";
import { readScopes } from "../../lib/scopes";
import { text } from "../../lib/text/en";

const say = text.create.permissions;

/** Which scopes are asked for. */
export class ScopePick {
  readonly #cards: readonly CardNeeds[];
  custom = $state(false);
  find = $state("");
  typed = $state("");
  /** What came of the last Add, or why core refused the choice. */
  notice = $state.raw<{ text: string; failed: boolean } | null>(null);
  readonly listed: readonly Scope[];
  /** Added by hand, or requested before without being listed. */
  added = $state.raw<readonly string[]>([]);
  readonly chosen = new SvelteSet<string>();
  /** What "as it is" means: the present scopes of a connection, or the connector's default ones. */
  readonly basis: readonly string[];
  /** What a connection may do before the change: granted or, for a new one, what is asked for by default. */
  readonly before: ReadonlySet<string>;
  /** Scope → cards that need it. */
  readonly needs: ReadonlyMap<string, readonly CardNeeds[]>;

  readonly found = $derived(this.#filtered());
  readonly count = $derived(this.chosen.size);
  readonly asked = $derived(this.#asked());
  /** Cards that work as it is and won't with the scopes chosen. */
  readonly stopping = $derived(this.#stopping());

  constructor(definition: Connector, method: string, present: readonly string[] | null, granted: readonly string[] | null = null) {
    this.#cards = definition.cards ?? [];
    this.needs = byScope(this.#cards);
    this.listed = (definition.scopes ?? []).filter(({ methods }) => !methods?.length || methods.includes(method));
    const required = this.listed.filter((scope) => scope.required).map((scope) => scope.value);
    const defaults = this.listed.filter((scope) => scope.default).map((scope) => scope.value);
    this.basis = [...new Set([...required, ...(present ?? defaults)])];
    this.added = this.basis.filter((value) => !this.listed.some((scope) => scope.value === value));
    this.before = new Set(granted ?? this.basis);
    for (const value of this.basis) this.chosen.add(value);
  }

  /** The cards that stop because this scope was taken away. */
  stoppingBy(scope: string): readonly CardNeeds[] {
    if (this.chosen.has(scope) || !this.before.has(scope)) return [];
    return this.stopping.filter((card) => card.scopes.some((anyOf) => anyOf.includes(scope)));
  }

  toggle(value: string): void {
    this.notice = null;
    if (this.listed.some((scope) => scope.value === value && scope.required)) return;
    if (!this.chosen.delete(value)) this.chosen.add(value);
  }

  /** Adds what was typed; what can't be added stays in the field, with the reason. */
  add(): void {
    const present = new Set([...this.listed.map((scope) => scope.value), ...this.added]);
    const { added, duplicates, malformed } = readScopes(this.typed, present);
    this.added = [...this.added, ...added];
    for (const value of [...added, ...duplicates]) this.chosen.add(value);
    const parts = [
      added.length ? say.added(added) : "",
      duplicates.length ? say.duplicates(duplicates) : "",
      malformed.length ? say.malformed(malformed) : "",
    ].filter(Boolean);
    this.notice = { text: parts.join(" ") || say.empty, failed: parts.length === 0 || malformed.length > 0 };
    this.typed = malformed.join(" ");
  }

  /** Chooses scopes besides those that are chosen. */
  include(values: readonly string[]): void {
    const unlisted = values.filter((value) => !this.listed.some((scope) => scope.value === value));
    this.added = [...new Set([...this.added, ...unlisted])];
    for (const value of values) this.chosen.add(value);
  }

  /**
   * Chooses what cards need: all of the outer list, of an inner one the first that is offered, unless one is chosen.
   * `byHand`: whether scopes may be asked for that the connector doesn't list.
   */
  cover(needs: readonly (readonly string[])[], byHand: boolean): void {
    const offered = new Set(this.listed.map((scope) => scope.value));
    const lacking = needs
      .filter((anyOf) => !anyOf.some((value) => this.chosen.has(value)))
      .map((anyOf) => anyOf.find((value) => offered.has(value)) ?? (byHand ? anyOf[0] : undefined))
      .filter((value) => value !== undefined);
    if (lacking.length === 0) return;
    this.include(lacking);
    this.custom = true;
  }

  remove(value: string): void {
    this.added = this.added.filter((other) => other !== value);
    this.chosen.delete(value);
  }

  choice(): ScopeChoice {
    if (!this.custom) return { kind: "default" };
    return { kind: "custom", scopes: this.asked.slice() };
  }

  #asked(): readonly string[] {
    if (!this.custom) return this.basis;
    const order = [...this.listed.map((scope) => scope.value), ...this.added];
    return order.filter((value) => this.chosen.has(value));
  }

  #stopping(): readonly CardNeeds[] {
    return this.custom ? stopping(this.#cards, this.before, new Set(this.asked)) : [];
  }

  #filtered(): { listed: readonly Scope[]; added: readonly string[] } {
    const words = this.find.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (words_: string) => words.every((word) => words_.toLowerCase().includes(word));
    return {
      listed: this.listed.filter(({ value, description }) => fits(`${value} ${description}`)),
      added: this.added.filter(fits),
    };
  }
}
