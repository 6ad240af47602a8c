import type { Component } from "svelte";
import type { PageKey } from "../lib/state/navigation.svelte";
import Connections from "./connections/Connections.svelte";

/** What a page's file exports. */
type Loaded = { default: Component };

/**
 * The pages, in the order of the rail. Connections comes with the window; the others are fetched when they are first
 * opened, so that the first rows don't wait for them.
 */
export const pages: readonly { key: PageKey; component?: Component; load?: () => Promise<Loaded> }[] = [
  { key: "connections", component: Connections },
  { key: "flows", load: () => import("./flows/Flows.svelte") },
  { key: "connectors", load: () => import("./connectors/Connectors.svelte") },
  { key: "activity", load: () => import("./activity/Activity.svelte") },
  { key: "settings", load: () => import("./settings/Settings.svelte") },
];
