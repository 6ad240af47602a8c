import { expect, it } from "vitest";
import { TextSize } from "./textSize.svelte";

function started(before?: string): { size: TextSize; kept: Map<string, string>; root: { style: { fontSize: string } } } {
  const kept = new Map(before === undefined ? [] : [["text-size", before]]);
  const root = { style: { fontSize: "" } };
  const size = new TextSize();
  size.start({ getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key) }, root);
  return { size, kept, root };
}

it("text grows and shrinks by steps, up to twice the usual size, and is found so the next time", () => {
  const { size, kept, root } = started();
  for (let press = 0; press < 9; press++) size.larger();
  expect([size.percent, root.style.fontSize], "no larger than that").toEqual([200, "200%"]);
  size.smaller();
  expect(started(kept.get("text-size")).root.style.fontSize, "the next window begins with it").toBe("175%");
});

it("the usual size leaves nothing behind", () => {
  const { size, kept, root } = started("150");
  size.usual();
  expect([root.style.fontSize, kept.size], "the system's own size holds").toEqual(["", 0]);
});

it("a size that was never offered is not taken up", () => {
  expect(started("4000").root.style.fontSize, "nobody could read that").toBe("");
  expect(started("1e").root.style.fontSize, "nor this").toBe("");
});

it("where nothing can be kept, the size holds until the window closes", () => {
  const root = { style: { fontSize: "" } };
  const size = new TextSize();
  size.start(undefined, root);
  size.larger();
  expect(root.style.fontSize, "it works without").toBe("110%");
});
