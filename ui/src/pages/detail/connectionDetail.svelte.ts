import type { ActivityEntry } from "@bindings/ActivityEntry";
import type { ConnectionDetail } from "@bindings/ConnectionDetail";
import type { Error as Failure } from "@bindings/Error";
import { failure } from "../../lib/failure";
import { connection, listActivity } from "../../lib/ipc";
import { on } from "../../lib/state/events";

/** One connection in full, kept current while it is open. */
export class OpenConnection {
  detail = $state.raw<ConnectionDetail | null>(null);
  activity = $state.raw<readonly ActivityEntry[]>([]);
  error = $state.raw<Failure | null>(null);
  /** It was deleted while it was open. */
  gone = $state(false);
  #asked = 0;

  constructor(readonly id: string) {}

  async read(): Promise<void> {
    const asked = ++this.#asked;
    try {
      const [detail, activity] = await Promise.all([
        connection(this.id),
        listActivity({ connection: this.id, outcome: null, action: null, offset: 0, limit: 12 }),
      ]);
      if (asked !== this.#asked) return;
      this.detail = detail;
      this.activity = activity.rows;
      this.error = null;
    } catch (thrown) {
      if (asked !== this.#asked) return;
      this.error = failure(thrown);
      this.gone = this.error.code === "not_found";
    }
  }

  follow(): () => void {
    const changed = on("connections_changed", ({ ids }) => {
      if (ids.length === 0 || ids.includes(this.id)) void this.read();
    });
    const authorized = on("authorization_changed", ({ connection: of }) => {
      if (of === this.id) void this.read();
    });
    const flows = on("flows_changed", () => void this.read());
    return () => {
      changed();
      flows();
      authorized();
    };
  }
}
