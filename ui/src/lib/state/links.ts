import { takeOverLinks } from "../ipc";
import { text } from "../text/en";
import { toasts } from "./toasts.svelte";
import { workspace } from "./workspace.svelte";

const say = text.settings.links;

/** Asks the system to send links to this Patchbay, and says what came of it. */
export async function takeOver(): Promise<boolean> {
  try {
    const taken = (await takeOverLinks()) === "ours";
    toasts.show(taken ? { message: say.taken } : { message: say.notTaken, tone: "fail" });
    await workspace.read();
    return taken;
  } catch (thrown) {
    toasts.failed(thrown);
    return false;
  }
}
