/** A column of a VirtualTable. */
export type Column<Key extends string = string> = {
  key: Key;
  label: string;
  /** A grid track: `2fr`, `90px`, `minmax(0, 1.4fr)`. */
  width: string;
  sortable?: boolean;
  /** Numbers stand at the right. */
  end?: boolean;
  /** Width of the table in px below which the column is left out. */
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
