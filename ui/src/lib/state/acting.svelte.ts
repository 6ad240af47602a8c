import type { Error as Failure } from "@bindings/Error";
import { failure } from "../failure";
import { onField } from "../sentence";

/** One thing done at a time, and what the last one failed with. */
export class Acting {
  busy = $state(false);
  error = $state.raw<Failure | null>(null);

  /** Says whether it worked. */
  async run(action: () => Promise<unknown>): Promise<boolean> {
    this.busy = true;
    this.error = null;
    try {
      await action();
      return true;
    } catch (thrown) {
      this.error = failure(thrown);
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** What to say under a field, when that is what was wrong. */
  onField(field: string): string | undefined {
    return this.error?.field === field ? onField(this.error) : undefined;
  }
}
