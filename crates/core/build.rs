//! Embeds the catalogue: one table with what lists need, and the text of each definition, which is parsed when it is
//! first used. So the start of the app doesn't grow with the catalogue.

use std::{
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

fn main() {
    let root =
        Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../../connectors");
    println!("cargo::rerun-if-changed={}", root.display());
    println!("cargo::rerun-if-changed=build.rs");

    let mut folders: Vec<PathBuf> = fs::read_dir(&root)
        .expect("the folder connectors/ is part of the sources")
        .map(|entry| entry.expect("connectors/ can be listed").path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();

    let mut table = String::from("static SHIPPED: &[Shipped] = &[\n");
    for folder in &folders {
        table.push_str(&entry(folder));
    }
    table.push_str("];\n");
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it")).join("shipped.rs");
    fs::write(out, table).expect("cargo's output folder can be written");
}

fn entry(folder: &Path) -> String {
    let definition = folder.join("connector.toml");
    let fail = |why: &str| -> ! { panic!("{}: {why}", definition.display()) };
    let text = fs::read_to_string(&definition).unwrap_or_else(|error| fail(&error.to_string()));
    let table: toml::Table = text
        .parse()
        .unwrap_or_else(|error: toml::de::Error| fail(&error.to_string()));
    let id = folder
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_else(|| fail("the folder's name isn't text"));
    let word = |table: &toml::Table, key: &str| match table.get(key).and_then(toml::Value::as_str) {
        Some(word) => word.to_owned(),
        None => fail(&format!("`{key}` is missing")),
    };

    let name = word(&table, "name");
    let keywords: Vec<String> = strings(table.get("keywords"));
    let quality = table
        .get("quality")
        .and_then(toml::Value::as_str)
        .unwrap_or("unconfirmed");
    let search = [id, &name.to_lowercase(), &keywords.join(" ").to_lowercase()].join(" ");
    let mut methods = String::new();
    for method in table
        .get("auth")
        .and_then(toml::Value::as_array)
        .unwrap_or_else(|| fail("`auth` is missing"))
        .iter()
        .filter_map(toml::Value::as_table)
    {
        write!(
            methods,
            "ShippedMethod {{ id: {:?}, label: {:?}, kind: AuthKind::{} }},",
            word(method, "id"),
            word(method, "label"),
            variant(&word(method, "kind")),
        )
        .expect("writing to a string can't fail");
    }
    format!(
        "Shipped {{ id: {id:?}, name: {name:?}, category: Category::{}, quality: Quality::{}, \
         keywords: &{keywords:?}, search: {search:?}, methods: &[{methods}], \
         toml: include_str!({:?}), icon: include_str!({:?}) }},\n",
        variant(&word(&table, "category")),
        variant(quality),
        definition,
        folder.join("icon.svg"),
    )
}

fn strings(value: Option<&toml::Value>) -> Vec<String> {
    value
        .and_then(toml::Value::as_array)
        .map(|list| {
            list.iter()
                .filter_map(|item| item.as_str().map(str::to_owned))
                .collect()
        })
        .unwrap_or_default()
}

/// `mail_and_calendar` as the name of an enum's variant.
fn variant(word: &str) -> String {
    word.split('_')
        .map(|part| {
            let mut letters = part.chars();
            letters
                .next()
                .map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
                .unwrap_or_default()
        })
        .collect()
}
