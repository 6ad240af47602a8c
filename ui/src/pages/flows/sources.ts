import type { SourceRow } from "@bindings/SourceRow";
import { rescanFlowSource } from "../../lib/ipc";
import { toasts } from "../../lib/state/toasts.svelte";
import { text } from "../../lib/text/en";

const say = text.flows.source;

/** Reads what has changed in a source, and says what that was. */
export async function rescan({ id, name }: SourceRow): Promise<void> {
  try {
    const { files, flows, problems } = await rescanFlowSource(id);
    toasts.show({
      message: say.rescanned(name, files, flows),
      detail: problems.length ? say.problems(problems.length) : undefined,
    });
  } catch (thrown) {
    toasts.failed(thrown);
  }
}
