import type { Error as Failure } from "@bindings/Error";

/** As a sentence: what comes from Rust may begin small and has no full stop of its own. */
export function sentence(words: string): string {
  const begun = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?…:”]$/.test(begun) ? begun : `${begun}.`;
}

/** What to say under a field: what is wrong and what mends it. */
export function onField(error: Failure): string {
  return [error.message, error.hint].filter((part) => part !== undefined).map(sentence).join(" ");
}
