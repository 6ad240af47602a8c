import type { AuthorizationView } from "@bindings/AuthorizationView";
import type { ConnectionRow } from "@bindings/ConnectionRow";
import type { ReauthorizeDraft } from "@bindings/ReauthorizeDraft";
import { SvelteMap } from "svelte/reactivity";
import { failure } from "../failure";
import { authorization, connection, pendingAuthorizations, reauthorizeConnection } from "../ipc";
import { text } from "../text/en";
import { dialogs } from "./dialogs.svelte";
import { on } from "./events";
import { navigation } from "./navigation.svelte";
import { toasts } from "./toasts.svelte";

/** Nothing is to be changed: only sign in again. */
export const asItIs = (): ReauthorizeDraft => ({
  values: {},
  registration: { kind: "keep" },
  scopes: { kind: "default" },
  redirect: null,
  paste_uri: null,
  save_anyway: false,
});

/** Sign-ins that this window started or was told about, by authorization. */
class SignIns {
  readonly views = new SvelteMap<string, AuthorizationView>();
  /** Outcomes already told: events may come twice. */
  readonly #told = new Set<string>();

  /** Takes an answer that carries a view. */
  learn(view: AuthorizationView): void {
    this.views.set(view.id, view);
  }

  async read(id: string): Promise<AuthorizationView> {
    const view = await authorization(id);
    this.learn(view);
    return view;
  }

  /** Reauthorizes in place, or takes up the sign-in that already waits, and shows what it waits for. */
  async begin(row: Pick<ConnectionRow, "id" | "name" | "authorization">): Promise<void> {
    try {
      if (row.authorization) {
        const view = await this.read(row.authorization);
        if (isOpen(view)) return dialogs.open({ kind: "waiting", authorization: view.id });
      }
      const { kind } = await connection(row.id);
      // A key or a password isn't signed in to again: a new one is typed.
      if (kind !== "authorization_code" && kind !== "device_code") {
        return dialogs.open({ kind: "reauthorize", connection: row.id, tab: "general" });
      }
      const started = await reauthorizeConnection(row.id, asItIs());
      if (started.authorization) {
        this.learn(started.authorization);
        dialogs.open({ kind: "waiting", authorization: started.authorization.id });
      } else {
        toasts.show({ message: text.waiting.renewed(row.name) });
      }
    } catch (thrown) {
      const error = failure(thrown);
      // What can't be done without asking is asked: the dialog shows the fields and what was refused.
      if (error.field || error.code === "bad_secret" || error.code === "unsupported") {
        dialogs.open({ kind: "reauthorize", connection: row.id, tab: "general" });
      } else {
        toasts.failed(error);
      }
    }
  }

  /** What waited while the window was closed: a question left open is asked again. */
  async catchUp(): Promise<void> {
    try {
      for (const view of await pendingAuthorizations()) this.learn(view);
    } catch {
      // The list says why the workspace can't be read.
    }
    const asked = [...this.views.values()].find(({ phase }) => phase === "account_question");
    if (asked && !dialogs.shown) dialogs.open({ kind: "waiting", authorization: asked.id });
  }

  follow(): () => void {
    return on("authorization_changed", ({ id }) => void this.#changed(id));
  }

  async #changed(id: string): Promise<void> {
    let view: AuthorizationView;
    try {
      view = await this.read(id);
    } catch {
      // Cancelled and cleared away meanwhile.
      this.views.delete(id);
      return;
    }
    const watched = dialogs.shown?.kind === "queue" || (dialogs.shown?.kind === "waiting" && dialogs.shown.authorization === id);
    if (watched) return;
    if (view.phase === "connected") this.announce(view);
    else if (view.phase === "account_question" && !dialogs.shown) dialogs.open({ kind: "waiting", authorization: id });
    else if (view.phase === "account_question" || view.phase === "failed") {
      toasts.show({
        message: view.phase === "failed" ? text.waiting.failed(view.connection_name) : text.waiting.question(view.connection_name),
        detail: view.error?.message,
        tone: "fail",
        action: { label: text.waiting.look, run: () => dialogs.open({ kind: "waiting", authorization: id }) },
      });
    }
  }

  /** Says that it worked, and as whom. */
  announce(view: AuthorizationView): void {
    if (this.#told.has(view.id)) return;
    this.#told.add(view.id);
    toasts.show({
      message: view.new_account
        ? text.waiting.connectedAs(view.connection_name, view.new_account)
        : text.waiting.connected(view.connection_name),
      action: { label: text.actions.open, run: () => navigation.showConnection(view.connection) },
    });
  }
}

/** Whether a person can still finish it. */
export function isOpen(view: AuthorizationView): boolean {
  return view.phase === "waiting" || view.phase === "finishing" || view.phase === "account_question";
}

export const signIns = new SignIns();
