import type { ConnectionQuery } from "@bindings/ConnectionQuery";
import type { ConnectionRow } from "@bindings/ConnectionRow";
import { SvelteSet } from "svelte/reactivity";
import { failure } from "../failure";
import { cancelTestAll, testAll, testConnection } from "../ipc";
import { text } from "../text/en";
import { on } from "./events";
import { toasts } from "./toasts.svelte";

type Progress = { done: number; total: number; failed: number };

/** Tests under way: single ones by connection, and the one over many. */
class Testing {
  readonly now = new SvelteSet<string>();
  all = $state.raw<Progress | null>(null);
  /** Set by the page that can show them. */
  showFailed: (() => void) | undefined;

  async one(row: ConnectionRow): Promise<void> {
    if (this.now.has(row.id)) return;
    this.now.add(row.id);
    try {
      const result = await testConnection(row.id);
      if (result.verdict === "ok") toasts.show({ message: text.connections.testOutcome.ok(row.name) });
      else toasts.show({ message: text.connections.testOutcome.failed(row.name), detail: result.message, tone: "fail", lasts: 12_000 });
    } catch (thrown) {
      const error = failure(thrown);
      toasts.show({ message: error.message, detail: error.hint, tone: "fail" });
    } finally {
      this.now.delete(row.id);
    }
  }

  async many(query: ConnectionQuery): Promise<void> {
    if (this.all) return;
    this.all = { done: 0, total: 0, failed: 0 };
    try {
      const total = await testAll(query);
      if (this.all.total === 0) this.all = { ...this.all, total };
      if (total === 0) this.all = null;
    } catch (thrown) {
      this.all = null;
      const error = failure(thrown);
      toasts.show({ message: error.message, detail: error.hint, tone: "fail" });
    }
  }

  async stop(): Promise<void> {
    this.all = null;
    await cancelTestAll();
  }

  follow(): () => void {
    return on("test_progress", ({ done, total, failed }) => {
      if (!this.all) return;
      this.all = { done, total, failed };
      if (done < total) return;
      this.all = null;
      const action = failed > 0 && this.showFailed ? { label: text.connections.showFailed, run: this.showFailed } : undefined;
      toasts.show({ message: text.connections.tested(total, failed), action, lasts: failed ? 12_000 : 6000 });
    });
  }
}

export const testing = new Testing();
