//! The person's own connectors on disk, and the icons they bring.

use std::fs;

use patchbay_core::Code;
use patchbay_core::connector::custom::{Folder, sanitised};
use patchbay_core::connector::{Catalogue, Connector};

const ICON: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 24 24\"><defs><linearGradient id=\"a\"><stop offset=\"0\" stop-color=\"#fff\"/></linearGradient></defs><path fill=\"url(#a)\" d=\"M0 0h24v24H0z\"/></svg>";

fn connector(name: &str) -> Connector {
    toml::from_str(&format!(
        "name = \"{name}\"\ncategory = \"custom\"\ndocs = {{ api = \"https://docs.acme.example\" }}\ntest = {{ url = \"https://api.acme.example/me\" }}\nauth = [{{ id = \"k\", label = \"K\", kind = \"api_key\", fields = [{{ key = \"key\", label = \"Key\", kind = \"secret\" }}], placement = [{{ to = \"header\", name = \"X-Key\", value = \"{{key}}\" }}] }}]"
    ))
    .expect("it is well formed")
}

#[test]
fn a_saved_connector_is_there_after_a_restart_and_gone_after_deletion() {
    let data = tempfile::tempdir().expect("a folder");
    let folder = Folder::new(data.path());
    let catalogue = Catalogue::shipped();
    folder
        .save(&catalogue, "acme", connector("Acme"), Some(ICON))
        .expect("it is sound");
    let again = Catalogue::shipped();
    assert_eq!(Folder::new(data.path()).load(&again), []);
    assert_eq!(
        again.get("acme").as_deref(),
        Some(&connector("Acme")),
        "as it was written"
    );
    assert_eq!(again.icon("acme").as_deref(), Some(ICON));
    let exported = folder.export("acme").expect("it is there");
    assert_eq!(exported.icon.as_deref(), Some(ICON));
    assert_eq!(
        toml::from_str::<Connector>(&exported.toml).expect("the same form"),
        connector("Acme")
    );

    folder
        .save(&again, "acme", connector("Acme Two"), None)
        .expect("it may be replaced");
    assert_eq!(again.get("acme").expect("there").name, "Acme Two");
    assert!(
        !data.path().join("connectors/acme/icon.svg").exists(),
        "the old icon went with the old definition"
    );
    folder.delete(&again, "acme").expect("it is there");
    assert!(again.get("acme").is_none() && !data.path().join("connectors/acme").exists());
    assert_eq!(
        folder.delete(&again, "acme").expect_err("it is gone").code,
        Code::NotFound
    );
    assert_eq!(
        folder
            .delete(&again, "github")
            .expect_err("not the person's own")
            .code,
        Code::NotFound
    );
}

#[test]
fn nothing_is_written_for_a_definition_that_breaks_a_rule() {
    let data = tempfile::tempdir().expect("a folder");
    let folder = Folder::new(data.path());
    let catalogue = Catalogue::shipped();
    for id in ["github", "../evil", "", "nul"] {
        assert_eq!(
            folder
                .save(&catalogue, id, connector("Acme"), None)
                .expect_err(id)
                .code,
            Code::InvalidDefinition,
            "{id}"
        );
    }
    let mut broken = connector("Acme");
    broken.auth[0].placement.clear();
    assert!(folder.save(&catalogue, "acme", broken, None).is_err());
    assert!(
        folder
            .save(
                &catalogue,
                "acme",
                connector("Acme"),
                Some("<svg onload='x()'/>")
            )
            .is_err()
    );
    assert!(
        !data.path().join("connectors").exists(),
        "not even the folder"
    );
    assert!(folder.export("../../etc").is_err());
}

#[test]
fn a_spoilt_folder_is_reported_and_the_others_still_load() {
    let data = tempfile::tempdir().expect("a folder");
    let folder = Folder::new(data.path());
    folder
        .save(&Catalogue::shipped(), "good", connector("Good"), None)
        .expect("it is sound");
    let put = |id: &str, text: &[u8]| {
        let at = data.path().join("connectors").join(id);
        fs::create_dir_all(&at).expect("writable");
        fs::write(at.join("connector.toml"), text).expect("writable");
    };
    put("broken", b"name = ");
    put("binary", &[0xff, 0xfe]);
    put("github", b"name = \"Fake\"");
    put("Big", b"name = \"x\"");
    put("large", &vec![b'#'; 600 * 1024]);
    fs::create_dir_all(data.path().join("connectors/empty")).expect("writable");
    fs::write(data.path().join("connectors/stray.txt"), "x").expect("writable");
    let catalogue = Catalogue::shipped();
    let problems = folder.load(&catalogue);
    assert_eq!(problems.len(), 6, "{problems:?}");
    assert_eq!(catalogue.get("good").expect("it loads").name, "Good");
    assert_ne!(
        catalogue.get("github").expect("the shipped one").name,
        "Fake"
    );
}

#[test]
fn an_icon_is_a_picture_or_is_refused() {
    assert_eq!(sanitised(ICON).expect("shapes and gradients"), ICON);
    assert_eq!(
        sanitised(&format!("<?xml version=\"1.0\"?>\n{ICON}\n")).expect("with a declaration"),
        ICON
    );
    let around = |inner: &str| format!("<svg viewBox=\"0 0 1 1\">{inner}</svg>");
    for bad in [
        "<script>alert(1)</script>",
        "<SCRIPT/>",
        "<path onload=\"x()\"/>",
        "<path onload='x()'/>",
        "<path ONLOAD = 'x()'/>",
        "<path d=\"\"onclick='x()'/>",
        "<path onclick=x() />",
        "<foreignObject/>",
        "<image href=\"https://evil.example.org/x.png\"/>",
        "<use href=\"https://evil.example.org/#x\"/>",
        "<use xlink:href='data:image/svg+xml,x'/>",
        "<a href=\"https://evil.example.org\"><path/></a>",
        "<style>@import 'x'</style>",
        "<path style=\"fill:url(https://evil.example.org)\"/>",
        "<path fill=\"url(https://evil.example.org/x)\"/>",
        "<path fill=\"url( 'https://evil.example.org/x')\"/>",
        "<set attributeName=\"href\" to=\"javascript:x\"/>",
        "<animate/>",
        "<!-- <path/> -->",
        "<![CDATA[x]]>",
        "&lt;script&gt;",
        "<path d=\"&#x6a;\"/>",
        "<path d=\"M0 0\"",
        "<g",
    ] {
        assert_eq!(
            sanitised(&around(bad)).expect_err(bad).field.as_deref(),
            Some("icon"),
            "{bad}"
        );
    }
    for bad in [
        "",
        "<html></html>",
        "<svg viewBox=\"0 0 1 1\" onload='x()'></svg>",
        "<!DOCTYPE svg [<!ENTITY a \"b\">]><svg viewBox=\"0 0 1 1\"></svg>",
        "<svg viewBox=\"0 0 1 1\"></svg><script></script>",
    ] {
        assert!(sanitised(bad).is_err(), "{bad}");
    }
    assert!(
        sanitised(&around(&"<g/>".repeat(5000))).is_err(),
        "size is bounded"
    );
}
