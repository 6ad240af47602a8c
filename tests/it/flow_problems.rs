//! What the readers say of files that they can't read, and which files they look at.

use std::path::{Path, PathBuf};

use patchbay_core::flow::read::{self, ProblemKind, ReadSource, walk};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/flows")
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
fn faults_of_a_manifest_name_line_and_key() {
    for (text, wanted) in [
        (
            "name = \"x\"\ncolour = 1\n",
            "line 2: colour: unknown field `colour`",
        ),
        (
            "name = \"x\"\ncommand = \"sh -c true\"\n",
            "line 2: command: invalid type",
        ),
        ("name = \" \"\n", "line 1: name: the name is empty"),
        ("description = \"x\"\n", "missing field `name`"),
        (
            "name = \"x\"\n[[cards]]\ntitle = \"a\"\nconnector = \"Git Hub\"\n",
            "line 4: cards[0].connector: `Git Hub` is no connector's id",
        ),
        (
            "name = \"x\"\n[[cards]]\ntitle = \"a\"\nconnector = \"b\"\n[[cards]]\ntitle = \"A\"\nconnector = \"b\"\n",
            "line 6: cards[1].title: `A` is the title of another card",
        ),
        (
            "name = \"x\"\n[[cards]]\ntitle = \"a\"\nconnector = \"b\"\nscopes = [\"two words\"]\n",
            "line 5: cards[0].scopes: `two words` is no scope",
        ),
        (
            "name = \"x\"\n[[cards]]\ntitle = \"a\"\nconnector = \"b\"\nenv = { T = \"secret\" }\n",
            "`secret` is neither `token` nor `field:<key>`",
        ),
        (
            "name = \"x\"\n[[cards]]\ntitle = \"a\"\nconnector = \"b\"\nenv = { \"A=B\" = \"token\" }\n",
            "line 5: cards[0].env.A=B: `A=B` is no variable's name",
        ),
        (
            "name = \"x\"\n[[cards]]\ntitle = \"a\"\nconnector = \"b\"\nenv.T = \"token\"\n[[cards]]\ntitle = \"c\"\nconnector = \"b\"\nenv.T = \"token\"\n",
            "line 9: cards[1].env.T: `T` is already filled by card `a`",
        ),
        ("name = \"x\n", "line 1"),
    ] {
        let source = read::read_bytes("x.flow.toml", text.as_bytes());
        let (kind, reason) = only_problem(&source);
        assert_eq!(kind, ProblemKind::Malformed, "{text}");
        assert!(reason.contains(wanted), "{reason:?} should say {wanted:?}");
        assert_eq!(source.flows, [], "nothing of a faulty manifest is taken");
    }
}

#[test]
fn files_that_cannot_be_read_say_why() {
    let deep = "[".repeat(100_000);
    for (name, bytes, kind, wanted) in [
        (
            "a.flow",
            &b""[..],
            ProblemKind::NotAFlow,
            "the file is empty",
        ),
        (
            "a.json",
            b"{\"name\":1}",
            ProblemKind::NotAFlow,
            "not a flow",
        ),
        ("a.json", b"[]", ProblemKind::NotAFlow, "not a flow"),
        (
            "a.flow",
            b"{\"type\":\"flopack\",",
            ProblemKind::Malformed,
            "it is cut off (line 1, column 19)",
        ),
        ("a.flow", b"\xff\xfe{\x00", ProblemKind::Malformed, "UTF-16"),
        (
            "a.flow",
            b"{\"a\":\"\xff\"}",
            ProblemKind::Malformed,
            "byte 7",
        ),
        ("a.flow", b"\xfe\xff\x00{", ProblemKind::Malformed, "UTF-16"),
        (
            "a.flow",
            b"{\x00\"\x00a\x00",
            ProblemKind::Malformed,
            "line 1, column 2",
        ),
        (
            "a.flow",
            b"{\"type\":\"flo\0pack\"}",
            ProblemKind::Malformed,
            "line 1, column 13",
        ),
        (
            "a.flow.toml",
            b"name = \"a\0b\"",
            ProblemKind::Malformed,
            "line 1",
        ),
        (
            "a.flow.toml",
            b"name = \"a\"\nname = \"b\"",
            ProblemKind::Malformed,
            "line 2",
        ),
        (
            "a.flow",
            b"{\n\"a\" 1}",
            ProblemKind::Malformed,
            "`:` is missing (line 2, column 5)",
        ),
        (
            "a.json",
            deep.as_bytes(),
            ProblemKind::TooDeep,
            "nested deeper than 4096 levels",
        ),
        (
            "a.folder",
            br#"{"type":"flopack","version":"2.0.0","data":{"flos":{}}}"#,
            ProblemKind::OtherVersion,
            "version 2.0.0",
        ),
        (
            "a.folder",
            br#"{"type":"flopack","version":"1.5.0"}"#,
            ProblemKind::NotAFlow,
            "without flows",
        ),
        (
            "a.toml",
            b"name = 1",
            ProblemKind::NotAFlow,
            "manifests are named",
        ),
    ] {
        let source = read::read_bytes(name, bytes);
        let (found, reason) = only_problem(&source);
        assert_eq!(found, kind, "{reason}");
        assert!(reason.contains(wanted), "{reason:?} should say {wanted:?}");
        assert_eq!(source.problems[0].path, name, "the file is named");
    }
}

#[test]
fn a_newer_minor_version_is_read_and_said() {
    let text = std::fs::read_to_string(fixtures().join("onboarding-1.5.0.folder"))
        .expect("the fixture is there")
        .replace("\"version\":\"1.5.0\"", "\"version\":\"1.9.0\"");
    let source = read::read_bytes("a.folder", text.as_bytes());
    assert_eq!(
        only_problem(&source).0,
        ProblemKind::OtherVersion,
        "the version is reported"
    );
    assert_eq!(source.flows.len(), 3, "and what is understood is read");
}

#[test]
fn a_file_over_the_limit_is_refused_before_it_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("large.flow");
    let file = std::fs::File::create(&path).expect("a file");
    file.set_len(read::MAX_BYTES + 1).expect("a sparse file");
    let source = read::read_path(&path);
    let (kind, reason) = only_problem(&source);
    assert_eq!(kind, ProblemKind::TooLarge, "{reason}");
    assert!(
        reason.contains("at most 64 MB"),
        "the limit is said: {reason}"
    );
}

#[test]
fn a_folder_is_walked_without_hidden_folders_packages_and_loops() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    for name in ["a", "a/b", ".git", "node_modules", "a/.hidden"] {
        std::fs::create_dir(root.join(name)).expect("a folder");
    }
    for name in [
        "z.flow",
        "a/b/c.flow.toml",
        "a/x.JSON",
        "a/readme.md",
        "Cargo.toml",
        ".git/a.json",
        "node_modules/b.json",
        "a/.hidden/c.json",
        ".flow.json",
    ] {
        std::fs::write(root.join(name), "x").expect("a file");
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink(root, root.join("a/loop")).expect("a link");
    let (files, problems) = walk::files(root);
    let names: Vec<String> = files
        .iter()
        .map(|file| {
            file.strip_prefix(root)
                .expect("inside")
                .to_string_lossy()
                .replace('\\', "/")
        })
        .collect();
    assert_eq!(
        names,
        ["a/b/c.flow.toml", "a/x.JSON", "z.flow"],
        "only files that may hold flows"
    );
    assert_eq!(problems, [], "nothing went wrong");
}

#[test]
fn a_missing_path_is_a_problem() {
    let (files, problems) = walk::files(Path::new("/nowhere/at/all.flow"));
    assert_eq!(files, Vec::<PathBuf>::new(), "nothing is found");
    assert_eq!(
        problems[0].kind,
        ProblemKind::Unreadable,
        "and that is said"
    );
}

#[test]
fn a_key_that_occurs_twice_means_what_it_says_last() {
    let card = |config: &str| {
        format!(
            r#"{{"uuid":"u","address":"root:channels:http:okta:1.0.1:readUser","node":{{"model":{{"config":"old","config":"{config}"}}}}}}"#
        )
    };
    let text = format!(
        r#"{{"type":"flopack","version":"9.9.9","version":"1.5.0","data":{{
        "configs":{{"new":{{"name":"First","name":"Okta","module":"okta"}}}},
        "flos":{{"f":{{"name":"Old","name":"New","data":{{"methods":[{}]}}}}}}}}}}"#,
        card("new")
    );
    let source = read::read_bytes("a.flow", text.as_bytes());
    assert_eq!(source.problems, [], "as JSON readers commonly take it");
    assert_eq!(source.flows[0].name, "New", "the last name");
    assert_eq!(
        source.flows[0].cards[0].connection.as_deref(),
        Some("Okta"),
        "the last reference, to the last name"
    );
}

#[tokio::test]
async fn names_that_no_screen_expects_are_kept_and_found_again() {
    let workspace = patchbay_tests::flow_workspace::FlowWorkspace::open(&[])
        .await
        .unwrap();
    let odd = r#"\u0000\ud800 \u202e\uffff\t<b>'; drop table flows; --"#;
    let text = format!(
        r#"{{"name":"{odd}","connections":{{}},"nodes":[
        {{"id":"{odd}","name":"{odd}","type":"n.slack","typeVersion":1,"credentials":{{"slackApi":{{"id":"1","name":"{odd}"}}}}}}]}}"#
    );
    let path = workspace.write("odd.json", &text);
    let (source, result) = workspace.flows.add_source(&path).await.unwrap();
    assert_eq!((result.flows, result.cards), (1, 1), "it is read");
    workspace.write("odd.json", text + " ");
    let again = workspace.flows.rescan(source).await.unwrap();
    assert_eq!(again.flows, 1, "and read again");
    let counts = workspace.flows.counts().await.unwrap();
    assert_eq!(counts.all, 1, "it is the same flow");
}
