//! The layers and the map of `ARCHITECTURE.md`, and what is absent from `src`, read from the sources.

use measurand_tests::support::root;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A file of `src`, without comments and without tests.
struct Source {
    /// `catalog/check/graph.rs`.
    name: String,
    code: String,
}

impl Source {
    /// The module at the crate's root that the file belongs to: `catalog`.
    fn module(&self) -> &str {
        let first = self.name.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// How many `super::` lead from the file's module to the module at the crate's root.
    fn depth(&self) -> usize {
        let path = self.name.strip_suffix("/mod.rs").unwrap_or(&self.name);
        path.matches('/').count()
    }

    fn words(&self) -> impl Iterator<Item = &str> {
        self.code.split(|c: char| !c.is_alphanumeric() && c != '_')
    }
}

#[test]
fn imports_go_down() {
    let layers = layers();
    let mut wrong = Vec::new();
    for source in sources() {
        let module = source.module().to_owned();
        if module == "lib" {
            continue;
        }
        let Some(own) = layers.get(&module) else {
            wrong.push(format!("{}: `{module}` has no layer", source.name));
            continue;
        };
        for imported in imports(&source) {
            match layers.get(&imported) {
                None => wrong.push(format!("{}: `crate::{imported}` has no layer", source.name)),
                // Modules on one line of the list may know each other.
                Some(layer) if layer > own => {
                    wrong.push(format!("{} imports `{imported}`", source.name));
                }
                Some(_) => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_layer_names_modules_that_exist() {
    let modules: Vec<String> = sources().iter().map(|s| s.module().to_owned()).collect();
    for module in layers().keys() {
        assert!(modules.contains(module), "no module `{module}`");
    }
}

#[test]
fn relative_imports_stay_in_their_module() {
    for source in sources() {
        let too_far = "super::".repeat(source.depth() + 1);
        assert!(
            !source.code.contains(&too_far),
            "{} climbs out by `super::`; say `crate::`",
            source.name
        );
    }
}

#[test]
fn emit_and_verify_do_not_see_the_catalog() {
    for source in sources() {
        let module = source.module();
        if module == "emit" || module == "verify" {
            for word in ["Catalog", "CatalogSpec", "Checker", "Request", "Context"] {
                let found = source.words().any(|each| each == word);
                assert!(!found, "{} names `{word}`", source.name);
            }
        }
    }
}

/// The text is read against the plan, whose parts the catalog declares; how it was written must not
/// matter.
#[test]
fn verify_shares_nothing_with_what_it_checks() {
    for source in sources()
        .iter()
        .filter(|source| source.module() == "verify")
    {
        for imported in imports(source) {
            let is_checked = ["resolve", "emit"].contains(&imported.as_str());
            assert!(!is_checked, "{} imports `{imported}`", source.name);
        }
    }
}

#[test]
fn only_the_guard_names_relations() {
    let naming: Vec<String> = sources()
        .iter()
        .filter(|source| source.module() == "emit" && source.code.contains(".relation"))
        .map(|source| source.name.clone())
        .collect();
    assert_eq!(naming, ["emit/guard.rs"]);
    let guard = code_of("emit/guard.rs");
    let written = guard.matches(".push(read.relation)").count();
    assert_eq!(written, 1, "a relation is written in one place");
}

#[test]
fn no_input_no_output_no_clock() {
    const ABSENT: [&str; 18] = [
        "std::fs",
        "std::io",
        "std::net",
        "std::env",
        "std::process",
        "std::thread",
        "std::time",
        "env::var",
        "SystemTime",
        "Timestamp::now",
        "Zoned::now",
        "TimeZone::get",
        "TimeZone::system",
        "static mut",
        "println!",
        "print!",
        "dbg!",
        "unsafe",
    ];
    for source in sources() {
        for word in ABSENT {
            assert!(!source.code.contains(word), "{} says `{word}`", source.name);
        }
    }
}

#[test]
fn other_crates_have_their_doors() {
    let doors: [(&str, &[&str]); 7] = [
        ("foldhash", &["hash.rs"]),
        ("jiff", &["calendar/", "value/time.rs", "expr/literal.rs"]),
        (
            "serde_json",
            &[
                "json/",
                "postgres/read.rs",
                "value/scalar.rs",
                "request/read.rs",
                "catalog/write_rows.rs",
                "report/user_tables/write.rs",
            ],
        ),
        (
            "sha2",
            &["catalog/digest.rs", "catalog/spelling.rs", "fingerprint.rs"],
        ),
        ("thiserror", &["error/"]),
        ("postgres_types", &["postgres.rs", "postgres/read.rs"]),
        ("bytes", &["postgres.rs"]),
    ];
    for source in sources() {
        for (krate, files) in doors {
            let is_used = source.code.contains(&format!("{krate}::"));
            let is_door = files.iter().any(|file| source.name.starts_with(file));
            assert!(!is_used || is_door, "{} uses `{krate}`", source.name);
        }
    }
}

/// `serde` and `postgres_types` are public through their traits alone.
#[test]
fn signatures_name_no_type_of_another_crate() {
    const FOREIGN: [&str; 9] = [
        "jiff",
        "civil",
        "TimeZone",
        "Span",
        "serde_json",
        "RawValue",
        "Sha256",
        "BytesMut",
        "Type",
    ];
    for source in sources() {
        for line in source.code.split("pub fn ").skip(1) {
            let signature = line.split(['{', ';']).next().unwrap_or_default();
            for word in signature.split(|c: char| !c.is_alphanumeric() && c != '_') {
                assert!(
                    !FOREIGN.contains(&word),
                    "{}: pub fn {signature}",
                    source.name
                );
            }
        }
    }
}

#[test]
fn the_map_names_every_file() {
    let page = page("ARCHITECTURE.md");
    let mapped: Vec<&str> = page
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("src/"))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let mut files: Vec<String> = sources().into_iter().map(|source| source.name).collect();
    files.sort();
    for file in &files {
        assert!(mapped.contains(&file.as_str()), "the map lacks src/{file}");
    }
    for name in &mapped {
        assert!(
            files.iter().any(|file| file == name),
            "the map has src/{name}, which does not exist"
        );
    }
}

#[test]
fn files_that_pages_name_exist() {
    let mut missing = Vec::new();
    const PAGES: [&str; 6] = [
        "README.md",
        "ARCHITECTURE.md",
        "DESIGN.md",
        "CHANGELOG.md",
        "docs/report_builder.md",
        "docs/user_tables.md",
    ];
    for name in PAGES {
        for quoted in page(name).split('`').skip(1).step_by(2) {
            let is_file = ["src/", "tests/", "examples/", "sql/", "benches/"]
                .iter()
                .any(|folder| quoted.starts_with(folder));
            let is_plain = !quoted.contains(['*', '<', ' ', '\n']);
            if is_file && is_plain && !root().join(quoted).exists() {
                missing.push(format!("{name} names `{quoted}`"));
            }
        }
    }
    assert!(missing.is_empty(), "do not exist: {missing:#?}");
}

/// From the numbered list under `## Layers`: the position of each module, lowest first.
fn layers() -> BTreeMap<String, usize> {
    let page = page("ARCHITECTURE.md");
    let (_, section) = page.split_once("## Layers").expect("a section on layers");
    let section = section.split("\n## ").next().unwrap_or_default();
    let mut layers = BTreeMap::new();
    for line in section.lines() {
        let Some((number, rest)) = line.split_once(". ") else {
            continue;
        };
        let Ok(number) = number.parse::<usize>() else {
            continue;
        };
        let modules = rest.split(':').next().unwrap_or_default();
        for module in modules.split('`').skip(1).step_by(2) {
            layers.insert(module.to_owned(), number);
        }
    }
    assert!(
        layers.len() > 15,
        "the list of layers is not read: {layers:?}"
    );
    layers
}

/// The modules at the crate's root that a file names.
fn imports(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    for rest in source.code.split("crate::").skip(1) {
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
        let name = &rest[..end.unwrap_or(rest.len())];
        assert!(
            name.starts_with(|c: char| c.is_ascii_lowercase()),
            "{}: `crate::{name}`: an import names its module",
            source.name
        );
        found.push(name.to_owned());
    }
    found
}

fn code_of(name: &str) -> String {
    let found = sources().into_iter().find(|source| source.name == name);
    found.expect("a file of this name").code
}

fn sources() -> Vec<Source> {
    let folder = root().join("src");
    let mut files = Vec::new();
    collect(&folder, &mut files);
    files.sort();
    let sources: Vec<Source> = files
        .iter()
        .filter_map(|file| read(&folder, file))
        .collect();
    assert!(sources.len() > 50, "the sources are not found");
    sources
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// `None` for files of tests, which may do as they like.
fn read(folder: &Path, file: &Path) -> Option<Source> {
    let name = file.strip_prefix(folder).ok()?.to_str()?.to_owned();
    if name
        .split('/')
        .any(|part| part == "tests" || part == "tests.rs")
    {
        return None;
    }
    let text = fs::read_to_string(file).expect("a readable source");
    let text = text.split("#[cfg(test)]\nmod tests {").next()?;
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n");
    Some(Source { name, code })
}

fn page(name: &str) -> String {
    let text = fs::read_to_string(root().join(name));
    text.unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Every statement that a test emits is read by the checker: tests compile through its door.
#[test]
fn tests_compile_through_the_checker() {
    // The soak measures the library alone, and has the same questions checked apart.
    const DOORS: [&str; 2] = ["tests/checker/mod.rs", "tests/soak.rs"];
    let mut waiting = vec![root().join("tests")];
    let mut wrong = Vec::new();
    let mut doors = 0;
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(entries(&path));
            continue;
        }
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let name = path.strip_prefix(root()).expect("below the root");
        let code = fs::read_to_string(&path).expect("a readable file");
        // Split, so that this file does not name what it looks for.
        let calls = [concat!(".comp", "ile("), concat!("Compiler::comp", "ile")];
        if calls.iter().any(|call| code.contains(call)) {
            match DOORS.iter().any(|door| name == Path::new(door)) {
                true => doors += 1,
                false => wrong.push(name.to_owned()),
            }
        }
    }
    assert!(doors == DOORS.len() && wrong.is_empty(), "{wrong:?}");
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a readable folder");
    entries
        .map(|entry| entry.expect("an entry").path())
        .collect()
}
