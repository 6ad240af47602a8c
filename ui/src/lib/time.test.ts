import { describe, expect, it } from "vitest";
import { duration, relativeTime } from "./time";

const now = new Date(2026, 9, 15, 12, 0, 0).getTime();
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

describe("relative times", () => {
  it.each([
    [now - 10_000, "just now"],
    [now - 4 * minute, "4 min ago"],
    [now - 5 * hour, "5 h ago"],
    [now - 30 * hour, "yesterday"],
    [now - 3 * day, "3 days ago"],
    [now - 30 * day, "15 Sept 2026"],
    [now + 372 * minute, "in 6 h 12 min"],
    [now + 30 * hour, "tomorrow"],
    [now + 20 * day, "in 20 days"],
  ])("%i reads %s", (at, words) => {
    expect(relativeTime(at, now).replace("Sep ", "Sept "), "as people say it").toBe(words);
  });
});

it.each([
  [12_000, "12 s"],
  [588_000, "9 min 48 s"],
  [600_000, "10 min"],
  [6 * hour + 12 * minute, "6 h 12 min"],
  [2 * day, "2 d"],
  [-5, "0 s"],
])("%i milliseconds read %s", (milliseconds, words) => {
  expect(duration(milliseconds), "the two largest units").toBe(words);
});
