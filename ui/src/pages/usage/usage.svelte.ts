import type { Error as Failure } from "@bindings/Error";
import type { Direction } from "@bindings/Direction";
import type { UsageGroup } from "@bindings/UsageGroup";
import type { UsageQuery } from "@bindings/UsageQuery";
import type { UsageRow } from "@bindings/UsageRow";
import type { UsageSort } from "@bindings/UsageSort";
import { failure } from "../../lib/failure";
import { connectionUsage } from "../../lib/ipc";
import { on } from "../../lib/state/events";

const step = 50;

/** Which flows use a connection, as far as they were asked for, kept current. */
export class ConnectionUsage {
  rows = $state.raw<readonly UsageRow[]>([]);
  /** Flows as the picture shows them: by their way, however the table is sorted. */
  readonly pictured = $derived(this.rows.toSorted((a, b) => Number(a.through !== null) - Number(b.through !== null) || compare(a.folder, b.folder) || compare(a.name, b.name)));
  groups = $state.raw<readonly UsageGroup[]>([]);
  moreGroups = $state(0);
  sort = $state<UsageSort>("way");
  direction = $state<Direction>("ascending");
  direct = $state(0);
  indirect = $state(0);
  cards = $state(0);
  loaded = $state(false);
  error = $state.raw<Failure | null>(null);
  readonly total = $derived(this.direct + this.indirect);
  #wanted = step;
  #asked = 0;

  constructor(readonly connection: string) {}

  async read(): Promise<void> {
    const asked = ++this.#asked;
    try {
      const usage = await connectionUsage(this.connection, this.#query(0, Math.min(1000, this.#wanted)));
      if (asked !== this.#asked) return;
      this.rows = usage.rows;
      this.groups = usage.groups;
      this.moreGroups = usage.more_groups;
      this.direct = usage.direct;
      this.indirect = usage.indirect;
      this.cards = usage.cards;
      this.error = null;
    } catch (thrown) {
      if (asked !== this.#asked) return;
      this.error = failure(thrown);
    }
    this.loaded = true;
  }

  /** The next rows. */
  async more(): Promise<void> {
    const asked = this.#asked;
    const { rows } = await connectionUsage(this.connection, this.#query(this.rows.length, step));
    if (asked !== this.#asked) return;
    this.rows = [...this.rows, ...rows];
    this.#wanted = this.rows.length;
  }

  /** By the same column again: the other way round. */
  sortBy(column: UsageSort): void {
    if (this.sort === column) {
      this.direction = this.direction === "ascending" ? "descending" : "ascending";
    } else {
      this.sort = column;
      this.direction = column === "cards" || column === "read" ? "descending" : "ascending";
    }
    void this.read();
  }

  #query(offset: number, limit: number): UsageQuery {
    return { sort: this.sort, direction: this.direction, offset, limit };
  }

  follow(): () => void {
    const ends = (["flows_changed", "deleted"] as const).map((kind) => on(kind, () => void this.read()));
    return () => ends.forEach((end) => end());
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
