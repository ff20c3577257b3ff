//! A root: what stands at each path when archives are unpacked over each other, as an image's layers are.
//!
//! It is read twice. First everything but the content, which tells what is covered, replaced or removed by what comes
//! later; then the content of what is left.

use crate::archive::Archive;
use crate::blob::Blob;
use crate::entry::{Content, Entry, What};
use crate::limits::{Gauge, Problem};
use crate::path;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// Which entry of which layer holds the content of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileId {
    layer: usize,
    entry: usize,
}

/// What stands at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// A file. Hard links share their content, and so their id.
    File(FileId),
    /// A symbolic link, with its target as it is written.
    Symlink(String),
    /// A folder that an archive names.
    Folder,
    /// A device, FIFO or socket.
    Other,
}

#[derive(Debug, Clone)]
struct Stand {
    layer: usize,
    node: Node,
}

/// A root with its layers applied.
#[derive(Debug, Clone)]
pub struct Tree {
    layers: Vec<Archive>,
    stands: BTreeMap<String, Stand>,
    problems: Vec<Problem>,
}

/// A file of a root, while its content passes.
pub struct File<'a> {
    /// Its paths, sorted: more than one for hard links. No path begins with `/`.
    pub paths: &'a [String],
    /// How long the archive says that it is.
    pub size: u64,
    /// Its bytes.
    pub content: &'a mut dyn Content,
}

/// More problems than this help nobody.
const PROBLEMS: usize = 100;

impl Tree {
    /// Applies archives over each other. Layers of an image may remove what lies below them.
    pub(crate) fn of(layers: Vec<Archive>, whiteouts: bool, gauge: &Gauge) -> Self {
        let mut tree = Self { layers: vec![], stands: BTreeMap::new(), problems: vec![] };
        for (layer, archive) in layers.iter().enumerate() {
            let mut number = 0;
            let read = archive.each(gauge, true, &mut |entry| {
                let id = FileId { layer, entry: number };
                number += 1;
                tree.apply(entry, id, whiteouts);
                ControlFlow::Continue(())
            });
            match read {
                Ok(problems) => problems.into_iter().for_each(|problem| tree.problem(problem)),
                Err(problem) => tree.problem(problem),
            }
        }
        tree.layers = layers;
        tree
    }

    /// What could not be read, or read to its end.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    pub(crate) fn problem(&mut self, problem: Problem) {
        if self.problems.len() < PROBLEMS && !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// Every path with what stands there, sorted.
    pub fn nodes(&self) -> impl Iterator<Item = (&str, &Node)> {
        self.stands.iter().map(|(path, stand)| (path.as_str(), &stand.node))
    }

    /// What a path leads to, symlinks followed inside the root.
    pub(crate) fn file(&self, path: &str) -> Option<FileId> {
        match &self.stands.get(&self.resolve(path, true)?)?.node {
            Node::File(id) => Some(*id),
            _ => None,
        }
    }

    fn resolve(&self, path: &str, last: bool) -> Option<String> {
        path::resolve(path, last, |path| match &self.stands.get(path)?.node {
            Node::Symlink(target) => Some(target),
            _ => None,
        })
    }

    fn apply(&mut self, entry: Entry<'_>, id: FileId, whiteouts: bool) {
        let Some(path) = self.place(&entry.name) else { return };
        let (folder, base) = path::split(&path);
        // OCI image specification 1.1, layer.md, "Whiteouts".
        if let Some(removed) = base.strip_prefix(".wh.").filter(|_| whiteouts) {
            match removed {
                ".wh..opq" => self.remove_below(folder, id.layer),
                // Notes that AUFS kept for itself.
                _ if removed.starts_with(".wh.") => {}
                _ => {
                    let hidden = if folder.is_empty() {
                        removed.to_owned()
                    } else {
                        format!("{folder}/{removed}")
                    };
                    self.remove_below(&hidden, id.layer);
                    if self.stands.get(&hidden).is_some_and(|stand| stand.layer < id.layer) {
                        self.stands.remove(&hidden);
                    }
                }
            }
            return;
        }
        let node = match entry.what {
            What::File => Node::File(id),
            What::Folder => Node::Folder,
            What::Symlink(target) => Node::Symlink(target),
            What::Other => Node::Other,
            What::Hardlink(target) => match self
                .place(&target)
                .and_then(|path| self.stands.get(&path))
            {
                Some(Stand { node: node @ (Node::File(_) | Node::Symlink(_)), .. }) => node.clone(),
                _ => {
                    let why = format!("`{path}` is a hard link to `{target}`, which is not there");
                    return self.problem(Problem::Damaged(why));
                }
            },
        };
        if !path.is_empty() {
            self.put(path, Stand { layer: id.layer, node });
        }
    }

    /// Where an entry is unpacked to: symlinks in its folders are followed, because earlier layers made them.
    fn place(&mut self, name: &str) -> Option<String> {
        let (clean, climbs) = path::clean(name);
        if climbs {
            self.problem(Problem::Damaged(format!(
                "`{name}` would be unpacked outside its folder"
            )));
        }
        let place = self.resolve(&clean, false);
        if place.is_none() {
            self.problem(Problem::Damaged(format!(
                "`{name}` lies behind symlinks that go in circles"
            )));
        }
        place
    }

    fn put(&mut self, path: String, stand: Stand) {
        // A folder is merged with the folder that is there; anything else takes the place of all that was there.
        if stand.node != Node::Folder {
            self.remove_below(&path, usize::MAX);
        }
        self.stands.insert(path, stand);
    }

    /// Removes what stands below a folder and came from an earlier layer.
    fn remove_below(&mut self, folder: &str, layer: usize) {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let gone: Vec<String> = self
            .stands
            .range(prefix.clone()..)
            .take_while(|(path, _)| path.starts_with(&prefix))
            .filter(|(_, stand)| stand.layer < layer)
            .map(|(path, _)| path.clone())
            .collect();
        for path in gone {
            self.stands.remove(&path);
        }
    }

    /// Gives the content of every file that is left, once however many paths it has, in the order of the archives. What
    /// goes wrong is returned; the visitor deals with what goes wrong in one file's content.
    pub fn files(&self, gauge: &Gauge, visit: &mut dyn FnMut(File<'_>)) -> Vec<Problem> {
        let mut left: BTreeMap<FileId, Vec<String>> = BTreeMap::new();
        for (path, stand) in &self.stands {
            if let Node::File(id) = stand.node {
                left.entry(id).or_default().push(path.clone());
            }
        }
        let mut problems = Vec::new();
        for (layer, archive) in self.layers.iter().enumerate() {
            let id = |entry| FileId { layer, entry };
            let Some((last, _)) = left.range(id(0)..=id(usize::MAX)).next_back() else { continue };
            let mut number = 0;
            let read = archive.each(gauge, false, &mut |entry| {
                let this = id(number);
                number += 1;
                if let Some(paths) = left.get(&this) {
                    visit(File { paths, size: entry.size, content: entry.content });
                }
                if this < *last { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            });
            problems.extend(read.err());
        }
        problems.retain(|problem| !self.problems.contains(problem));
        problems
    }

    /// The files as blobs, where they lie unpacked: nothing is copied.
    pub(crate) fn blobs(&self, gauge: &Gauge) -> BTreeMap<FileId, Blob> {
        let mut blobs = BTreeMap::new();
        self.files(gauge, &mut |file| {
            let id = file.paths.first().and_then(|path| self.file(path));
            if let (Some(id), Ok(blob)) = (id, file.content.blob(gauge)) {
                blobs.insert(id, blob);
            }
        });
        blobs
    }
}

#[cfg(test)]
mod tests;
