//! The part of the corpus that is built in minutes. All of it is run by hand: `cargo xtask corpus`.

use crate::support::{SMOKE, root, run, text};
use assert_cmd::Command;

/// Without it a rule could change what is said of programs that nobody thought of while changing it.
#[test]
fn the_programs_of_the_corpus_get_the_verdicts_that_they_must_get() {
    // The pinned toolchains are there once the smoke release is.
    let _ = &*SMOKE;
    let output = run(Command::new(root().join("target/release/corpus")).arg("--quick"), 0);
    let said = text(&output.stdout);
    assert!(said.contains(" 0 wrong"), "{said}");
}
