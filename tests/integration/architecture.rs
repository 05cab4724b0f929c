//! Who may know whom, read from the sources: a forbidden import fails with file and line.

use std::path::{Path, PathBuf};

/// Stages that are plain functions: they know the vocabulary and nothing of each other.
const PURE: [&str; 7] = ["model", "channels", "understand", "locate", "dispatch", "roads", "insight"];

/// What a pure stage must not touch: other people's time, randomness, files, sockets.
const IMPURE: [&str; 14] = [
    "axum",
    "tokio",
    "hyper",
    "tower",
    "reqwest",
    "rusqlite",
    "tokio_postgres",
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "SystemTime::now",
    "Instant::now",
    "fastrand::",
];

/// Libraries with one home each.
const HOMES: [(&str, &[&str]); 3] = [
    ("rusqlite", &["store/sqlite", "store/migrations.rs"]),
    ("tokio_postgres", &["store/postgis"]),
    (
        "axum",
        &["http/", "realtime/socket.rs", "sim/graph_double.rs", "sim/graph_media.rs", "sim/gowa_double.rs", "app.rs"],
    ),
];

/// Lines that break a rule and why they may: file, what stands in the line, reason.
const EXCEPTIONS: [(&str, &str, &str); 3] = [
    ("model/clock.rs", "SystemTime::now", "the one place that reads the clock; everywhere else time is an argument"),
    ("model/id.rs", "fastrand::Rng", "a seeded source of ids, passed in"),
    ("model/id.rs", "fastrand::u64", "a seed when the operating system gives none; decisions get the seeded source"),
];

/// A file longer than this has two subjects.
const MOST_LINES: usize = 700;

/// A source file as shipped: without its tests.
struct Source {
    name: String,
    text: String,
}

impl Source {
    /// Lines that are code, with their numbers.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate().map(|(n, line)| (n + 1, line.split("//").next().unwrap_or_default()));
        lines.take_while(|(_, line)| line.trim() != "#[cfg(test)]" || self.is_module_list())
    }

    // In a list of modules `#[cfg(test)]` stands before one of them, not before the rest of the file.
    fn is_module_list(&self) -> bool {
        self.name.ends_with("mod.rs") || self.name == "lib.rs"
    }

    fn stage(&self) -> &str {
        self.name.split('/').next().unwrap_or_default()
    }

    fn is_pure(&self) -> bool {
        PURE.contains(&self.stage())
            || self.name == "feedback/wording.rs"
            || self.name == "feedback/traffic.rs"
            || self.name == "feedback/articles.rs"
    }

    /// Modules of tests that stand in files of their own.
    fn test_modules(&self) -> Vec<String> {
        let folder = self.name.rsplit_once('/').map_or("", |(folder, _)| folder);
        let lines: Vec<&str> = self.text.lines().map(str::trim).collect();
        let pairs = lines.windows(2).filter(|pair| pair[0] == "#[cfg(test)]");
        let name = |pair: &[&str]| match pair[1].strip_prefix("#[path = \"") {
            Some(path) => Some(path.trim_end_matches(".rs\"]").to_owned()),
            None => Some(pair[1].strip_prefix("mod ")?.strip_suffix(';')?.to_owned()),
        };
        pairs.filter_map(name).map(|name| format!("{folder}/{name}")).collect()
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Every file of src/, tests included.
fn all_sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    files(&root, &mut found);
    found.sort();
    let source = |path: &PathBuf| Source {
        name: path.strip_prefix(&root).unwrap().to_string_lossy().into_owned(),
        text: std::fs::read_to_string(path).unwrap(),
    };
    found.iter().map(source).collect()
}

/// What is shipped.
fn sources() -> Vec<Source> {
    let all = all_sources();
    let tests: Vec<String> = all.iter().flat_map(Source::test_modules).collect();
    let is_test = |source: &Source| {
        tests.iter().any(|test| source.name == format!("{test}.rs") || source.name.starts_with(&format!("{test}/")))
    };
    all.into_iter().filter(|source| !is_test(source)).collect()
}

fn excepted(file: &str, line: &str) -> bool {
    EXCEPTIONS.iter().any(|(excepted, what, _)| *excepted == file && line.contains(what))
}

/// Whether `line` names `what` as a path, not as a part of another word.
fn names(line: &str, what: &str) -> bool {
    line.match_indices(what).any(|(at, _)| {
        let (before, after) = line.split_at(at);
        let after = after.strip_prefix(what).unwrap_or_default();
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        !before.ends_with(is_word) && (what.ends_with(':') || !after.starts_with(is_word))
    })
}

fn said(broken: &[String]) -> String {
    format!("{} lines break a rule:\n{}", broken.len(), broken.join("\n"))
}

#[test]
fn pure_stages_know_the_vocabulary_and_not_each_other() {
    let mut broken = Vec::new();
    let sources = sources();
    for source in sources.iter().filter(|source| source.is_pure()) {
        for (n, line) in source.code().filter(|(_, line)| !excepted(&source.name, line)) {
            for (_, path) in line.match_indices("crate::").map(|(at, _)| line.split_at(at)) {
                let path = path.trim_start_matches("crate::");
                let module: String = path.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if module != "model" && module != source.stage() {
                    broken.push(format!("src/{}:{n}: {} knows {module:?}", source.name, source.stage()));
                }
            }
        }
    }
    assert!(sources.iter().filter(|source| source.is_pure()).count() > 40, "the sources were not found");
    assert!(broken.is_empty(), "{}", said(&broken));
}

#[test]
fn pure_stages_do_no_input_output_and_read_no_clock() {
    let mut broken = Vec::new();
    for source in sources().iter().filter(|source| source.is_pure()) {
        for (n, line) in source.code().filter(|(_, line)| !excepted(&source.name, line)) {
            // A seeded generator passed in is no randomness of one's own.
            let line = line.replace("fastrand::Rng", "");
            let found = IMPURE.iter().filter(|what| names(&line, what));
            broken.extend(found.map(|what| format!("src/{}:{n}: a pure stage uses {what}", source.name)));
        }
    }
    assert!(broken.is_empty(), "{}", said(&broken));
}

#[test]
fn each_library_stays_in_its_home() {
    let mut broken = Vec::new();
    for source in sources() {
        for (library, homes) in HOMES {
            if homes.iter().any(|home| source.name.starts_with(home)) {
                continue;
            }
            let found =
                source.code().filter(|(_, line)| names(line, library) && line.contains(&format!("{library}::")));
            broken.extend(found.map(|(n, _)| format!("src/{}:{n}: {library} belongs in {homes:?}", source.name)));
        }
    }
    assert!(broken.is_empty(), "{}", said(&broken));
}

#[test]
fn every_file_says_what_it_is_and_has_one_subject() {
    let mut broken = Vec::new();
    for source in all_sources() {
        if !source.text.starts_with("//!") {
            broken.push(format!("src/{}:1: does not begin with //!", source.name));
        }
        let lines = source.text.lines().count();
        if lines > MOST_LINES {
            broken.push(format!("src/{}:{lines}: longer than {MOST_LINES} lines", source.name));
        }
    }
    assert!(broken.is_empty(), "{}", said(&broken));
}

#[test]
fn every_exception_is_still_needed() {
    let sources = sources();
    for (file, what, reason) in EXCEPTIONS {
        let used =
            sources.iter().any(|source| source.name == file && source.code().any(|(_, line)| line.contains(what)));
        assert!(used, "{file} no longer holds {what}: remove the exception ({reason})");
    }
}
