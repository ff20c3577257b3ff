//! Every document that a release holds is read by somebody else's program, as VERIFYING.md shows.

use crate::shown::{blocks, document};
use crate::support::{SMOKE, copy_of_smoke, damage_an_archive, empty, root, run};
use crate::validators;
use assert_cmd::Command;
use camino::Utf8Path;

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
