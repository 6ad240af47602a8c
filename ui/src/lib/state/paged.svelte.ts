import type { Error as Failure } from "@bindings/Error";
import type { Page } from "@bindings/Page";
import { failure } from "../failure";
import { joined } from "../joined";

type Fetch<Row> = (offset: number, limit: number) => Promise<Page<Row>>;

/**
 * A list that lives in Rust, of which only the pages in view (and a few around) are here.
 * A new query swaps in when its first page has arrived, so the list never goes blank; answers to older queries are dropped.
 * Nothing waits for a pause in typing: the first letter asks at once, and those typed until the answer comes ask once more.
 */
export class PagedList<Row> {
  total = $state(0);
  /** Whether any answer has come yet. */
  loaded = $state(false);
  error = $state.raw<Failure | null>(null);
  /** Counts queries that have come in: a table scrolls to its top when it changes. */
  query = $state(0);

  #version = $state(0);
  #pages = new Map<number, readonly Row[]>();
  #waiting = new Map<number, Promise<void>>();
  #generation = 0;
  /** Pages in view. */
  #seen: readonly number[] = [0];

  constructor(
    private readonly fetch: Fetch<Row>,
    private readonly size = 100,
    private readonly keep = 12,
  ) {}

  /** Asks for a page and changes nothing here. */
  ask(page: number): Promise<Page<Row>> {
    return this.fetch(page * this.size, this.size);
  }

  /** Begins with a first page that somebody else asked for. */
  begin(answer: Page<Row>): void {
    this.#pages.set(0, answer.rows);
    this.total = answer.total;
    this.loaded = true;
    this.#version++;
  }

  /** The row at an index, or `undefined` while it is on its way. */
  at(index: number): Row | undefined {
    void this.#version;
    return this.#pages.get(Math.floor(index / this.size))?.[index % this.size];
  }

  /** The index of a row that is here, or -1. */
  indexOf(is: (row: Row) => boolean): number {
    void this.#version;
    for (const [page, rows] of this.#pages) {
      const found = rows.findIndex(is);
      if (found >= 0) return page * this.size + found;
    }
    return -1;
  }

  /** Says which rows are in view, so that their pages come. */
  show(first: number, count: number): void {
    const from = Math.floor(first / this.size);
    const to = Math.floor(Math.max(first, first + count - 1) / this.size);
    this.#show(Array.from({ length: to - from + 1 }, (_, index) => from + index));
  }

  /** The same for rows that don't follow each other. */
  showThese(indices: readonly number[]): void {
    this.#show([...new Set(indices.map((index) => Math.floor(index / this.size)))]);
  }

  /** The query changed: everything is read anew, from the top. */
  restart(): Promise<void> {
    this.#generation++;
    this.#waiting.clear();
    return this.#readAnew();
  }

  /** Rows changed: what is in view is read again where it stands. Calls in between are joined into one a little later. */
  readonly refresh = joined(async () => {
    const generation = this.#generation;
    const seen = this.#seen;
    for (const page of this.#pages.keys()) if (!seen.includes(page)) this.#pages.delete(page);
    await Promise.all(seen.map((page) => this.#read(page, generation)));
  }, 100);

  readonly #readAnew = joined(() =>
    this.#read(0, this.#generation, () => {
      this.#pages.clear();
      this.#seen = [0];
      this.query++;
    }),
  );

  #show(pages: readonly number[]): void {
    this.#seen = pages;
    for (const page of pages) if (!this.#pages.has(page)) void this.#load(page);
  }

  #load(page: number): Promise<void> {
    const under = this.#waiting.get(page);
    if (under) return under;
    const reading = this.#read(page, this.#generation).finally(() => this.#waiting.delete(page));
    this.#waiting.set(page, reading);
    return reading;
  }

  async #read(page: number, generation: number, swap?: () => void): Promise<void> {
    try {
      const answer = await this.ask(page);
      if (generation !== this.#generation) return;
      swap?.();
      this.#pages.set(page, kept(this.#pages.get(page), answer.rows));
      this.total = answer.total;
      this.error = null;
      this.#forgetFar(page);
    } catch (thrown) {
      if (generation !== this.#generation) return;
      this.error = failure(thrown);
    }
    this.loaded = true;
    this.#version++;
  }

  #forgetFar(from: number): void {
    if (this.#pages.size <= this.keep) return;
    const far = [...this.#pages.keys()].sort((a, b) => Math.abs(b - from) - Math.abs(a - from));
    for (const page of far.slice(0, this.#pages.size - this.keep)) this.#pages.delete(page);
  }
}

/** The rows that came, but those that are as they were are the ones that were here: only what changed is drawn again. */
function kept<Row>(here: readonly Row[] = [], came: readonly Row[]): readonly Row[] {
  return came.map((row, index) => {
    const was = here[index];
    return was !== undefined && JSON.stringify(was) === JSON.stringify(row) ? was : row;
  });
}
