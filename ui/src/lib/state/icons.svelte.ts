import { SvelteMap } from "svelte/reactivity";
import { connectorIcons } from "../ipc";

/** Brand icons by connector, fetched once, many at a time, as addresses for an `img`. */
class Icons {
  #addresses = new SvelteMap<string, string>();
  #asked = new Set<string>();
  #queue: string[] = [];

  /** The address; empty when there is none; `undefined` while nobody knows yet. */
  of(connector: string): string | undefined {
    this.#ask(connector);
    return this.#addresses.get(connector);
  }

  /** Takes what a list brought along. */
  learn(list: readonly { id: string; icon: string }[]): void {
    for (const { id, icon } of list) {
      this.#asked.add(id);
      if (this.#addresses.get(id) !== icon) this.#addresses.set(id, icon);
    }
  }

  /** Definitions changed: the next reader asks again. */
  forget(): void {
    this.#asked.clear();
  }

  #ask(connector: string): void {
    if (this.#asked.has(connector)) return;
    this.#asked.add(connector);
    if (this.#queue.push(connector) === 1) queueMicrotask(() => void this.#fetch());
  }

  async #fetch(): Promise<void> {
    const ids = this.#queue.splice(0);
    try {
      const found = await connectorIcons(ids);
      for (const id of ids) this.#addresses.set(id, found[id] ? address(found[id]) : "");
    } catch {
      // Without an icon the monogram stands.
      for (const id of ids) if (!this.#addresses.has(id)) this.#addresses.set(id, "");
    }
  }
}

function address(icon: string): string {
  return icon.startsWith("data:") ? icon : `data:image/svg+xml,${encodeURIComponent(icon)}`;
}

export const icons = new Icons();
