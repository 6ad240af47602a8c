/**
 * Stands in for the app's IPC when the console runs alone (`vite --mode mock`). Not part of any other build.
 * `?scene=` chooses what it pretends: few, first-run, many, error, locked, read-only, missing, …
 */
import type { ActivityEntry } from "@bindings/ActivityEntry";
import type { AuthorizationView } from "@bindings/AuthorizationView";
import type { ConnectionDetail } from "@bindings/ConnectionDetail";
import type { ConnectionDraft } from "@bindings/ConnectionDraft";
import type { ConnectionQuery } from "@bindings/ConnectionQuery";
import type { ConnectionRow } from "@bindings/ConnectionRow";
import type { ConnectorQuery } from "@bindings/ConnectorQuery";
import type { Error as Failure } from "@bindings/Error";
import type { Event } from "@bindings/Event";
import type { LinkHandler } from "@bindings/LinkHandler";
import type { RedirectView } from "@bindings/RedirectView";
import type { RegistrationView } from "@bindings/RegistrationView";
import type { VaultState } from "@bindings/VaultState";
import { catalogue, connectors, icon, listed } from "./connectors";
import { byKey, customCommands } from "./custom";
import { flowCommands } from "./flows";
import { few, hostile, many } from "./rows";

// As the window does: what breaks on it should break here too.
Object.freeze(Object.prototype);

const scene = new URLSearchParams(location.search).get("scene") ?? "few";
const vaults: Record<string, VaultState> = {
  locked: "locked",
  missing: "missing",
  foreign: "foreign_key",
  "store-changed": "store_changed",
  "no-keychain": "no_keychain",
  "keychain-gone": "no_keychain",
  passphrase: "passphrase_needed",
};
let rows: ConnectionRow[] = scene === "first-run" || scene === "no-keychain" ? [] : scene === "many" ? many(100_000) : scene === "hostile" ? hostile : structuredClone(few);
let vault: VaultState = vaults[scene] ?? "ready";
let handler: LinkHandler = scene === "foreign-handler" ? "foreign" : scene === "missing-handler" ? "missing" : "ours";
let recovery = ["foreign", "store-changed", "keychain-gone"].includes(scene);
const views = new Map<string, AuthorizationView>();
let follower: Channel<Event> | undefined;
const minute = 60_000;

const registrations: RegistrationView[] = [
  { id: "r2", connector: "github", name: "Test organisation", client_id: "Ov23li7yQm1pX0aBcDeF", has_secret: true, has_next_secret: true, source: "manual", origin: "https://github.com", created_at: Date.now() - 3 * 24 * 60 * minute, secret_expires_at: null, connections: 0 },
  { id: "r1", connector: "github", name: "Northwind automation", client_id: "Iv1.8a61f9b3a7aba766", has_secret: true, has_next_secret: false, source: "manual", origin: "https://github.com", created_at: Date.now() - 40 * 24 * 60 * minute, secret_expires_at: null, connections: 3 },
];

export function emit(payload: Event): void {
  follower?.onmessage(payload);
}

export class Channel<T> {
  constructor(public onmessage: (message: T) => void) {}
}

export async function invoke(command: string, args: Record<string, unknown> = {}): Promise<unknown> {
  await new Promise((done) => setTimeout(done, scene === "slow" ? 60_000 : 5));
  if (command === "follow_events") {
    follower = args["channel"] as Channel<Event>;
    return;
  }
  const run = commands[command];
  if (!run) throw fail("internal", `The mock has no ${command}.`);
  performance.mark(`ipc:${command}`);
  const answer = structuredClone(run(args as never));
  performance.measure(`mock:${command}`, `ipc:${command}`);
  return answer;
}

function fail(code: Failure["code"], message: string, more: Partial<Failure> = {}): Failure {
  return { code, message, ...more };
}

function find(id: string): ConnectionRow {
  const row = rows.find((one) => one.id === id);
  if (!row) throw fail("not_found", "This connection no longer exists.");
  return row;
}

function change(id: string, to: Partial<ConnectionRow>): void {
  rows = rows.map((row) => (row.id === id ? { ...row, ...to } : row));
  emit({ kind: "connections_changed", ids: [id] });
}

/** What a search looks in, made once a row: a hundred thousand are searched as fast as the core does. */
const haystacks = new WeakMap<ConnectionRow, string>();
function haystack(row: ConnectionRow): string {
  const known = haystacks.get(row);
  if (known !== undefined) return known;
  const made = `${row.name} ${row.description} ${row.account ?? ""} ${row.connector_name}`.toLowerCase();
  haystacks.set(row, made);
  return made;
}

function matching(query: ConnectionQuery): ConnectionRow[] {
  const words = query.search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = rows.filter(
    (row) =>
      (query.status.length === 0 || query.status.includes(row.status)) &&
      (!query.attention || row.status !== "connected") &&
      (!query.unused || row.flows === 0) &&
      (query.connectors.length === 0 || query.connectors.includes(row.connector)) &&
      (query.registration === null || row.connector === "github") &&
      words.every((word) => haystack(row).includes(word)),
  );
  const key = (row: ConnectionRow): string | number =>
    ({ name: row.name, connector: row.connector_name, account: row.account ?? "", status: row.status, last_test: row.last_test_at ?? 0, flows: row.flows })[query.sort];
  const sign = query.direction === "ascending" ? 1 : -1;
  return scene === "many" && query.sort === "name" && sign === 1 ? found : found.sort((a, b) => (key(a) < key(b) ? -sign : sign));
}

/** Answers once given, so that what is measured in the browser is the console and not its stand-in. */
const answered = new Map<string, { of: ConnectionRow[]; found: ConnectionRow[] }>();
function answer(query: ConnectionQuery): ConnectionRow[] {
  const key = JSON.stringify({ ...query, offset: 0, limit: 0 });
  const known = answered.get(key);
  if (known?.of === rows) return known.found;
  const found = matching(query);
  answered.set(key, { of: rows, found });
  return found;
}

function view(id: string, connection: ConnectionRow, more: Partial<AuthorizationView> = {}): AuthorizationView {
  const made: AuthorizationView = {
    id,
    connection: connection.id,
    connection_name: connection.name,
    connector: connection.connector,
    connector_name: connection.connector_name,
    phase: "waiting",
    reauthorization: true,
    started_at: Date.now() - 12_000,
    expires_at: Date.now() + 588_000,
    redirect: { kind: "deep_link", uri: `dev.patchbay.desktop:/callback/${connection.connector}`, note: null },
    device: null,
    scopes: ["read:user", "repo"],
    error: null,
    old_account: null,
    new_account: null,
    ...more,
  };
  views.set(id, made);
  return made;
}

/** Lets a screenshot drive a sign-in on: `patchbayMock.phase("a1", {phase: "failed", …})`. */
function phase(id: string, to: Partial<AuthorizationView>): void {
  const next = { ...views.get(id)!, ...to };
  views.set(id, next);
  if (next.phase === "connected") change(next.connection, { status: "connected", authorization: null, account: next.new_account });
  emit({ kind: "authorization_changed", id, connection: next.connection });
}
Object.assign(globalThis, { patchbayMock: { phase, emit } });

function detail(row: ConnectionRow): ConnectionDetail {
  const definition = connectors.find((one) => one.id === row.connector)!.definition;
  const method = definition.auth[0]!;
  const oauth = method.kind === "authorization_code";
  const requested = oauth ? (definition.scopes ?? []).filter((scope) => scope.default).map((scope) => scope.value) : [];
  return {
    row,
    method: method.id,
    method_label: method.label,
    kind: method.kind,
    settings: (definition.fields ?? []).map(({ key, label }) => ({ key, label, value: key === "region" ? "eu-central-1" : "northwind" })),
    secrets: (method.fields ?? []).filter((field) => field.kind.startsWith("secret")).map(({ key, label }) => ({ key, label, present: true })),
    registration: oauth ? { ...registrations[0]!, connector: row.connector } : null,
    redirect: oauth ? { kind: "deep_link", uri: `dev.patchbay.desktop:/callback/${row.connector}`, note: null } : null,
    scopes: { requested, granted: oauth ? [...requested.slice(0, 2), ...(row.id === "2" ? ["notifications"] : [])] : null, missing: requested.slice(2), extra: row.id === "2" ? ["notifications"] : [] },
    account_id: row.account ? "u-48291" : null,
    site: row.connector === "jira" ? { id: "s1", name: "https://northwind.atlassian.net" } : null,
    created_at: Date.now() - 51 * 24 * 60 * minute,
    authorized_at: Date.now() - 51 * 24 * 60 * minute,
    refresh: {
      has_refresh_token: oauth && row.id !== "1",
      refresh_expires_at: oauth ? Date.now() + 170 * 24 * 60 * minute : null,
      warning: row.id === "1" ? "No refresh token was issued, so this connection ends when its token does. Reauthorize with offline access." : null,
      rotates: oauth,
      grace_seconds: row.id === "2" ? 1800 : 0,
      last_refresh_at: oauth ? Date.now() - 48 * minute : null,
    },
    last_test: row.last_test_at
      ? { at: row.last_test_at, verdict: row.last_test ?? "ok", status: row.last_test === "ok" ? 200 : 403, message: row.last_test === "ok" ? "The test request was answered." : "AWS S3 refused the test request: the key may not list buckets.", hint: null, provider_error: row.last_test === "ok" ? null : "AccessDenied", took_ms: 182 }
      : null,
    problem:
      row.status === "reauthorize"
        ? fail("revoked", `${row.connector_name} no longer accepts this sign-in.`, { hint: "Reauthorize the connection; flows go on with it.", provider_error: "invalid_grant: Token has been expired or revoked." })
        : row.status === "test_failed"
          ? fail("missing_scope", scene === "hostile" ? `${row.connector_name} answered ${row.status_reason}` : "AWS S3 refused the test request: the key may not list buckets.", { hint: "Allow s3:ListAllMyBuckets for this key, or replace the key.", provider_error: "AccessDenied" })
          : null,
    authorization: row.authorization ? (views.get(row.authorization) ?? view(row.authorization, row)) : null,
    deletion_note: oauth ? `Its token is revoked at ${row.connector_name}.` : `${row.connector_name} can't revoke it from here: delete the key there too.`,
  };
}

const activity: ActivityEntry[] = Array.from({ length: 340 }, (_, index) => {
  const row = few[index % few.length]!;
  const action = (["test", "refresh", "authorize", "rename", "create", "reauthorize", "revoke"] as const)[index % 7]!;
  const outcome = (["done", "done", "failed", "done", "cancelled", "done", "denied"] as const)[(index * 3) % 7]!;
  return { id: 340 - index, at: Date.now() - index * 37 * minute, action, outcome, connection: row.id, connection_name: row.name, connector: row.connector, detail: outcome === "failed" ? `${row.connector_name} answered 503.` : outcome === "denied" ? "The sign-in was refused at the provider." : null };
});

if (scene === "catalogue") {
  connectors.push(...catalogue());
  connectors.push({ ...listed("acme-billing", "custom", byKey("Acme Billing", "billing.acme.example")), custom: true });
  connectors.sort((a, b) => a.name.localeCompare(b.name));
}

function narrowed({ search, category, method }: ConnectorQuery): typeof connectors {
  return connectors.filter(
    (one) =>
      (!search || `${one.name} ${one.keywords}`.toLowerCase().includes(search.toLowerCase())) &&
      (!category || one.category === category) &&
      (!method || one.methods.some(({ kind }) => kind === method)),
  );
}

type Args = Record<string, never> & { id: string; query: ConnectionQuery; name: string; except?: string; description: string; draft: ConnectionDraft; ids: string[]; passphrase: string; accept: boolean; address: string; connector: string };
let progress: ReturnType<typeof setInterval> | undefined;
let removed: ConnectionRow | undefined;

const commands: Record<string, (args: Args) => unknown> = {
  ...flowCommands(scene, { rows: () => rows, emit: (event) => emit(event), fail }),
  workspace_state: () => ({
    vault,
    vault_store: "Secret Service",
    has_recovery: recovery,
    read_only: scene === "read-only",
    place_warning: scene === "synced" ? "The workspace lies in a folder that Dropbox syncs, which can damage its database or bring back an older one. Leave this folder out of syncing: /home/you/Dropbox/dev.patchbay.desktop" : null,
    version: "0.1.0",
    data_directory: "/home/you/.local/share/dev.patchbay.desktop",
    connections: rows.length,
    attention: rows.filter((row) => row.status !== "connected").length,
    flows: (commands.flow_counts!({} as Args) as { all: number }).all,
    connectors: connectors.length,
    problem: scene === "newer" ? fail("database_newer", "This workspace was written by a newer Patchbay (schema 9; this one knows 4).", { hint: "Install version 0.3 or later, or restore the backup made before the update." }) : null,
    link_handler: handler,
  }),
  take_over_links: () => (handler = "ours"),
  unlock_vault: () => ((vault = "ready"), emit({ kind: "vault_changed" }), vault),
  unlock_with_passphrase: ({ passphrase }) => {
    if (passphrase !== "open") throw fail("bad_secret", "This passphrase doesn't open the file.", { field: "passphrase" });
    return (vault = "ready");
  },
  choose_passphrase_vault: () => (vault = "ready"),
  recover_vault: () => (vault = "ready"),
  start_over: () => {
    rows = rows.map((row) => ({ ...row, status: "reauthorize", status_reason: "key lost" }));
    vault = "ready";
    emit({ kind: "connections_changed", ids: [] });
    return "/home/you/.local/share/dev.patchbay.desktop/workspace.db.before-starting-over-20261123T101500.000Z";
  },
  restore_backup: () => {
    throw fail("not_found", "There is no backup that could be restored.");
  },
  set_recovery_passphrase: () => void (recovery = true),
  list_connections: ({ query }) => {
    if (scene === "error") throw fail("database_damaged", "The workspace file is damaged and was not opened.", { hint: "Restore the newest backup from the data folder." });
    const found = answer(query);
    return { rows: found.slice(query.offset, query.offset + (query.limit || 100)), total: found.length, offset: query.offset };
  },
  connection_counts: () => {
    const by = (status: string) => rows.filter((row) => row.status === status).length;
    const used = new Map<string, number>();
    for (const row of rows) used.set(row.connector, (used.get(row.connector) ?? 0) + 1);
    return {
      all: rows.length,
      attention: rows.filter((row) => row.status !== "connected").length,
      unused: rows.filter((row) => row.flows === 0).length,
      connected: by("connected"),
      reauthorize: by("reauthorize"),
      test_failed: by("test_failed"),
      finish_signing_in: by("finish_signing_in"),
      connectors: [...used].map(([id, count]) => ({ id, name: connectors.find((one) => one.id === id)!.name, count })),
    };
  },
  connection: ({ id }) => detail(find(id)),
  check_name: ({ name, except }) => {
    if (rows.some((row) => row.id !== except && row.name.toLowerCase() === name.trim().toLowerCase())) throw fail("name_taken", `A connection is already called “${name.trim()}”.`, { field: "name" });
  },
  connection_sites: () => [
    { id: "s1", name: "https://northwind.atlassian.net" },
    { id: "s2", name: "https://northwind-sandbox.atlassian.net" },
    { id: "s3", name: "https://acquired-company-with-a-long-name.atlassian.net" },
  ],
  choose_connection_site: ({ id }) => change(id, {}),
  rename_connection: ({ id, name, description }) => {
    commands.check_name!({ name, except: id } as Args);
    if (!name.trim()) throw fail("invalid_input", "Give it a name.", { field: "name" });
    change(id, { name: name.trim(), description });
  },
  create_connection: ({ draft }) => {
    commands.check_name!({ name: draft.name } as Args);
    if (draft.values.token === "wrong" && !draft.save_anyway) throw fail("bad_secret", "GitHub refused the token.", { hint: "Check that it was copied whole and hasn't expired.", field: "token", provider_error: "Bad credentials" });
    const connector = connectors.find((one) => one.id === draft.connector)!;
    const kind = connector.definition.auth.find((method) => method.id === draft.method)!.kind;
    const interactive = kind === "authorization_code" || kind === "device_code";
    const made: ConnectionRow = { ...few[5]!, id: `n${rows.length}`, name: draft.name.trim(), description: draft.description, connector: draft.connector, connector_name: connector.name, account: null, status: interactive ? "finish_signing_in" : "connected", authorization: interactive ? "a1" : null };
    rows = [...rows, made];
    emit({ kind: "connections_changed", ids: [made.id] });
    const device = kind === "device_code" ? { user_code: "WDJB-MJHT", verification_uri: "https://github.com/login/device" } : null;
    return { connection: made.id, authorization: interactive ? view("a1", made, { reauthorization: false, started_at: Date.now(), expires_at: Date.now() + 600_000, device }) : null };
  },
  reauthorize_connection: ({ id }) => {
    const row = find(id);
    const definition = connectors.find((one) => one.id === row.connector)!.definition;
    if (definition.auth[0]!.kind !== "authorization_code") throw fail("bad_secret", `${row.connector_name} needs a new credential.`, { field: definition.auth[0]!.fields?.at(-1)?.key });
    change(id, { authorization: `a${id}` });
    return { connection: id, authorization: view(`a${id}`, row, { started_at: Date.now(), expires_at: Date.now() + 600_000 }) };
  },
  test_connection: ({ id }) => {
    const ok = find(id).status !== "test_failed";
    change(id, { last_test_at: Date.now() });
    return { at: Date.now(), verdict: ok ? "ok" : "missing_scope", status: ok ? 200 : 403, message: ok ? "The test request was answered." : "AWS S3 refused the test request.", hint: null, provider_error: null, took_ms: 140 };
  },
  test_all: ({ query }) => {
    const total = matching(query).length;
    let done = 0;
    progress = setInterval(() => {
      done = Math.min(total, done + Math.max(1, Math.ceil(total / 40)));
      emit({ kind: "test_progress", done, total, failed: Math.floor(done / 7) });
      if (done === total) clearInterval(progress);
    }, 150);
    return total;
  },
  cancel_test_all: () => clearInterval(progress),
  delete_connection: ({ id }) => {
    removed = find(id);
    rows = rows.filter((row) => row.id !== id);
    emit({ kind: "connections_changed", ids: [] });
    const { name, connector_name } = removed;
    setTimeout(() => removed?.id === id && emit({ kind: "deleted", name, connector_name, revocation: "revoked", left_to_do: null }), 10_000);
    return { connection: id, name, undo_until: Date.now() + 10_000 };
  },
  undo_delete: () => {
    if (removed) rows = [...rows, removed];
    removed = undefined;
    emit({ kind: "connections_changed", ids: [] });
  },
  authorization: ({ id }) => views.get(id) ?? view(id, rows.find((row) => row.authorization === id)!),
  pending_authorizations: () => [...views.values()],
  open_browser_again: () => undefined,
  paste_address: ({ id, address }) => {
    if (!address.includes("code=")) throw fail("invalid_input", "This is not the address the browser ended at: it has no code in it.", { field: "address", hint: "Copy the whole address from the browser's address bar." });
    phase(id, { phase: "connected", new_account: "northwind-bot" });
    return views.get(id);
  },
  cancel_authorization: ({ id }) => phase(id, { phase: "cancelled" }),
  answer_account_question: ({ id, accept }) => (phase(id, { phase: accept ? "connected" : "cancelled" }), views.get(id)),
  redirect_options: ({ connector }) => {
    const link: RedirectView = { kind: "deep_link", uri: `dev.patchbay.desktop:/callback/${connector}`, note: null };
    const local: RedirectView = { kind: "loopback", uri: `http://127.0.0.1/callback/${connector}`, note: "The provider takes any port for this address." };
    if (connector === "slack") return [link];
    return handler === "ours" ? [link, local] : [local, link];
  },
  list_connectors: ({ query }) => narrowed(query as ConnectorQuery).map(({ definition: _, ...summary }) => summary),
  connector: ({ id }) => connectors.find((one) => one.id === id)!.definition,
  connector_icons: ({ ids }) => Object.fromEntries(ids.flatMap((id) => (icon(id) ? [[id, icon(id)]] : []))),
  list_registrations: ({ connector }) => registrations.filter((one) => !connector || one.connector === connector),
  ...customCommands({ connectors, registrations, emit, fail }),
  open_link: () => undefined,
  list_activity: ({ query }) => {
    const { connection, outcome, offset, limit } = query as unknown as { connection: string | null; outcome: string | null; offset: number; limit: number };
    const found = scene === "first-run" ? [] : activity.filter((entry) => (!connection || entry.connection === connection) && (!outcome || entry.outcome === outcome));
    return { rows: found.slice(offset, offset + (limit || 100)), total: found.length, offset };
  },
};
