import type { Category } from "@bindings/Category";
import type { Connector } from "@bindings/Connector";
import type { Field } from "@bindings/Field";
import type { FieldKind } from "@bindings/FieldKind";
import type { JwtAlgorithm } from "@bindings/JwtAlgorithm";
import type { PlacementTo } from "@bindings/PlacementTo";
import type { Scope } from "@bindings/Scope";
import type { TokenBody } from "@bindings/TokenBody";
import { text } from "../../lib/text/en";
import { type HandKind, type HandMethod, handKinds, methodParts, typed } from "./handMethod";

export type HandField = { key: string; label: string; kind: FieldKind; suffix: string };

/** A connector as a form: the parts that most services need. */
export class HandForm implements HandMethod {
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
  exchange = $state("https://");
  exchangeBody = $state("username = {username}\npassword = {password}");
  exchangeFormat = $state<TokenBody>("json");
  tokenAt = $state("/token");
  lifetime = $state("3600");
  algorithm = $state<JwtAlgorithm>("RS256");
  audience = $state("");
  service = $state("execute-api");
  region = $state("us-east-1");
  test = $state("https://");
  noTest = $state("");
  accountId = $state("");

  #id = $state<string | null>(null);
  /** Id, label and kind of the method of a connector that is edited: connections refer to it. */
  #method: { id: string; label: string; kind: HandKind } | null = null;

  /** Follows the name until it is typed. */
  get id(): string {
    return this.#id ?? slug(this.name);
  }
  set id(typed: string) {
    this.#id = typed;
  }

  get oauth(): boolean {
    return ["authorization_code", "client_credentials", "device_code", "jwt_bearer"].includes(this.kind);
  }

  addField(): void {
    this.fields.push({ key: "site", label: "Site", kind: "subdomain", suffix: ".example.com" });
  }

  connector(): Connector {
    const test = typed(this.test);
    const docs = typed(this.docs);
    const named = this.#method?.kind === this.kind ? this.#method : { id: this.kind, label: text.kinds[this.kind] };
    return {
      name: this.name.trim(),
      category: this.category,
      quality: "unconfirmed",
      docs: docs ? { api: docs } : {},
      auth: [{ id: named.id, label: named.label, kind: this.kind, ...methodParts(this) }],
      scopes: this.oauth ? readScopeLines(this.scopes) : [],
      fields: this.fields.map(field),
      ...(test ? { test: { method: "GET", url: test, account_id: this.accountId.trim() || undefined } } : {}),
      ...(!test && this.noTest.trim() ? { no_test_because: this.noTest.trim() } : {}),
    };
  }

  /** The form filled with a connector; `null` when it says more than the form can. */
  static of(id: string, connector: Connector): HandForm | null {
    const method = connector.auth[0];
    const kind = handKinds.find((one) => one === method?.kind);
    if (!method || !kind) return null;
    const form = new HandForm();
    const { oauth, session, jwt, aws } = method;
    const placement = method.placement?.[0];
    form.#id = id;
    form.#method = { id: method.id, label: method.label, kind };
    Object.assign(form, {
      name: connector.name,
      category: connector.category,
      docs: connector.docs.api ?? form.docs,
      kind,
      fields: (connector.fields ?? []).map(({ key, label, kind, suffix }) => ({ key, label, kind, suffix: suffix ?? "" })),
      authorization: oauth?.authorization_endpoint ?? form.authorization,
      token: oauth?.token_endpoint ?? form.token,
      device: oauth?.device_authorization_endpoint ?? form.device,
      scopes: (connector.scopes ?? []).map(({ value, description }) => (value === description ? value : `${value} ${description}`)).join("\n"),
      place: placement?.to ?? form.place,
      placeName: placement?.name ?? form.placeName,
      placeValue: placement?.value ?? form.placeValue,
      exchange: session?.url ?? form.exchange,
      exchangeBody: session ? Object.entries(session.body ?? {}).map(([name, value]) => `${name} = ${value}`).join("\n") : form.exchangeBody,
      exchangeFormat: session?.body_format ?? form.exchangeFormat,
      tokenAt: session?.token ?? form.tokenAt,
      lifetime: session ? `${session.lifetime_seconds ?? ""}` : form.lifetime,
      algorithm: jwt?.algorithm ?? form.algorithm,
      audience: jwt?.audience ?? "",
      service: aws?.service ?? form.service,
      region: aws?.region ?? form.region,
      test: connector.test?.url ?? "",
      noTest: connector.no_test_because ?? "",
      accountId: connector.test?.account_id ?? "",
    });
    return same(form.connector(), connector) ? form : null;
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

function field({ key, label, kind, suffix }: HandField): Field {
  const made: Field = { key: key.trim(), label: label.trim(), kind };
  return kind === "subdomain" && suffix.trim() ? { ...made, suffix: suffix.trim() } : made;
}

/** Whether two definitions say the same; what is empty or left out is the same. */
function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(plain(one)) === JSON.stringify(plain(other));
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.length ? value.map(plain) : undefined;
  if (value === null || typeof value !== "object") return value === null ? undefined : value;
  const members = Object.entries(value)
    .map(([key, member]) => [key, plain(member)] as const)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return members.length ? Object.fromEntries(members) : undefined;
}
