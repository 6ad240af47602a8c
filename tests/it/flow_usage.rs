//! Usage: which flows use a connection, directly and through others.

use patchbay_core::flow::view::{FlowQuery, FlowSort, Usage, UsageQuery, UsageSort};
use patchbay_core::page::Direction;
use patchbay_tests::flow_workspace::{FlowWorkspace, Seed, seed};

pub const ONBOARDING: &[u8] = include_bytes!("../fixtures/flows/onboarding-1.5.0.folder");

pub fn scopes(list: &[&str]) -> Option<Vec<String>> {
    Some(list.iter().map(|scope| (*scope).to_owned()).collect())
}

pub async fn onboarding() -> FlowWorkspace {
    let workspace = FlowWorkspace::open(&[
        seed("release", "Okta – release", "okta"),
        seed("preview", "Okta – preview", "okta"),
        seed("slack", "Slack", "slack"),
        seed("other", "Slack – other", "slack"),
        Seed {
            granted: scopes(&["gmail.readonly", "mail.full"]),
            ..seed("alerts", "Gmail – alerts", "gmail")
        },
        Seed {
            granted: scopes(&["gmail.readonly"]),
            ..seed("reader", "Gmail – reader", "gmail")
        },
    ])
    .await
    .unwrap();
    let path = workspace.write("onboarding.folder", ONBOARDING);
    workspace.flows.add_source(&path).await.unwrap();
    workspace
}

/// `flow (cards)` or `flow > through`.
fn lines(usage: &Usage) -> Vec<String> {
    usage
        .rows
        .iter()
        .map(|row| match &row.through {
            Some(through) => format!("{} > {} ({})", row.name, through.name, through.card),
            None => format!("{} ({})", row.name, row.cards),
        })
        .collect()
}

#[tokio::test]
async fn usage_names_flows_and_the_flow_that_they_go_through() {
    let workspace = onboarding().await;
    let slack = workspace.flows.usage("slack", 0, 0).await.unwrap();
    assert_eq!(
        lines(&slack),
        ["Create accounts for new hires (2)", "Welcome message (1)"],
        "a flow with cards of its own isn't indirect"
    );
    let search = FlowQuery {
        search: "welcome".to_owned(),
        ..FlowQuery::default()
    };
    let welcome = workspace
        .flows
        .list_flows(&search)
        .await
        .unwrap()
        .rows
        .remove(0);
    assert_eq!(welcome.called_by, 1, "the row counts its callers");
    let create = workspace.flows.usage("alerts", 0, 0).await.unwrap();
    assert_eq!(
        lines(&create),
        ["Create accounts for new hires (1)"],
        "only the flow itself"
    );
    // A connection in the innermost flow is reached by both above it.
    let cards = workspace.flows.flow(welcome.id).await.unwrap().cards;
    workspace
        .flows
        .bind_cards(&[cards[0].id], "other")
        .await
        .unwrap();
    let other = workspace.flows.usage("other", 0, 0).await.unwrap();
    assert_eq!(
        lines(&other),
        [
            "Welcome message (1)",
            "Create accounts for new hires > Welcome message (Call Flow)"
        ],
        "the caller reaches it through the flow it calls"
    );
    let second = workspace.flows.usage("other", 1, 1).await.unwrap();
    assert_eq!(
        lines(&second).len(),
        1,
        "pages go on across direct and indirect"
    );
    assert!(
        second.rows[0].through.is_some(),
        "the second row is the indirect one"
    );
}

#[tokio::test]
async fn usage_is_sorted_by_any_column_and_grouped_by_folder() {
    let workspace = onboarding().await;
    let sorted = async |sort, direction| {
        let query = UsageQuery {
            sort,
            direction,
            ..UsageQuery::default()
        };
        let usage = workspace.flows.usage_page("slack", &query).await.unwrap();
        usage
            .rows
            .into_iter()
            .map(|row| row.name)
            .collect::<Vec<_>>()
    };
    let (create, welcome) = ("Create accounts for new hires", "Welcome message");
    assert_eq!(
        sorted(UsageSort::Name, Direction::Descending).await,
        [welcome, create],
        "by name, from the end"
    );
    assert_eq!(
        sorted(UsageSort::Cards, Direction::Ascending).await,
        [welcome, create],
        "by the number of cards"
    );
    assert_eq!(
        sorted(UsageSort::Cards, Direction::Descending).await,
        [create, welcome],
        "the most first"
    );
    let usage = workspace.flows.usage("slack", 0, 1).await.unwrap();
    let groups: Vec<(u32, u32, u32)> = usage
        .groups
        .iter()
        .map(|group| (group.flows, group.direct, group.cards))
        .collect();
    assert_eq!(usage.rows.len(), 1, "one row of the page");
    assert_eq!(
        (
            groups.iter().map(|group| group.0).sum::<u32>(),
            usage.more_groups
        ),
        (2, 0),
        "groups count every flow, whatever the page holds: {groups:?}"
    );
    let next = workspace.flows.usage("slack", 1, 1).await.unwrap();
    assert_eq!(next.groups, [], "they come with the first page only");
}

#[tokio::test]
async fn flows_that_call_each_other_end() {
    let workspace = FlowWorkspace::open(&[seed("okta", "Okta", "okta")])
        .await
        .unwrap();
    let path = workspace.write(
        "a.flow",
        include_bytes!("../fixtures/flows/delegated-1.4.0.flow"),
    );
    workspace.flows.add_source(&path).await.unwrap();
    let usage = workspace.flows.usage("okta", 0, 0).await.unwrap();
    assert_eq!(
        lines(&usage),
        [
            "Round trip (1)",
            "Ask the administrator > Round trip (Call Flow)"
        ],
        "a circle is gone round once"
    );
}

#[tokio::test]
async fn counts_tell_used_from_unused_connections() {
    let workspace = onboarding().await;
    let ids: Vec<String> = ["slack", "reader"].map(str::to_owned).to_vec();
    let counts = workspace.flows.usage_counts(&ids).await.unwrap();
    assert_eq!(
        (counts["slack"], counts["reader"]),
        (2, 0),
        "flows, not cards"
    );
}

#[tokio::test]
async fn sorting_by_cards_puts_the_largest_first() {
    let workspace = onboarding().await;
    let query = FlowQuery {
        sort: FlowSort::Cards,
        direction: Direction::Descending,
        ..FlowQuery::default()
    };
    let counts: Vec<u32> = workspace
        .flows
        .list_flows(&query)
        .await
        .unwrap()
        .rows
        .iter()
        .map(|row| row.cards)
        .collect();
    assert_eq!(counts, [8, 1, 0], "descending");
}
