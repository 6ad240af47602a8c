import type { Error as Failure } from "@bindings/Error";
import type { Question } from "@bindings/Question";
import type { Suggestion } from "@bindings/Suggestion";
import { SvelteMap } from "svelte/reactivity";
import { failure } from "../../lib/failure";
import { bindCards, cardSuggestions, flowQuestions } from "../../lib/ipc";
import { connectorNames } from "../../lib/state/connectorNames.svelte";
import { text } from "../../lib/text/en";
import { preselected } from "./suggestions";

/** Names in files that no connection stands for, and what is answered to each. */
export class Questions {
  list = $state.raw<readonly Question[] | null>(null);
  error = $state.raw<Failure | null>(null);
  /** Answers by question; an empty one leaves the cards as they are. */
  readonly answers = new SvelteMap<string, string>();
  readonly suggestions = new SvelteMap<string, readonly Suggestion[]>();
  readonly refused = new SvelteMap<string, Failure>();

  readonly answered = $derived((this.list ?? []).filter((question) => this.answers.get(key(question))));

  constructor(
    readonly source: string | null,
    /** Answers given before a detour; they stand where the question still does. */
    readonly given?: ReadonlyMap<string, string>,
  ) {}

  async read(): Promise<void> {
    try {
      const list = await flowQuestions(this.source);
      // Cards of one connector are offered the same: what decides beyond that is their own name.
      await Promise.all(list.map((question) => this.#suggest(question)));
      this.list = list;
    } catch (thrown) {
      this.error = failure(thrown);
    }
  }

  /** Binds what was answered; what is refused stays with its reason. Says how much was bound. */
  async bind(): Promise<{ cards: number; flows: number }> {
    const done = { cards: 0, flows: 0 };
    this.refused.clear();
    for (const question of this.answered) {
      const connection = this.answers.get(key(question));
      if (!connection) continue;
      try {
        const bound = await bindCards(question.card_ids, connection);
        done.cards += bound.cards;
        done.flows += bound.flows;
      } catch (thrown) {
        this.refused.set(key(question), failure(thrown));
      }
    }
    return done;
  }

  async #suggest(question: Question): Promise<void> {
    const [card] = question.card_ids;
    if (!card) return;
    const suggestions = await cardSuggestions(card);
    this.suggestions.set(key(question), suggestions);
    const given = this.given?.get(key(question));
    this.answers.set(key(question), given ?? preselected(suggestions));
  }
}

export function key(question: Question): string {
  return question.card_ids[0] ?? "";
}

/** "Slack · ops-bot", or the connector alone when the file names no connection. */
export function what(question: Question): string {
  const connector = connectorNames.of(question.connector ?? question.connector_key);
  return question.connection_name ? text.flows.questions.named(connector, question.connection_name) : connector;
}
