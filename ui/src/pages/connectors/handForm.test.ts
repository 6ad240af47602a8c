import { expect, test } from "vitest";
import type { Connector } from "@bindings/Connector";
import { handKinds } from "./handMethod";
import { HandForm, readScopeLines, slug } from "./handForm.svelte";

test("an id follows the name until it is typed", () => {
  const form = new HandForm();
  form.name = "Acme  Billing!";
  expect(form.id).toBe("acme-billing");
  form.id = "acme";
  form.name = "Something else";
  expect(form.id).toBe("acme");
});

test("an id has no dash at its ends, however long the name", () => {
  expect(slug(`-- ${"a".repeat(49)} b`)).toBe("a".repeat(49));
});

test("a line of scopes is the scope and what it allows", () => {
  expect(readScopeLines("read  See things \n\n write")).toEqual([
    { value: "read", description: "See things" },
    { value: "write", description: "write" },
  ]);
});

test("an address that was only begun is none, so that the rules name it", () => {
  const form = new HandForm();
  form.kind = "authorization_code";
  form.token = "https://login.example.com/token";
  const { auth, test: request } = form.connector();
  expect(auth[0]?.oauth?.authorization_endpoint).toBeUndefined();
  expect(auth[0]?.oauth?.token_endpoint).toBe("https://login.example.com/token");
  expect(request).toBeUndefined();
});

test("a reason for no test stands only where there is none", () => {
  const form = new HandForm();
  form.noTest = "It has no harmless request.";
  expect(form.connector().no_test_because).toBe("It has no harmless request.");
  form.test = "https://api.example.com/me";
  expect(form.connector().no_test_because).toBeUndefined();
});

test("every kind comes back into the form as it was saved", () => {
  for (const kind of handKinds) {
    const form = new HandForm();
    Object.assign(form, { kind, name: "Acme", docs: "https://docs.example.com", test: "https://api.example.com/me", accountId: "/id" });
    form.scopes = form.oauth ? "read See things\nwrite" : "";
    form.addField();
    const saved = JSON.parse(JSON.stringify(form.connector())) as Connector;
    const again = HandForm.of("acme", saved);
    expect(again?.id).toBe("acme");
    expect(again && JSON.parse(JSON.stringify(again.connector()))).toEqual(saved);
  }
});

test("a method keeps the id that connections refer to, until its kind changes", () => {
  const form = new HandForm();
  Object.assign(form, { name: "Acme", test: "https://api.example.com/me" });
  const saved = form.connector();
  saved.auth[0]!.id = "token";
  saved.auth[0]!.label = "Our key";
  const again = HandForm.of("acme", saved)!;
  expect(again.connector().auth[0]).toMatchObject({ id: "token", label: "Our key" });
  again.kind = "bearer";
  expect(again.connector().auth[0]?.id).toBe("bearer");
});

test("what the form has no room for isn't opened in it", () => {
  const form = new HandForm();
  Object.assign(form, { name: "Acme", test: "https://api.example.com/me" });
  const saved = form.connector();
  expect(HandForm.of("acme", { ...saved, keywords: ["billing"] })).toBeNull();
  expect(HandForm.of("acme", { ...saved, auth: [...saved.auth, { id: "none", label: "None", kind: "none" }] })).toBeNull();
  expect(HandForm.of("acme", { ...saved, auth: [{ ...saved.auth[0]!, kind: "github_app" }] })).toBeNull();
});

test("scopes are left out where nobody signs in", () => {
  const form = new HandForm();
  form.scopes = "read";
  expect(form.connector().scopes).toEqual([]);
  form.kind = "client_credentials";
  expect(form.connector().scopes).toHaveLength(1);
});
