import type { AuthKind } from "@bindings/AuthKind";
import type { Category } from "@bindings/Category";
import type { ConnectorSummary } from "@bindings/ConnectorSummary";
import { listConnectors } from "../../lib/ipc";
import { on } from "../../lib/state/events";
import { icons } from "../../lib/state/icons.svelte";
import { PagedList } from "../../lib/state/paged.svelte";
import { workspace } from "../../lib/state/workspace.svelte";

type Narrowing = "all" | "own" | "used";

/** What the Connectors page shows: the whole catalogue is small enough to come at once. */
export class ConnectorsPage {
  search = $state("");
  narrowing = $state<Narrowing>("all");
  category = $state<Category | null>(null);
  method = $state<AuthKind | null>(null);
  selected = $state<string | null>(null);
  /** Everything, for the choices of the filters. */
  all = $state.raw<readonly ConnectorSummary[]>([]);
  readonly list = new PagedList<ConnectorSummary>((offset, limit) => this.#fetch(offset, limit), 500);
  readonly filtered = $derived(
    this.search.trim() !== "" || this.narrowing !== "all" || this.category !== null || this.method !== null,
  );

  /** What the list depends on, as a key. */
  readonly asked = $derived([this.search.trim(), this.narrowing, this.category, this.method].join("\n"));

  clear(): void {
    this.search = "";
    this.narrowing = "all";
    this.category = null;
    this.method = null;
  }

  restart(): Promise<void> {
    return this.list.restart();
  }

  /** How many connections are made from a connector. */
  connections(id: string): number {
    return workspace.counts?.connectors.find((one) => one.id === id)?.count ?? 0;
  }

  async readAll(): Promise<void> {
    try {
      this.all = await listConnectors({});
      icons.learn(this.all);
    } catch {
      // The list itself says what is wrong.
    }
  }

  follow(): () => void {
    return on("connectors_changed", () => {
      void this.readAll();
      void this.list.refresh();
    });
  }

  async #fetch(offset: number, limit: number): Promise<{ rows: ConnectorSummary[]; total: number; offset: number }> {
    const found = await listConnectors({
      search: this.search.trim() || undefined,
      category: this.category ?? undefined,
      method: this.method ?? undefined,
    });
    icons.learn(found);
    const rows = found.filter(
      (one) =>
        this.narrowing === "all" || (this.narrowing === "own" ? one.custom : this.connections(one.id) > 0),
    );
    return { rows: rows.slice(offset, offset + limit), total: rows.length, offset };
  }
}

/** Kept while the window is open: who comes back finds the list as it was left, and its rows at once. */
export const connectorsPage = new ConnectorsPage();
