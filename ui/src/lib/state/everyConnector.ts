import type { ConnectorSummary } from "@bindings/ConnectorSummary";
import { listConnectors } from "../ipc";
import { icons } from "./icons.svelte";

let known: Promise<readonly ConnectorSummary[]> | null = null;

/** Every connector with its icon: read when they are first needed, kept until definitions change. */
export function everyConnector(): Promise<readonly ConnectorSummary[]> {
  const reading = (known ??= listConnectors({}).then((all) => (icons.learn(all), all)));
  reading.catch(() => (known = null));
  return reading;
}

/** Definitions changed: the next reader asks again. */
export function forgetConnectors(): void {
  known = null;
}
