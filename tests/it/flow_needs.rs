//! What the shipped definitions know of the cards of an export.

use patchbay_core::connector::Catalogue;
use patchbay_core::flow::ConnectorKeys;
use patchbay_core::flow::read::{Format, ReadCard, read_bytes};

const ONBOARDING: &str = include_str!("../fixtures/flows/onboarding-1.5.0.folder");

/// `title: scopes` of the cards of an export whose needs are known.
fn needs(export: &str) -> Vec<String> {
    let keys = ConnectorKeys::of(&Catalogue::shipped());
    let source = read_bytes("onboarding.folder", export.as_bytes());
    source
        .flows
        .iter()
        .flat_map(|flow| &flow.cards)
        .filter_map(|card| {
            let connector = keys.connector(Format::Okta, &card.connector);
            let needs = keys.needs(Some(Format::Okta), connector, card);
            (!needs.is_empty()).then(|| format!("{}: {}", card.title, words(&needs)))
        })
        .collect()
}

fn words(needs: &[Vec<String>]) -> String {
    let all: Vec<String> = needs.iter().map(|any_of| any_of.join(" or ")).collect();
    all.join(" and ")
}

/// What a card of the source system needs, by the keys of its connector and method.
fn one(connector: &str, method: &str, title: &str) -> String {
    let keys = ConnectorKeys::of(&Catalogue::shipped());
    let card = ReadCard {
        title: title.to_owned(),
        connector: connector.to_owned(),
        method: (!method.is_empty()).then(|| method.to_owned()),
        ..ReadCard::default()
    };
    words(&keys.needs(
        Some(Format::Okta),
        keys.connector(Format::Okta, connector),
        &card,
    ))
}

#[test]
fn a_card_of_an_export_needs_what_its_connector_knows() {
    assert_eq!(
        needs(ONBOARDING),
        ["Add User to Group: okta.groups.manage"],
        "the one card of this export whose row is known, inside a branch"
    );
}

#[test]
fn a_renamed_card_is_known_by_its_method() {
    let renamed = ONBOARDING.replace("\"Add User to Group\"", "\"Into the team\"");
    assert_ne!(renamed, ONBOARDING, "the card is there to be renamed");
    assert_eq!(
        needs(&renamed),
        ["Into the team: okta.groups.manage"],
        "the method is addUserToGroup as before"
    );
    assert_eq!(
        one("okta", "addUserToGroup", "Clear User Sessions"),
        "okta.groups.manage",
        "a title that belongs to another card doesn't deceive"
    );
}

#[test]
fn a_card_without_a_known_method_is_known_by_its_title() {
    assert_eq!(
        one("okta", "v2_clear", "clear user sessions"),
        "okta.users.manage",
        "whatever the case"
    );
    assert_eq!(one("okta", "", "Nothing of that name"), "", "else nothing");
}

#[test]
fn alternatives_and_connectors_of_one_family_keep_their_needs() {
    assert_eq!(
        one("googlecalendar", "isFreeSlot", "Is Free Slot"),
        "https://www.googleapis.com/auth/calendar or https://www.googleapis.com/auth/calendar.readonly",
        "either will do"
    );
    assert_eq!(
        one("oktadevices", "suspendDevice", "Suspend Device"),
        "okta.devices.manage",
        "Okta Devices is made through the same connector"
    );
    assert_eq!(
        one("slack", "suspendDevice", "Suspend Device"),
        "",
        "another connector's card of that name is another card"
    );
}
