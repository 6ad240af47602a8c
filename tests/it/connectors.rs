//! The shipped catalogue: every definition parses, keeps every rule and has an icon.

use patchbay_core::connector::{
    AuthKind, Catalogue, ConnectorQuery,
    catalogue::parse,
    validation::{check, check_icon},
};

#[test]
fn every_shipped_definition_keeps_every_rule() {
    let catalogue = Catalogue::shipped();
    let mut problems = Vec::new();
    for id in catalogue.ids() {
        let text = catalogue.source(&id).unwrap();
        match parse(text) {
            Ok(connector) => problems.extend(
                check(&id, &connector)
                    .into_iter()
                    .map(|problem| format!("{id}: {problem}")),
            ),
            Err(error) => problems.push(format!("{id}: {error}")),
        }
        let icon = catalogue.icon(&id).unwrap();
        problems.extend(check_icon(&icon).iter().map(|p| format!("{id}: {p}")));
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn a_connector_is_found_by_name_by_keyword_and_by_method() {
    let catalogue = Catalogue::shipped();
    let ids = |query: ConnectorQuery| -> Vec<String> {
        catalogue.list(&query).into_iter().map(|c| c.id).collect()
    };
    let search = |text: &str| {
        ids(ConnectorQuery {
            search: Some(text.to_owned()),
            ..Default::default()
        })
    };
    assert_eq!(search("GITHUB").first().map(String::as_str), Some("github"));
    assert!(
        search("office 365 email").contains(&"microsoft-outlook".to_owned()),
        "every word is found in name or keywords"
    );
    assert!(search("no such service").is_empty(), "nothing fits");
    let keys = ids(ConnectorQuery {
        method: Some(AuthKind::AwsKeyPair),
        ..Default::default()
    });
    assert!(keys.contains(&"aws-s3".to_owned()), "S3 takes a key pair");
    assert!(!keys.contains(&"github".to_owned()), "GitHub takes none");
}

#[test]
fn what_lists_show_is_what_the_definitions_say() {
    let catalogue = Catalogue::shipped();
    for summary in catalogue.list(&ConnectorQuery::default()) {
        let connector = catalogue.get(&summary.id).unwrap();
        assert_eq!(summary.name, connector.name);
        assert_eq!(summary.category, connector.category, "{}", summary.id);
        assert_eq!(summary.quality, connector.quality, "{}", summary.id);
        let listed: Vec<_> = summary.methods.iter().map(|m| (&m.id, m.kind)).collect();
        let defined: Vec<_> = connector.auth.iter().map(|m| (&m.id, m.kind)).collect();
        assert_eq!(listed, defined, "{}", summary.id);
        assert!(
            summary.icon.starts_with("data:image/svg+xml,"),
            "an image can't run what it holds"
        );
    }
}

#[test]
fn a_custom_connector_is_listed_and_cannot_take_a_shipped_id() {
    let catalogue = Catalogue::shipped();
    let mut connector = (*catalogue.get("sendgrid").unwrap()).clone();
    connector.name = "Our own mailer".to_owned();
    let refused = catalogue.add_custom("sendgrid", connector.clone(), None);
    assert!(refused.is_err(), "a connection must not change its meaning");
    catalogue
        .add_custom("our-mailer", connector, None)
        .expect("the id is free");
    let found = catalogue.list(&ConnectorQuery {
        search: Some("own mailer".to_owned()),
        ..Default::default()
    });
    assert_eq!(found.len(), 1, "the custom connector is found by its name");
    assert!(found[0].custom);
    assert!(catalogue.get("our-mailer").is_some());
    assert!(catalogue.remove_custom("our-mailer"));
    assert!(catalogue.get("our-mailer").is_none(), "it is gone again");
}

#[test]
fn the_catalogue_has_the_breadth_it_promises() {
    let catalogue = Catalogue::shipped();
    let all = catalogue.list(&ConnectorQuery::default());
    let oauth = all
        .iter()
        .filter(|c| c.methods.iter().any(|m| is_oauth(m.kind)))
        .count();
    assert!(all.len() >= 180, "{} connectors", all.len());
    assert!(oauth >= 110, "{oauth} of them OAuth 2.0");
    for kind in [
        AuthKind::AuthorizationCode,
        AuthKind::ClientCredentials,
        AuthKind::DeviceCode,
        AuthKind::JwtBearer,
        AuthKind::GithubApp,
        AuthKind::ApiKey,
        AuthKind::Bearer,
        AuthKind::Basic,
        AuthKind::AwsKeyPair,
        AuthKind::SessionToken,
        AuthKind::None,
    ] {
        let there = all.iter().any(|c| c.methods.iter().any(|m| m.kind == kind));
        assert!(there, "no connector of the kind {kind:?}");
    }
}

fn is_oauth(kind: AuthKind) -> bool {
    matches!(
        kind,
        AuthKind::AuthorizationCode
            | AuthKind::ClientCredentials
            | AuthKind::DeviceCode
            | AuthKind::JwtBearer
    )
}

#[test]
fn an_export_names_one_connector() {
    let catalogue = Catalogue::shipped();
    let mut owners: std::collections::BTreeMap<(&str, String), String> = Default::default();
    for id in catalogue.ids() {
        let keys = catalogue.get(&id).unwrap().flow_keys.clone();
        let named = (keys.okta.into_iter().map(|key| ("okta", key)))
            .chain(keys.n8n.into_iter().map(|key| ("n8n", key)))
            .chain(keys.node_red.into_iter().map(|key| ("node-red", key)));
        for key in named {
            if let Some(other) = owners.insert(key.clone(), id.clone()) {
                panic!("{} {} names {other} and {id}", key.0, key.1);
            }
        }
    }
}

#[test]
fn the_schema_for_editors_is_the_one_of_the_types() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../connectors/connector.schema.json"
    );
    let written = std::fs::read_to_string(path).unwrap().replace("\r\n", "\n");
    assert!(
        written == patchbay_core::connector::schema::json_schema(),
        "run `cargo xtask connectors schema`"
    );
}

#[test]
fn a_definition_that_is_written_reads_the_same() {
    let catalogue = Catalogue::shipped();
    for id in catalogue.ids() {
        let connector = catalogue.get(&id).unwrap();
        let text = patchbay_core::connector::catalogue::to_toml(&connector).unwrap();
        assert_eq!(parse(&text).unwrap(), *connector, "{id}");
    }
}
