/** A column of a VirtualTable. */
export type Column<Key extends string = string> = {
  key: Key;
  label: string;
  /** A grid track: `2fr`, `6rem`, `minmax(0, 1.4fr)`. */
  width: string;
  sortable?: boolean;
  /** Numbers stand at the right. */
  end?: boolean;
  /** Width of the table below which the column is left out: in px at the usual text size. */
  from?: number;
};

/** Rows of any number, of which those in view are here. */
export type Listed<Row> = {
  readonly total: number;
  /** Counts queries that have come in: the table scrolls to its top when it changes. */
  readonly query: number;
  at: (index: number) => Row | undefined;
  show: (first: number, count: number) => void;
};

/** Height of a row and of the heads, in px at the usual text size (`--row` and the heads' own). */
export const heights = { row: 44, head: 28 };
/** Rows drawn above and below those in view, so that a turn of the wheel finds them there. */
const overscan = 6;

/** First and last of the rows to draw. */
export function inView(top: number, height: number, row: number, total: number): [first: number, last: number] {
  const first = Math.max(0, Math.floor(top / row) - overscan);
  const last = Math.min(total - 1, Math.ceil((top + height) / row) + overscan);
  return [Math.min(first, Math.max(0, last)), last];
}

/** Where to scroll so that a row is seen whole below the heads; where it stands already, when it is. */
export function scrolledTo(index: number, top: number, height: number, row: number, head: number): number {
  const at = index * row;
  const seen = height - head;
  if (at < top) return at;
  return at + row > top + seen ? at + row - seen : top;
}

/** The row that a key leads to, if it leads to one. */
export function rowFor(key: string, index: number, page: number, total: number): number | undefined {
  const goes: Record<string, number> = {
    ArrowDown: index + 1,
    ArrowUp: index - 1,
    PageDown: index + page,
    PageUp: index - page,
    Home: 0,
    End: total - 1,
  };
  const to = goes[key];
  return to === undefined ? undefined : Math.max(0, Math.min(total - 1, to));
}
