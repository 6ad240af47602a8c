import { dialogs } from "./dialogs.svelte";
import { navigation } from "./navigation.svelte";
import { textSize } from "./textSize.svelte";
import { toasts } from "./toasts.svelte";
import { workspace } from "./workspace.svelte";

/** The keys that work anywhere. A page adds its own with `svelte:window`. */
export function globalKey(event: KeyboardEvent): void {
  if (event.defaultPrevented) return;
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key.toLowerCase() === "k") {
    event.preventDefault();
    if (dialogs.shown?.kind === "palette") dialogs.close();
    else if (!dialogs.shown) dialogs.open({ kind: "palette" });
    return;
  }
  if (command && !event.altKey && resize(event.key)) {
    event.preventDefault();
    return;
  }
  if (isTyping(event.target) || dialogs.shown || inMenu(event.target)) return;
  if (command && event.key.toLowerCase() === "z") {
    if (toasts.undoNewest()) event.preventDefault();
  } else if (command || event.altKey) {
    return;
  } else if (event.key === "?") {
    event.preventDefault();
    dialogs.open({ kind: "shortcuts" });
  } else if (event.key === "n" && canCreate()) {
    event.preventDefault();
    dialogs.open({ kind: "selector" });
  }
}

/** The keys that change the size of text everywhere else. */
function resize(key: string): boolean {
  if (key === "+" || key === "=") textSize.larger();
  else if (key === "-") textSize.smaller();
  else if (key === "0") textSize.usual();
  else return false;
  return true;
}

/** Whether letters belong to what has the focus. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

function inMenu(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('[role="menu"],[role="listbox"]') !== null;
}

function canCreate(): boolean {
  return navigation.page === "connections" && workspace.state?.problem == null && !workspace.readOnly && workspace.vault === "ready";
}
