import { SvelteMap } from "svelte/reactivity";
import { everyConnector } from "./everyConnector";

/** What connectors are called, read once; an unknown one is called as the file calls it. */
class ConnectorNames {
  #names = new SvelteMap<string, string>();
  #asked = false;

  of(connector: string): string {
    if (!this.#asked) this.#read();
    return this.#names.get(connector) ?? connector;
  }

  /** Ids and names, by name. */
  all(): { id: string; name: string }[] {
    if (!this.#asked) this.#read();
    return [...this.#names].map(([id, name]) => ({ id, name })).sort((a, b) => a.name.localeCompare(b.name, "en"));
  }

  /** Definitions changed: the next reader asks again. */
  forget(): void {
    this.#asked = false;
  }

  #read(): void {
    this.#asked = true;
    // Not while something is drawn: what is read here is what it draws.
    queueMicrotask(async () => {
      try {
        for (const { id, name } of await everyConnector()) this.#names.set(id, name);
      } catch {
        // Ids stand for names; the next reader asks again.
        this.#asked = false;
      }
    });
  }
}

export const connectorNames = new ConnectorNames();
