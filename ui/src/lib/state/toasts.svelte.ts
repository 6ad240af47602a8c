import { failure } from "../failure";
import { focusHome, hasFocus } from "../focus";
import { sentence } from "../sentence";

/** Notices that pass: what was done, with a way back where there is one. */

export type Toast = {
  id: number;
  message: string;
  detail?: string | undefined;
  tone: "plain" | "fail";
  /** Milliseconds on screen; 0: until dismissed. */
  lasts: number;
  /** Whether the time left is drawn: it is the time in which the action still works. */
  countdown: boolean;
  action?: { label: string; run: () => void | Promise<void> } | undefined;
};

type Wanted = Partial<Omit<Toast, "id" | "message">> & { message: string };

export class Toasts {
  list = $state.raw<readonly Toast[]>([]);
  #next = 1;
  #timers = new Map<number, ReturnType<typeof setTimeout>>();

  show({ message, detail, tone = "plain", lasts = tone === "fail" ? 0 : 6000, countdown = false, ...rest }: Wanted): number {
    const id = this.#next++;
    this.list = [...this.list.slice(-3), { id, message: sentence(message), detail: detail && sentence(detail), tone, lasts, countdown, ...rest }];
    this.#start(id, lasts);
    return id;
  }

  /** What a command threw: what is wrong, and what mends it. */
  failed(thrown: unknown): void {
    const { message, hint } = failure(thrown);
    this.show({ message, detail: hint, tone: "fail" });
  }

  dismiss(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    const lost = hasFocus(`[data-toast="${id}"]`);
    this.list = this.list.filter((toast) => toast.id !== id);
    if (lost) focusHome();
  }

  act(id: number): void {
    const toast = this.list.find((candidate) => candidate.id === id);
    this.dismiss(id);
    void toast?.action?.run();
  }

  /** Does what the newest toast offers (Ctrl+Z). Says whether there was one. */
  undoNewest(): boolean {
    const toast = this.list.findLast((candidate) => candidate.action && candidate.countdown);
    if (toast) this.act(toast.id);
    return !!toast;
  }

  /** While the pointer is on it a notice stays; a countdown runs on, because what it offers does end. */
  hold(id: number): void {
    if (this.list.find((toast) => toast.id === id)?.countdown) return;
    clearTimeout(this.#timers.get(id));
  }

  release(id: number): void {
    const toast = this.list.find((candidate) => candidate.id === id);
    if (toast && !toast.countdown) this.#start(id, toast.lasts);
  }

  #start(id: number, lasts: number): void {
    if (lasts > 0) this.#timers.set(id, setTimeout(() => this.dismiss(id), lasts));
  }
}

export const toasts = new Toasts();
