//! What a person is asked about cards without a connection, and where the flows of a list stand.

use patchbay_core::flow::view::FlowQuery;
use patchbay_tests::flow_workspace::{FlowWorkspace, seed};

const ONBOARDING: &[u8] = include_bytes!("../fixtures/flows/onboarding-1.5.0.folder");

#[tokio::test]
async fn one_answer_serves_every_card_of_a_name() {
    let workspace = FlowWorkspace::open(&[seed("slack", "Another name", "slack")])
        .await
        .unwrap();
    let path = workspace.write("onboarding.folder", ONBOARDING);
    let (source, scan) = workspace.flows.add_source(&path).await.unwrap();
    let asked = workspace.flows.questions(Some(source)).await.unwrap();
    let cards: u32 = asked.iter().map(|question| question.cards).sum();
    assert_eq!(cards, scan.unbound, "every unbound card is in one question");
    let slack = asked
        .iter()
        .find(|question| {
            question.connector.as_deref() == Some("slack") && question.connection_name.is_some()
        })
        .expect("the export names a Slack connection");
    let bound = workspace
        .flows
        .bind_cards(&slack.card_ids[..1], "slack")
        .await
        .unwrap();
    assert_eq!(bound.cards, slack.cards, "one card answers for its name");
    let left = workspace.flows.questions(Some(source)).await.unwrap();
    assert_eq!(
        left.len() + 1,
        asked.len(),
        "the answered question is gone, the others are still there"
    );
}

#[tokio::test]
async fn groups_follow_the_list_by_folder_without_gaps() {
    let workspace = FlowWorkspace::open(&[]).await.unwrap();
    let path = workspace.write("onboarding.folder", ONBOARDING);
    workspace.flows.add_source(&path).await.unwrap();
    let path = workspace.write("release.flow.toml", b"name = \"Publish\"\n");
    workspace.flows.add_source(&path).await.unwrap();
    let query = FlowQuery::default();
    let rows = workspace.flows.list_flows(&query).await.unwrap().rows;
    let groups = workspace.flows.groups(&query).await.unwrap();
    let told: Vec<_> = groups
        .iter()
        .flat_map(|group| {
            std::iter::repeat_n((group.source, group.folder.clone()), group.flows as usize)
        })
        .collect();
    let listed: Vec<_> = rows
        .iter()
        .map(|row| (row.source, row.folder.clone()))
        .collect();
    assert_eq!(told, listed, "a group's rows stand where its turn comes");
    assert!(groups.len() >= 2, "both sources are there: {groups:?}");
}
