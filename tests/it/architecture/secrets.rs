//! Types that hold a secret: found from `Secret` upwards, through every type that has one of them as a part.

use std::collections::{BTreeMap, BTreeSet};

use super::sources::{File, rust, words};

/// What a holder of a secret may not be made to do. Its `Debug` says what `Secret`'s does.
const FORBIDDEN: [&str; 4] = ["Clone", "Copy", "Serialize", "Display"];

struct Type {
    name: String,
    path: String,
    derived: BTreeSet<String>,
    /// The types of its parts, without those behind a reference or a shared pointer.
    parts: BTreeSet<String>,
}

/// The structs and enums of a file.
fn types(file: &File) -> Vec<Type> {
    let lines: Vec<&str> = file.code.lines().collect();
    let mut types = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let mut words_in_line = words(line).skip_while(|word| !["struct", "enum"].contains(word));
        let declared = line
            .trim_start()
            .trim_start_matches("pub")
            .trim_start_matches("(crate)")
            .trim_start_matches("(super)")
            .trim_start();
        if !declared.starts_with("struct ") && !declared.starts_with("enum ") {
            continue;
        }
        let Some(name) = words_in_line.nth(1) else {
            continue;
        };
        let attributes = lines[..at]
            .iter()
            .rev()
            .take_while(|line| !line.trim().is_empty() && !line.trim().ends_with('}'));
        let derived = attributes
            .filter(|line| line.contains("derive(") || !line.contains('='))
            .flat_map(|line| words(line))
            .map(str::to_owned)
            .collect();
        types.push(Type {
            name: name.to_owned(),
            path: file.path.clone(),
            derived,
            parts: parts(&body(&lines[at..])),
        });
    }
    types
}

/// From the name to the closing brace or the semicolon.
fn body(lines: &[&str]) -> String {
    let mut depth = 0i32;
    let mut body = String::new();
    for line in lines {
        for c in line.chars() {
            match c {
                '{' | '(' => depth += 1,
                '}' | ')' => depth -= 1,
                _ => {}
            }
        }
        body.push_str(line);
        body.push('\n');
        if depth == 0 && (line.trim_end().ends_with(['}', ';'])) {
            break;
        }
    }
    body
}

/// The words of the types of fields and of variants.
fn parts(body: &str) -> BTreeSet<String> {
    let typed = body.lines().filter_map(|line| {
        let after_name = line.split_once(": ").or_else(|| line.split_once('('));
        Some(after_name?.1)
    });
    typed
        // What is borrowed or shared isn't copied by a clone.
        .filter(|typed| !typed.contains('&') && !typed.contains("Arc<"))
        .flat_map(words)
        .map(str::to_owned)
        .collect()
}

/// Names of every type from which a secret can be taken.
fn holders(types: &[Type]) -> BTreeSet<String> {
    let mut named: BTreeMap<&str, usize> = BTreeMap::new();
    for found in types {
        *named.entry(&found.name).or_default() += 1;
    }
    let mut holders = BTreeSet::from(["Secret".to_owned()]);
    loop {
        let more: Vec<_> = types
            .iter()
            // Two types of one name can't be told apart here.
            .filter(|found| named[found.name.as_str()] == 1)
            .filter(|found| !holders.contains(&found.name) && !found.parts.is_disjoint(&holders))
            .map(|found| found.name.clone())
            .collect();
        if more.is_empty() {
            return holders;
        }
        holders.extend(more);
    }
}

#[test]
fn what_holds_a_secret_is_never_cloned_serialised_or_displayed() {
    let mut files = rust("crates");
    files.extend(rust("src-tauri"));
    let types: Vec<Type> = files.iter().flat_map(types).collect();
    let holders = holders(&types);
    for known in [
        "SecretRecord",
        "ClientIdentity",
        "TokenAnswer",
        "AuthorizationRequest",
    ] {
        assert!(holders.contains(known), "{known} is seen to hold a secret");
    }
    let holds = |found: &&Type| holders.contains(&found.name) || found.parts.contains("Secret");
    for found in types.iter().filter(holds) {
        for forbidden in FORBIDDEN {
            assert!(
                !found.derived.contains(forbidden),
                "{} in {} derives {forbidden}",
                found.name,
                found.path
            );
        }
    }
    for file in &files {
        for line in file.code.lines().filter(|line| line.starts_with("impl")) {
            let Some((what, of)) = line.split_once(" for ") else {
                continue;
            };
            let forbidden = words(what).any(|word| FORBIDDEN.contains(&word));
            let of = words(of).next().unwrap_or_default();
            assert!(
                !(forbidden && holders.contains(of)),
                "{}: {line}",
                file.path
            );
        }
    }
}
