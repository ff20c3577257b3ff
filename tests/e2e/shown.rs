//! Every command that a document shows: run as it stands there, with what stands here in place of a reader's own names.

use crate::support::{SMOKE, empty, fipsmith, root, run, text, xtask};
use assert_cmd::Command;
use camino::Utf8PathBuf;

/// Verbs that take minutes, a network or another session's answer: the tests of the named module run them, and here their
/// flags are compared with their help.
const ELSEWHERE: &[(&str, &str)] = &[
    ("release", "chain"),
    ("build", "components"),
    ("init", "components"),
    ("update", "components"),
    ("doctor", "components"),
    ("fetch", "support"),
];

/// The fenced blocks of one language.
pub(crate) fn blocks(markdown: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    markdown
        .split(&fence)
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .map(str::to_owned)
        .collect()
}

pub(crate) fn document(name: &str) -> String {
    files::read_text(&root().join(name), 1 << 20).unwrap()
}

/// All documents of the repository but the reports of measurements, which show what was printed on a day.
fn documents() -> Vec<String> {
    let pages = files::walk(&root().join("docs")).unwrap().into_iter();
    let pages = pages.map(|page| format!("docs/{}", page.path));
    ["README.md", "CONTRIBUTING.md", "SECURITY.md", "ARCHITECTURE.md", "VERIFYING.md"]
        .map(str::to_owned)
        .into_iter()
        .chain(pages.filter(|name| name.ends_with(".md")))
        .collect()
}

fn shown() -> Vec<String> {
    let blocks = documents().into_iter().flat_map(|name| blocks(&document(&name), "console"));
    let lines = |block: String| block.lines().map(str::to_owned).collect::<Vec<_>>();
    blocks.flat_map(lines).filter_map(|line| line.strip_prefix("$ ").map(str::to_owned)).collect()
}

/// What a reader has, and what stands for it here.
struct Stand {
    names: Vec<(&'static str, Utf8PathBuf)>,
}

impl Stand {
    fn new() -> Self {
        let desk = empty("shown");
        let waivers = blocks(&document("docs/waivers.md"), "toml").concat();
        files::write(&desk.join("waivers.toml"), waivers.as_bytes(), files::Mode::Plain).unwrap();
        let program = root().join("target/release/fipsmith");
        let in_root = desk.join("root/usr/bin/openssl");
        files::create_dir_all(in_root.parent().unwrap()).unwrap();
        let bytes = files::read(&program, 1 << 30).unwrap();
        files::write(&in_root, &bytes, files::Mode::Executable).unwrap();
        Self {
            names: vec![
                ("dist/quickstart-1.0.0+fips.0", SMOKE.clone()),
                ("target/fipsmith/actions", SMOKE.join("archives")),
                ("/usr/local/bin", SMOKE.join("archives")),
                ("/usr/local/bin/etcd", program.clone()),
                ("target/release/fipsmith", program),
                ("waivers.toml", desk.join("waivers.toml")),
                ("my-keys", desk.join("my-keys")),
                // A root that is a folder of one program: reading the whole machine takes as long as it is large.
                ("/", desk.join("root")),
                ("/usr/bin/openssl", in_root),
            ],
        }
    }

    fn word(&self, word: &str) -> String {
        let found = self.names.iter().find(|(name, _)| *name == word);
        found.map_or(word.to_owned(), |(_, path)| path.to_string())
    }
}

/// Without it a reader would type a command from a document, and it would not exist.
#[test]
fn the_commands_of_the_documents_work() {
    let mut commands = shown();
    assert!(commands.len() >= 40, "the commands were not found: {commands:?}");
    // Keys are made before they are named.
    commands.sort_by_key(|command| !command.contains(" keys new "));
    let stand = Stand::new();
    for command in commands {
        let words: Vec<&str> = command.split_whitespace().collect();
        let (mut program, rest) = match words[..] {
            // These very tests, and what installs a component on a host: `nginx` does it in a sandbox.
            ["cargo", "xtask", "test" | "ci" | "tidy", ..]
            | ["tar" | "/opt/fips/sbin/nginx", ..] => continue,
            [
                "cargo",
                "xtask",
                verb @ ("scan" | "verify" | "modules" | "explain" | "catalog"),
                ..,
            ] => (fipsmith(&[verb]), &words[3..]),
            ["cargo", "xtask", verb, ..] => (xtask(&[verb]), &words[3..]),
            ["fipsmith", verb, ..] => (fipsmith(&[verb]), &words[2..]),
            _ => panic!("a command that no test knows: {command}"),
        };
        if words.iter().any(|word| ELSEWHERE.iter().any(|(verb, _)| verb == word)) {
            understood(program.arg("--help"), rest);
            continue;
        }
        program
            .args(rest.iter().map(|word| stand.word(word)))
            .env("FIPSMITH_ROOT", root().as_str())
            .env("FIPSMITH_PASSPHRASE", "of a test")
            .current_dir(root());
        let output = program.output().unwrap();
        // 1 is an answer: a release that other keys sealed is not believed, for instance. 2 would be a command that is none.
        let (code, said) = (output.status.code(), text(&output.stderr));
        assert!(matches!(code, Some(0 | 1)), "{command}: {code:?}\n{said}");
        assert!(!output.stdout.is_empty() || !said.is_empty(), "{command} says nothing");
    }
}

/// Every flag of the command is one that its help lists.
fn understood(help: &mut Command, words: &[&str]) {
    let help = text(&run(help, 0).stdout);
    for flag in words.iter().filter(|word| word.starts_with("--")) {
        assert!(help.contains(flag), "{flag} is not in\n{help}");
    }
}

/// Without it `--help` would say what a verb is and not how to use it.
#[test]
fn the_help_of_every_verb_has_an_example() {
    let example = |command: &mut Command| {
        let help = text(&run(command, 0).stdout);
        assert!(help.contains("Example"), "{help}");
    };
    for verb in [
        "release",
        "plan",
        "build",
        "fetch",
        "doctor",
        "init",
        "update",
        "keys",
        "schema",
        "bench",
        "scopes",
        "toolchain",
    ] {
        example(&mut xtask(&[verb, "--help"]));
    }
    for verb in ["scan", "verify", "modules", "explain", "catalog"] {
        example(&mut fipsmith(&[verb, "--help"]));
    }
}
