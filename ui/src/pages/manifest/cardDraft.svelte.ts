import type { CardView } from "@bindings/CardView";
import type { Error as Failure } from "@bindings/Error";
import type { FlowDetail } from "@bindings/FlowDetail";
import type { ManifestCard } from "@bindings/ManifestCard";
import { failure } from "../../lib/failure";
import { editManifest } from "../../lib/ipc";
import { onField } from "../../lib/sentence";
import type { TypedCard } from "../../lib/state/flowDialogs";
import { text } from "../../lib/text/en";

const say = text.flows.manifest;

type Key = "title" | "connector" | "connection" | "scopes" | "env";

/** What is typed for a card of a manifest. Rust checks it; what it refuses comes back to its field. */
export class CardDraft {
  title = $state("");
  connector = $state("");
  /** Name of the connection; empty: open. */
  connection = $state("");
  scopes = $state("");
  env = $state("");
  error = $state.raw<Failure | null>(null);
  #envProblem = $state<string>();

  constructor(
    readonly flow: FlowDetail,
    readonly card: CardView | null,
    typed?: TypedCard,
  ) {
    if (typed) Object.assign(this, typed);
    if (typed || !card) return;
    this.title = card.title;
    this.connector = card.connector ?? card.connector_key;
    this.connection = card.connection_name ?? "";
    this.scopes = card.needs.map(([first]) => first).join(" ");
    this.env = Object.entries(card.environment).map(([name, value]) => `${name}=${value}`).join("\n");
  }

  typed(): TypedCard {
    const { title, connector, connection, scopes, env } = this;
    return { title, connector, connection, scopes, env };
  }

  /** What to say under a field; faults are told by a path such as `cards[1].env.GH_TOKEN`. */
  problemOf(key: Key): string | undefined {
    if (key === "env" && this.#envProblem) return this.#envProblem;
    if (!this.error?.field || this.#keyOf(this.error.field) !== key) return undefined;
    // Under the field itself, where in the file it stands needs no saying.
    return onField({ ...this.error, message: this.error.message.replace(/^(line \d+: )?cards\S*: /, "") });
  }

  /** What is wrong with no field in particular. */
  get general(): Failure | null {
    return this.error && !(this.error.field && this.#keyOf(this.error.field)) ? this.error : null;
  }

  changed(): void {
    this.error = null;
    this.#envProblem = undefined;
  }

  /** Says whether it was saved. */
  async save(): Promise<boolean> {
    const env = this.#environment();
    if (!env) return false;
    const card: ManifestCard = {
      title: this.title.trim(),
      connector: this.connector,
      connection: this.connection || null,
      scopes: this.scopes.split(/[\s,]+/).filter(Boolean),
      env,
    };
    return this.#edit(this.card ? { kind: "change_card", title: this.card.title, card } : { kind: "add_card", card });
  }

  async remove(): Promise<boolean> {
    return this.card ? this.#edit({ kind: "remove_card", title: this.card.title }) : false;
  }

  async #edit(edit: Parameters<typeof editManifest>[1][number]): Promise<boolean> {
    this.changed();
    try {
      await editManifest(this.flow.row.id, [edit]);
      return true;
    } catch (thrown) {
      this.error = failure(thrown);
      return false;
    }
  }

  #environment(): Record<string, string> | undefined {
    const env: Record<string, string> = {};
    for (const line of this.env.split("\n").map((line) => line.trim()).filter(Boolean)) {
      const at = line.indexOf("=");
      if (at < 1) {
        this.#envProblem = say.envLine(line);
        return undefined;
      }
      env[line.slice(0, at).trim()] = line.slice(at + 1).trim();
    }
    return env;
  }

  #keyOf(path: string): Key | undefined {
    const keys: readonly Key[] = ["title", "connector", "connection", "scopes", "env"];
    return keys.find((key) => path.split(/[.[\]]/).includes(key));
  }
}
