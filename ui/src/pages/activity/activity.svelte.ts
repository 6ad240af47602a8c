import type { ActivityEntry } from "@bindings/ActivityEntry";
import type { Outcome } from "@bindings/Outcome";
import { listActivity } from "../../lib/ipc";
import { on } from "../../lib/state/events";
import { PagedList } from "../../lib/state/paged.svelte";

/** What the Activity page shows. */
export class ActivityPage {
  connection = $state<{ id: string; name: string } | null>(null);
  outcome = $state<Outcome | null>(null);
  readonly list = new PagedList<ActivityEntry>((offset, limit) =>
    listActivity({ connection: this.connection?.id ?? null, outcome: this.outcome, action: null, offset, limit }),
  );
  readonly filtered = $derived(this.connection !== null || this.outcome !== null);

  clear(): void {
    this.connection = null;
    this.outcome = null;
  }

  restart(): Promise<void> {
    return this.list.restart();
  }

  follow(): () => void {
    const kinds = ["connections_changed", "authorization_changed", "registrations_changed", "vault_changed", "deleted", "flows_changed"] as const;
    const ends = kinds.map((kind) => on(kind, () => void this.list.refresh()));
    return () => ends.forEach((end) => end());
  }
}
