/** Connectors of the person's own and client registrations in the mock: answers of the real shapes, rules of the real names. */
import type { Connector } from "@bindings/Connector";
import type { Draft } from "@bindings/Draft";
import type { DraftProblem } from "@bindings/DraftProblem";
import type { Error as Failure } from "@bindings/Error";
import type { Event } from "@bindings/Event";
import type { HostUse } from "@bindings/HostUse";
import type { RegistrationView } from "@bindings/RegistrationView";
import { listed, type Listed } from "./connectors";

type Parts = {
  connectors: Listed[];
  registrations: RegistrationView[];
  emit: (event: Event) => void;
  fail: (code: Failure["code"], message: string, more?: Partial<Failure>) => Failure;
};

export function customCommands({ connectors, registrations, emit, fail }: Parts): Record<string, (args: never) => unknown> {
  const own = (id: string): Listed | undefined => connectors.find((one) => one.id === id && one.custom);
  const registration = (id: string): RegistrationView => registrations.find((one) => one.id === id)!;
  const changed = (): void => emit({ kind: "registrations_changed" });

  function draft(id: string, connector: Connector, warnings: string[] = []): Draft {
    const present = own(id);
    const before = present ? hostsOf(present.definition).map(({ host }) => host) : [];
    const taken = !present && connectors.some((one) => one.id === id);
    const found = hostsOf(connector);
    return {
      id,
      connector,
      hosts: found,
      warnings,
      problems: [...problems(id, connector), ...(taken ? [{ rule: "id", message: `the catalogue has a connector ${id} already: choose another id` }] : [])],
      replaces: present !== undefined,
      connections: present ? 1 : 0,
      added_hosts: present ? found.map(({ host }) => host).filter((host) => !before.includes(host)) : [],
    };
  }

  return {
    draft_from_issuer: ({ issuer }: { issuer: string }) => {
      const { host } = new URL(issuer);
      if (host.startsWith("nowhere")) throw fail("network", `${host} could not be found.`, { field: "issuer", hint: "Check the issuer's spelling." });
      return draft("example-login", signIn(host), ["The server lists two scopes without a description"]);
    },
    draft_from_openapi: () => draft("petstore", { ...byKey("Petstore", "petstore.example.com"), scopes: [] }, ["The scheme openIdConnect “corp” names no address and was left out", "No request is known that tests the key: add one"]),
    draft_from_mcp: ({ url }: { url: string }) => draft("example-mcp", signIn(new URL(url).host)),
    draft_from_definition: ({ id, toml }: { id: string; toml: string }) => {
      if (!toml.includes("[[auth]]")) throw fail("invalid_definition", "The definition can't be read: line 1 is not `key = value`", { field: "toml" });
      return draft(id, byKey(/name = "(.*)"/.exec(toml)?.[1] ?? "", "api.example.com"));
    },
    check_connector: ({ id, connector }: { id: string; connector: Connector }) => draft(id, connector),
    save_connector: ({ id, connector }: { id: string; connector: Connector }) => {
      const at = connectors.findIndex((one) => one.id === id);
      const made = { ...listed(id, connector.category, connector), custom: true };
      if (at >= 0) connectors[at] = made;
      else connectors.push(made);
      emit({ kind: "connectors_changed" });
    },
    delete_connector: ({ id }: { id: string }) => {
      if (id === "acme-billing") throw fail("conflict", "“Acme – invoices” is made from this connector", { hint: "Delete these connections first" });
      connectors.splice(connectors.findIndex((one) => one.id === id), 1);
      emit({ kind: "connectors_changed" });
    },
    export_connector: ({ id }: { id: string }) => ({ id, toml: `name = "${own(id)?.name}"\ncategory = "custom"\nquality = "unconfirmed"\n`, icon: null }),
    try_connector: ({ values }: { values: Record<string, string> }) =>
      values.api_key === "wrong"
        ? { verdict: "bad_secret", status: 401, provider_error: "invalid key" }
        : { verdict: "ok", status: 200, account: { id: "42", name: "northwind" } },
    create_registration: ({ connector, name, clientId, clientSecret }: { connector: string; name: string; clientId: string; clientSecret?: string }) => {
      if (registrations.some((one) => one.connector === connector && one.name === name.trim())) throw fail("name_taken", `There is a registration ${name} already.`, { field: "name" });
      const made: RegistrationView = { id: `r${registrations.length + 1}`, connector, name: name.trim(), client_id: clientId, has_secret: !!clientSecret, has_next_secret: false, source: "manual", origin: null, created_at: Date.now(), secret_expires_at: null, connections: 0 };
      registrations.push(made);
      changed();
      return made;
    },
    client_document: ({ connector, address }: { connector: string; address: string }) =>
      JSON.stringify(
        {
          application_type: "native",
          client_id: address || "https://",
          client_name: "Patchbay",
          grant_types: ["authorization_code", "refresh_token"],
          redirect_uris: [`dev.patchbay.desktop:/callback/${connector}`, `http://127.0.0.1/callback/${connector}`],
          response_types: ["code"],
          token_endpoint_auth_method: "none",
        },
        null,
        2,
      ),
    rename_registration: ({ id, name }: { id: string; name: string }) => {
      registration(id).name = name;
      changed();
    },
    rotate_registration_secret: ({ id }: { id: string }) => {
      registration(id).has_next_secret = true;
      changed();
    },
    finish_registration_rotation: ({ id }: { id: string }) => {
      registration(id).has_next_secret = false;
      changed();
    },
    delete_registration: ({ id }: { id: string }) => {
      const { name, connections } = registration(id);
      if (connections > 0) throw fail("conflict", `${name} is used by “GitHub – release bot”, “GitHub – mirror” and 1 more`, { hint: "Give these connections another registration or delete them first" });
      registrations.splice(registrations.findIndex((one) => one.id === id), 1);
      changed();
    },
  };
}

export function byKey(name: string, host: string): Connector {
  return {
    name,
    category: "custom",
    quality: "unconfirmed",
    docs: { api: `https://${host}/docs` },
    auth: [{ id: "api_key", label: "API key", kind: "api_key", fields: [{ key: "api_key", label: "API key", kind: "secret" }], placement: [{ to: "header", name: "X-Api-Key", value: "{api_key}" }] }],
    test: { method: "GET", url: `https://${host}/me`, account_id: "/id" },
  };
}

function signIn(host: string): Connector {
  return {
    name: host,
    category: "custom",
    quality: "unconfirmed",
    docs: { api: `https://${host}/` },
    auth: [
      {
        id: "oauth",
        label: "OAuth 2.0",
        kind: "authorization_code",
        oauth: { issuer: `https://${host}`, authorization_endpoint: `https://${host}/authorize`, token_endpoint: `https://tokens.${host}/token`, client_auth: ["basic"], manual_scopes: true },
      },
    ],
    scopes: [
      { value: "openid", description: "Sign you in" },
      { value: "orders.read", description: "What the provider calls “orders read”" },
    ],
    test: { method: "GET", url: `https://api.${host}/userinfo`, account_id: "/sub" },
  };
}

function hostsOf({ auth, test }: Connector): HostUse[] {
  const purposes = new Map<string, string[]>();
  const note = (address: string | undefined, purpose: string): void => {
    const host = address && /^https:\/\/([^/]+)/.exec(address)?.[1];
    if (host) purposes.set(host, [...(purposes.get(host) ?? []), purpose]);
  };
  for (const { oauth } of auth) {
    note(oauth?.authorization_endpoint, "sign-in in the browser");
    note(oauth?.token_endpoint, "token");
  }
  note(test?.url, "test request");
  return [...purposes].map(([host, list]) => ({
    host: host.replace(/^\{[a-z_]+\}/, "*"),
    purpose: list.join(", ").replace(/^./, (first) => first.toUpperCase()),
    typed: host.includes("{"),
  }));
}

function problems(id: string, connector: Connector): DraftProblem[] {
  const found: DraftProblem[] = [];
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(id)) found.push({ rule: "id", message: `the id may hold lower case letters, digits and dashes only: \`${id}\`` });
  if (!connector.name) found.push({ rule: "name", message: "the name must have 1 to 60 characters" });
  if (!connector.docs.api) found.push({ rule: "docs", message: "docs needs at least one link" });
  if (!connector.test && !connector.no_test_because) found.push({ rule: "test", message: "there is neither a test request nor a reason for none" });
  for (const { id: method, kind, oauth } of connector.auth) {
    if (oauth && !oauth.token_endpoint) found.push({ rule: "endpoints", message: `\`${method}\` has no token endpoint` });
    if (kind === "authorization_code" && !oauth?.authorization_endpoint) found.push({ rule: "endpoints", message: `\`${method}\` has no authorization endpoint` });
  }
  return found;
}
