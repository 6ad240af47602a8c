/** Scopes typed by hand: one or several, separated by spaces or commas. */

// RFC 6749, 3.3: visible ASCII but no space, `"` or `\`. The comma separates here.
const token = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

export type Typed = {
  added: string[];
  /** Typed, but already in the list. */
  duplicates: string[];
  /** Typed, but no scope can look like this. */
  malformed: string[];
};

/** Sorts what was typed by what can become of it. */
export function readScopes(typed: string, present: ReadonlySet<string>): Typed {
  const result: Typed = { added: [], duplicates: [], malformed: [] };
  for (const word of typed.split(/[\s,]+/u).filter(Boolean)) {
    if (!token.test(word)) pushOnce(result.malformed, word);
    else if (present.has(word) || result.added.includes(word)) pushOnce(result.duplicates, word);
    else result.added.push(word);
  }
  return result;
}

function pushOnce(list: string[], word: string): void {
  if (!list.includes(word)) list.push(word);
}
