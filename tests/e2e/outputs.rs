//! The command line around waivers, forms and explanations: exit codes, and what wins where two things are meant.

use crate::support::{empty, fipsmith, json, run, text};
use camino::Utf8Path;
use vocab::Sha256;

const BYTES: &[u8] = b"not a program";

fn written(dir: &Utf8Path, name: &str, bytes: &[u8]) -> String {
    let path = dir.join(name);
    files::write(&path, bytes, files::Mode::Plain).unwrap();
    path.into_string()
}

fn waiver(code: &str, expires: &str) -> String {
    format!(
        "[[waivers]]\ncode = \"{code}\"\nartifact = \"{}\"\nowner = \"platform@example.com\"\n\
         reason = \"a text file that nobody runs\"\nexpires = \"{expires}\"\n",
        Sha256::of(BYTES)
    )
}

/// Without it a CI job could not tell a passed gate from a closed one, or a closed one from a broken file.
#[test]
fn waivers_open_the_gate_close_it_or_cannot_be_used() {
    let dir = empty("waivers");
    let file = written(&dir, "file", BYTES);
    let scan = |waivers: &str, code: i32| {
        let waivers = written(&dir, "w.toml", waivers.as_bytes());
        let args =
            ["scan", "--as-of", "2026-11-21", "--waivers", &waivers, "--format", "json", &file];
        run(&mut fipsmith(&args), code)
    };
    let report = json(&scan(&waiver("unsupported-kind", "2026-11-21"), 0));
    assert_eq!((&report["result"], &report["summary"]["waived"]), (&"pass".into(), &1.into()));
    assert_eq!(report["artifacts"][0]["label"], "unknown");
    assert_eq!(
        json(&scan(&waiver("unsupported-kind", "2026-11-20"), 1))["waivers"][0]["state"],
        "expired"
    );
    let both = waiver("unsupported-kind", "2026-11-21") + &waiver("residual-crypto", "2026-11-21");
    assert_eq!(json(&scan(&both, 1))["waivers"][1]["state"], "unused");
    let error = text(&scan(&waiver("integrity-mismatch", "2026-11-21"), 2).stderr);
    assert!(error.contains("w.toml:2:8: `integrity-mismatch` cannot be waived"), "{error}");
}

/// Without it one of the forms could lose the exit code, or print colours into a file.
#[test]
fn every_form_has_the_same_exit_code_and_no_colour_in_a_pipe() {
    let dir = empty("forms");
    let file = written(&dir, "file", BYTES);
    for (form, part) in [
        ("text", "unsupported-kind"),
        ("json", "fipsmith-scan/1"),
        ("sarif", "\"version\": \"2.1.0\""),
        ("junit", "<testsuites "),
    ] {
        let out = text(&run(&mut fipsmith(&["scan", "--format", form, &file]), 1).stdout);
        assert!(out.contains(part) && !out.contains('\u{1b}'), "{form}: {out}");
    }
}

/// Without it a file with an unlucky name could not be explained, or a typing slip would look like a missing file.
#[test]
fn a_file_that_is_there_is_explained_before_a_code_of_that_name() {
    let dir = empty("explain");
    let code = text(&run(fipsmith(&["explain", "residual-crypto"]).current_dir(&dir), 0).stdout);
    assert!(code.contains("verdict: outside-module") && code.contains("source: "), "{code}");
    written(&dir, "residual-crypto", BYTES);
    let file = text(&run(fipsmith(&["explain", "residual-crypto"]).current_dir(&dir), 0).stdout);
    assert!(file.starts_with("bytes: residual-crypto\n") && file.ends_with(": FAIL\n"), "{file}");
    let chain = json(&run(
        fipsmith(&["explain", "--format", "json", "residual-crypto"]).current_dir(&dir),
        0,
    ));
    assert_eq!(chain["gate"]["forcedBy"], "unsupported-kind");
    let error = text(&run(&mut fipsmith(&["explain", "residual-cripto"]), 2).stderr);
    assert!(error.contains("hint: did you mean `residual-crypto`?"), "{error}");
}
