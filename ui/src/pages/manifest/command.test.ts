import { expect, test } from "vitest";
import { line, words } from "./command";

test("spaces separate words and quotes keep them together", () => {
  expect(words(`  ./publish.sh --tag "v 1" 'it''s' a\\ b `)).toEqual(["./publish.sh", "--tag", "v 1", "its", "a b"]);
  expect(words("")).toEqual([]);
  expect(words(`run ""`)).toEqual(["run", ""]);
});

test("a backslash in quotes stays unless it takes a quote as it is", () => {
  expect(words(`"C:\\bin\\x" '\\n'`)).toEqual(["C:\\bin\\x", "\\n"]);
  expect(words(`"say \\"hi\\""`)).toEqual([`say "hi"`]);
});

test("a quote that is not closed is no command", () => {
  expect(words(`./run "half`)).toBeUndefined();
});

test("a command becomes a line and the line the command", () => {
  for (const command of [["./run"], ["a b", "it's", `"`, "", "\\", "$HOME", "*"], []]) {
    expect(words(line(command))).toEqual(command);
  }
});
