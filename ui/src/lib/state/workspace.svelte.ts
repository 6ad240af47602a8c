import type { ConnectionCounts } from "@bindings/ConnectionCounts";
import type { Error as Failure } from "@bindings/Error";
import type { VaultState } from "@bindings/VaultState";
import type { WorkspaceState } from "@bindings/WorkspaceState";
import { failure } from "../failure";
import { connectionCounts, workspaceState } from "../ipc";
import { joined } from "../joined";
import { on } from "./events";

/** The app at a glance: vault, numbers, and what keeps the workspace from opening. */
class Workspace {
  state = $state.raw<WorkspaceState | null>(null);
  counts = $state.raw<ConnectionCounts | null>(null);
  error = $state.raw<Failure | null>(null);

  /** Whether the keychain has had the time to answer: until then `locked` only means "not asked yet". */
  settled = $state(false);

  readonly vault = $derived.by<VaultState>(() => {
    const state = this.state?.vault ?? "ready";
    return state === "locked" && !this.settled ? "ready" : state;
  });
  /** Secrets can't be opened now, though the list can be shown. */
  readonly locked = $derived(this.vault === "locked");
  readonly readOnly = $derived(this.state?.read_only ?? false);

  /** Reads both; calls while it reads are joined into one more. */
  readonly read = joined(() => this.#readOnce(), 200);

  /** Keeps itself current until the returned function is called. */
  follow(): () => void {
    const kinds = ["connections_changed", "vault_changed", "flows_changed", "connectors_changed"] as const;
    const ends = kinds.map((kind) => on(kind, () => void this.read()));
    ends.push(on("vault_changed", () => (this.settled = true)));
    const timer = setTimeout(() => (this.settled = true), 1500);
    return () => {
      clearTimeout(timer);
      ends.forEach((end) => end());
    };
  }

  async #readOnce(): Promise<void> {
    const counting = connectionCounts();
    // Of a workspace that can't be opened the state says why.
    counting.catch(() => {});
    try {
      this.state = await workspaceState();
      if (this.state.vault !== "locked") this.settled = true;
      if (!this.state.problem) this.counts = await counting;
      this.error = null;
    } catch (thrown) {
      this.error = failure(thrown);
    }
  }
}

export const workspace = new Workspace();
