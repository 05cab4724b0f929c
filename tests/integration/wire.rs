//! What the web client believes about the server is what the server says.
//!
//! After a change of a wire type: `SIGAP_BLESS=1 cargo test --test integration wire`, then
//! `npm run wire` in web/.

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
