import type { Error as Failure } from "@bindings/Error";
import type { UsageRow } from "@bindings/UsageRow";
import { failure } from "../../lib/failure";
import { connectionUsage } from "../../lib/ipc";
import { on } from "../../lib/state/events";

const step = 200;

/** Which flows use a connection, as far as they were asked for, kept current. */
export class ConnectionUsage {
  rows = $state.raw<readonly UsageRow[]>([]);
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
      const usage = await connectionUsage(this.connection, 0, Math.min(1000, this.#wanted));
      if (asked !== this.#asked) return;
      this.rows = usage.rows;
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
    const { rows } = await connectionUsage(this.connection, this.rows.length, step);
    if (asked !== this.#asked) return;
    this.rows = [...this.rows, ...rows];
    this.#wanted = this.rows.length;
  }

  follow(): () => void {
    const ends = (["flows_changed", "deleted"] as const).map((kind) => on(kind, () => void this.read()));
    return () => ends.forEach((end) => end());
  }
}
