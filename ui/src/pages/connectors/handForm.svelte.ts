import type { AuthKind } from "@bindings/AuthKind";
import type { AuthMethod } from "@bindings/AuthMethod";
import type { Category } from "@bindings/Category";
import type { Connector } from "@bindings/Connector";
import type { Field } from "@bindings/Field";
import type { FieldKind } from "@bindings/FieldKind";
import type { PlacementTo } from "@bindings/PlacementTo";
import type { Scope } from "@bindings/Scope";
import { text } from "../../lib/text/en";

/** The kinds that a few fields describe whole; the others need a definition. */
export const handKinds = ["authorization_code", "client_credentials", "device_code", "api_key", "bearer", "basic", "none"] as const satisfies readonly AuthKind[];
export type HandKind = (typeof handKinds)[number];
export type HandField = { key: string; label: string; kind: FieldKind; suffix: string };

/** A connector as a form: the parts that most services need. */
export class HandForm {
  name = $state("");
  category = $state<Category>("custom");
  docs = $state("https://");
  kind = $state<HandKind>("api_key");
  fields = $state<HandField[]>([]);
  authorization = $state("https://");
  token = $state("https://");
  device = $state("https://");
  scopes = $state("");
  place = $state<PlacementTo>("header");
  placeName = $state("X-Api-Key");
  placeValue = $state("{api_key}");
  test = $state("https://");
  noTest = $state("");
  accountId = $state("");

  #id = $state<string | null>(null);

  /** Follows the name until it is typed. */
  get id(): string {
    return this.#id ?? slug(this.name);
  }
  set id(typed: string) {
    this.#id = typed;
  }

  get oauth(): boolean {
    return this.kind === "authorization_code" || this.kind === "client_credentials" || this.kind === "device_code";
  }

  addField(): void {
    this.fields.push({ key: "site", label: "Site", kind: "subdomain", suffix: ".example.com" });
  }

  connector(): Connector {
    const test = typed(this.test);
    return {
      name: this.name.trim(),
      category: this.category,
      quality: "unconfirmed",
      docs: { api: typed(this.docs) },
      auth: [this.#method()],
      scopes: this.oauth ? readScopeLines(this.scopes) : [],
      fields: this.fields.map(field),
      ...(test ? { test: { method: "GET", url: test, account_id: this.accountId.trim() || undefined } } : {}),
      ...(!test && this.noTest.trim() ? { no_test_because: this.noTest.trim() } : {}),
    };
  }

  #method(): AuthMethod {
    const method: AuthMethod = { id: this.kind, label: text.kinds[this.kind], kind: this.kind };
    switch (this.kind) {
      case "authorization_code":
        return {
          ...method,
          oauth: {
            authorization_endpoint: typed(this.authorization),
            token_endpoint: typed(this.token),
            client_auth: ["basic", "post", "none"],
            manual_scopes: true,
            redirect: [{ kind: "deep_link" }, { kind: "loopback", host: "127.0.0.1", ports: [] }, { kind: "paste" }],
          },
        };
      case "client_credentials":
        return { ...method, oauth: { token_endpoint: typed(this.token), client_auth: ["basic", "post"], manual_scopes: true } };
      case "device_code":
        return {
          ...method,
          oauth: {
            device_authorization_endpoint: typed(this.device),
            token_endpoint: typed(this.token),
            client_auth: ["none", "basic", "post"],
            manual_scopes: true,
          },
        };
      case "api_key":
        return {
          ...method,
          fields: [{ key: "api_key", label: "API key", kind: "secret" }],
          placement: [{ to: this.place, name: this.placeName.trim(), value: this.placeValue.trim() }],
        };
      case "bearer":
        return { ...method, fields: [{ key: "token", label: "Token", kind: "secret" }] };
      case "basic":
        return {
          ...method,
          fields: [
            { key: "username", label: "User name", kind: "text" },
            { key: "password", label: "Password", kind: "secret" },
          ],
        };
      case "none":
        return method;
    }
  }
}

/** One scope a line, a space, then what it allows. */
export function readScopeLines(lines: string): Scope[] {
  return lines
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => {
      const [value = "", ...words] = line.split(/\s+/);
      return { value, description: words.join(" ") || value };
    });
}

/** An id made of a name: lower case letters, digits and dashes. */
export function slug(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 50)
    .replace(/^-+|-+$/g, "");
}

/** What stands in an address field, or nothing when it is only the beginning that was given. */
function typed(address: string): string | undefined {
  const value = address.trim();
  return value === "" || value === "https://" ? undefined : value;
}

function field({ key, label, kind, suffix }: HandField): Field {
  const made: Field = { key: key.trim(), label: label.trim(), kind };
  return kind === "subdomain" && suffix.trim() ? { ...made, suffix: suffix.trim() } : made;
}
