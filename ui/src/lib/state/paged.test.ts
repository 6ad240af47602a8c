import type { Page } from "@bindings/Page";
import { expect, it, vi } from "vitest";
import { PagedList } from "./paged.svelte";

type Call = { offset: number; limit: number; answer: (page: Page<string>) => void; fail: (error: unknown) => void };

/** A list whose answers the test gives, in any order. */
function listed(keep = 12): { list: PagedList<string>; calls: Call[] } {
  const calls: Call[] = [];
  const fetch = (offset: number, limit: number): Promise<Page<string>> =>
    new Promise((answer, fail) => calls.push({ offset, limit, answer, fail }));
  return { list: new PagedList<string>(fetch, 10, keep), calls };
}

const page = (offset: number, total: number, mark = ""): Page<string> => ({
  rows: Array.from({ length: Math.min(10, total - offset) }, (_, index) => `${mark}${offset + index}`),
  total,
  offset,
});

const settled = (): Promise<void> => new Promise((done) => setTimeout(done));

it("only the pages in view are asked for, each once", async () => {
  const { list, calls } = listed();
  list.show(995, 12);
  list.show(996, 12);
  expect(calls.map(({ offset }) => offset), "rows 995 to 1007 lie on two pages").toEqual([990, 1000]);
  calls[0]?.answer(page(990, 100_000));
  await settled();
  expect(list.at(995), "a row that came").toBe("995");
  expect(list.at(1001), "a row on its way").toBeUndefined();
});

it("an answer to an older query is dropped, and all that was typed meanwhile asks once", async () => {
  const { list, calls } = listed();
  void list.restart();
  void list.restart();
  void list.restart();
  expect(calls.length, "the first asks at once, the others wait for its answer").toBe(1);
  calls[0]?.answer(page(0, 50, "old"));
  await settled();
  expect([list.total, list.loaded], "the older answer is not shown").toEqual([0, false]);
  expect(calls.length, "and the newest query asks").toBe(2);
  calls[1]?.answer(page(0, 1, "new"));
  await settled();
  expect([list.total, list.at(0)], "its answer stands").toEqual([1, "new0"]);
});

it("the old rows stand until the new ones are there", async () => {
  const { list, calls } = listed();
  void list.restart();
  calls[0]?.answer(page(0, 30, "old"));
  await settled();
  void list.restart();
  expect(list.at(3), "nothing goes blank").toBe("old3");
  calls[1]?.answer(page(0, 2, "new"));
  await settled();
  expect([list.at(0), list.at(3)], "then all is new").toEqual(["new0", undefined]);
});

it("refreshes that come in a burst are joined into one more", async () => {
  const { list, calls } = listed();
  list.show(0, 5);
  calls[0]?.answer(page(0, 5));
  await settled();
  void list.refresh();
  void list.refresh();
  const last = list.refresh();
  expect(calls.length, "one is under way").toBe(2);
  calls[1]?.answer(page(0, 5));
  await vi.waitFor(() => expect(calls.length, "and one follows for the others").toBe(3));
  calls[2]?.answer(page(0, 5));
  await last;
  expect(calls.length, "then it rests").toBe(3);
});

it("a row that came back as it was is the one that was here, so that only changed rows are drawn again", async () => {
  const calls: ((page: Page<{ name: string }>) => void)[] = [];
  const list = new PagedList<{ name: string }>(() => new Promise((answer) => calls.push(answer)), 10);
  const rows = (second: string) => ({ rows: [{ name: "one" }, { name: second }], total: 2, offset: 0 });
  void list.restart();
  calls[0]?.(rows("two"));
  await settled();
  const [first, second] = [list.at(0), list.at(1)];
  void list.refresh();
  calls[1]?.(rows("changed"));
  await settled();
  expect(list.at(0), "untouched").toBe(first);
  expect(list.at(1), "changed").not.toBe(second);
  expect(list.at(1)?.name, "to what came").toBe("changed");
});

it("far pages are forgotten, so memory doesn't grow with scrolling", async () => {
  const { list, calls } = listed(3);
  for (let at = 0; at < 100; at += 10) {
    list.show(at, 5);
    calls.at(-1)?.answer(page(at, 1000));
    await settled();
  }
  const here = Array.from({ length: 10 }, (_, index) => list.at(index * 10)).filter((row) => row !== undefined);
  expect(here, "the last three pages").toEqual(["70", "80", "90"]);
});

it("a failure is kept until an answer comes", async () => {
  const { list, calls } = listed();
  void list.restart();
  calls[0]?.fail({ code: "database_damaged", message: "the file is damaged" });
  await settled();
  expect(list.error?.code, "the reason is known").toBe("database_damaged");
  void list.restart();
  calls[1]?.answer(page(0, 1));
  await settled();
  expect(list.error, "and forgotten when it works again").toBeNull();
});
