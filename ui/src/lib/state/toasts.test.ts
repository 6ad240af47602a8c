import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Toasts } from "./toasts.svelte";

const focus = vi.hoisted(() => ({ focusHome: vi.fn(), hasFocus: vi.fn(() => false) }));
vi.mock("../focus", () => focus);
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("a notice goes by itself, a failure stays", () => {
  const toasts = new Toasts();
  toasts.show({ message: "Done" });
  toasts.show({ message: "Refused", tone: "fail" });
  vi.advanceTimersByTime(60_000);
  expect(toasts.list.map(({ message }) => message), "only the failure is left").toEqual(["Refused."]);
});

it("the pointer holds a notice, but not a countdown", () => {
  const toasts = new Toasts();
  const plain = toasts.show({ message: "Plain", lasts: 1000 });
  const counting = toasts.show({ message: "Counting", lasts: 1000, countdown: true });
  toasts.hold(plain);
  toasts.hold(counting);
  vi.advanceTimersByTime(5000);
  expect(toasts.list.map(({ id }) => id), "undo ends when the app ends it").toEqual([plain]);
});

it("undo does what the newest countdown offers, once", () => {
  const toasts = new Toasts();
  const run = vi.fn();
  toasts.show({ message: "Deleted", lasts: 1000, countdown: true, action: { label: "Undo", run } });
  expect(toasts.undoNewest(), "there was one").toBe(true);
  expect(toasts.undoNewest(), "it is used up").toBe(false);
  expect(run, "it ran").toHaveBeenCalledOnce();
});

it("a notice that goes takes the focus home only when it had it", () => {
  const toasts = new Toasts();
  const one = toasts.show({ message: "One" });
  const other = toasts.show({ message: "Other" });
  toasts.dismiss(one);
  expect(focus.focusHome, "the person is somewhere else").not.toHaveBeenCalled();
  focus.hasFocus.mockReturnValueOnce(true);
  toasts.dismiss(other);
  expect(focus.focusHome, "its button had the focus").toHaveBeenCalledOnce();
});
