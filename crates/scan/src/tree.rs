//! A component that is a tree of files, held in memory: its programs are judged with the files around them, as the root
//! into which they are installed.

use crate::Scanner;
use crate::root::{Root, is_kept};
use crate::scanner::{Scanned, Seen};
use crate::surroundings::Neighbour;
use catalog::Allow;
use inspect::facts::FileKind;
use rayon::prelude::*;

/// The files of a component, read. Paths begin at the root: `opt/fips/sbin/nginx`.
#[derive(Debug, Default)]
pub struct FileTree {
    root: Root,
}

impl Scanner<'_> {
    /// Reads the files of a tree: what each is that can be loaded, and the content of what configures it.
    pub fn read_tree(&self, files: &[(&str, &[u8])]) -> FileTree {
        let limits = self.limits();
        let neighbour = |(path, bytes): &(&str, &[u8])| {
            (inspect::file_kind(bytes) == FileKind::Elf).then(|| {
                let Seen { sha256, facts, .. } = Scanner::see(bytes, &limits);
                Neighbour { path: format!("/{path}"), sha256, facts }
            })
        };
        let neighbours: Vec<_> = files.par_iter().map(neighbour).collect();
        let mut root = Root::default();
        for ((path, bytes), neighbour) in files.iter().zip(neighbours) {
            let kept = is_kept(path, bytes.len() as u64).then(|| bytes.to_vec());
            root.put(&[(*path).to_owned()], neighbour, kept);
        }
        root.settle(&[]);
        FileTree { root }
    }

    /// Scans a program that stands at `place` of a tree. `path` is what the report calls it.
    pub fn scan_in(
        &self,
        tree: &FileTree,
        (path, place): (&str, &str),
        bytes: &[u8],
        allow: &[Allow],
    ) -> Scanned {
        let seen = Scanner::see(bytes, &self.limits());
        let report = self.judge(&seen.at(path, &format!("/{place}")), &tree.root, allow);
        Scanned::new(report, seen.facts)
    }
}
