//! What the web client believes about the server is what the server says.
//!
//! After a change of a wire type: `SIGAP_BLESS=1 cargo test --test integration wire`, then
//! `npm run wire` in web/.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

fn web(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("web").join(file)
}

#[test]
fn the_openapi_document_in_the_repository_is_the_servers() {
    let said = sigap::http::openapi_json();
    let path = web("openapi.json");
    if std::env::var_os("SIGAP_BLESS").is_some() {
        std::fs::write(&path, &said).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = kept.lines().zip(said.lines()).position(|(kept, said)| kept != said);
    assert!(
        kept == said,
        "web/openapi.json is old (first at line {:?}): bless it, then `npm run wire`",
        differs.map(|n| n + 1)
    );
}

#[test]
fn the_types_of_the_web_client_are_made_from_that_document() {
    let document = std::fs::read(web("openapi.json")).unwrap();
    let types = std::fs::read_to_string(web("src/wire.gen.ts")).unwrap();
    let wanted =
        format!("// Made by npm run wire from openapi.json, sha256 {}", hex::encode(Sha256::digest(&document)));
    assert_eq!(types.lines().next(), Some(wanted.as_str()), "web/src/wire.gen.ts is old: `npm run wire` in web/");
}

/// The names under which the types of a source stand in the document: the type's own, or what `schema(as = …)` says.
fn names_in(source: &str) -> Vec<String> {
    let (mut attributes, mut names) = (String::new(), Vec::new());
    // The ids are made by a macro that lists them.
    let ids = source.split_once("\nids! {").map_or("", |(_, ids)| ids.split('}').next().unwrap_or_default());
    let listed = ids.lines().map(str::trim).filter_map(|line| line.strip_suffix(','));
    names.extend(listed.filter(|line| !line.starts_with("//")).map(str::to_owned));
    for line in source.lines().map(str::trim) {
        let open = attributes.matches('[').count() > attributes.matches(']').count();
        if open || line.starts_with("#[") {
            attributes.push_str(line);
            continue;
        }
        if line.starts_with("//") {
            continue;
        }
        let by_hand = line.strip_prefix("impl utoipa::ToSchema for ");
        let header = line.split_once("struct ").or_else(|| line.split_once("enum ")).map(|(_, name)| name);
        let derived = header.filter(|_| attributes.contains("ToSchema"));
        if let Some(name) = by_hand.or(derived) {
            let renamed = attributes.split_once("schema(as = ").map(|(_, name)| name);
            let letters = |c: char| c.is_alphanumeric() || c == '_';
            names.push(renamed.unwrap_or(name).chars().take_while(|c| letters(*c)).collect());
        }
        attributes.clear();
    }
    names.retain(|name: &String| !name.is_empty());
    names
}

/// Two types of one name overwrite each other in the document without a word, and the web client believes the wrong one.
#[test]
fn no_two_types_of_the_document_have_one_name() {
    let mut homes: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            for name in names_in(&std::fs::read_to_string(&path).unwrap()) {
                homes.entry(name).or_default().push(path.clone());
            }
        }
    }
    let twice: Vec<_> = homes.iter().filter(|(_, homes)| homes.len() > 1).collect();
    assert!(twice.is_empty(), "give one of them `#[schema(as = …)]`: {twice:#?}");
    // Every name of the document was found, so that none escapes; `Page_Report` is a `Page`.
    let document: serde_json::Value = serde_json::from_str(&sigap::http::openapi_json()).unwrap();
    let said = document["components"]["schemas"].as_object().unwrap();
    let unknown: Vec<&String> =
        said.keys().filter(|name| !homes.contains_key(name.split('_').next().unwrap_or_default())).collect();
    assert!(unknown.is_empty() && said.len() > 300, "{} types, not found in the sources: {unknown:?}", said.len());
}

#[test]
fn the_document_names_every_category_by_its_code() {
    let document: serde_json::Value = serde_json::from_str(&sigap::http::openapi_json()).unwrap();
    let codes: Vec<&str> = sigap::model::report::Category::every().map(sigap::model::report::Category::code).collect();
    let mut said: Vec<&str> = document["components"]["schemas"]["Category"]["enum"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it.as_str().unwrap())
        .collect();
    said.sort_by_key(|code| codes.iter().position(|it| it == code));
    assert_eq!(said, codes);
}

#[test]
fn a_type_is_found_by_its_name_in_the_document() {
    let source = "#[derive(Debug, ToSchema)]\n/// Doc.\n#[schema(as = Other)]\npub struct One<T> {\n}\n#[derive(Debug)]\nstruct Two;\n#[derive(\n    Debug,\n    ToSchema,\n)]\n#[serde(tag = \"a\")]\npub(crate) enum Three { A }\nimpl utoipa::ToSchema for Four {}\n";
    assert_eq!(names_in(source), ["Other", "Three", "Four"]);
}
