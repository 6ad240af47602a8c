import type { Field } from "@bindings/Field";
import { describe, expect, it } from "vitest";
import { problem } from "./fields";

const field = (kind: Field["kind"], more: Partial<Field> = {}): Field => ({ key: "k", label: "Okta domain", kind, ...more });

describe("a field's value", () => {
  it("is missing when a needed field is empty", () => {
    expect(problem(field("text"), "  "), "blanks are no value").toContain("Fill in");
    expect(problem(field("text", { optional: true }), ""), "an optional field may be empty").toBeUndefined();
  });

  it.each([
    ["https://acme.okta.com", "https://"],
    ["acme.okta.com/admin", "path"],
    ["acme.okta.com:8443", "port"],
    ["me@acme.okta.com", "user name"],
    ["acme_okta.com", "host name"],
    ["acme", "host name"],
  ])("%s is no host name, and the reason is named", (value, reason) => {
    expect(problem(field("host"), value), value).toContain(reason);
  });

  it("is a host name when it is only that", () => {
    expect(problem(field("host"), "acme.okta.com"), "a plain host name").toBeUndefined();
  });

  it("leaves out the suffix that is added by itself", () => {
    const subdomain = field("subdomain", { suffix: ".okta.com" });
    expect(problem(subdomain, "acme.okta.com"), "the suffix would stand twice").toContain(".okta.com");
    expect(problem(subdomain, "acme"), "the part in front").toBeUndefined();
    expect(problem(subdomain, "acme/x"), "a path can't follow a subdomain").toContain("path");
  });

  it.each(["..", ".", "a/b", "a b", "ä"])("%s can't be one segment of a path", (value) => {
    expect(problem(field("path_segment"), value), value).toBeDefined();
  });

  it("is an encrypted address, or one of this computer", () => {
    expect(problem(field("url"), "http://api.example.com"), "http to elsewhere").toContain("https://");
    expect(problem(field("url"), "http://127.0.0.1:8080"), "http to this computer").toBeUndefined();
    expect(problem(field("url"), "https://u:p@example.com"), "credentials in an address").toContain("password");
    expect(problem(field("url"), "javascript:alert(1)"), "another scheme").toBeDefined();
    expect(problem(field("url"), "example.com"), "no scheme").toBeDefined();
  });

  it("matches the whole pattern", () => {
    const id = field("text", { pattern: "A[A-Z0-9]{3}", example: "AKIA" });
    expect(problem(id, "AKIA"), "it fits").toBeUndefined();
    expect(problem(id, "xAKIA"), "something stands before it").toContain("Example: AKIA");
  });

  it("leaves patterns of Rust alone that JavaScript can't read", () => {
    expect(problem(field("text", { pattern: "(?i)abc" }), "ABC"), "Rust decides").toBeUndefined();
  });

  it("has no characters that can't be seen", () => {
    expect(problem(field("secret"), "abc\u0007"), "a bell").toContain("can't be seen");
    expect(problem(field("secret_text"), "-----BEGIN\nKEY"), "lines are fine in a key").toBeUndefined();
    expect(problem(field("secret"), "one\ntwo"), "one line only").toContain("one line");
  });

  it("is one of the choices", () => {
    const region = field("choice", { choices: [{ value: "eu", label: "EU" }] });
    expect(problem(region, "us"), "not in the list").toBeDefined();
    expect(problem(region, "eu"), "in the list").toBeUndefined();
  });
});
