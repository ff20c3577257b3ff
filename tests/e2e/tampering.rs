//! A release that somebody touched: each change is found, named, and ends in exit code 1.

use crate::support::{copy_of_smoke, fipsmith, run, text};
use camino::Utf8Path;

fn refused(folder: &Utf8Path) -> String {
    let output = run(&mut fipsmith(&["verify", folder.as_str(), "--allow-example-keys"]), 1);
    text(&output.stdout)
}

fn list(folder: &Utf8Path) -> Vec<String> {
    files::walk(folder).unwrap().into_iter().map(|entry| entry.path.to_string()).collect()
}

/// Without it there would be a byte in a release that nobody vouches for.
#[test]
fn a_flipped_bit_anywhere_in_any_file_is_found() {
    let folder = copy_of_smoke("flip");
    for name in list(&folder) {
        let path = folder.join(&name);
        let original = files::read(&path, 1 << 30).unwrap();
        for at in [0, original.len() / 3, original.len() / 2, original.len() - 1] {
            let mut bytes = original.clone();
            bytes[at] ^= 1;
            files::write(&path, &bytes, files::Mode::Plain).unwrap();
            refused(&folder);
        }
        files::write(&path, &original, files::Mode::Plain).unwrap();
    }
    run(&mut fipsmith(&["verify", folder.as_str(), "--allow-example-keys"]), 0);
}

/// Without it a file could be slipped into a release, or taken out of it.
#[test]
fn an_added_file_and_a_removed_file_are_found() {
    let folder = copy_of_smoke("added");
    files::write(&folder.join("archives/extra.tar.gz"), b"x", files::Mode::Plain).unwrap();
    assert!(refused(&folder).contains("extra.tar.gz"));
    files::remove_tree(&folder.join("archives/extra.tar.gz")).unwrap();
    for name in list(&folder) {
        let bytes = files::read(&folder.join(&name), 1 << 30).unwrap();
        files::remove_tree(&folder.join(&name)).unwrap();
        refused(&folder);
        files::write(&folder.join(&name), &bytes, files::Mode::Plain).unwrap();
    }
}

/// Without it one validly signed program could take another's name.
#[test]
fn two_swapped_names_are_found() {
    let folder = copy_of_smoke("swapped");
    let signatures: Vec<String> = list(&folder)
        .into_iter()
        .filter(|name| name.ends_with(".sig") && name.starts_with("signatures/"))
        .collect();
    let [one, two] = &signatures[..] else {
        panic!("the smoke release has two programs: {signatures:?}")
    };
    let read = |name: &String| files::read(&folder.join(name), 1 << 20).unwrap();
    let (first, second) = (read(one), read(two));
    files::write(&folder.join(one), &second, files::Mode::Plain).unwrap();
    files::write(&folder.join(two), &first, files::Mode::Plain).unwrap();
    let output = refused(&folder);
    assert!(output.contains("loopback.sig") && output.contains("host-local.sig"), "{output}");
}

/// Without it a link out of the folder could stand for a file that was never sealed.
#[test]
fn a_symlink_in_the_place_of_a_file_is_refused() {
    let folder = copy_of_smoke("linked");
    let outside = folder.parent().unwrap().join("BUILDS.md");
    files::write(
        &outside,
        &files::read(&folder.join("BUILDS.md"), 1 << 20).unwrap(),
        files::Mode::Plain,
    )
    .unwrap();
    files::remove_tree(&folder.join("BUILDS.md")).unwrap();
    std::os::unix::fs::symlink(&outside, folder.join("BUILDS.md")).unwrap();
    assert!(refused(&folder).contains("BUILDS.md"));
}
