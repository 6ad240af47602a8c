//! The architecture's invariants, held against `cargo metadata` and the sources: who may depend on what, what a secret's
//! holder may never do, and that a command is named alike everywhere.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

mod secrets;
mod sources;

use sources::{File, read, rust, words};

/// The workspace's packages, each with its dependencies of every kind.
fn packages() -> Vec<(String, BTreeSet<String>)> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--no-deps",
            "--format-version",
            "1",
            "--offline",
        ])
        .current_dir(sources::root())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let name = |value: &Value| value["name"].as_str().unwrap().to_owned();
    metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().unwrap();
            (name(package), dependencies.iter().map(name).collect())
        })
        .collect()
}

/// Which packages depend on a crate that `wanted` knows.
fn dependants(wanted: impl Fn(&str) -> bool) -> Vec<String> {
    packages()
        .into_iter()
        .filter(|(_, dependencies)| dependencies.iter().any(|name| wanted(name)))
        .map(|(package, _)| package)
        .collect()
}

fn is_keychain_crate(name: &str) -> bool {
    name.contains("keyring") || name.replace('_', "-").contains("secret-service")
}

/// The files in which one of `names` stands as a word.
fn naming(files: &[File], names: &[&str]) -> Vec<String> {
    files
        .iter()
        .filter(|file| words(&file.code).any(|word| names.contains(&word)))
        .map(|file| file.path.clone())
        .collect()
}

#[test]
fn only_the_desktop_depends_on_tauri() {
    assert_eq!(
        dependants(|name| name.starts_with("tauri")),
        ["patchbay-desktop"],
        "everything else is tested without a window"
    );
}

#[test]
fn dependencies_between_our_crates_point_one_way() {
    let ours: BTreeSet<_> = packages().into_iter().map(|(name, _)| name).collect();
    for (package, dependencies) in packages() {
        let allowed: &[&str] = match package.as_str() {
            "patchbay-core" | "patchbay-broker" => &[],
            "patchbay-cli" => &["patchbay-broker"],
            "patchbay-agent" | "patchbay-desktop" => &["patchbay-core", "patchbay-broker"],
            // Tools and tests look at everything.
            _ => continue,
        };
        for dependency in dependencies.intersection(&ours) {
            assert!(
                allowed.contains(&dependency.as_str()),
                "{package} depends on {dependency}"
            );
        }
    }
}

#[test]
fn only_the_vault_speaks_to_a_keychain() {
    assert_eq!(
        dependants(is_keychain_crate),
        ["patchbay-core"],
        "one crate has the keychain"
    );
    let mut files = rust("crates");
    files.extend(rust("src-tauri"));
    let names = [
        "keyring",
        "keyring_core",
        "secret_service",
        "zbus_secret_service_keyring_store",
    ];
    let (vault, others): (Vec<_>, Vec<_>) = naming(&files, &names)
        .into_iter()
        .partition(|path| path.starts_with("crates/core/src/vault/"));
    assert!(!vault.is_empty(), "the vault itself does");
    assert_eq!(others, [""; 0], "nobody else may");
}

#[test]
fn only_the_store_speaks_sql() {
    assert_eq!(
        dependants(|name| name.starts_with("sqlx")),
        ["patchbay-core"],
        "one crate has the database"
    );
    let mut files = rust("crates");
    files.extend(rust("src-tauri"));
    let is_sql = |file: &File| {
        let starts = [
            "select ",
            "insert into ",
            "update ",
            "delete from ",
            "pragma ",
        ];
        words(&file.code).any(|word| word == "sqlx")
            || file.texts().any(|text| {
                let text = text.trim_start();
                let closed = text.contains(" set ") || !text.starts_with("update ");
                let from = text.contains(" from ") || !text.starts_with("select ");
                closed && from && starts.iter().any(|start| text.starts_with(start))
            })
    };
    let (store, others): (Vec<_>, Vec<_>) = files
        .iter()
        .filter(|file| is_sql(file))
        .map(|file| file.path.as_str())
        .partition(|path| path.starts_with("crates/core/src/store/"));
    assert!(!store.is_empty(), "the store itself does");
    assert_eq!(others, [""; 0], "nobody else may");
}

#[test]
fn no_type_of_sqlx_is_in_the_stores_public_face() {
    let foreign = ["sqlx", "SqlitePool", "Sqlite", "Transaction", "SqliteRow"];
    let mut faces = 0;
    for file in rust("crates/core/src/store") {
        for item in file.code.split("\n").enumerate().filter_map(|(at, line)| {
            let public = line.trim_start().starts_with("pub ");
            public.then(|| {
                file.code
                    .split("\n")
                    .skip(at)
                    .collect::<Vec<_>>()
                    .join("\n")
            })
        }) {
            // Up to the body of a function, the type of a field, the end of a use.
            let face = item.split(['{', ';']).next().unwrap_or(&item);
            let face = match face.trim_start().starts_with("pub fn")
                || face.trim_start().starts_with("pub async fn")
            {
                true => face,
                false => face.lines().next().unwrap_or(face),
            };
            faces += 1;
            assert!(
                !words(face).any(|word| foreign.contains(&word)),
                "{}: {face}",
                file.path
            );
        }
    }
    assert!(faces > 10, "the store has a public face");
}

#[test]
fn core_takes_time_randomness_and_http_as_parameters() {
    let files = rust("crates/core/src");
    for (names, home) in [
        (
            &["SystemTime", "Instant", "now_utc", "now_local", "now_v7"][..],
            "clock.rs",
        ),
        (
            &["getrandom", "OsRng", "thread_rng", "new_v4"][..],
            "random.rs",
        ),
        (&["reqwest", "TcpStream"][..], "http/"),
    ] {
        let home = format!("crates/core/src/{home}");
        let (at_home, elsewhere): (Vec<_>, Vec<_>) = naming(&files, names)
            .into_iter()
            .partition(|path| path.starts_with(&home));
        assert!(!at_home.is_empty(), "{home} is where it is asked");
        // The listener of the way back is given its streams; it connects to nobody.
        let elsewhere: Vec<_> = elsewhere
            .into_iter()
            .filter(|path| !path.starts_with("crates/core/src/oauth/loopback/"))
            .collect();
        assert_eq!(elsewhere, [""; 0], "{names:?} belong into {home}");
    }
}

/// The names between `open` and `close` that stand first in a line after `before`.
fn listed(text: &str, before: &str, after: char) -> BTreeSet<String> {
    text.lines()
        .filter_map(|line| line.trim().strip_prefix(before)?.split_once(after))
        .map(|(name, _)| name.to_owned())
        .collect()
}

#[test]
fn a_command_is_named_alike_in_all_five_places() {
    let list = read("src-tauri/commands/list.rs");
    let (_, list) = list.split_once("$callback! {").unwrap();
    let (list, _) = list.split_once('}').unwrap();
    let commands: BTreeSet<String> = list
        .split(',')
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .collect();
    assert!(commands.len() > 20, "the list is read");

    let functions: BTreeSet<String> = rust("src-tauri/commands")
        .iter()
        .flat_map(|file| file.code.split("#[tauri::command").skip(1))
        .map(|item| {
            let (_, function) = item.split_once("fn ").unwrap();
            words(function).next().unwrap().to_owned()
        })
        .collect();
    assert_eq!(functions, commands, "the functions");

    let capability = read("src-tauri/capabilities/main.json");
    let allowed: BTreeSet<String> = listed(&capability, "\"allow-", '"')
        .into_iter()
        .map(|name| name.replace('-', "_"))
        .collect();
    assert_eq!(allowed, commands, "what the window may call");
    let capability: Value = serde_json::from_str(&capability).unwrap();
    let permissions = capability["permissions"].as_array().unwrap();
    assert_eq!(
        permissions.len(),
        commands.len(),
        "nothing of Tauri's or a plugin's"
    );

    let table = listed(&read("src-tauri/commands/mod.rs"), "//! | `", '`');
    assert_eq!(table, commands, "the documented ones");

    let ipc = read("ui/src/lib/ipc.ts");
    let called: BTreeSet<String> = ipc
        .split("invoke<")
        .skip(1)
        .filter_map(|call| call.split_once("(\"")?.1.split_once('"'))
        .map(|(name, _)| name.to_owned())
        .collect();
    assert_eq!(called, commands, "the ones the console calls");
}
