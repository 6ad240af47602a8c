import { expect, it } from "vitest";
import { inView, rowFor, scrolledTo } from "./table";

it("only the rows in view and a few around them are drawn, however many there are", () => {
  expect(inView(0, 440, 44, 100_000), "at the top").toEqual([0, 16]);
  expect(inView(44_000, 440, 44, 100_000), "in the middle").toEqual([994, 1016]);
  expect(inView(99_990 * 44, 440, 44, 100_000), "at the end").toEqual([99_984, 99_999]);
});

it("a list that has become shorter than where one had scrolled to still shows its end", () => {
  expect(inView(44_000, 440, 44, 3), "three rows are left").toEqual([2, 2]);
  expect(inView(44_000, 440, 44, 0), "none are left").toEqual([0, -1]);
});

it("a row is brought into view by the shortest way, and one in view stays where it is", () => {
  expect(scrolledTo(3, 440, 468, 44, 28), "above: to the top").toBe(132);
  expect(scrolledTo(30, 440, 468, 44, 28), "below: to the bottom").toBe(924);
  expect(scrolledTo(12, 440, 468, 44, 28), "seen already").toBe(440);
});

it("keys lead from row to row and stop at the ends", () => {
  expect(rowFor("ArrowUp", 0, 9, 50), "no row above the first").toBe(0);
  expect(rowFor("PageDown", 45, 9, 50), "a page beyond the end").toBe(49);
  expect(rowFor("End", 3, 9, 50), "the last").toBe(49);
  expect(rowFor("Home", 30, 9, 50), "the first").toBe(0);
  expect(rowFor("x", 3, 9, 50), "a letter belongs to the page").toBeUndefined();
});
