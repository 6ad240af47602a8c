import type { Suggestion } from "@bindings/Suggestion";
import type { Choice } from "../../lib/components/field";
import { text } from "../../lib/text/en";

/** Suggestions as choices: why it is offered, what it lacks, and its status when that isn't the usual one. */
export function asChoices(suggestions: readonly Suggestion[]): Choice[] {
  return suggestions.map(({ connection, name, reason, missing, status }) => ({
    value: connection,
    label: name,
    detail:
      [
        status === "connected" ? "" : text.status.word(status, null),
        text.flows.reasons[reason],
        missing.length ? text.flows.lacks(missing) : "",
      ]
        .filter(Boolean)
        .join(" · ") || undefined,
  }));
}

/** The one that is taken unless the person chooses another. */
export function preselected(suggestions: readonly Suggestion[]): string {
  return suggestions.find((one) => one.preselected)?.connection ?? "";
}
