/** What is wrong with a passphrase typed twice, before it is asked for in Rust. */
export type Twice = { present?: string; first?: string; second?: string };

export const shortest = 12;

export function passphraseProblems(first: string, second: string, words: { short: string; differs: string }): Twice {
  if ([...first].length < shortest) return { first: words.short };
  return first === second ? {} : { second: words.differs };
}
