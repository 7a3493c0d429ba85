//! What the README of the service tells a newcomer to type works.

use std::fs;

use measurand_tests::support::root;

use super::world::World;

/// The commands of the fenced blocks, each on one line.
fn commands(page: &str) -> Vec<String> {
    let blocks = page.split("```").skip(1).step_by(2);
    let consoles = blocks.filter_map(|block| block.strip_prefix("console\n"));
    let joined = consoles.map(|block| block.replace("\\\n", " "));
    joined
        .flat_map(|block| block.lines().map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

/// The words of a command, as a shell takes it apart.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in command.split('\'').enumerate() {
        if at % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

/// What curl would send.
struct Sent {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
}

fn sent(command: &str) -> Sent {
    let mut words = words(command).into_iter().skip(1);
    let (mut method, mut target, mut headers, mut body) = (None, None, Vec::new(), None);
    while let Some(word) = words.next() {
        let mut next = || words.next().unwrap_or_else(|| panic!("{command}"));
        match &*word {
            "-s" => {}
            "-o" => drop(next()),
            "-X" => method = Some(next()),
            "-d" => body = Some(next()),
            "-H" => {
                let header = next();
                let (name, value) = header.split_once(": ").expect("a header");
                headers.push((name.to_owned(), value.to_owned()));
            }
            _ => {
                let path = word.strip_prefix("localhost:8080");
                target = Some(path.unwrap_or_else(|| panic!("{word}")).to_owned());
            }
        }
    }
    let usual = if body.is_some() { "POST" } else { "GET" };
    Sent {
        method: method.unwrap_or_else(|| usual.to_owned()),
        target: target.expect("an address"),
        headers,
        body,
    }
}

#[test]
fn every_command_of_the_readme_works() {
    let page = fs::read_to_string(root().join("examples/service/README.md")).expect("the page");
    let world = World::new("readme");
    let commands = commands(&page);
    let (curls, others): (Vec<_>, Vec<_>) = commands
        .iter()
        .partition(|command| command.starts_with("curl "));
    assert_eq!(others.len(), 2, "two commands run it");
    assert!(
        others
            .iter()
            .all(|each| each.contains("cargo run -p measurand-service"))
    );
    assert!(curls.len() >= 10, "{curls:?}");
    for command in curls {
        let sent = sent(command);
        let headers: Vec<(&str, &str)> = sent
            .headers
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect();
        let body = sent.body.as_deref().map(str::as_bytes);
        let reply = world.raw(&sent.method, &sent.target, &headers, body);
        assert!(
            matches!(reply.status, 200 | 201),
            "{command}\n{}",
            reply.text()
        );
        assert!(reply.body.len() > 2, "{command}");
    }
}

/// The files that the page names are there.
#[test]
fn the_files_of_the_readme_exist() {
    let folder = root().join("examples/service");
    let page = fs::read_to_string(folder.join("README.md")).expect("the page");
    let names = page.split('`').skip(1).step_by(2);
    let files: Vec<&str> = names.filter(|name| name.ends_with(".rs")).collect();
    assert!(files.len() > 8, "{files:?}");
    for file in files {
        let name = file.strip_prefix("src/").unwrap_or(file);
        assert!(folder.join("src").join(name).exists(), "{file}");
    }
}
