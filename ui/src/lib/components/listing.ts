import type { Error as Failure } from "@bindings/Error";

/** A page whose list can be narrowed. */
export type Narrowed = {
  /** Whether anything narrows the list. */
  readonly filtered: boolean;
  clear: () => void;
  /** Reads the list anew, from the top. */
  restart: () => Promise<void>;
};

/** A page whose list can be searched, and whose rows open in a panel. */
export type Searched = Narrowed & {
  search: string;
  selected: string | null;
  /** What the list answers to: when it changes, the list is read anew. */
  readonly asked: string;
  readonly list: { readonly total: number; readonly loaded: boolean; readonly error: Failure | null };
};

export type ListWords = {
  failed: string;
  emptyByFilter: { title: string; body?: string };
  filters: { clear: string };
};

export type SearchWords = ListWords & {
  title: string;
  search: string;
  searchLabel: string;
  /** How many were found, for those who don't see the list. */
  found: (total: number) => string;
};
