import type { AuthorizationView } from "@bindings/AuthorizationView";
import type { ConnectionRow } from "@bindings/ConnectionRow";
import type { Error as Failure } from "@bindings/Error";
import { failure } from "../../lib/failure";
import { answerAccountQuestion, cancelAuthorization, reauthorizeConnection } from "../../lib/ipc";
import { asItIs, isOpen, signIns } from "../../lib/state/signIns.svelte";
import { text } from "../../lib/text/en";

type Outcome = "waiting" | "now" | "done" | "failed" | "skipped";

/** Several connections reauthorised one after the other: one browser page at a time. */
export class ReauthorizeQueue {
  at = $state(0);
  running = $state(false);
  outcomes = $state<Outcome[]>([]);
  errors = $state<(Failure | undefined)[]>([]);
  #authorization = $state<string | null>(null);

  readonly view = $derived<AuthorizationView | undefined>(
    this.#authorization ? signIns.views.get(this.#authorization) : undefined,
  );
  readonly finished = $derived.by(() => this.at >= this.rows.length);
  readonly done = $derived(this.outcomes.filter((outcome) => outcome === "done").length);

  constructor(readonly rows: readonly ConnectionRow[]) {
    this.outcomes = rows.map(() => "waiting");
    this.errors = rows.map(() => undefined);
  }

  /** Goes on whenever the present sign-in ends, until the returned function is called. */
  follow(): () => void {
    return $effect.root(() => {
      $effect(() => {
        const view = this.view;
        if (!view || isOpen(view)) return;
        if (view.phase === "connected") this.#next("done");
        else if (view.phase === "cancelled") this.#next("skipped");
        else this.#next("failed", view.error ?? { code: "authorization_expired", message: text.waiting.expiredTitle });
      });
    });
  }

  start(): void {
    this.running = true;
    void this.#begin();
  }

  /** Leaves the present one as it is and goes on. */
  async skip(): Promise<void> {
    const authorization = this.#authorization;
    this.#next("skipped");
    await this.#cancel(authorization);
  }

  async stop(): Promise<void> {
    const authorization = this.#authorization;
    this.#authorization = null;
    this.running = false;
    await this.#cancel(authorization);
  }

  async answer(accept: boolean): Promise<void> {
    if (!this.#authorization) return;
    try {
      signIns.learn(await answerAccountQuestion(this.#authorization, accept));
      if (!accept && this.outcomes[this.at] === "now") this.#next("skipped");
    } catch (thrown) {
      this.#next("failed", failure(thrown));
    }
  }

  #next(outcome: Outcome, error?: Failure): void {
    this.outcomes[this.at] = outcome;
    this.errors[this.at] = error;
    this.#authorization = null;
    this.at++;
    if (this.running && !this.finished) void this.#begin();
    else this.running = false;
  }

  async #begin(): Promise<void> {
    const at = this.at;
    const row = this.rows[at];
    if (!row) return;
    this.outcomes[at] = "now";
    try {
      const { authorization } = await reauthorizeConnection(row.id, asItIs());
      if (this.at !== at || !this.running) return void (authorization && (await this.#cancel(authorization.id)));
      if (!authorization) return this.#next("done");
      signIns.learn(authorization);
      this.#authorization = authorization.id;
    } catch (thrown) {
      if (this.at === at) this.#next("failed", failure(thrown));
    }
  }

  async #cancel(authorization: string | null): Promise<void> {
    if (!authorization) return;
    try {
      await cancelAuthorization(authorization);
    } catch {
      // It ended by itself meanwhile: there is nothing left to cancel.
    }
  }
}
