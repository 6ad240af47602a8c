//! What a search finds, after every kind of change: the same rows in the same order as picking them by hand from the
//! whole list, which SQLite sorts and filters.

use patchbay_core::connection::{ConnectionQuery, ConnectionRow, ConnectionSort, Status};
use patchbay_core::page::Direction;
use patchbay_tests::workbench::Workbench;
use proptest::prelude::*;

const NAMES: &[&str] = &[
    "Payments bot",
    "Zahlungen München",
    "École  relay",
    "ecole RELAY 2",
    "100% \"quoted\" _under",
    "a",
    "ÅNGSTRÖM payments",
    "東京 支払い",
];
const DESCRIPTIONS: &[&str] = &["", "pays the rent", "Über alles: 50 % done", "l'été"];
const WORDS: &[&str] = &[
    "pay",
    "PAYMENTS",
    "e",
    "mün",
    "munchen",
    "école",
    "ecole relay",
    "%",
    "_",
    "\"",
    "支払",
    "bearer",
    "any",
    "alice",
    "no such word",
    "  ",
    "a",
    "0",
];
const SORTS: &[ConnectionSort] = &[
    ConnectionSort::Name,
    ConnectionSort::Connector,
    ConnectionSort::Account,
    ConnectionSort::Status,
    ConnectionSort::LastTest,
    ConnectionSort::Flows,
];

/// Case and accents don't matter, nor how many spaces there are: written out for the letters used here.
fn folded(text: &str) -> String {
    let plain: String = text
        .to_lowercase()
        .chars()
        .map(|letter| match letter {
            'é' => 'e',
            'ü' => 'u',
            'ö' => 'o',
            'å' => 'a',
            other => other,
        })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn holds(row: &ConnectionRow, word: &str) -> bool {
    let account = row.account.as_deref().unwrap_or_default();
    let text = format!(
        "{} {} {account} {}",
        row.name, row.description, row.connector_name
    );
    folded(&text).contains(&folded(word))
}

/// Compares a search with the whole list, page by page.
async fn check(bench: &Workbench, query: ConnectionQuery) {
    let everything = ConnectionQuery {
        search: String::new(),
        offset: 0,
        limit: 500,
        ..query.clone()
    };
    let all = bench.core.list_connections(&everything).await.unwrap();
    let wanted: Vec<_> = all
        .rows
        .iter()
        .filter(|row| holds(row, &query.search))
        .map(|row| format!("{row:?}"))
        .collect();
    let found = bench.core.list_connections(&query).await.unwrap();
    let rows: Vec<_> = found.rows.iter().map(|row| format!("{row:?}")).collect();
    let first = usize::try_from(query.offset).unwrap().min(wanted.len());
    let end = (first + usize::try_from(query.limit).unwrap()).min(wanted.len());
    assert_eq!(rows, wanted[first..end], "the page of {query:?}");
    assert_eq!(
        usize::try_from(found.total).unwrap(),
        wanted.len(),
        "how many match {query:?}"
    );
}

/// One change of the workspace; what isn't possible just now is left out.
async fn change(bench: &Workbench, what: u8, pick: usize, deleted: &mut Vec<String>) {
    let rows = bench
        .core
        .list_connections(&ConnectionQuery::default())
        .await
        .unwrap()
        .rows;
    let row = rows.get(pick % rows.len().max(1));
    let name = NAMES[pick % NAMES.len()];
    match (what, row) {
        (0 | 1, _) => {
            let mut draft = bench.key_draft(name, "canary-key-good");
            DESCRIPTIONS[pick % DESCRIPTIONS.len()].clone_into(&mut draft.description);
            bench.provider().account = format!("alice{pick}");
            let _ = bench.core.create_connection(draft).await;
        }
        (2, Some(row)) => {
            let description = DESCRIPTIONS[(pick / 2) % DESCRIPTIONS.len()];
            let _ = bench
                .core
                .rename_connection(&row.id, name, description)
                .await;
        }
        (3, Some(row)) => {
            bench.core.delete_connection(&row.id).await.unwrap();
            deleted.push(row.id.clone());
        }
        (4, Some(row)) => {
            bench.provider().api_status = pick.is_multiple_of(2).then_some(401);
            bench.core.test_connection(&row.id).await.unwrap();
            bench.provider().api_status = None;
        }
        (5, _) => {
            if let Some(id) = deleted.pop() {
                let _ = bench.core.undo_delete(&id).await;
            }
        }
        (6, _) => {
            bench.clock.advance(60);
            bench.core.finish_deletions().await;
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(12) })]

    #[test]
    fn a_search_finds_what_the_whole_list_holds_after_any_change(
        steps in proptest::collection::vec((0..7_u8, any::<u16>(), any::<u16>()), 1..30),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let bench = Workbench::start().await;
            let mut deleted = Vec::new();
            for (what, pick, asked) in steps {
                change(&bench, what, pick.into(), &mut deleted).await;
                let asked = usize::from(asked);
                let query = ConnectionQuery {
                    search: WORDS[asked % WORDS.len()].to_owned(),
                    sort: SORTS[asked % SORTS.len()],
                    direction: if asked.is_multiple_of(2) { Direction::Ascending } else { Direction::Descending },
                    attention: asked.is_multiple_of(5),
                    unused: asked.is_multiple_of(7),
                    status: if asked.is_multiple_of(11) { vec![Status::Connected] } else { Vec::new() },
                    connectors: if asked.is_multiple_of(13) { vec!["any-api".to_owned()] } else { Vec::new() },
                    registration: asked.is_multiple_of(17).then(|| "none".to_owned()),
                    offset: u32::try_from(asked % 3).unwrap(),
                    limit: u32::try_from(1 + asked % 4).unwrap(),
                };
                check(&bench, query).await;
            }
        });
    }
}

fn searching(search: &str) -> ConnectionQuery {
    ConnectionQuery {
        search: search.to_owned(),
        limit: 100,
        ..ConnectionQuery::default()
    }
}

async fn found(bench: &Workbench, query: &ConnectionQuery) -> Vec<String> {
    let page = bench.core.list_connections(query).await.unwrap();
    page.rows.into_iter().map(|row| row.name).collect()
}

#[tokio::test]
async fn a_search_follows_what_flows_bind_and_release() {
    let bench = Workbench::start().await;
    bench.connected("Release bot").await;
    let unused = ConnectionQuery {
        unused: true,
        ..searching("release")
    };
    assert_eq!(
        found(&bench, &unused).await,
        ["Release bot"],
        "no flow uses it yet"
    );
    let manifest = bench.folder.path().join("release.flow.toml");
    let text = "name = \"Release\"\n\n[[cards]]\ntitle = \"Publish\"\nconnector = \"any-oauth2\"\nconnection = \"Release bot\"\n";
    std::fs::write(&manifest, text).unwrap();
    let added = bench.core.flows().add_source(&manifest).await.unwrap();
    assert_eq!(
        found(&bench, &unused).await,
        [""; 0],
        "the flow uses it: {added:?}"
    );
    check(&bench, searching("release")).await;
}

#[tokio::test]
async fn a_search_after_a_start_knows_what_was_stored_before() {
    let bench = Workbench::start().await;
    bench.connected("Release bot").await;
    assert_eq!(found(&bench, &searching("release")).await, ["Release bot"]);
    let bench = bench.restart().await;
    assert_eq!(
        found(&bench, &searching("release")).await,
        ["Release bot"],
        "read anew"
    );
    assert_eq!(
        bench.core.test_all(&searching("release")).await.unwrap(),
        1,
        "and tested by its word"
    );
    assert_eq!(bench.core.test_all(&searching("nothing")).await.unwrap(), 0);
}

#[tokio::test]
async fn a_search_sees_a_change_the_moment_it_is_made() {
    let bench = Workbench::start().await;
    let id = bench.connected("Release bot").await;
    for round in 0..40 {
        let name = format!("Name {round:02}");
        let searches: Vec<_> = (0..3)
            .map(|_| {
                let core = bench.core.clone();
                tokio::spawn(async move { core.list_connections(&searching("name")).await })
            })
            .collect();
        bench.core.rename_connection(&id, &name, "").await.unwrap();
        assert_eq!(
            found(&bench, &searching(&name)).await,
            [name.as_str()],
            "while others search, too"
        );
        for search in searches {
            search.await.unwrap().unwrap();
        }
    }
}
