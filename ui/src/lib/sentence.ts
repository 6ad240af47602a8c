import type { Error as Failure } from "@bindings/Error";

/** As a sentence: what comes from Rust has no full stop of its own. */
export function sentence(words: string): string {
  return /[.!?…:”]$/.test(words) ? words : `${words}.`;
}

/** What to say under a field: what is wrong and what mends it. */
export function onField(error: Failure): string {
  return [error.message, error.hint].filter((part) => part !== undefined).map(sentence).join(" ");
}
