import type { Component } from "svelte";
import type { PageKey } from "../lib/state/navigation.svelte";
import Activity from "./activity/Activity.svelte";
import Connections from "./connections/Connections.svelte";
import Settings from "./settings/Settings.svelte";

/** The pages, in the order of the rail. */
export const pages: readonly { key: PageKey; component: Component }[] = [
  { key: "connections", component: Connections },
  { key: "activity", component: Activity },
  { key: "settings", component: Settings },
];
