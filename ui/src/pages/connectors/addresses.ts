import type { Connector } from "@bindings/Connector";
import type { OAuth } from "@bindings/OAuth";
import { text } from "../../lib/text/en";

const endpoints = [
  "issuer",
  "authorization_endpoint",
  "device_authorization_endpoint",
  "token_endpoint",
  "refresh_endpoint",
  "registration_endpoint",
  "jwks_uri",
] as const satisfies readonly (keyof OAuth)[];

/** Every address that a definition names, each once for a purpose. A field that suggests an address stands for it. */
export function addresses(connector: Connector): { purpose: string; url: string }[] {
  const say = text.connectors.preview.purposes;
  const fields = [...(connector.fields ?? []), ...connector.auth.flatMap((method) => method.fields ?? [])];
  const found = new Map<string, { purpose: string; url: string }>();

  function add(purpose: string, template: string | undefined): void {
    if (!template) return;
    const url = template.replace(/^\{(\w+)\}/, (whole, key: string) => fields.find((field) => field.key === key)?.default ?? whole);
    found.set(`${purpose}\n${url}`, { purpose, url });
  }

  for (const { oauth, session, jwt, test } of connector.auth) {
    for (const key of endpoints) add(say[key], oauth?.[key]);
    add(say.revocation, oauth?.revocation?.endpoint);
    add(say.session, session?.url);
    add(say.session, jwt?.exchange);
    add(say.test, test?.url);
  }
  add(say.test, connector.test?.url);
  return [...found.values()];
}
