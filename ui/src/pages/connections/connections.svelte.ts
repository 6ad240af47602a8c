import type { ConnectionQuery } from "@bindings/ConnectionQuery";
import type { ConnectionRow } from "@bindings/ConnectionRow";
import type { ConnectionSort } from "@bindings/ConnectionSort";
import type { Direction } from "@bindings/Direction";
import type { Page } from "@bindings/Page";
import type { Status } from "@bindings/Status";
import { listConnections } from "../../lib/ipc";
import { on } from "../../lib/state/events";
import { PagedList } from "../../lib/state/paged.svelte";

type Narrowing = "all" | "attention" | "unused";

/** What the Connections page shows: the query, the rows that answer it, and which of them is open. */
export class ConnectionsPage {
  search = $state("");
  narrowing = $state<Narrowing>("all");
  statuses = $state.raw<readonly Status[]>([]);
  connectors = $state.raw<readonly string[]>([]);
  /** Only those of one client registration. */
  registration = $state.raw<{ id: string; name: string } | null>(null);
  sort = $state<ConnectionSort>("name");
  direction = $state<Direction>("ascending");
  selected = $state<string | null>(null);
  readonly list = new PagedList<ConnectionRow>((offset, limit) => listConnections(this.query(offset, limit)));

  readonly filtered = $derived(
    this.search.trim() !== "" || this.narrowing !== "all" || this.statuses.length > 0 || this.connectors.length > 0 || this.registration !== null,
  );

  readonly asked = $derived(JSON.stringify(this.query()));

  /** The query whose rows were here at the beginning, until the list is first asked for. */
  #begun: string | null = null;

  query(offset = 0, limit = 0): ConnectionQuery {
    return {
      search: this.search.trim(),
      status: [...this.statuses],
      attention: this.narrowing === "attention",
      unused: this.narrowing === "unused",
      connectors: [...this.connectors],
      registration: this.registration?.id ?? null,
      sort: this.sort,
      direction: this.direction,
      offset,
      limit,
    };
  }

  /** By the same column again: the other way round. */
  sortBy(column: ConnectionSort): void {
    if (this.sort === column) {
      this.direction = this.direction === "ascending" ? "descending" : "ascending";
    } else {
      this.sort = column;
      // What was tested last and what is used most is what one looks for first.
      this.direction = column === "last_test" || column === "flows" ? "descending" : "ascending";
    }
  }

  restart(): Promise<void> {
    const begun = this.#begun;
    this.#begun = null;
    return begun === this.asked ? Promise.resolve() : this.list.restart();
  }

  /** Takes the answer to its own query that is here already: the list isn't asked for once more. */
  begin(rows: Page<ConnectionRow>): void {
    this.list.begin(rows);
    this.#begun = this.asked;
  }

  toggleStatus(status: Status): void {
    this.statuses = toggled(this.statuses, status);
  }

  toggleConnector(id: string): void {
    this.connectors = toggled(this.connectors, id);
  }

  clear(): void {
    this.search = "";
    this.narrowing = "all";
    this.statuses = [];
    this.connectors = [];
    this.registration = null;
  }

  showOnly(status: Status): void {
    this.clear();
    this.statuses = [status];
  }

  follow(): () => void {
    const ends = (["connections_changed", "flows_changed"] as const).map((kind) => on(kind, () => void this.list.refresh()));
    return () => ends.forEach((end) => end());
  }
}

function toggled<T>(list: readonly T[], item: T): readonly T[] {
  return list.includes(item) ? list.filter((other) => other !== item) : [...list, item];
}
