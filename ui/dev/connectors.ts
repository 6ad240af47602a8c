/** Connectors of the mock: shaped like the real definitions, with drawn icons. */
import type { Connector } from "@bindings/Connector";
import type { ConnectorSummary } from "@bindings/ConnectorSummary";
import type { Field } from "@bindings/Field";

type Listed = ConnectorSummary & { definition: Connector };

const glyphs: Record<string, [string, string]> = {
  okta: ["#0b57d0", "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zm0 12a4 4 0 1 1 0-8 4 4 0 0 1 0 8z"],
  github: [
    "#24292f",
    "M12 2a10 10 0 0 0-3.2 19.5c.5.1.7-.2.7-.5v-1.7c-2.8.6-3.4-1.3-3.4-1.3-.4-1.1-1.1-1.5-1.1-1.5-.9-.6.1-.6.1-.6 1 .1 1.5 1 1.5 1 .9 1.5 2.3 1.1 2.9.8.1-.6.3-1.1.6-1.3-2.2-.3-4.6-1.1-4.6-5 0-1.1.4-2 1-2.7-.1-.3-.4-1.3.1-2.6 0 0 .8-.3 2.7 1a9.4 9.4 0 0 1 5 0c1.9-1.3 2.7-1 2.7-1 .5 1.3.2 2.3.1 2.6.6.7 1 1.6 1 2.7 0 3.9-2.4 4.7-4.6 5 .4.3.7.9.7 1.9V21c0 .3.2.6.7.5A10 10 0 0 0 12 2z",
  ],
  gmail: ["#c5392b", "M3 6h18v12H3zM3 6l9 7 9-7"],
  jira: ["#1868db", "M12 3l9 9-9 9-9-9z"],
  slack: ["#4a154b", "M9 3h3v18H9zM3 9h18v3H3z"],
  aws_s3: ["#7a5a12", "M4 5h16l-2 15H6z"],
  sendgrid: ["#1a82e2", "M3 9h6v6H3zM9 3h6v6H9zM9 15h6v6H9zM15 9h6v6h-6z"],
  servicenow: ["#00796b", "M12 4a9 9 0 0 0-6 16 2 2 0 0 0 3 0 4 4 0 0 1 6 0 2 2 0 0 0 3 0 9 9 0 0 0-6-16z"],
};

export function icon(id: string): string | undefined {
  const glyph = glyphs[id];
  if (!glyph) return undefined;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path fill="${glyph[0]}" d="${glyph[1]}"/></svg>`;
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

function listed(id: string, category: Connector["category"], definition: Partial<Connector> & { name: string; auth: Connector["auth"] }): Listed {
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
  }),
  listed("gmail", "mail_and_calendar", { name: "Gmail", auth: [oauth("gmail", "Google", true)], scopes: scopes.gmail }),
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
  listed("aws_s3", "cloud", {
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
  listed("any_oauth", "any", { name: "Any OAuth 2.0 service", auth: [oauth("any", "the service", true)], fields: [{ key: "issuer", label: "Issuer", kind: "url", example: "https://login.example.com" }] }),
  listed("any_api", "any", { name: "Any API", auth: [{ id: "bearer", label: "Bearer token", kind: "bearer", fields: [secret("token", "Token")] }], fields: [{ key: "base_url", label: "Address", kind: "url", example: "https://api.example.com" }] }),
];
