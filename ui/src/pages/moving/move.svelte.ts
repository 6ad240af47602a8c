import type { CardView } from "@bindings/CardView";
import type { ConnectionRow } from "@bindings/ConnectionRow";
import type { Error as Failure } from "@bindings/Error";
import type { MovePreview } from "@bindings/MovePreview";
import type { MoveSelection } from "@bindings/MoveSelection";
import type { UsageRow } from "@bindings/UsageRow";
import { SvelteMap, SvelteSet } from "svelte/reactivity";
import { failure } from "../../lib/failure";
import { connectionUsage, flow, listConnections, previewMove } from "../../lib/ipc";
import type { MoveStart } from "../../lib/state/flowDialogs";
import { everything } from "../../lib/state/queue";

/** Flows that can be ticked one by one; beyond that, everything or nothing. */
export const listed = 200;

/** A move that is being put together: where to, which flows or cards, and what would come of it. */
export class Move {
  targets = $state.raw<readonly ConnectionRow[] | null>(null);
  rows = $state.raw<readonly UsageRow[]>([]);
  flows = $state(0);
  cards = $state(0);
  to = $state("");
  everything = $state(true);
  /** Flows that move whole. */
  readonly whole = new SvelteSet<string>();
  /** Cards that move alone. */
  readonly single = new SvelteSet<string>();
  /** Cards of flows that were opened. */
  readonly opened = new SvelteMap<string, readonly CardView[]>();
  preview = $state.raw<MovePreview | null>(null);
  error = $state.raw<Failure | null>(null);
  #asked = 0;

  readonly target = $derived(this.targets?.find((one) => one.id === this.to));
  readonly empty = $derived(!this.everything && this.whole.size === 0 && this.single.size === 0);

  /** `start`: as it was put together before. */
  constructor(
    readonly from: Pick<ConnectionRow, "id" | "connector">,
    start?: MoveStart,
  ) {
    if (!start) return;
    this.to = start.to;
    this.everything = start.everything;
    for (const flow of start.whole) this.whole.add(flow);
    for (const card of start.single) this.single.add(card);
  }

  asStarted(): MoveStart {
    return { to: this.to, everything: this.everything, whole: [...this.whole], single: [...this.single] };
  }

  async read(): Promise<void> {
    try {
      const [{ rows }, usage] = await Promise.all([
        listConnections({ ...everything, connectors: [this.from.connector] }),
        connectionUsage(this.from.id, { sort: "way", direction: "ascending", offset: 0, limit: listed }),
      ]);
      this.rows = usage.rows.filter((row) => row.through === null);
      this.flows = usage.direct;
      this.cards = usage.cards;
      this.targets = rows.filter((row) => row.id !== this.from.id);
    } catch (thrown) {
      this.error = failure(thrown);
    }
  }

  toggleFlow(id: string): void {
    for (const card of this.opened.get(id) ?? []) this.single.delete(card.id);
    if (!this.whole.delete(id)) this.whole.add(id);
  }

  /** A card of a flow that moved whole: the flow's other cards move alone from then on. */
  toggleCard(of: string, id: string): void {
    const cards = this.opened.get(of) ?? [];
    if (this.whole.delete(of)) for (const card of cards) this.single.add(card.id);
    if (!this.single.delete(id)) this.single.add(id);
    if (cards.every((card) => this.single.has(card.id))) {
      for (const card of cards) this.single.delete(card.id);
      this.whole.add(of);
    }
  }

  async open(id: string): Promise<void> {
    if (this.opened.delete(id)) return;
    try {
      this.opened.set(id, await this.#cardsOf(id));
    } catch (thrown) {
      this.error = failure(thrown);
    }
  }

  async selection(): Promise<MoveSelection> {
    if (this.everything) return { kind: "all" };
    if (this.single.size === 0) return { kind: "flows", flows: [...this.whole] };
    const whole = await Promise.all([...this.whole].map(async (id) => this.opened.get(id) ?? (await this.#cardsOf(id))));
    return { kind: "cards", cards: [...this.single, ...whole.flat().map((card) => card.id)] };
  }

  /** Asks what would come of it; an older answer doesn't replace a newer one. */
  async ask(): Promise<void> {
    const asked = ++this.#asked;
    if (!this.to || this.empty) {
      this.preview = null;
      return;
    }
    try {
      const preview = await previewMove(this.from.id, this.to, await this.selection());
      if (asked !== this.#asked) return;
      this.preview = preview;
      this.error = null;
    } catch (thrown) {
      if (asked === this.#asked) this.error = failure(thrown);
    }
  }

  async #cardsOf(id: string): Promise<CardView[]> {
    const { cards } = await flow(id);
    return cards.filter(({ binding }) => binding.kind === "bound" && binding.connection === this.from.id);
  }
}
