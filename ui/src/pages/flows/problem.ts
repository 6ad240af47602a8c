import type { FlowProblem } from "@bindings/FlowProblem";
import { sentence } from "../../lib/sentence";
import { text } from "../../lib/text/en";

/** "Broken file: line 3: …"; the kind alone isn't said twice. */
export function problemText({ kind, reason }: FlowProblem): string {
  const word = text.flows.problems[kind];
  return reason.toLowerCase().startsWith(word.toLowerCase()) ? sentence(reason) : `${word}: ${sentence(reason)}`;
}

/** The file inside its source; the source itself by its last part. */
export function problemPlace(path: string, source: string): string {
  const inside = path.startsWith(source) ? path.slice(source.length).replace(/^[/\\]+/, "") : path;
  return inside || path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}
