import { expect, it } from "vitest";
import { joined } from "./joined";

function slow(): { run: () => Promise<void>; ends: (() => void)[] } {
  const ends: (() => void)[] = [];
  return { run: joined(() => new Promise<void>((done) => ends.push(done))), ends };
}

const settled = (): Promise<void> => new Promise((done) => setTimeout(done));

it("calls while it runs are joined into one more run", async () => {
  const { run, ends } = slow();
  void run();
  void run();
  void run();
  expect(ends.length, "one is under way").toBe(1);
  ends[0]?.();
  await settled();
  expect(ends.length, "and one follows for the others").toBe(2);
  ends[1]?.();
  await settled();
  expect(ends.length, "then it rests").toBe(2);
});

it("a call that was joined waits for the run that serves it", async () => {
  const { run, ends } = slow();
  void run();
  let served = false;
  void run().then(() => (served = true));
  ends[0]?.();
  await settled();
  expect(served, "the first run began before it was asked").toBe(false);
  ends[1]?.();
  await settled();
  expect(served, "the second did").toBe(true);
});

it("a failure ends the run, and the next call begins anew", async () => {
  let runs = 0;
  const run = joined(async () => {
    runs++;
    throw new Error("refused");
  });
  await expect(run(), "the caller is told").rejects.toThrow("refused");
  await expect(run(), "and so is the next").rejects.toThrow("refused");
  expect(runs, "each ran once").toBe(2);
});

it("a change's end is seen at once, a storm is let rest", async () => {
  const ends: (() => void)[] = [];
  const run = joined(() => new Promise<void>((done) => ends.push(done)), 60_000);
  void run();
  void run();
  ends[0]?.();
  await settled();
  expect(ends.length, "the end of what was seen beginning").toBe(2);
  void run();
  ends[1]?.();
  await settled();
  expect(ends.length, "what comes on and on waits").toBe(2);
});
