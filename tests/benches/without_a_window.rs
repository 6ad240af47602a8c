//! What core costs: the catalogue, lists over 100,000 connections, flows of 10,000 exports.

use std::process::Command;
use std::time::Instant;

use patchbay_core::connection::{ConnectionQuery, ConnectionSort, Status};
use patchbay_core::connector::{Catalogue, ConnectorQuery};
use patchbay_core::flow::view::FlowQuery;
use patchbay_core::page::Direction;
use patchbay_tests::flow_workspace::FlowWorkspace;
use patchbay_tests::workbench::Workbench;

use crate::table::{milliseconds, row};

/// Repetitions of each measurement.
const ROUNDS: usize = 21;

/// Measures and prints.
pub fn measure() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    println!("| core alone | median | slowest | budget |\n|---|---|---|---|");
    catalogue();
    runtime.block_on(connections());
    runtime.block_on(flows());
}

fn catalogue() {
    let mut opened = Vec::new();
    let mut listed = Vec::new();
    let mut parsed = Vec::new();
    let mut count = 0;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let catalogue = Catalogue::shipped();
        opened.push(milliseconds(start));
        let start = Instant::now();
        count = catalogue.list(&ConnectorQuery::default()).len();
        listed.push(milliseconds(start));
        let start = Instant::now();
        for id in catalogue.ids() {
            catalogue.get(&id).unwrap();
        }
        parsed.push(milliseconds(start));
    }
    row(&format!("catalogue of {count}: at start"), opened, "≤ 5 ms");
    row(
        "catalogue: the selector's list with icons",
        listed,
        "one frame, 16 ms",
    );
    row(
        "catalogue: every definition parsed (never done at once)",
        parsed,
        "–",
    );
}

async fn connections() {
    let bench = Workbench::start().await;
    let path = bench.database();
    bench.core.close().await;
    let seed = concat!(env!("CARGO_MANIFEST_DIR"), "/tools/seed-connections.py");
    let seeded = Command::new("python3")
        .arg(seed)
        .arg(&path)
        .arg("100000")
        .status()
        .unwrap();
    assert!(seeded.success(), "the workspace is filled");
    let core = bench.open_again(None).await.unwrap();
    let base = ConnectionQuery::default;
    let last_page = ConnectionQuery {
        offset: 99_900,
        ..base()
    };
    let search = |search: &str| ConnectionQuery {
        search: search.to_owned(),
        ..base()
    };
    let cases = [
        ("100,000 connections: first page", base()),
        ("… last page", last_page),
        (
            "… by account, descending",
            ConnectionQuery {
                sort: ConnectionSort::Account,
                direction: Direction::Descending,
                ..base()
            },
        ),
        (
            "… by last test",
            ConnectionQuery {
                sort: ConnectionSort::LastTest,
                ..base()
            },
        ),
        (
            "… by status",
            ConnectionQuery {
                sort: ConnectionSort::Status,
                ..base()
            },
        ),
        ("… search, one hit: “054321”", search("054321")),
        ("… search, 12,500 hits: “payments”", search("payments")),
        ("… search, two letters: “gi”", search("gi")),
        ("… search, no hit: “zzzz”", search("zzzz")),
        (
            "… needs attention",
            ConnectionQuery {
                attention: true,
                ..base()
            },
        ),
        (
            "… search and status: “payments”, Reauthorize",
            ConnectionQuery {
                status: vec![Status::Reauthorize],
                ..search("payments")
            },
        ),
    ];
    let start = Instant::now();
    core.list_connections(&search("first")).await.unwrap();
    let first = vec![milliseconds(start)];
    row(
        "100,000 connections: the first search of a run, which reads them once",
        first,
        "–",
    );
    for (what, query) in cases {
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            let start = Instant::now();
            core.list_connections(&query).await.unwrap();
            times.push(milliseconds(start));
        }
        row(what, times, "≤ 16 ms");
    }
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        core.connection_counts().await.unwrap();
        times.push(milliseconds(start));
    }
    row("… numbers for rail and chips", times, "≤ 16 ms");
}

async fn flows() {
    let workspace = FlowWorkspace::large(10_000, 6, 200).await.unwrap();
    let start = Instant::now();
    workspace
        .flows
        .add_source(&workspace.files())
        .await
        .unwrap();
    row(
        "10,000 flows, 60,000 cards: import",
        vec![milliseconds(start)],
        "≤ 10,000 ms",
    );
    let mut used = Vec::new();
    let mut listed = Vec::new();
    for round in 0..ROUNDS {
        let start = Instant::now();
        workspace
            .flows
            .usage(&format!("c{round}"), 0, 100)
            .await
            .unwrap();
        used.push(milliseconds(start));
        let start = Instant::now();
        workspace
            .flows
            .list_flows(&FlowQuery::default())
            .await
            .unwrap();
        listed.push(milliseconds(start));
    }
    row("… usage of a connection", used, "≤ 16 ms");
    row("… first page of flows", listed, "one frame, 16 ms");
}
