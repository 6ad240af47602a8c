/**
 * A command as people type it: words, separated by spaces; quotes keep a word together, a backslash takes the next sign
 * as it is. Nothing is expanded: it runs without a shell. `undefined`: a quote is not closed.
 */
export function words(line: string): string[] | undefined {
  const found: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < line.length; at++) {
    const sign = line[at]!;
    const next = line[at + 1];
    if (sign === "\\" && quote !== "'" && next !== undefined && (quote === "" || next === '"' || next === "\\")) {
      word = (word ?? "") + next;
      at++;
    } else if (quote) {
      if (sign === quote) quote = "";
      else word = (word ?? "") + sign;
    } else if (sign === '"' || sign === "'") {
      quote = sign;
      word ??= "";
    } else if (/\s/.test(sign)) {
      if (word !== undefined) found.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + sign;
    }
  }
  if (quote) return undefined;
  if (word !== undefined) found.push(word);
  return found;
}

/** The line that `words` takes apart again. */
export function line(command: readonly string[]): string {
  return command.map((word) => (/^[^\s"'\\]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(" ");
}
