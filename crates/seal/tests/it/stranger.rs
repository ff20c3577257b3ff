//! VERIFYING.md, run to the letter: a stranger with openssl, jq, tar and coreutils.

use crate::common::{KEYS, copy, folder, run};
use camino::Utf8Path;
use manifest::Role;
use std::process::Output;

/// The shell blocks of a Markdown text, in order.
fn shell_blocks(markdown: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut block: Option<String> = None;
    for line in markdown.lines() {
        match (&mut block, line.trim_end()) {
            (None, "```sh") => block = Some(String::new()),
            (Some(_), "```") => blocks.extend(block.take()),
            (Some(text), line) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, _) => {}
        }
    }
    blocks
}

fn follow_the_page(release: &Utf8Path) -> Output {
    let blocks = shell_blocks(include_str!("../../../../VERIFYING.md"));
    assert!(blocks.len() >= 6, "the page lost its commands");
    let keys = folder();
    for role in Role::ALL {
        let pem = KEYS.trust().key(role).pem().as_bytes();
        files::write(&keys.path.join(role.public_file()), pem, files::Mode::Plain).unwrap();
    }
    let work = folder();
    let variables =
        [("RELEASE", release.as_str()), ("KEYS", keys.path.as_str()), ("WORK", work.path.as_str())];
    run("bash", &["-euo", "pipefail", "-c", &blocks.concat()], &variables)
}

/// Without it the page could tell strangers to type what does not work.
#[test]
fn the_page_accepts_a_good_release() {
    let folder = copy();
    let output = follow_the_page(&folder.path);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(text.matches("Verified OK").count(), 3, "the seal and two binaries: {text}");
    assert!(verify_left_alone(&folder.path), "the page must not write into the release");
}

fn verify_left_alone(folder: &Utf8Path) -> bool {
    crate::common::verify(folder).passed()
}

/// Without it the page could print OK for anything.
#[test]
fn the_page_refuses_every_changed_file_an_added_one_and_a_missing_one() {
    let folder = copy();
    let names: Vec<String> =
        files::walk(&folder.path).unwrap().into_iter().map(|e| e.path.to_string()).collect();
    for name in names {
        let path = folder.path.join(&name);
        let bytes = files::read(&path, 1 << 30).unwrap();
        let mut flipped = bytes.clone();
        let at = flipped.len() / 2;
        flipped[at] ^= 1;
        files::write(&path, &flipped, files::Mode::Plain).unwrap();
        assert!(!follow_the_page(&folder.path).status.success(), "{name} flipped");
        files::remove_tree(&path).unwrap();
        assert!(!follow_the_page(&folder.path).status.success(), "{name} removed");
        files::write(&path, &bytes, files::Mode::Plain).unwrap();
    }
    files::write(&folder.path.join("extra"), b"x", files::Mode::Plain).unwrap();
    assert!(!follow_the_page(&folder.path).status.success(), "a file added");
}
