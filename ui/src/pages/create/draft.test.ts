import type { Connector } from "@bindings/Connector";
import type { RegistrationView } from "@bindings/RegistrationView";
import { describe, expect, it } from "vitest";
import { Draft } from "./draft.svelte";
import { ScopePick } from "./scopePick.svelte";

const definition: Connector = {
  name: "GitHub",
  category: "developer",
  quality: "confirmed",
  docs: {},
  auth: [
    { id: "oauth", label: "OAuth 2.0", kind: "authorization_code", oauth: { client_auth: ["post"], manual_scopes: true } },
    { id: "token", label: "Token", kind: "bearer", fields: [{ key: "token", label: "Token", kind: "secret" }] },
  ],
  fields: [{ key: "host", label: "Host", kind: "host", default: "github.com" }],
  scopes: [
    { value: "read:user", description: "Whose account it is.", required: true, default: true },
    { value: "repo", description: "Code.", default: true },
    { value: "gist", description: "Gists." },
    { value: "app:only", description: "Of another method.", methods: ["app"] },
  ],
};

const registration: RegistrationView = {
  id: "r1",
  connector: "github",
  name: "Automation",
  client_id: "abc",
  has_secret: true,
  has_next_secret: false,
  source: "manual",
  origin: null,
  created_at: 0,
  secret_expires_at: null,
  connections: 2,
};

function filled(): Draft {
  const draft = new Draft("github", definition);
  draft.name = "GitHub";
  draft.clientId = "abc";
  draft.clientSecret = "s3cret";
  return draft;
}

describe("a draft", () => {
  it("is complete with a name, the fields and a registration", () => {
    expect(filled().check(), "nothing is missing").toBe(true);
    const empty = new Draft("github", definition);
    expect(empty.check(), "the name and the client are missing").toBe(false);
    expect(empty.problemOf("name"), "the reason is on the field").toContain("name");
    expect(empty.problemOf("client_id"), "and on this one").toContain("client ID");
  });

  it("uses the only registration there is", () => {
    const draft = new Draft("github", definition);
    draft.offer([registration]);
    expect(draft.create(false).registration, "no client is typed again").toEqual({ kind: "existing", id: "r1" });
  });

  it("sends only the fields of the chosen method", () => {
    const draft = filled();
    draft.values.token = "typed before";
    expect(Object.keys(draft.create(false).values), "OAuth has no token field").toEqual(["host"]);
    draft.chooseMethod("token");
    expect(draft.create(false).values, "the token method has").toEqual({ host: "github.com", token: "typed before" });
    expect(draft.create(false).registration, "and needs no client").toEqual({ kind: "keep" });
  });

  it("keeps everything that was typed when the app refuses", () => {
    const draft = filled();
    const tab = draft.refuse({ code: "name_taken", message: "a connection is called so", field: "name" });
    expect(tab, "the name is on this tab").toBe("general");
    expect(draft.problemOf("name"), "the refusal is on its field, as a sentence").toBe("A connection is called so.");
    expect([draft.name, draft.clientSecret], "nothing is lost").toEqual(["GitHub", "s3cret"]);
    draft.changed("name");
    expect(draft.problemOf("name"), "typing takes the refusal away").toBeUndefined();
  });

  it("shows a refused scope on the permissions tab", () => {
    const draft = filled();
    expect(draft.refuse({ code: "invalid_input", message: "no such scope", field: "scopes" }), "the tab").toBe("permissions");
    expect(draft.problemTab, "the tab is marked").toBe("permissions");
  });

  it("forgets its secrets", () => {
    const draft = filled();
    draft.values.token = "ghp_x";
    draft.wipe();
    expect([draft.clientSecret, draft.values.token, draft.values.host], "secrets only").toEqual(["", "", "github.com"]);
  });
});

describe("the scopes of a draft", () => {
  it("are the default ones unless customised", () => {
    expect(filled().create(false).scopes, "nothing is listed").toEqual({ kind: "default" });
  });

  it("always have the required ones", () => {
    const draft = filled();
    draft.scopes.custom = true;
    draft.scopes.toggle("read:user");
    draft.scopes.toggle("repo");
    draft.scopes.toggle("gist");
    expect(draft.create(false).scopes, "the required one can't be cleared").toEqual({ kind: "custom", scopes: ["read:user", "gist"] });
  });

  it("are only those of the method", () => {
    expect(filled().scopes.listed.map(({ value }) => value), "app:only belongs to another").not.toContain("app:only");
  });

  it("take what is typed by hand and leave what is malformed in the field", () => {
    const draft = filled();
    draft.scopes.custom = true;
    draft.scopes.typed = "workflow ä repo";
    draft.scopes.add();
    expect(draft.create(false).scopes, "the new one is asked for").toEqual({ kind: "custom", scopes: ["read:user", "repo", "workflow"] });
    expect(draft.scopes.typed, "the bad one can be mended").toBe("ä");
    expect(draft.scopes.notice?.failed, "and is explained").toBe(true);
  });

  it("are found by words of the name or the description", () => {
    const { scopes } = filled();
    scopes.find = "code";
    expect(scopes.found.listed.map(({ value }) => value), "by description").toEqual(["repo"]);
  });
});

describe("the choice of scopes", () => {
  const cards: Connector["cards"] = [
    { title: "Read Code", scopes: [["repo", "gist"]] },
    { title: "Write Code", scopes: [["repo"], ["read:user"]] },
    { title: "Make Gist", scopes: [["gist"]] },
  ];
  const titles = (list: readonly { title: string }[]) => list.map(({ title }) => title);

  it("names the cards that a scope taken away stops", () => {
    const { scopes } = new Draft("github", { ...definition, cards });
    expect(titles(scopes.needs.get("repo") ?? []), "each scope knows its cards").toEqual(["Read Code", "Write Code"]);
    scopes.custom = true;
    expect(scopes.stopping, "nothing stops before anything is changed").toEqual([]);
    scopes.toggle("repo");
    expect(titles(scopes.stopping), "Make Gist never worked").toEqual(["Read Code", "Write Code"]);
    expect(titles(scopes.stoppingBy("repo")), "it is said at the scope").toEqual(["Read Code", "Write Code"]);
    expect(scopes.stoppingBy("gist"), "not at one that was never asked for").toEqual([]);
    scopes.toggle("gist");
    expect(titles(scopes.stopping), "the other alternative was chosen").toEqual(["Write Code"]);
    scopes.custom = false;
    expect(scopes.stopping, "the defaults stop nothing").toEqual([]);
  });

  it("goes by what was granted, when that is known", () => {
    const { scopes } = filled();
    expect([...scopes.before], "a new connection begins with what it asks for").toEqual(["read:user", "repo"]);
    const granted = new ScopePick({ ...definition, cards }, "oauth", ["read:user", "repo", "gist"], ["read:user", "gist"]);
    granted.custom = true;
    granted.toggle("repo");
    expect(granted.stopping, "what was never granted doesn't stop anything").toEqual([]);
    granted.toggle("gist");
    expect(titles(granted.stopping), "what was granted does").toEqual(["Read Code", "Make Gist"]);
  });
});

it("a connection made for a card asks for what the card needs", () => {
  const needs = [["repo"], ["unheard:of", "gist"], ["by:hand"]];
  const draft = new Draft("github", definition, null, needs);
  expect([...draft.scopes.asked], "the defaults, the one that is offered, the one by hand").toEqual(["read:user", "repo", "gist", "by:hand"]);
  expect(draft.scopes.choice()).toEqual({ kind: "custom", scopes: ["read:user", "repo", "gist", "by:hand"] });
  draft.chooseMethod("token");
  expect(draft.scopes.choice(), "a token has no scopes to choose").toEqual({ kind: "default" });
  expect(new Draft("github", definition, null, [["repo"]]).scopes.choice(), "covered as it is").toEqual({ kind: "default" });
});
