import type { Event } from "@bindings/Event";
import { onEvent } from "../ipc";

type Kind = Event["kind"];
type Of<K extends Kind> = Extract<Event, { kind: K }>;
type Handler = (event: Event) => void;

const handlers = new Map<Kind, Set<Handler>>();

/** Calls back for events of one kind until the returned function is called. */
export function on<K extends Kind>(kind: K, handle: (event: Of<K>) => void): () => void {
  const set = handlers.get(kind) ?? new Set();
  handlers.set(kind, set);
  set.add(handle as Handler);
  return () => set.delete(handle as Handler);
}

/** Starts listening; once, when the console starts. */
export function startListening(): Promise<() => void> {
  return onEvent((event) => handlers.get(event.kind)?.forEach((handle) => handle(event)));
}
