//! The commands the console may call: one thin function each, which calls core, converts and returns.
//!
//! | command | arguments | answer |
//! |---|---|---|
//! | `follow_events` | channel: `Channel<Event>` | (events go there from now on) |
//! | `workspace_state` | | `WorkspaceState` |
//! | `unlock_vault` | | `VaultState` (asks the keychain again) |
//! | `unlock_with_passphrase` | passphrase | `VaultState` |
//! | `choose_passphrase_vault` | passphrase | `VaultState` (only when there is no keychain and no workspace yet) |
//! | `set_recovery_passphrase` | passphrase | |
//! | `recover_vault` | passphrase, into_passphrase? | `VaultState` (the new key: in the keychain, or under `into_passphrase`) |
//! | `start_over` | | string: where the database as it was is kept |
//! | `restore_backup` | | (only when `workspace_state.problem` is `database_damaged`; then the workspace is opened anew) |
//! | `list_connections` | query: `ConnectionQuery` | `Page<ConnectionRow>` |
//! | `connection_counts` | | `ConnectionCounts` |
//! | `connection` | id | `ConnectionDetail` |
//! | `check_name` | name, except?: id | (error on field `name`) |
//! | `create_connection` | draft: `ConnectionDraft` | `Started` |
//! | `rename_connection` | id, name, description | |
//! | `test_connection` | id | `TestResult` |
//! | `test_all` | query: `ConnectionQuery` | number to be tested; progress comes as `TestProgress` |
//! | `cancel_test_all` | | |
//! | `reauthorize_connection` | id, draft: `ReauthorizeDraft` | `Started` |
//! | `delete_connection` | id | `Deletion` |
//! | `undo_delete` | id | |
//! | `connection_sites` | id | `SiteView[]`, as the provider lists them now |
//! | `choose_connection_site` | id, site: id | (the connection is for that site from now on) |
//! | `authorization` | id | `AuthorizationView` |
//! | `pending_authorizations` | | `AuthorizationView[]` |
//! | `open_browser_again` | id (authorization) | |
//! | `paste_address` | id, address | `AuthorizationView` |
//! | `cancel_authorization` | id | |
//! | `answer_account_question` | id, accept | `AuthorizationView` |
//! | `redirect_options` | connector, method, values (non-secret) | `RedirectView[]` (first is used) |
//! | `list_connectors` | query: `ConnectorQuery` | `ConnectorSummary[]` |
//! | `connector` | id | `Connector` |
//! | `connector_icons` | ids | `Record<id, svg text>` |
//! | `draft_from_issuer` | issuer | `Draft` |
//! | `draft_from_openapi` | text, source? | `Draft` |
//! | `draft_from_mcp` | url | `Draft` |
//! | `draft_from_definition` | id, toml, icon? | `Draft` |
//! | `check_connector` | id, connector: `Connector` | `Draft` |
//! | `save_connector` | id, connector, icon? | |
//! | `delete_connector` | id | (refused while connections were made from it) |
//! | `export_connector` | id | `Exported` |
//! | `try_connector` | connector, method, values | `TestOutcome` |
//! | `list_registrations` | connector?: id | `RegistrationView[]` |
//! | `create_registration` | connector, name, client_id, client_secret? | `RegistrationView` |
//! | `client_document` | connector, method, address, paste_uri? | the JSON to host there |
//! | `rename_registration` | id, name | |
//! | `rotate_registration_secret` | id, client_secret | (the old secret stays valid until finished) |
//! | `finish_registration_rotation` | id | |
//! | `delete_registration` | id | (refused with the list while connections hang on it) |
//! | `list_activity` | query: `ActivityQuery` | `Page<ActivityEntry>` |
//! | `open_link` | connector, which: `api` \| `oauth` \| `scopes` \| `credentials` | |
//! | `list_flows` | query: `FlowQuery` | `Page<FlowRow>` |
//! | `flow_groups` | query: `FlowQuery` | `FlowGroup[]`: sources and folders, in the order of the list by folder |
//! | `flow_counts` | | `FlowCounts` |
//! | `flow_sources` | | `SourceRow[]` |
//! | `flow_questions` | source?: id | `Question[]`: names in files that no connection stands for yet |
//! | `flow` | id | `FlowDetail` |
//! | `choose_flow_path` | kind: `file` \| `folder` \| `save`, name? | path, or null when the chooser was closed |
//! | `add_flow_source` | path | `[SourceId, ScanResult]` |
//! | `remove_flow_source` | id | (files stay as they are) |
//! | `rescan_flow_source` | id | `ScanResult` |
//! | `open_flow_source` | id (flow) | (shows the file in the desktop's file browser) |
//! | `card_suggestions` | card | `Suggestion[]` |
//! | `bind_cards` | cards, connection | `BindResult` |
//! | `unbind_cards` | cards | `BindResult` |
//! | `connection_usage` | id (connection), query: `UsageQuery` | `Usage` |
//! | `impact` | action: `ImpactAction`, connection | `Impact` |
//! | `preview_move` | from, to, selection: `MoveSelection` | `MovePreview` |
//! | `move_flows` | from, to, selection: `MoveSelection` | `Moved` |
//! | `undo_move` | id | `Undone` |
//! | `export_rebound_copy` | flow, destination | `ReboundCopy` |
//! | `edit_manifest` | flow, edits: `ManifestEdit[]` | `FlowDetail` |
//! | `create_manifest` | path, edits: `ManifestEdit[]` | `FlowDetail` |
//! | `take_over_links` | | `LinkHandler` (registers our scheme for this app) |
//!
//! Every failure is `patchbay_core::Error`: `{code, message, hint?, field?, provider_error?}`.

pub mod authorizations;
pub mod connections;
pub mod connectors;
pub mod custom;
pub mod flows;
pub mod registrations;
pub mod workspace;
