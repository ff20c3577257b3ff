//! Every command that a document shows is run, and every document that a release holds is read by somebody else's program.

use crate::support::{
    SMOKE, copy_of_smoke, damage_an_archive, empty, fipsmith, root, run, text, xtask,
};
use crate::validators;
use assert_cmd::Command;
use camino::Utf8Path;

/// The fenced blocks of one language.
fn blocks(markdown: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    markdown
        .split(&fence)
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .map(str::to_owned)
        .collect()
}

fn document(name: &str) -> String {
    files::read_text(&root().join(name), 1 << 20).unwrap()
}

fn stranger(release: &Utf8Path) -> Command {
    let script = blocks(&document("VERIFYING.md"), "sh").join("\n");
    assert!(script.lines().count() > 20, "the lines of VERIFYING.md were not found");
    let mut bash = Command::new("bash");
    bash.args(["-euo", "pipefail", "-c", &script])
        .env("RELEASE", release.as_str())
        .env("KEYS", root().join("keys.example").as_str())
        .env("WORK", empty("stranger").as_str());
    bash
}

/// Without it a stranger would need our program to believe us.
#[test]
fn a_stranger_verifies_a_release_with_the_very_lines_of_verifying_md() {
    run(&mut stranger(&SMOKE), 0);
    let damaged = copy_of_smoke("stranger-damaged");
    damage_an_archive(&damaged);
    let output = stranger(&damaged).output().unwrap();
    assert!(!output.status.success(), "the lines of VERIFYING.md passed a damaged release");
}

/// Without it the SBOM would be valid in our own eyes only.
#[test]
fn two_outside_validators_accept_the_sbom_of_a_real_release() {
    validators::validate(
        root().join("target").as_std_path(),
        "cyclonedx",
        SMOKE.join("sbom.cdx.json").as_std_path(),
    )
    .unwrap();
}

/// Without it a command in the README could be one that nobody can type.
#[test]
fn every_command_of_the_readme_is_understood() {
    let commands: Vec<String> = [
        "README.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "ARCHITECTURE.md",
        "VERIFYING.md",
        "docs/catalogue.md",
        "docs/components.md",
        "docs/waivers.md",
        "docs/output-forms.md",
    ]
    .iter()
    .flat_map(|name| blocks(&document(name), "console"))
    .flat_map(|block| {
        block
            .lines()
            .filter_map(|line| line.strip_prefix("$ ").map(str::to_owned))
            .collect::<Vec<_>>()
    })
    .collect();
    assert!(commands.len() >= 5, "the commands were not found: {commands:?}");
    for command in commands {
        let words: Vec<&str> = command.split_whitespace().collect();
        match words[..] {
            // The verbs of xtask itself run cargo, or these very tests.
            ["cargo", "xtask", "test" | "ci" | "tidy", ..] => {}
            [
                "cargo",
                "xtask",
                verb @ ("scan" | "verify" | "modules" | "explain" | "catalog"),
                ..,
            ] => {
                understood(&mut fipsmith(&[verb, "--help"]), &words[3..]);
            }
            ["cargo", "xtask", verb, ..] => understood(&mut xtask(&[verb, "--help"]), &words[3..]),
            ["fipsmith", verb, ..] => understood(&mut fipsmith(&[verb, "--help"]), &words[2..]),
            _ => panic!("a command that no test knows: {command}"),
        }
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
    for verb in [
        "release", "plan", "build", "fetch", "doctor", "init", "update", "keys", "schema", "bench",
        "scopes",
    ] {
        assert!(text(&run(&mut xtask(&[verb, "--help"]), 0).stdout).contains("Example"), "{verb}");
    }
    for verb in ["scan", "verify", "modules", "explain", "catalog"] {
        assert!(
            text(&run(&mut fipsmith(&[verb, "--help"]), 0).stdout).contains("Example"),
            "{verb}"
        );
    }
}
