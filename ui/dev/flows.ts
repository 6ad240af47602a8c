/** Flows of the mock: the ones of the design, and as many more as wanted. Answers the commands on flows. */
import type { CardBinding } from "@bindings/CardBinding";
import type { CardView } from "@bindings/CardView";
import type { ConnectionRow } from "@bindings/ConnectionRow";
import type { Error as Failure } from "@bindings/Error";
import type { Event } from "@bindings/Event";
import type { FlowDetail } from "@bindings/FlowDetail";
import type { FlowQuery } from "@bindings/FlowQuery";
import type { FlowRow } from "@bindings/FlowRow";
import type { ImpactAction } from "@bindings/ImpactAction";
import type { MoveSelection } from "@bindings/MoveSelection";
import type { Question } from "@bindings/Question";
import type { SourceRow } from "@bindings/SourceRow";
import type { Suggestion } from "@bindings/Suggestion";
import type { UsageGroup } from "@bindings/UsageGroup";
import type { UsageQuery } from "@bindings/UsageQuery";
import type { UsageRow } from "@bindings/UsageRow";

type Seed = { name: string; source: string; folder: string; file?: string; trigger?: FlowRow["trigger"]; schedule?: string; format: FlowRow["format"]; cards: Seeded[]; calls?: string[] };
type Seeded = { title: string; connector: string; known?: boolean; connection?: string; named?: string; nested?: string; missing?: string[]; lost?: string; needs?: string[]; env?: Record<string, string> };
type Card = CardView & { flow: string };

type World = { rows: () => ConnectionRow[]; emit: (event: Event) => void; fail: (code: Failure["code"], message: string, more?: Partial<Failure>) => Failure };

const minute = 60_000;
const now = Date.now();

const seeds: Seed[] = [
  {
    name: "Create accounts for new hires", source: "1", folder: "Onboarding", trigger: "schedule", schedule: "every hour", format: "okta", calls: ["Welcome message"],
    cards: [
      { title: "Read User", connector: "okta", connection: "4", named: "Okta – preview", needs: ["okta.users.read"] },
      { title: "Add User to Group", connector: "okta", connection: "4", named: "Okta – preview", nested: "inside If / Else", needs: ["okta.groups.manage"] },
      { title: "Send message", connector: "slack", named: "ops-bot" },
      { title: "Send email", connector: "gmail", connection: "1", missing: ["gmail.send"], needs: ["gmail.send"] },
      { title: "Create issue", connector: "jira", connection: "3", nested: "inside For Each" },
      { title: "Upload", connector: "aws-s3", lost: "S3 – old archive" },
      { title: "Append row", connector: "smartsheet-legacy", known: false, named: "Sheets" },
    ],
  },
  { name: "Welcome message", source: "1", folder: "Onboarding", trigger: "called", format: "okta", cards: [{ title: "Send message", connector: "slack", named: "ops-bot" }, { title: "Read user", connector: "okta", connection: "4" }] },
  { name: "Offboard a leaver", source: "1", folder: "Offboarding", trigger: "event", format: "okta", cards: [{ title: "Deactivate user", connector: "okta", connection: "4" }], calls: ["Welcome message"] },
  { name: "Publish release", source: "2", folder: "", format: "manifest", cards: [{ title: "Publish", connector: "github", connection: "2", needs: ["repo"], env: { GH_TOKEN: "token" } }, { title: "Tell people", connector: "slack", named: "ops-bot" }] },
  { name: "Nightly changelog", source: "3", folder: "Releases", file: "changelog.n8n.json", trigger: "schedule", schedule: "02:00 daily", format: "n8n", cards: [{ title: "GitHub", connector: "github", connection: "2" }], calls: ["Label stale issues"] },
  { name: "Label stale issues", source: "3", folder: "Releases", file: "stale.n8n.json", trigger: "manual", format: "n8n", cards: [{ title: "GitHub", connector: "github", connection: "2" }] },
  { name: "Mirror wiki", source: "3", folder: "Wiki", file: "wiki.n8n.json", format: "n8n", trigger: "endpoint", cards: [{ title: "GitHub", connector: "github", connection: "2" }] },
  { name: "Weekly digest", source: "3", folder: "Wiki", file: "digest.n8n.json", format: "n8n", trigger: "schedule", schedule: "Mondays at 07:00", cards: [], calls: ["Mirror wiki"] },
];

function source(id: string, path: string, kind: SourceRow["kind"], problems: SourceRow["problems"] = [], gone: number | null = null): SourceRow {
  return { id, path, name: path.split("/").at(-1)!, kind, flows: 0, cards: 0, unbound: 0, last_read_at: now - 4 * minute, gone_since: gone, problems };
}

export function flowCommands(scene: string, world: World): Record<string, (args: never) => unknown> {
  let sources: SourceRow[] = [];
  let flows: FlowRow[] = [];
  let cards: Card[] = [];
  const calls: { from: string; to: string; card: string }[] = [];
  const moves = new Map<string, { cards: string[]; from: string }>();
  const changed = () => world.emit({ kind: "flows_changed" });

  function plant(seed: Seed, id: string): void {
    const of = sources.find((one) => one.id === seed.source)!;
    flows.push({
      id, name: seed.name, description: "", folder: seed.folder, source: seed.source, source_name: of.name, file: seed.file ?? "", format: seed.format,
      trigger: seed.trigger ?? "unknown", schedule: seed.schedule ?? null, cards: 0, unbound: 0, broken: 0, called_by: 0, connectors: [], read_at: now - 4 * minute, missing_since: null,
    });
    for (const card of seed.cards) {
      cards.push({
        id: `${cards.length + 1}`, flow: id, title: card.title, connector_key: card.connector, connector: card.known === false ? null : card.connector,
        connection_name: card.named ?? null, nested: card.nested ?? null, is_trigger: false,
        binding: card.connection ? bound(card.connection, card.missing) : card.lost ? { kind: "lost", name: card.lost } : { kind: "unbound" },
        needs: (card.needs ?? []).map((need) => [need]), environment: card.env ?? {},
      });
    }
  }
  function bound(id: string, missing: string[] = []): CardBinding {
    const row = world.rows().find((one) => one.id === id);
    return row ? { kind: "bound", connection: id, name: row.name, status: row.status, chosen_by: "match", missing } : { kind: "lost", name: "GitHub – release bot" };
  }
  function current(): void {
    const names = new Map<string, string>();
    for (const call of calls) names.set(call.to, "");
    const by = new Map<string, Card[]>();
    for (const card of cards) by.set(card.flow, [...(by.get(card.flow) ?? []), card]);
    for (const flow of flows) {
      const own = by.get(flow.id) ?? [];
      flow.cards = own.length;
      flow.unbound = own.filter((card) => card.binding.kind !== "bound").length;
      flow.broken = own.filter((card) => card.binding.kind === "lost" || (card.binding.kind === "bound" && (card.binding.missing.length > 0 || card.binding.status !== "connected"))).length;
      flow.connectors = [...new Set(own.map((card) => card.connector ?? card.connector_key))];
      flow.called_by = new Set(calls.filter((call) => call.to === flow.id).map((call) => call.from)).size;
    }
    for (const one of sources) {
      const own = flows.filter((flow) => flow.source === one.id);
      one.flows = own.length;
      one.cards = own.reduce((sum, flow) => sum + flow.cards, 0);
      one.unbound = own.reduce((sum, flow) => sum + flow.unbound, 0);
    }
  }
  function fill(): void {
    sources = [
      source("1", "/home/you/exports/onboarding.folder", "file"),
      source("2", "/home/you/release/release.flow.toml", "file"),
      source("3", "/home/you/n8n", "folder", [
        { path: "broken.json", kind: "malformed", reason: "line 12, column 4: expected `,` or `}`" },
        { path: "backup.json", kind: "too_large", reason: "64 MB; at most 50 MB are read" },
        { path: "package.json", kind: "not_a_flow", reason: "nothing in it looks like a flow" },
      ]),
      source("4", "/home/you/old/house.node-red.json", "file", [], now - 3 * 24 * 60 * minute),
    ];
    seeds.forEach((seed, index) => plant(seed, `${index + 1}`));
    for (const [index, seed] of seeds.entries()) {
      for (const to of seed.calls ?? []) calls.push({ from: `${index + 1}`, to: flows.find((flow) => flow.name === to)!.id, card: "Call flow" });
    }
    if (scene === "many") {
      sources.push(source("9", "/home/you/exports/everything", "folder"));
      for (let index = 0; index < 10_000; index++) {
        plant({ name: `Flow ${String(index + 1).padStart(5, "0")}`, source: "9", folder: `Team ${String(index < 300 ? (index % 12) + 1 : Math.floor(index / 250) + 1).padStart(2, "0")}`, file: `${Math.floor(index / 250) + 1}.folder`, format: "okta", trigger: "event", cards: [{ title: "Read user", connector: "okta", connection: index < 300 ? "m1" : "m0" }, { title: "Send message", connector: "slack", named: "ops-bot" }] }, `${1000 + index}`);
      }
    }
    current();
  }
  if (scene !== "first-run") fill();

  function matching(query: FlowQuery): FlowRow[] {
    const words = query.search.toLowerCase().split(/\s+/).filter(Boolean);
    return flows.filter(
      (flow) =>
        (query.source === null || flow.source === query.source) &&
        (query.filter === "all" || (query.filter === "unbound" ? flow.unbound > 0 : flow.broken > 0)) &&
        words.every((word) => `${flow.name} ${flow.folder} ${flow.source_name}`.toLowerCase().includes(word)),
    );
  }
  const own = (connection: string) => cards.filter((card) => card.binding.kind === "bound" && card.binding.connection === connection);
  const flowOf = (id: string) => flows.find((flow) => flow.id === id)!;
  const stop = (card: Card, scopes: string[]) => ({ flow: card.flow, flow_name: flowOf(card.flow).name, card: card.id, card_title: card.title, scopes });
  function selected(from: string, selection: MoveSelection): Card[] {
    return own(from).filter((card) => selection.kind === "all" || (selection.kind === "flows" ? selection.flows.includes(card.flow) : selection.cards.includes(card.id)));
  }
  function preview(from: string, to: string, selection: MoveSelection) {
    const chosen = selected(from, selection);
    const target = world.rows().find((row) => row.id === to)!;
    const lacking = target.status === "connected" ? [] : chosen.filter((card) => card.needs.length > 0).map((card) => stop(card, card.needs.flat()));
    const missing = [...new Set(lacking.flatMap((one) => one.scopes))];
    return {
      from, from_name: world.rows().find((row) => row.id === from)?.name ?? "", to, to_name: target.name,
      flows: new Set(chosen.map((card) => card.flow)).size, cards: chosen.length, names: [...new Set(chosen.map((card) => flowOf(card.flow).name))].slice(0, 20),
      lacking, missing_scopes: missing,
      refused: missing.length ? world.fail("missing_scope", `${target.name} lacks ${missing.join(", ")}`, { field: "to", hint: `Reauthorize ${target.name} with the missing scopes.` }) : chosen.length === 0 ? world.fail("invalid_input", "no chosen card is bound to it", { field: "selection" }) : null,
    };
  }

  type Args = { id: string; query: FlowQuery; cards: string[]; connection: string; source: string | null; card: string; path: string; from: string; to: string; selection: MoveSelection; action: ImpactAction; offset: number; limit: number; flow: string; destination: string; kind: string; edits: { kind: string; title?: string; card?: { title: string; connector: string; scopes: string[]; env: Record<string, string> } }[] };
  const commands: Record<string, (args: Args) => unknown> = {
    list_flows: ({ query }) => {
      if (scene === "error") throw world.fail("database_damaged", "The workspace file is damaged and was not opened.", { hint: "Restore the newest backup from the data folder." });
      const found = matching(query);
      if (query.sort !== "folder") {
        const key = (flow: FlowRow): string | number => ({ name: flow.name.toLowerCase(), cards: flow.cards, unbound: flow.unbound })[query.sort as "name"];
        found.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
      }
      if (query.direction === "descending") found.reverse();
      return { rows: found.slice(query.offset, query.offset + (query.limit || 100)), total: found.length, offset: query.offset };
    },
    flow_groups: ({ query }) => {
      const groups = new Map<string, { source: string; source_name: string; folder: string; flows: number; unbound: number }>();
      for (const flow of matching(query)) {
        const key = `${flow.source}/${flow.folder}`;
        const group = groups.get(key) ?? { source: flow.source, source_name: flow.source_name, folder: flow.folder, flows: 0, unbound: 0 };
        group.flows++;
        group.unbound += flow.unbound;
        groups.set(key, group);
      }
      return query.direction === "descending" ? [...groups.values()].reverse() : [...groups.values()];
    },
    flow_counts: () => ({ all: flows.length, unbound: flows.filter((flow) => flow.unbound > 0).length, unbound_cards: flows.reduce((sum, flow) => sum + flow.unbound, 0), broken: flows.filter((flow) => flow.broken > 0).length }),
    flow_sources: () => sources,
    flow_questions: ({ source }) => {
      const found = new Map<string, Question>();
      for (const card of cards) {
        const flow = flowOf(card.flow);
        if (card.binding.kind === "bound" || (source !== null && flow.source !== source)) continue;
        const key = [flow.source, card.connector_key, card.connection_name ?? flow.id].join("/");
        const question = found.get(key) ?? { source: flow.source, connector_key: card.connector_key, connector: card.connector, connection_name: card.connection_name, lost_name: null, cards: 0, flows: 0, flow_name: flow.name, card_ids: [] };
        question.cards++;
        question.card_ids.push(card.id);
        question.flows = new Set(question.card_ids.map((id) => cards.find((one) => one.id === id)!.flow)).size;
        if (card.binding.kind === "lost") question.lost_name = card.binding.name;
        found.set(key, question);
        if (found.size >= 200) break;
      }
      return [...found.values()];
    },
    flow: ({ id }): FlowDetail => {
      const row = flows.find((flow) => flow.id === id);
      if (!row) throw world.fail("not_found", "this flow isn't in the workspace any more");
      const view = (other: string, card: string) => ({ flow: other, name: flowOf(other).name, card });
      return {
        row, path: sources.find((one) => one.id === row.source)!.path, command: row.format === "manifest" ? ["./publish.sh", "--tag", "latest"] : [],
        cards: cards.filter((card) => card.flow === id).map(({ flow: _, ...card }) => card),
        calls: calls.filter((call) => call.from === id).map((call) => view(call.to, call.card)), called_by: calls.filter((call) => call.to === id).map((call) => view(call.from, call.card)),
        problems: [], can_export: row.format === "okta" || row.format === "n8n", can_edit: row.format === "manifest",
      };
    },
    choose_flow_path: ({ kind }) => (kind === "save" ? "/home/you/flows/new.flow.toml" : kind === "folder" ? "/home/you/n8n" : "/home/you/exports/onboarding.folder"),
    add_flow_source: ({ path }) => {
      if (path.includes("nowhere")) throw world.fail("invalid_input", `${path} isn't there or can't be opened`, { field: "path" });
      if (sources.length === 0) fill();
      changed();
      return ["1", { files: 3, flows: 3, cards: 10, unbound: 4, matched: 6, problems: sources[2]!.problems }];
    },
    remove_flow_source: ({ id }) => {
      sources = sources.filter((one) => one.id !== id);
      flows = flows.filter((flow) => flow.source !== id);
      cards = cards.filter((card) => flows.some((flow) => flow.id === card.flow));
      changed();
    },
    rescan_flow_source: () => ({ files: 1, flows: 3, cards: 10, unbound: 4, matched: 0, problems: [] }),
    open_flow_source: () => undefined,
    card_suggestions: ({ card }): Suggestion[] => {
      const view = cards.find((one) => one.id === card)!;
      return world.rows().filter((row) => !view.connector || row.connector === view.connector).slice(0, 500).map((row, index) => ({ connection: row.id, name: row.name, status: row.status, reason: view.connector && index === 0 ? "used" : "same_connector", missing: [], preselected: index === 0 && !!view.connector }));
    },
    bind_cards: ({ cards: ids, connection }) => {
      const names = new Set(cards.filter((card) => ids.includes(card.id) && card.connection_name).map((card) => `${flowOf(card.flow).source}/${card.connector_key}/${card.connection_name}`));
      const touched = cards.filter((card) => ids.includes(card.id) || (card.binding.kind === "unbound" && names.has(`${flowOf(card.flow).source}/${card.connector_key}/${card.connection_name}`)));
      for (const card of touched) card.binding = bound(connection);
      current();
      changed();
      return { cards: touched.length, flows: new Set(touched.map((card) => card.flow)).size };
    },
    unbind_cards: ({ cards: ids }) => {
      for (const card of cards) if (ids.includes(card.id)) card.binding = { kind: "unbound" };
      current();
      changed();
      return { cards: ids.length, flows: 1 };
    },
    connection_usage: ({ id, query: asked }) => {
      const { sort, direction, offset, limit } = asked as unknown as UsageQuery;
      const counted = new Map<string, number>();
      for (const card of own(id)) counted.set(card.flow, (counted.get(card.flow) ?? 0) + 1);
      const usage = (flow: FlowRow, count: number, through: UsageRow["through"]): UsageRow => ({ flow: flow.id, name: flow.name, folder: flow.folder, source: flow.source, source_name: flow.source_name, cards: count, through, trigger: flow.trigger, schedule: flow.schedule, read_at: flow.read_at, missing_since: null });
      const direct = [...counted].map(([flow, count]) => usage(flowOf(flow), count, null));
      const indirect = calls.filter((call) => counted.has(call.to) && !counted.has(call.from)).map((call) => usage(flowOf(call.from), 0, { flow: call.to, name: flowOf(call.to).name, card: call.card }));
      const rows = [...direct, ...indirect];
      if (sort !== "way") {
        const key = (row: UsageRow): string | number => ({ name: row.name, cards: row.cards, read: row.read_at })[sort];
        rows.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
      }
      if (direction === "descending") rows.reverse();
      const groups = new Map<string, UsageGroup>();
      for (const row of rows) {
        const key = `${row.source}/${row.folder}`;
        const group = groups.get(key) ?? { source: row.source, source_name: row.source_name, folder: row.folder, flows: 0, direct: 0, cards: 0 };
        group.flows++;
        group.direct += row.through ? 0 : 1;
        group.cards += row.cards;
        groups.set(key, group);
      }
      const largest = [...groups.values()].sort((a, b) => b.flows - a.flows);
      return { connection: id, direct: direct.length, indirect: indirect.length, cards: own(id).length, rows: rows.slice(offset, offset + (limit || 200)), offset, groups: largest.slice(0, 8), more_groups: Math.max(0, largest.length - 8) };
    },
    impact: ({ action, connection }) => {
      const touched = own(connection);
      const names = [...new Set(touched.map((card) => flowOf(card.flow).name))];
      const removed = action.kind === "scope_change" ? action.removed : [];
      const stops = action.kind === "delete" ? touched.map((card) => stop(card, [])) : touched.filter((card) => card.needs.flat().some((need) => removed.includes(need))).map((card) => stop(card, card.needs.flat()));
      return { flows: names.length, indirect: 1, cards: touched.length, names: names.slice(0, 20), stops, lacking: action.kind === "scope_change" ? touched.filter((card) => card.binding.kind === "bound" && card.binding.missing.length > 0).map((card) => stop(card, card.binding.kind === "bound" ? card.binding.missing : [])) : [], by_name: action.kind === "rename" ? names.filter((name) => name === "Publish release") : [], summary: `${names.length} flows.` };
    },
    preview_move: ({ from, to, selection }) => preview(from, to, selection),
    move_flows: ({ from, to, selection }) => {
      const plan = preview(from, to, selection);
      if (plan.refused) throw plan.refused;
      const chosen = selected(from, selection);
      for (const card of chosen) card.binding = bound(to);
      moves.set("1", { cards: chosen.map((card) => card.id), from });
      current();
      changed();
      return { id: "1", flows: plan.flows, cards: plan.cards };
    },
    undo_move: ({ id }) => {
      const move = moves.get(id)!;
      for (const card of cards) if (move.cards.includes(card.id)) card.binding = bound(move.from);
      current();
      changed();
      return { cards: move.cards.length, left: 0 };
    },
    export_rebound_copy: ({ destination }) => ({ path: destination, backup: destination.includes("onboarding") ? `${destination}.1700000000000.bak` : null, changed: 3, notes: ["This export has no checksum, so none had to be renewed."] }),
    create_manifest: ({ path, edits }) => {
      const name = (edits.find((edit) => edit.kind === "set_name") as { name?: string } | undefined)?.name ?? "";
      if (!name) throw world.fail("invalid_definition", "name: the name is empty", { field: "name" });
      if (path.includes("there")) throw world.fail("invalid_input", `${path} is there already`, { field: "path", hint: "Choose another name: a file that is there is never overwritten." });
      if (sources.length === 0) fill();
      const id = `m${flows.length}`;
      plant({ name, source: "2", folder: "", format: "manifest", cards: [] }, id);
      current();
      changed();
      return commands.flow!({ id } as Args);
    },
    edit_manifest: ({ flow, edits }) => {
      const [edit] = edits;
      if (edit?.card && !edit.card.title.trim()) throw world.fail("invalid_definition", "cards[1].title: a card needs a title", { field: "cards[1].title" });
      if (edit?.card && Object.keys(edit.card.env).some((name) => /[^A-Z0-9_]/i.test(name))) throw world.fail("invalid_definition", "cards[1].env: this can't be the name of a variable", { field: "cards[1].env" });
      changed();
      return commands.flow!({ id: flow } as Args);
    },
  };
  return commands as Record<string, (args: never) => unknown>;
}
