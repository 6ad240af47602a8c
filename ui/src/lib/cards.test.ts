import type { CardNeeds } from "@bindings/CardNeeds";
import { describe, expect, it } from "vitest";
import { alternatives, byScope, lacking, stopping, uncovered, works } from "./cards";

const create: CardNeeds = { title: "Create Group", scopes: [["groups.manage"], ["schemas.read"]] };
const find: CardNeeds = { title: "Find Event", scopes: [["calendar", "calendar.readonly"]] };
const move: CardNeeds = { title: "Move Event", scopes: [["calendar"], ["calendar", "events"]] };
const all = [create, find, move];
const titles = (cards: readonly CardNeeds[]) => cards.map(({ title }) => title);

describe("a card", () => {
  it("works when each of its needs is met by one scope", () => {
    expect(works(create, new Set(["groups.manage"])), "one of two isn't enough").toBe(false);
    expect(works(create, new Set(["groups.manage", "schemas.read"])), "both are").toBe(true);
    expect(works(find, new Set(["calendar.readonly"])), "the second alternative will do").toBe(true);
    expect(lacking(create, new Set(["groups.manage"])), "what is lacking is named").toEqual([["schemas.read"]]);
  });

  it("names what would do in the stead of a scope", () => {
    expect(alternatives(find, "calendar"), "the other one").toEqual(["calendar.readonly"]);
    expect(alternatives(create, "schemas.read"), "there is no other").toEqual([]);
    expect(alternatives(move, "calendar"), "another need has no choice").toEqual([]);
  });
});

describe("cards of a connector", () => {
  it("are listed under each scope that they name, once", () => {
    const under = byScope(all);
    expect(titles(under.get("calendar") ?? []), "both that name it").toEqual(["Find Event", "Move Event"]);
    expect(titles(under.get("schemas.read") ?? []), "a second need counts too").toEqual(["Create Group"]);
    expect(under.get("nobody.needs"), "nothing for a scope that no card names").toBeUndefined();
  });

  it("stop when a scope goes that nothing replaces", () => {
    const before = new Set(["calendar", "groups.manage"]);
    expect(titles(stopping(all, before, new Set(["groups.manage"]))), "Create Group never worked").toEqual(["Find Event", "Move Event"]);
    expect(titles(stopping(all, before, new Set(["calendar.readonly"]))), "the other alternative came").toEqual(["Move Event"]);
    expect(titles(uncovered(all, before)), "which is told apart from what doesn't work at all").toEqual(["Create Group"]);
  });
});
