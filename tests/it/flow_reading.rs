//! What the readers see in each format.

use std::path::{Path, PathBuf};

use patchbay_core::flow::read::{self, Format, ProblemKind, ReadFlow, ReadSource, Trigger};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/flows")
}

fn fixture(name: &str) -> ReadSource {
    read::read_path(&fixtures().join(name))
}

/// `connector | title | connection | nested` of each card.
fn lines(flow: &ReadFlow) -> Vec<String> {
    flow.cards
        .iter()
        .map(|card| {
            format!(
                "{} | {} | {} | {}",
                card.connector,
                card.title,
                card.connection.as_deref().unwrap_or("-"),
                card.nested.as_deref().unwrap_or("-")
            )
        })
        .collect()
}

fn only_problem(source: &ReadSource) -> (ProblemKind, &str) {
    assert_eq!(
        source.problems.len(),
        1,
        "one problem is reported: {:?}",
        source.problems
    );
    (source.problems[0].kind, &source.problems[0].reason)
}

#[test]
fn nested_cards_of_an_okta_export_are_found_with_their_place() {
    let source = fixture("onboarding-1.5.0.folder");
    assert_eq!(source.problems, [], "the file is whole");
    assert_eq!(
        source.version.as_deref(),
        Some("1.5.0"),
        "the version is read"
    );
    let flow = &source.flows[0];
    assert_eq!(
        flow.folder,
        ["Onboarding", "New hires"],
        "folders come from data.groups and their paths"
    );
    assert_eq!(
        lines(flow),
        [
            "okta | User Created | Okta – release | -",
            "okta | Read User | Okta – release | -",
            "okta | Add User to Group | Okta – preview | inside If/ElseIf",
            "slack | Send Message | Slack | inside If/ElseIf › For Each",
            "gmail | Send Email | - | inside If/ElseIf",
            "okta | Update User | Okta – release | -",
            "gmail | Send Email | Gmail – alerts | inside Update User › If Error",
            "slack | Tell the team | Slack | inside Update User › If Error › If Error",
        ],
        "every connector card is found, tables are none"
    );
    assert_eq!(
        flow.trigger,
        Trigger::Event,
        "a card with a webhook starts it"
    );
    assert!(flow.cards[0].is_trigger, "and that card says so");
    assert_eq!(
        flow.cards[1].method.as_deref(),
        Some("readUser"),
        "the action's key is kept"
    );
    assert_eq!(
        flow.step_ids.len(),
        14,
        "all steps are remembered, also those without a connector"
    );
}

#[test]
fn helper_links_and_schedules_of_an_okta_export_are_read() {
    let source = fixture("onboarding-1.5.0.folder");
    let called: Vec<_> = source
        .flows
        .iter()
        .map(|flow| {
            flow.calls
                .iter()
                .filter_map(|call| call.name.as_deref())
                .collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(
        called,
        [vec!["Welcome message"], vec!["Clean up"], vec![]],
        "links name the flows"
    );
    assert_eq!(
        source.flows[1].trigger,
        Trigger::Called,
        "a helper flow waits to be called"
    );
    assert_eq!(
        source.flows[2].trigger,
        Trigger::Schedule,
        "a scheduled flow says so"
    );
    assert_eq!(
        source.flows[2].schedule.as_deref(),
        Some("0 * * * *"),
        "and when"
    );
}

#[test]
fn every_version_of_okta_exports_is_read() {
    for (name, version, flows) in [
        ("directory-1.2.0.flopack", "1.2.0", 1),
        ("mailbox-1.3.0.flow", "1.3.0", 1),
        ("delegated-1.4.0.flow", "1.4.0", 2),
        ("onboarding-1.5.0.folder", "1.5.0", 3),
    ] {
        let source = fixture(name);
        assert_eq!(source.format, Some(Format::Okta), "{name} is an export");
        assert_eq!(
            source.version.as_deref(),
            Some(version),
            "{name} tells its version"
        );
        assert_eq!(source.flows.len(), flows, "{name} holds its flows");
    }
}

#[test]
fn escaped_names_are_read_as_people_wrote_them() {
    let flow = &fixture("directory-1.2.0.flopack").flows[0];
    assert_eq!(
        flow.name, "Endpoint \"quoted\" flow",
        "quotes are unescaped"
    );
    assert_eq!(
        flow.cards[0].connection.as_deref(),
        Some("Directory — stageé"),
        "and \\u escapes"
    );
    assert_eq!(flow.trigger, Trigger::Endpoint, "an API endpoint starts it");
}

#[test]
fn a_connection_that_the_file_does_not_list_is_reported_and_the_rest_goes_on() {
    let source = fixture("mailbox-1.3.0.flow");
    let (kind, reason) = only_problem(&source);
    assert_eq!(kind, ProblemKind::Inconsistent, "the file was read");
    assert!(
        reason.starts_with("card `Send Email` of flow `Watch the mailbox`"),
        "the card is named: {reason}"
    );
    assert_eq!(source.flows[0].cards.len(), 2, "both cards are there");
}

#[test]
fn credentials_of_n8n_nodes_are_cards() {
    let source = fixture("changelog.n8n.json");
    let flow = &source.flows[0];
    assert_eq!(
        lines(flow),
        [
            "githubApi | Get releases | GitHub – release bot | -",
            "slackApi | Post | Slack | -",
            "httpHeaderAuth | Post | Header | -",
            "jiraSoftwareCloudApi | Ask Jira | - | -",
        ],
        "one card a credential, and one for the request that lacks its own"
    );
    assert_eq!(
        flow.schedule.as_deref(),
        Some("every day at 02:00"),
        "the schedule is in words"
    );
    let called: Vec<_> = flow
        .calls
        .iter()
        .map(|call| (call.name.as_deref(), call.file_id.as_deref()))
        .collect();
    assert_eq!(
        called,
        [(Some("Notify"), Some("Zz9")), (None, Some("Er1"))],
        "called and error workflow; what an expression decides isn't known"
    );
}

#[test]
fn n8n_lists_and_answers_of_its_api_are_read() {
    let list = fixture("all.n8n.json");
    let names: Vec<_> = list.flows.iter().map(|flow| flow.name.as_str()).collect();
    assert_eq!(
        names,
        ["Nightly changelog", "Notify", "Old style"],
        "a list of workflows"
    );
    assert_eq!(
        lines(&list.flows[1])[1],
        "slackApi | Inner | Slack | inside Inline",
        "a workflow inside a node is read too"
    );
    assert_eq!(
        lines(&list.flows[2]),
        ["githubApi | Repo | my github | -"],
        "old files give the name alone"
    );
    let answer = fixture("api.n8n.json");
    assert_eq!(answer.flows.len(), 2, "the API wraps the list in `data`");
}

#[test]
fn node_red_tabs_and_subflows_are_flows_and_configuration_nodes_connections() {
    for name in ["house.node-red.json", "api.node-red.json"] {
        let source = fixture(name);
        assert_eq!(source.format, Some(Format::NodeRed), "{name} is Node-RED's");
        let flows: Vec<_> = source
            .flows
            .iter()
            .map(|flow| (flow.name.as_str(), lines(flow)))
            .collect();
        assert_eq!(
            flows,
            [
                (
                    "Cellar",
                    vec![
                        "mqtt-broker | Level | House broker | -".to_owned(),
                        "tls-config | Level | House certificate | through House broker".to_owned(),
                    ]
                ),
                ("Reports", vec!["http request | Fetch | - | -".to_owned()]),
                (
                    "Alarm",
                    vec!["telegram bot | Tell | Telegram bot | -".to_owned()]
                ),
            ],
            "layout nodes are no connections ({name})"
        );
        assert_eq!(
            source.flows[0].calls[0].name.as_deref(),
            Some("Alarm"),
            "a subflow is called"
        );
        assert_eq!(
            source.flows[1].calls[0].name.as_deref(),
            Some("Cellar"),
            "a link goes to a tab"
        );
        assert_eq!(
            source.flows[1].schedule.as_deref(),
            Some("00 06 * * *"),
            "inject nodes keep the time"
        );
    }
}

#[test]
fn a_manifest_is_read_with_scopes_and_environment() {
    let source = fixture("release.flow.toml");
    let flow = &source.flows[0];
    assert_eq!(
        flow.command,
        ["python3", "release.py", "--tag"],
        "the program and its arguments"
    );
    assert_eq!(
        flow.schedule.as_deref(),
        Some("after each merge"),
        "free text is kept"
    );
    assert_eq!(
        lines(flow),
        [
            "github | Create the release | GitHub – release bot | -",
            "slack | Tell the channel | - | -"
        ],
        "one card a connection"
    );
    assert_eq!(flow.cards[0].scopes, ["repo"], "needed scopes");
    let environment: Vec<String> = flow.cards[1]
        .environment
        .iter()
        .map(|(variable, value)| format!("{variable}={value}"))
        .collect();
    assert_eq!(
        environment,
        ["SLACK_TEAM=field:team", "SLACK_TOKEN=token"],
        "what fills which variable"
    );
}

#[test]
fn a_byte_order_mark_does_not_matter() {
    let mut bytes = b"\xef\xbb\xbf".to_vec();
    bytes.extend(
        std::fs::read(fixtures().join("onboarding-1.5.0.folder")).expect("the fixture is there"),
    );
    let source = read::read_bytes("a.folder", &bytes);
    assert_eq!(
        source.flows,
        fixture("onboarding-1.5.0.folder").flows,
        "the same is read"
    );
}
