import type { Impact } from "@bindings/Impact";
import type { ImpactAction } from "@bindings/ImpactAction";
import { impact } from "../../lib/ipc";

/** What an action on a connection would touch, asked anew when the action changes. */
export class ImpactOf {
  known = $state.raw<Impact | null>(null);
  #asked = 0;

  constructor(readonly connection: string) {}

  /** `null`: nothing is about to be done. What can't be told isn't shown; the action itself says why it fails. */
  async ask(action: ImpactAction | null): Promise<void> {
    const asked = ++this.#asked;
    if (!action) {
      this.known = null;
      return;
    }
    try {
      const known = await impact(action, this.connection);
      if (asked === this.#asked) this.known = known;
    } catch {
      if (asked === this.#asked) this.known = null;
    }
  }
}
