import { expect, test } from "vitest";
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

test("scopes are left out where nobody signs in", () => {
  const form = new HandForm();
  form.scopes = "read";
  expect(form.connector().scopes).toEqual([]);
  form.kind = "client_credentials";
  expect(form.connector().scopes).toHaveLength(1);
});
