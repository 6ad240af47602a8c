/**
 * The only file that talks to the app: one function per command, and the events it sends.
 * A command that fails throws an `Error` of the bindings; `failure()` takes whatever comes.
 */
import { Channel, invoke } from "@tauri-apps/api/core";
import type { ActivityEntry } from "@bindings/ActivityEntry";
import type { ActivityQuery } from "@bindings/ActivityQuery";
import type { AuthorizationView } from "@bindings/AuthorizationView";
import type { BindResult } from "@bindings/BindResult";
import type { ConnectionCounts } from "@bindings/ConnectionCounts";
import type { ConnectionDetail } from "@bindings/ConnectionDetail";
import type { ConnectionDraft } from "@bindings/ConnectionDraft";
import type { ConnectionQuery } from "@bindings/ConnectionQuery";
import type { ConnectionRow } from "@bindings/ConnectionRow";
import type { Connector } from "@bindings/Connector";
import type { ConnectorQuery } from "@bindings/ConnectorQuery";
import type { ConnectorSummary } from "@bindings/ConnectorSummary";
import type { Deletion } from "@bindings/Deletion";
import type { Docs } from "@bindings/Docs";
import type { Draft } from "@bindings/Draft";
import type { Event } from "@bindings/Event";
import type { FlowCounts } from "@bindings/FlowCounts";
import type { FlowDetail } from "@bindings/FlowDetail";
import type { FlowGroup } from "@bindings/FlowGroup";
import type { FlowQuery } from "@bindings/FlowQuery";
import type { FlowRow } from "@bindings/FlowRow";
import type { Impact } from "@bindings/Impact";
import type { ImpactAction } from "@bindings/ImpactAction";
import type { Exported } from "@bindings/Exported";
import type { LinkHandler } from "@bindings/LinkHandler";
import type { Moved } from "@bindings/Moved";
import type { ManifestEdit } from "@bindings/ManifestEdit";
import type { MovePreview } from "@bindings/MovePreview";
import type { MoveSelection } from "@bindings/MoveSelection";
import type { Page } from "@bindings/Page";
import type { Question } from "@bindings/Question";
import type { ReauthorizeDraft } from "@bindings/ReauthorizeDraft";
import type { ReboundCopy } from "@bindings/ReboundCopy";
import type { RedirectView } from "@bindings/RedirectView";
import type { RegistrationView } from "@bindings/RegistrationView";
import type { ScanResult } from "@bindings/ScanResult";
import type { SiteView } from "@bindings/SiteView";
import type { SourceRow } from "@bindings/SourceRow";
import type { Started } from "@bindings/Started";
import type { Suggestion } from "@bindings/Suggestion";
import type { TestOutcome } from "@bindings/TestOutcome";
import type { TestResult } from "@bindings/TestResult";
import type { Undone } from "@bindings/Undone";
import type { Usage } from "@bindings/Usage";
import type { UsageQuery } from "@bindings/UsageQuery";
import type { VaultState } from "@bindings/VaultState";
import type { WorkspaceState } from "@bindings/WorkspaceState";

// The workspace and its vault.
export const workspaceState = () => invoke<WorkspaceState>("workspace_state");
export const unlockVault = () => invoke<VaultState>("unlock_vault");
export const unlockWithPassphrase = (passphrase: string) =>
  invoke<VaultState>("unlock_with_passphrase", { passphrase });
export const choosePassphraseVault = (passphrase: string) =>
  invoke<VaultState>("choose_passphrase_vault", { passphrase });
export const setRecoveryPassphrase = (passphrase: string) => invoke<void>("set_recovery_passphrase", { passphrase });
export const recoverVault = (passphrase: string, intoPassphrase?: string) =>
  invoke<VaultState>("recover_vault", { passphrase, intoPassphrase });

/** Only while the key is lost: gives every secret up and begins with a new key. Answers where the old database is kept. */
export const startOver = () => invoke<string>("start_over");

/** Makes this app the one that links of our scheme come to. */
export const takeOverLinks = () => invoke<LinkHandler>("take_over_links");
/** Only for a damaged workspace: the newest backup takes its place, and it is opened anew. */
export const restoreBackup = () => invoke<void>("restore_backup");

// Connections.
export const listConnections = (query: ConnectionQuery) => invoke<Page<ConnectionRow>>("list_connections", { query });
export const connectionCounts = () => invoke<ConnectionCounts>("connection_counts");
export const connection = (id: string) => invoke<ConnectionDetail>("connection", { id });
export const checkName = (name: string, except?: string) => invoke<void>("check_name", { name, except });
export const createConnection = (draft: ConnectionDraft) => invoke<Started>("create_connection", { draft });
export const renameConnection = (id: string, name: string, description: string) =>
  invoke<void>("rename_connection", { id, name, description });
export const testConnection = (id: string) => invoke<TestResult>("test_connection", { id });
export const testAll = (query: ConnectionQuery) => invoke<number>("test_all", { query });
export const cancelTestAll = () => invoke<void>("cancel_test_all");
export const reauthorizeConnection = (id: string, draft: ReauthorizeDraft) =>
  invoke<Started>("reauthorize_connection", { id, draft });
export const deleteConnection = (id: string) => invoke<Deletion>("delete_connection", { id });
/** Sites (Atlassian) or organisations (Xero) of the account, as the provider lists them now. */
export const connectionSites = (id: string) => invoke<SiteView[]>("connection_sites", { id });
export const chooseConnectionSite = (id: string, site: string) => invoke<void>("choose_connection_site", { id, site });
export const undoDelete = (id: string) => invoke<void>("undo_delete", { id });

// Authorizations: signing in that is under way.
export const authorization = (id: string) => invoke<AuthorizationView>("authorization", { id });
export const pendingAuthorizations = () => invoke<AuthorizationView[]>("pending_authorizations");
export const openBrowserAgain = (id: string) => invoke<void>("open_browser_again", { id });
export const pasteAddress = (id: string, address: string) => invoke<AuthorizationView>("paste_address", { id, address });
export const cancelAuthorization = (id: string) => invoke<void>("cancel_authorization", { id });
export const answerAccountQuestion = (id: string, accept: boolean) =>
  invoke<AuthorizationView>("answer_account_question", { id, accept });

// Connectors and client registrations.
export const redirectOptions = (connector: string, method: string, values: Record<string, string>) =>
  invoke<RedirectView[]>("redirect_options", { connector, method, values });
export const listConnectors = (query: ConnectorQuery) => invoke<ConnectorSummary[]>("list_connectors", { query });
export const connector = (id: string) => invoke<Connector>("connector", { id });
export const connectorIcons = (ids: string[]) => invoke<Record<string, string>>("connector_icons", { ids });
export const openLink = (connector: string, which: keyof Docs) => invoke<void>("open_link", { connector, which });
export const listRegistrations = (connector?: string) =>
  invoke<RegistrationView[]>("list_registrations", { connector });
export const createRegistration = (connector: string, name: string, clientId: string, clientSecret?: string) =>
  invoke<RegistrationView>("create_registration", { connector, name, clientId, clientSecret });
/** The JSON that makes the app known at servers that take client ID metadata documents. */
export const clientDocument = (connector: string, method: string, address: string, pasteUri?: string) =>
  invoke<string>("client_document", { connector, method, address, pasteUri });
export const renameRegistration = (id: string, name: string) => invoke<void>("rename_registration", { id, name });
export const rotateRegistrationSecret = (id: string, clientSecret: string) =>
  invoke<void>("rotate_registration_secret", { id, clientSecret });
export const finishRegistrationRotation = (id: string) => invoke<void>("finish_registration_rotation", { id });
export const deleteRegistration = (id: string) => invoke<void>("delete_registration", { id });

// Flows: where they are read from, what their cards are bound to, what a change touches.
export const listFlows = (query: FlowQuery) => invoke<Page<FlowRow>>("list_flows", { query });
export const flowGroups = (query: FlowQuery) => invoke<FlowGroup[]>("flow_groups", { query });
export const flowCounts = () => invoke<FlowCounts>("flow_counts");
export const flowSources = () => invoke<SourceRow[]>("flow_sources");
export const flowQuestions = (source: string | null) => invoke<Question[]>("flow_questions", { source });
export const flow = (id: string) => invoke<FlowDetail>("flow", { id });
export const chooseFlowPath = (kind: "file" | "folder" | "save", name?: string) =>
  invoke<string | null>("choose_flow_path", { kind, name });
export const addFlowSource = (path: string) => invoke<[string, ScanResult]>("add_flow_source", { path });
export const removeFlowSource = (id: string) => invoke<void>("remove_flow_source", { id });
export const rescanFlowSource = (id: string) => invoke<ScanResult>("rescan_flow_source", { id });
export const openFlowSource = (id: string) => invoke<void>("open_flow_source", { id });
export const cardSuggestions = (card: string) => invoke<Suggestion[]>("card_suggestions", { card });
export const bindCards = (cards: readonly string[], connection: string) =>
  invoke<BindResult>("bind_cards", { cards, connection });
export const unbindCards = (cards: readonly string[]) => invoke<BindResult>("unbind_cards", { cards });
export const connectionUsage = (id: string, query: UsageQuery) => invoke<Usage>("connection_usage", { id, query });
export const impact = (action: ImpactAction, connection: string) => invoke<Impact>("impact", { action, connection });
export const previewMove = (from: string, to: string, selection: MoveSelection) =>
  invoke<MovePreview>("preview_move", { from, to, selection });
export const moveFlows = (from: string, to: string, selection: MoveSelection) =>
  invoke<Moved>("move_flows", { from, to, selection });
export const exportReboundCopy = (flow: string, destination: string) =>
  invoke<ReboundCopy>("export_rebound_copy", { flow, destination });
export const editManifest = (flow: string, edits: readonly ManifestEdit[]) =>
  invoke<FlowDetail>("edit_manifest", { flow, edits });
export const createManifest = (path: string, edits: readonly ManifestEdit[]) =>
  invoke<FlowDetail>("create_manifest", { path, edits });
export const undoMove = (id: string) => invoke<Undone>("undo_move", { id });
// Connectors of the person's own. A draft isn't in use until it is saved.
export const draftFromIssuer = (issuer: string) => invoke<Draft>("draft_from_issuer", { issuer });
export const draftFromOpenapi = (text: string, source?: string) => invoke<Draft>("draft_from_openapi", { text, source });
export const draftFromMcp = (url: string) => invoke<Draft>("draft_from_mcp", { url });
export const draftFromDefinition = (id: string, toml: string, icon?: string) =>
  invoke<Draft>("draft_from_definition", { id, toml, icon });
export const checkConnector = (id: string, connector: Connector) => invoke<Draft>("check_connector", { id, connector });
export const saveConnector = (id: string, connector: Connector, icon?: string) =>
  invoke<void>("save_connector", { id, connector, icon });
export const deleteConnector = (id: string) => invoke<void>("delete_connector", { id });
export const exportConnector = (id: string) => invoke<Exported>("export_connector", { id });
export const tryConnector = (connector: Connector, method: string, values: Record<string, string>) =>
  invoke<TestOutcome>("try_connector", { connector, method, values });

// What happened.
export const listActivity = (query: ActivityQuery) => invoke<Page<ActivityEntry>>("list_activity", { query });

/** Calls back for each event until the returned function is called. One page follows at a time. */
export const onEvent = async (handle: (event: Event) => void): Promise<() => void> => {
  const channel = new Channel<Event>(handle);
  await invoke<void>("follow_events", { channel });
  return () => (channel.onmessage = () => {});
};
