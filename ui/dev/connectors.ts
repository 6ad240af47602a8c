/** Connectors of the mock: shaped like the real definitions, with the icons of the catalogue. */
import type { CardNeeds } from "@bindings/CardNeeds";
import type { Connector } from "@bindings/Connector";
import type { ConnectorSummary } from "@bindings/ConnectorSummary";
import type { Field } from "@bindings/Field";

export type Listed = ConnectorSummary & { definition: Connector };

const drawn = import.meta.glob<string>("../../connectors/*/icon.svg", { query: "?raw", import: "default", eager: true });

export function icon(id: string): string | undefined {
  return drawn[`../../connectors/${id}/icon.svg`];
}

const scopes = {
  github: [
    { value: "read:user", description: "Tells Patchbay which account this is.", default: true, required: true },
    { value: "repo", description: "Read and write code, issues and pull requests of private repositories.", default: true, sensitivity: "sensitive" as const },
    { value: "workflow", description: "Change workflow files." },
    { value: "admin:org", description: "Full control of organizations and teams.", sensitivity: "admin" as const },
    { value: "gist", description: "Write gists." },
    { value: "notifications", description: "Read notifications and mark them as read." },
    { value: "delete_repo", description: "Delete repositories.", sensitivity: "sensitive" as const },
  ],
  gmail: [
    { value: "openid", description: "Tells Patchbay which account this is.", default: true, required: true },
    { value: "gmail.readonly", description: "Read messages and settings.", default: true, sensitivity: "restricted" as const },
    { value: "gmail.send", description: "Send mail as this account.", default: true, sensitivity: "sensitive" as const },
    { value: "gmail.labels", description: "Create and change labels." },
  ],
};

const both = ["okta.users.read", "okta.users.manage"];
const oktaCards: CardNeeds[] = [
  { title: "Activate User", scopes: both.map((scope) => [scope]) },
  { title: "Add User to Group", scopes: [["okta.groups.manage"]] },
  { title: "Clear User Sessions", scopes: [["okta.users.manage"]] },
  { title: "Create Group", scopes: [["okta.groups.manage"]] },
  { title: "Create Realm User", scopes: [["okta.users.manage"]] },
  { title: "List Realm Users", scopes: [["okta.users.read"]] },
  { title: "Read User", scopes: [both] },
];

const gmailCards: CardNeeds[] = [
  { title: "Label Added or Removed", scopes: [["gmail.readonly"]] },
  { title: "Send Email", scopes: [["gmail.send"]] },
  { title: "Create Label", scopes: [["gmail.labels"], ["gmail.readonly", "gmail.labels"]] },
];

/** A method whose endpoints come from its issuer. */
function discovered(method: Connector["auth"][number]): Connector["auth"][number] {
  return { ...method, oauth: { ...method.oauth!, discovery: true } };
}

function oauth(id: string, name: string, manual: boolean): Connector["auth"][number] {
  return {
    id: "oauth",
    label: "OAuth 2.0",
    kind: "authorization_code",
    oauth: {
      authorization_endpoint: `https://${id}.example/authorize`,
      token_endpoint: `https://${id}.example/token`,
      client_auth: ["post"],
      manual_scopes: manual,
      redirect: [{ kind: "deep_link" }, { kind: "loopback", host: "127.0.0.1", ports: [] }],
    },
    help: `Sign in to ${name} in your browser.`,
  };
}

const secret = (key: string, label: string, help?: string): Field => ({ key, label, kind: "secret", help });

export function listed(id: string, category: Connector["category"], definition: Partial<Connector> & { name: string; auth: Connector["auth"] }): Listed {
  const svg = icon(id);
  return {
    id,
    name: definition.name,
    category,
    quality: definition.quality ?? "confirmed",
    keywords: definition.keywords ?? [],
    methods: definition.auth.map(({ id, label, kind }) => ({ id, label, kind })),
    icon: svg ? `data:image/svg+xml,${encodeURIComponent(svg)}` : "",
    custom: false,
    definition: {
      category,
      quality: "confirmed",
      docs: { api: `https://${id}.example/docs`, credentials: `https://${id}.example/apps`, scopes: `https://${id}.example/scopes` },
      ...definition,
    },
  };
}

export const connectors: Listed[] = [
  listed("okta", "identity", {
    name: "Okta",
    auth: [
      { ...oauth("okta", "Okta", true), fields: [] },
      { id: "token", label: "API token", kind: "api_key", fields: [secret("token", "API token", "Create it under Security → API → Tokens.")] },
    ],
    fields: [{ key: "subdomain", label: "Okta domain", kind: "subdomain", suffix: ".okta.com", example: "acme", help: "The part before .okta.com in your address." }],
    scopes: [
      { value: "openid", description: "Tells Patchbay which account this is.", default: true, required: true },
      { value: "okta.users.read", description: "Read users and their profiles.", default: true },
      { value: "okta.users.manage", description: "Create, change and deactivate users.", sensitivity: "admin" },
      { value: "okta.groups.manage", description: "Create and change groups and their members.", sensitivity: "admin" },
    ],
    cards: oktaCards,
  }),
  listed("gmail", "mail_and_calendar", { name: "Gmail", auth: [oauth("gmail", "Google", true)], scopes: scopes.gmail, cards: gmailCards }),
  listed("github", "developer", {
    name: "GitHub",
    auth: [
      oauth("github", "GitHub", true),
      { id: "device", label: "Device code", kind: "device_code", help: "Type a code at GitHub, on this computer or another.", oauth: { client_auth: ["none"], manual_scopes: true } },
      { id: "pat", label: "Personal access token", kind: "bearer", fields: [secret("token", "Token", "A fine-grained token is safer than a classic one.")] },
    ],
    scopes: scopes.github,
  }),
  listed("jira", "projects", {
    name: "Jira",
    auth: [{ id: "token", label: "API token", kind: "basic", fields: [{ key: "email", label: "Email", kind: "text", example: "you@example.com", pattern: "[^@\\s]+@[^@\\s]+" }, secret("api_token", "API token")] }],
    fields: [{ key: "site", label: "Site", kind: "host", example: "acme.atlassian.net" }],
  }),
  listed("slack", "chat", { name: "Slack", auth: [oauth("slack", "Slack", false)], scopes: [{ value: "chat:write", description: "Send messages as the app.", default: true, required: true }, { value: "users:read", description: "See people in the workspace.", default: true }] }),
  listed("aws-s3", "cloud", {
    name: "AWS S3",
    auth: [{ id: "key_pair", label: "Access key pair", kind: "aws_key_pair", fields: [{ key: "access_key_id", label: "Access key ID", kind: "text", example: "AKIA…", pattern: "A[A-Z0-9]{15,}" }, secret("secret_access_key", "Secret access key")] }],
    fields: [{ key: "region", label: "Region", kind: "choice", default: "eu-central-1", choices: ["eu-central-1", "eu-west-1", "us-east-1", "us-west-2"].map((value) => ({ value, label: value })) }],
  }),
  listed("sendgrid", "marketing", { name: "SendGrid", quality: "unconfirmed", auth: [{ id: "api_key", label: "API key", kind: "api_key", fields: [secret("api_key", "API key")] }] }),
  listed("servicenow", "support", {
    name: "ServiceNow",
    auth: [{ id: "basic", label: "User name and password", kind: "basic", fields: [{ key: "username", label: "User name", kind: "text" }, secret("password", "Password")] }],
    fields: [{ key: "instance", label: "Instance", kind: "subdomain", suffix: ".service-now.com", example: "dev12345" }],
  }),
  listed("google_service_account", "cloud", { name: "Google service account", auth: [{ id: "jwt", label: "Key file", kind: "jwt_bearer", fields: [{ key: "key", label: "Key file", kind: "secret_text", help: "Paste the whole JSON key file." }] }] }),
  listed("any-oauth2", "any", { name: "Any OAuth 2.0 service", auth: [discovered(oauth("any", "the service", true))], fields: [{ key: "issuer", label: "Issuer", kind: "url", example: "https://login.example.com" }] }),
  listed("any-api", "any", { name: "Any API", auth: [{ id: "bearer", label: "Bearer token", kind: "bearer", fields: [secret("token", "Token")] }], fields: [{ key: "base_url", label: "Address", kind: "url", example: "https://api.example.com" }] }),
];

/** As many connectors as the real catalogue has, so that lists can be seen at their length. */
export function catalogue(): Listed[] {
  const known = new Set(connectors.map(({ id }) => id));
  const categories = ["developer", "finance", "support", "sales", "documents"] as const;
  return Object.keys(drawn)
    .map((path) => path.split("/").at(-2)!)
    .filter((id) => !known.has(id))
    .map((id, index) => {
      const name = id.split(/[-_]/).map((word) => word[0]!.toUpperCase() + word.slice(1)).join(" ");
      return listed(id, categories[index % categories.length]!, { name, quality: index % 3 ? "confirmed" : "unconfirmed", auth: [oauth(id, name, false)] });
    });
}
