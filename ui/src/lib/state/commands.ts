import CircleHelp from "@lucide/svelte/icons/circle-question-mark";
import FlaskConical from "@lucide/svelte/icons/flask-conical";
import KeyRound from "@lucide/svelte/icons/key-round";
import PanelLeft from "@lucide/svelte/icons/panel-left";
import Plus from "@lucide/svelte/icons/plus";
import type { ConnectionRow } from "@bindings/ConnectionRow";
import type { MenuItem } from "../components/menu";
import { listConnections } from "../ipc";
import { text } from "../text/en";
import { dialogs } from "./dialogs.svelte";
import { navigation } from "./navigation.svelte";
import { everything, reauthorizeStopped } from "./queue";
import { testing } from "./testing.svelte";
import { workspace } from "./workspace.svelte";

export type Command = Required<Pick<MenuItem, "key" | "label" | "icon" | "run">> & { shortcut?: string };

/** What can be done now. */
export function commands(): Command[] {
  const usable = workspace.vault === "ready" && !workspace.readOnly && !workspace.state?.problem;
  return [
    ...(usable ? usableCommands() : []),
    ...navigation.available.map((key) => ({
      key: `go-${key}`,
      label: text.palette.goTo(text.nav[key]),
      icon: PanelLeft,
      run: () => navigation.go(key),
    })),
    {
      key: "shortcuts",
      label: text.shortcuts.title,
      icon: CircleHelp,
      shortcut: "?",
      run: () => dialogs.open({ kind: "shortcuts" }),
    },
  ];
}

/** The first connections that match; none typed: none. */
export async function findConnections(search: string): Promise<ConnectionRow[]> {
  if (!search) return [];
  try {
    return (await listConnections({ ...everything, search, limit: 8 })).rows;
  } catch {
    return [];
  }
}

function usableCommands(): Command[] {
  const list: Command[] = [
    {
      key: "new",
      label: text.connections.create,
      icon: Plus,
      shortcut: "n",
      run: () => dialogs.open({ kind: "selector" }),
    },
    { key: "test-all", label: text.connections.testAll, icon: FlaskConical, run: () => void testing.many(everything) },
  ];
  if (workspace.counts?.reauthorize) {
    list.push({
      key: "reauthorize",
      label: text.connections.banner.reauthorizeAll(workspace.counts.reauthorize),
      icon: KeyRound,
      run: () => void reauthorizeStopped(),
    });
  }
  return list;
}
