//! Whole archives, packages and images through the public interface.

mod databases;
mod images;
mod layout;
mod packages;
mod rpmdb;

use std::collections::BTreeMap;
use unpack::{Gauge, Limits, Tree};

/// The files of a root: first path and content.
fn content(tree: &Tree) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let problems = tree.files(&gauge(), &mut |file| {
        let mut content = Vec::new();
        file.content.read_to_end(&mut content).unwrap();
        files.insert(file.paths.join(","), content);
    });
    assert_eq!(problems, []);
    files
}

fn gauge() -> Gauge {
    Gauge::new(Limits::default())
}
