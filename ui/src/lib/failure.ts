import type { Code } from "@bindings/Code";
import type { Error as Failure } from "@bindings/Error";
import { text } from "./text/en";

/** Whatever a command threw, as the failure it is. Anything that isn't one of ours is a fault of the app itself. */
export function failure(thrown: unknown): Failure {
  if (isFailure(thrown)) return thrown;
  const said = thrown instanceof globalThis.Error ? thrown.message : String(thrown);
  return { code: "internal" satisfies Code, message: text.errors.internal, provider_error: said };
}

function isFailure(thrown: unknown): thrown is Failure {
  return typeof thrown === "object" && thrown !== null && "code" in thrown && "message" in thrown;
}
