import { expect, test } from "vitest";
import type { SourceRow } from "@bindings/SourceRow";
import { flat, Layout } from "./lines";

function source(id: string, problems: SourceRow["problems"] = []): SourceRow {
  return { id, path: `/flows/${id}`, name: id, kind: "folder", flows: 0, cards: 0, unbound: 0, last_read_at: 0, gone_since: null, problems };
}

function group(of: string, folder: string, flows: number) {
  return { source: of, source_name: of, folder, flows, unbound: 0 };
}

function told(layout: Layout): (string | number | undefined)[] {
  return Array.from({ length: layout.total + 1 }, (_, index) => {
    const line = layout.at(index);
    return typeof line === "object" ? line.id : line;
  });
}

const broken = { path: "x.json", kind: "malformed" as const, reason: "line 3" };

test("every flow stands under its source and folder, in the order of the list", () => {
  const layout = new Layout([source("a"), source("b")], [group("a", "", 2), group("a", "Sub", 1), group("b", "Only", 2)], new Set(), false);
  expect(told(layout)).toEqual(["source a", 0, 1, "folder a Sub", 2, "source b", 3, 4, undefined]);
});

test("what is closed hides its flows and leaves the others in their places", () => {
  const groups = [group("a", "One", 2), group("a", "Two", 1), group("b", "", 1)];
  const layout = new Layout([source("a"), source("b")], groups, new Set(["folder a One"]), false);
  expect(told(layout)).toEqual(["source a", "folder a One", "folder a Two", 2, "source b", 3, undefined]);
  const closed = new Layout([source("a"), source("b")], groups, new Set(["source a"]), false);
  expect(told(closed)).toEqual(["source a", "source b", 3, undefined]);
});

test("a source without flows shows its problems, unless a filter is on", () => {
  const sources = [source("a", [broken]), source("b")];
  expect(told(new Layout(sources, [group("b", "", 1)], new Set(), false))).toEqual(["source a", "problem a 0", "source b", 0, undefined]);
  expect(told(new Layout(sources, [group("b", "", 1)], new Set(), true))).toEqual(["source b", 0, undefined]);
});

test("ten thousand flows need no more than their headings", () => {
  const layout = new Layout([source("a")], [group("a", "", 10_000)], new Set(), false);
  expect(layout.total).toBe(10_001);
  expect(layout.at(10_000)).toBe(9_999);
});

test("without headings a line is its flow", () => {
  const list = flat(2);
  expect([list.total, list.at(0), list.at(1), list.at(2)]).toEqual([2, 0, 1, undefined]);
});
