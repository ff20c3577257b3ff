//! Running again: what is done stays done after a kill, and a release that nobody touched costs nothing.

use crate::support::{SMOKE, empty, json, root, run, text, xtask};
use assert_cmd::Command;
use camino::{Utf8Path, Utf8PathBuf};
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

fn release<'a>(dist: &'a Utf8Path, args: &[&'a str]) -> Command {
    let mut command = xtask(&["release", "--profile", "smoke", "--offline", "--format", "json"]);
    command.args(["--dist", dist.as_str()]).args(args);
    command
}

/// Without it a receipt could hide a changed release, or every run read every byte.
#[test]
fn an_untouched_release_is_not_read_and_a_touched_one_is_verified_again() {
    let _ = &*SMOKE;
    let dist = empty("receipt");
    // A day of its own: other tests release today.
    let again =
        |args: &[&str]| json(&run(release(&dist, &["--as-of", "2026-11-21"]).args(args), 0));
    let first = again(&[]);
    assert_eq!(first["unchanged"], false);
    assert!(first["components"][0]["buildSeconds"].is_number(), "{first}");
    assert_eq!(first["images"][0]["label"], "full");
    let mut left = again(&[]);
    if left["verified"] != again(&[])["verified"] {
        // The first run was so quick that its stamps were not believed; now they are.
        left = again(&[]);
    }
    assert_eq!((&left["unchanged"], &left["label"]), (&true.into(), &"full".into()));
    let verified = left["verified"].clone();
    assert_eq!(again(&[])["verified"], verified, "nothing was read");
    // Another day, and a forced run: all of it is read again.
    let other = json(&run(&mut release(&dist, &["--as-of", "2026-11-22"]), 0));
    assert_ne!(other["verified"], verified);
    assert_eq!(again(&["--force"])["unchanged"], false);
    // The same size and, as far as a program can set it, the same time: the release is made again.
    let folder = Utf8PathBuf::from(left["release"].as_str().unwrap());
    let builds = folder.join("BUILDS.md");
    let honest = files::read(&builds, 1 << 20).unwrap();
    run(&mut release(&dist, &["--as-of", "2026-11-21"]), 0);
    let mut bytes = honest.clone();
    let last = bytes.len() - 2;
    bytes[last] ^= 1;
    run(Command::new("touch").args(["-r", builds.as_str(), dist.join("time").as_str()]), 0);
    std::fs::OpenOptions::new().write(true).open(&builds).unwrap().set_len(0).unwrap();
    std::io::Write::write_all(
        &mut std::fs::OpenOptions::new().write(true).open(&builds).unwrap(),
        &bytes,
    )
    .unwrap();
    run(Command::new("touch").args(["-r", dist.join("time").as_str(), builds.as_str()]), 0);
    let output = run(&mut release(&dist, &["--as-of", "2026-11-21"]), 0);
    assert_eq!(json(&output)["unchanged"], false);
    assert!(text(&output.stderr).contains("releasing again"), "{}", text(&output.stderr));
    assert_eq!(files::read(&builds, 1 << 20).unwrap(), honest);
}

/// Without it a part of a profile could pass for a release of it.
#[test]
fn a_part_of_a_profile_is_judged_and_not_sealed() {
    let _ = &*SMOKE;
    let dist = empty("part");
    let output = run(
        &mut xtask(&[
            "release",
            "--profile",
            "smoke",
            "--component",
            "cni-plugins",
            "--offline",
            "--dist",
            dist.as_str(),
        ]),
        0,
    );
    let words = text(&output.stdout);
    assert!(
        words.contains("nothing was packed or sealed") && words.contains("host-local"),
        "{words}"
    );
    assert_eq!(files::walk(&dist).unwrap(), []);
    let error =
        text(&run(&mut xtask(&["release", "--profile", "smoke", "--component", "etc"]), 2).stderr);
    assert!(error.contains("`etc` is no component of the profile `smoke`"), "{error}");
}

/// A state of its own that borrows what was fetched and compiled, and has built nothing.
fn state(name: &str) -> Utf8PathBuf {
    let state = empty(name);
    for part in ["toolchains", "downloads", "modcache", "sources", "modules", "cache"] {
        let shared = root().join("target/fipsmith").join(part);
        // What nobody has needed yet is not there yet.
        files::create_dir_all(&shared).unwrap();
        std::os::unix::fs::symlink(shared, state.join(part)).unwrap();
    }
    state
}

/// Without it a machine that goes down after hours would begin from nothing.
#[test]
#[expect(clippy::disallowed_methods, reason = "a process is killed in the middle")]
fn a_killed_build_goes_on_where_it_was() {
    run(&mut xtask(&["build", "--profile", "quickstart", "--component", "cni-plugins"]), 0);
    let state = state("killed-state");
    let args = ["build", "--profile", "quickstart", "--component", "cni-plugins", "--offline"];
    let mut child = std::process::Command::new(root().join("target/release/release"))
        .args(args)
        .args(["--state", state.as_str()])
        .env("FIPSMITH_ROOT", root().as_str())
        .env("CI", "true")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut seen = Vec::new();
    for line in BufReader::new(child.stderr.take().unwrap()).lines() {
        seen.push(line.unwrap());
        if seen.last().is_some_and(|line| line.starts_with("[1/2] built")) {
            // SIGKILL: nothing can be tidied up.
            child.kill().unwrap();
            break;
        }
    }
    assert!(!child.wait().unwrap().success(), "it was killed in the middle: {seen:#?}");
    let log = text(&run(xtask(&args).args(["--state", state.as_str()]), 0).stderr);
    let first = "cni-plugins linux/amd64";
    assert!(log.contains(&format!("unchanged {first}")), "{log}");
    assert!(log.contains("[1/1] built cni-plugins linux/arm64 in"), "{log}");
}
