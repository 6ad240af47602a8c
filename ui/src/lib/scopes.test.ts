import { expect, it } from "vitest";
import { readScopes } from "./scopes";

it("one or several scopes are separated by spaces, commas or lines", () => {
  expect(readScopes("repo, gist\nworkflow", new Set()).added, "three scopes").toEqual(["repo", "gist", "workflow"]);
});

it("a scope that is there already is told apart from a new one", () => {
  const { added, duplicates } = readScopes("repo gist gist", new Set(["repo"]));
  expect(added, "only the new one is added, once").toEqual(["gist"]);
  expect(duplicates, "both repetitions are named").toEqual(["repo", "gist"]);
});

it("what can't be a scope is named and not added", () => {
  const { added, malformed } = readScopes('ok ä "quoted" back\\slash', new Set());
  expect(added, "the good one").toEqual(["ok"]);
  expect(malformed, "the three that RFC 6749 forbids").toEqual(["ä", '"quoted"', "back\\slash"]);
});

it("an address is a scope", () => {
  const value = "https://www.googleapis.com/auth/gmail.send";
  expect(readScopes(value, new Set()).added, "Google names scopes so").toEqual([value]);
});
