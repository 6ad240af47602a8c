//! What the tests of flows look at: rows, cards and their bindings.

use patchbay_core::flow::view::{
    Binding, CardView, ChosenBy, FlowFilter, FlowQuery, FlowRow, SourceId,
};
use patchbay_tests::flow_workspace::{FlowWorkspace, Seed, seed};

pub const ONBOARDING: &[u8] = include_bytes!("../fixtures/flows/onboarding-1.5.0.folder");

/// Connections that the onboarding export names, and one more.
pub fn usual() -> Vec<Seed> {
    vec![
        seed("release", "Okta – release", "okta"),
        seed("preview", "Okta – preview", "okta"),
        seed("slack", "Slack", "slack"),
        seed("other", "Slack – other", "slack"),
        Seed {
            granted: Some(vec!["gmail.readonly".to_owned()]),
            ..seed("alerts", "Gmail – alerts", "gmail")
        },
    ]
}

/// The onboarding export, read into a workspace with its connections.
pub async fn onboarding() -> (FlowWorkspace, SourceId) {
    let workspace = FlowWorkspace::open(&usual()).await.unwrap();
    let path = workspace.write("onboarding.folder", ONBOARDING);
    let (source, _) = workspace.flows.add_source(&path).await.unwrap();
    (workspace, source)
}

/// The flows that a filter lets through.
pub async fn rows(workspace: &FlowWorkspace, filter: FlowFilter) -> Vec<FlowRow> {
    let query = FlowQuery {
        filter,
        ..FlowQuery::default()
    };
    workspace.flows.list_flows(&query).await.unwrap().rows
}

/// The cards of the flow of that name.
pub async fn cards(workspace: &FlowWorkspace, flow: &str) -> Vec<CardView> {
    let all = rows(workspace, FlowFilter::All).await;
    let row = all
        .iter()
        .find(|row| row.name == flow)
        .expect("the flow is listed");
    workspace.flows.flow(row.id).await.unwrap().cards
}

/// What each card is bound to: a connection and who chose it.
pub fn bindings(cards: &[CardView]) -> Vec<String> {
    cards
        .iter()
        .map(|card| match &card.binding {
            Binding::Unbound => "-".to_owned(),
            Binding::Lost { name } => format!("lost {name}"),
            Binding::Bound {
                connection,
                chosen_by,
                ..
            } => match chosen_by {
                ChosenBy::Match => connection.clone(),
                ChosenBy::Person => format!("{connection}!"),
            },
        })
        .collect()
}
