import type { Direction } from "@bindings/Direction";
import type { FlowCounts } from "@bindings/FlowCounts";
import type { FlowFilter } from "@bindings/FlowFilter";
import type { FlowGroup } from "@bindings/FlowGroup";
import type { FlowQuery } from "@bindings/FlowQuery";
import type { FlowSort } from "@bindings/FlowSort";
import type { FlowRow } from "@bindings/FlowRow";
import type { SourceRow } from "@bindings/SourceRow";
import { SvelteSet } from "svelte/reactivity";
import { failure } from "../../lib/failure";
import { flowCounts, flowGroups, flowSources, listFlows } from "../../lib/ipc";
import type { Listed } from "../../lib/components/table";
import { on } from "../../lib/state/events";
import { PagedList } from "../../lib/state/paged.svelte";
import { flat, Layout, type Line, type Places } from "./lines";

/** What the Flows page shows: the query, the lines that answer it, and which flow is open. */
export class FlowsPage {
  search = $state("");
  filter = $state<FlowFilter>("all");
  source = $state<string | null>(null);
  sort = $state<FlowSort>("folder");
  direction = $state<Direction>("ascending");
  selected = $state<string | null>(null);
  counts = $state.raw<FlowCounts | null>(null);
  sources = $state.raw<readonly SourceRow[]>([]);
  readonly closed = new SvelteSet<string>();
  readonly flows = new PagedList<FlowRow>((offset, limit) => listFlows(this.query(offset, limit)));

  /** As the table wants it: lines, of which the flows among them come in pages. */
  readonly lines: Listed<Line>;

  #groups = $state.raw<readonly FlowGroup[]>([]);
  #asked = 0;

  readonly filtered = $derived(this.search.trim() !== "" || this.filter !== "all" || this.source !== null);
  /** Under their sources and folders; another order than that needs no headings. */
  readonly grouped = $derived(this.sort === "folder");
  #layout = $derived.by<Places>(() => {
    if (!this.grouped) return flat(this.flows.total);
    const sources = this.direction === "ascending" ? this.sources : this.sources.toReversed();
    return new Layout(sources, this.#groups, this.closed, this.filtered);
  });
  /** Sources with cards that need a connection. */
  readonly open = $derived(this.sources.filter((source) => source.unbound > 0));

  constructor() {
    const page = this;
    this.lines = {
      get total() {
        return page.#layout.total;
      },
      get query() {
        return page.flows.query;
      },
      at: (index) => page.#at(index),
      show: (first, count) => page.#show(first, count),
    };
  }

  readonly asked = $derived(JSON.stringify(this.query()));

  get list(): PagedList<FlowRow> {
    return this.flows;
  }

  query(offset = 0, limit = 0): FlowQuery {
    return {
      search: this.search.trim(),
      source: this.source,
      folder: null,
      filter: this.filter,
      sort: this.sort,
      direction: this.direction,
      offset,
      limit,
    };
  }

  /** By the same column again: the other way round. */
  sortBy(column: FlowSort): void {
    if (this.sort === column) {
      this.direction = this.direction === "ascending" ? "descending" : "ascending";
    } else {
      this.sort = column;
      // The largest is what one looks for first.
      this.direction = column === "cards" || column === "unbound" ? "descending" : "ascending";
    }
  }

  toggle(id: string): void {
    if (!this.closed.delete(id)) this.closed.add(id);
  }

  clear(): void {
    this.search = "";
    this.filter = "all";
    this.source = null;
  }

  /** The query changed. */
  async restart(): Promise<void> {
    await Promise.all([this.flows.restart(), this.#readAround()]);
  }

  /** Flows or what they are bound to changed. */
  async refresh(): Promise<void> {
    await Promise.all([this.flows.refresh(), this.#readAround()]);
  }

  follow(): () => void {
    const kinds = ["flows_changed", "connections_changed", "deleted"] as const;
    const ends = kinds.map((kind) => on(kind, () => void this.refresh()));
    return () => ends.forEach((end) => end());
  }

  #at(index: number): Line | undefined {
    const line = this.#layout.at(index);
    if (typeof line !== "number") return line;
    const flow = this.flows.at(line);
    return flow && { id: flow.id, kind: "flow", flow };
  }

  #show(first: number, count: number): void {
    const places: number[] = [];
    for (let index = first; index < first + count; index++) {
      const line = this.#layout.at(index);
      if (typeof line === "number") places.push(line);
    }
    if (places.length > 0) this.flows.showThese(places);
  }

  async #readAround(): Promise<void> {
    const asked = ++this.#asked;
    try {
      const [counts, sources, groups] = await Promise.all([flowCounts(), flowSources(), flowGroups(this.query())]);
      if (asked !== this.#asked) return;
      this.counts = counts;
      this.sources = sources;
      this.#groups = groups;
      if (this.source !== null && !sources.some((source) => source.id === this.source)) this.source = null;
    } catch (thrown) {
      if (asked === this.#asked) this.flows.error = failure(thrown);
    }
  }
}

/** Kept while the window is open: who comes back finds the list as it was left, and its rows at once. */
export const flowsPage = new FlowsPage();
