//! Quirks that go with a provider.

use super::{Problem, problem};
use crate::connector::definition::{CaptureSource, Connector, Quirk};

/// Sign-in hosts whose departure is known: a definition that talks to them says so, and no other does.
const HOSTS: [(&str, Quirk); 4] = [
    ("https://accounts.google.com/", Quirk::TestModeSevenDays),
    ("https://auth.atlassian.com/", Quirk::AtlassianCloudId),
    ("https://login.xero.com/", Quirk::XeroTenant),
    ("https://id.twitch.tv/", Quirk::ClientIdHeader),
];

/// The quirks that go with the hosts a definition signs in at.
pub fn quirks_of_hosts(connector: &Connector) -> Vec<Quirk> {
    let signs_in_at = |host: &str| {
        let mut oauth = connector.auth.iter().filter_map(|m| m.oauth.as_ref());
        oauth.any(|o| {
            let address = o.authorization_endpoint.as_ref();
            address.is_some_and(|address| address.starts_with(host))
        })
    };
    HOSTS
        .into_iter()
        .filter(|(host, _)| signs_in_at(host))
        .map(|(_, quirk)| quirk)
        .collect()
}

pub(super) fn quirks_implied(_: &str, connector: &Connector) -> Vec<Problem> {
    let oauth = || connector.auth.iter().filter_map(|m| m.oauth.as_ref());
    let mut found = Vec::new();
    let mut compare = |quirk: Quirk, implied: bool| {
        let there = connector.quirks.contains(&quirk);
        if there != implied {
            let word = if implied {
                "is missing"
            } else {
                "has no reason here"
            };
            found.push(problem("quirk", format!("the quirk {quirk:?} {word}")));
        }
    };
    let by_host = quirks_of_hosts(connector);
    for (_, quirk) in HOSTS {
        compare(quirk, by_host.contains(&quirk));
    }
    let accounts_server = oauth()
        .flat_map(|o| &o.capture)
        .any(|capture| capture.from == CaptureSource::Callback && capture.at == "accounts-server");
    compare(Quirk::AccountsServer, accounts_server);
    let tests = || {
        let own = connector.auth.iter().filter_map(|m| m.test.as_ref());
        connector.test.iter().chain(own)
    };
    compare(Quirk::OkFalse, tests().any(|test| test.ok.is_some()));
    let mut seen = Vec::new();
    for quirk in &connector.quirks {
        if seen.contains(quirk) {
            found.push(problem("quirk", format!("the quirk {quirk:?} twice")));
        }
        seen.push(*quirk);
    }
    found
}
