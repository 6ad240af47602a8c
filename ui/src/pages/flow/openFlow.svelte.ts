import type { Error as Failure } from "@bindings/Error";
import type { FlowDetail } from "@bindings/FlowDetail";
import { failure } from "../../lib/failure";
import { flow } from "../../lib/ipc";
import { on } from "../../lib/state/events";

/** One flow with its cards, kept current while it is open. */
export class OpenFlow {
  detail = $state.raw<FlowDetail | null>(null);
  error = $state.raw<Failure | null>(null);
  /** Its source was removed, or the file no longer holds it. */
  gone = $state(false);
  #asked = 0;

  constructor(readonly id: string) {}

  async read(): Promise<void> {
    const asked = ++this.#asked;
    try {
      const detail = await flow(this.id);
      if (asked !== this.#asked) return;
      this.detail = detail;
      this.error = null;
    } catch (thrown) {
      if (asked !== this.#asked) return;
      this.error = failure(thrown);
      this.gone = this.error.code === "not_found";
    }
  }

  follow(): () => void {
    const kinds = ["flows_changed", "connections_changed", "deleted"] as const;
    const ends = kinds.map((kind) => on(kind, () => void this.read()));
    return () => ends.forEach((end) => end());
  }
}
