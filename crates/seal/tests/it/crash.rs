//! A write that fails and a process that dies, in the middle: the previous release stays whole.

use crate::common::{
    KEYS, PROGRAMS, PROGRAMS_IN, SEALED_ON, date, example_keys, folder, release, run, staged,
    verify,
};
use camino::{Utf8Path, Utf8PathBuf};
use catalog::Registry;
use seal::SealError;

/// Set for the process that is to fail: the release folder it shall write.
const VICTIM: &str = "FIPSMITH_TEST_VICTIM";

/// Runs one test of this very program in a shell that first limits it, with the programs built beforehand.
fn in_a_limited_process(test: &str, limit: &str, target: &Utf8Path) -> std::process::Output {
    let built = folder();
    for (name, bytes) in [("plain", &PROGRAMS.plain), ("native", &PROGRAMS.native)] {
        files::write(&built.path.join(name), bytes, files::Mode::Plain).unwrap();
    }
    let program = std::env::current_exe().unwrap();
    let script = format!("{limit}; exec \"$0\" --exact crash::{test} --nocapture");
    let variables = [(VICTIM, target.as_str()), (PROGRAMS_IN, built.path.as_str())];
    run("sh", &["-c", &script, program.to_str().unwrap()], &variables)
}

fn victim() -> Option<Utf8PathBuf> {
    std::env::var(VICTIM).ok().map(Utf8PathBuf::from)
}

/// Without it a full disk could leave half a release where a whole one was.
#[test]
fn a_write_that_fails_in_the_middle_leaves_the_previous_release() {
    if let Some(target) = victim() {
        let staged = staged(&example_keys(), &target, date(SEALED_ON), Registry::embedded());
        let Err(error) = staged else { panic!("the write succeeded") };
        assert!(matches!(error, SealError::Write { .. }), "{error}");
        assert!(error.to_string().contains("is untouched"), "{error}");
        return;
    }
    let folder = folder();
    let target = folder.path.join("release");
    release(&KEYS, &target, date(SEALED_ON), Registry::embedded());
    // Files of more than 100 kB cannot be written: the first archive fails half-way, as on a full disk.
    let output = in_a_limited_process(
        "a_write_that_fails_in_the_middle_leaves_the_previous_release",
        "trap '' XFSZ; ulimit -f 200",
        &target,
    );
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(verify(&target).passed());
    assert_eq!(std::fs::read_dir(&folder.path).unwrap().count(), 1, "and nothing beside it");
}

/// Without it a killed run could leave half a release where a whole one was.
#[test]
fn a_process_that_dies_before_the_rename_leaves_the_previous_release() {
    if let Some(target) = victim() {
        let _staged =
            staged(&example_keys(), &target, date(SEALED_ON), Registry::embedded()).unwrap();
        std::process::abort();
    }
    let folder = folder();
    let target = folder.path.join("release");
    release(&KEYS, &target, date(SEALED_ON), Registry::embedded());
    let output = in_a_limited_process(
        "a_process_that_dies_before_the_rename_leaves_the_previous_release",
        "ulimit -c 0",
        &target,
    );
    assert!(!output.status.success());
    assert!(std::fs::read_dir(&folder.path).unwrap().count() > 1, "it died after it had written");
    assert!(verify(&target).passed());
    release(&KEYS, &target, date(SEALED_ON), Registry::embedded());
    assert!(verify(&target).passed(), "the next run is not disturbed");
}
