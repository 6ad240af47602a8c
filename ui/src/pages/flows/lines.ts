import type { FlowGroup } from "@bindings/FlowGroup";
import type { FlowProblem } from "@bindings/FlowProblem";
import type { FlowRow } from "@bindings/FlowRow";
import type { SourceRow } from "@bindings/SourceRow";

/** A line of the list: a flow, or what stands between flows. */
export type Line =
  | { id: string; kind: "source"; source: SourceRow; title: string; flows: number; open: boolean }
  | { id: string; kind: "folder"; title: string; flows: number; open: boolean }
  | { id: string; kind: "problem"; problem: FlowProblem; source: string }
  | { id: string; kind: "flow"; flow: FlowRow };

/** Lines that follow each other: one that is known, or flows by their place among all flows. */
type Block = { at: number; line: Line; flows?: undefined } | { at: number; flows: number; first: number };

/** Where the lines of a list stand: one that is known, or the place of its flow among all flows. */
export type Places = { readonly total: number; at: (index: number) => Line | number | undefined };

/** Flows one after the other. */
export function flat(total: number): Places {
  return { total, at: (index) => (index < total ? index : undefined) };
}

/** Where each line of the list stands, however many flows there are. */
export class Layout implements Places {
  readonly total: number;
  readonly #blocks: readonly Block[];

  constructor(sources: readonly SourceRow[], groups: readonly FlowGroup[], closed: ReadonlySet<string>, filtered: boolean) {
    const blocks: Block[] = [];
    let at = 0;
    let first = 0;
    const add = (line: Line) => blocks.push({ at: at++, line });
    const bySource = new Map<string, FlowGroup[]>();
    for (const group of groups) bySource.set(group.source, [...(bySource.get(group.source) ?? []), group]);
    for (const source of sources) {
      const folders = bySource.get(source.id) ?? [];
      if (filtered && folders.length === 0) continue;
      const [only] = folders.length === 1 ? folders : [];
      const id = `source ${source.id}`;
      const open = !closed.has(id);
      const flows = folders.reduce((sum, group) => sum + group.flows, 0);
      add({ id, kind: "source", source, title: only?.folder || source.name, flows, open });
      if (!open) {
        first += flows;
        continue;
      }
      if (!filtered) source.problems.forEach((problem, index) => add({ id: `problem ${source.id} ${index}`, kind: "problem", problem, source: source.path }));
      for (const group of folders) {
        const folder = `folder ${source.id} ${group.folder}`;
        const shown = !closed.has(folder);
        if (!only && group.folder) add({ id: folder, kind: "folder", title: group.folder, flows: group.flows, open: shown });
        if (shown) {
          blocks.push({ at, flows: group.flows, first });
          at += group.flows;
        }
        first += group.flows;
      }
    }
    this.total = at;
    this.#blocks = blocks;
  }

  /** The line, or the place of its flow among all flows. */
  at(index: number): Line | number | undefined {
    let low = 0;
    let high = this.#blocks.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#blocks[middle]!.at <= index) low = middle;
      else high = middle - 1;
    }
    const block = this.#blocks[low];
    if (!block || index < block.at || index >= this.total) return undefined;
    return block.flows === undefined ? block.line : block.first + index - block.at;
  }
}
