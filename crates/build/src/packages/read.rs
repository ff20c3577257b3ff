//! Packages into what stands at each path of an image: one tree, with a merged `/usr`, dpkg's notes of what is installed, and
//! nothing that only people read.

use super::copyright;
use crate::{
    BuildError, Workspace,
    toolchain::{
        debian::{
            file,
            tree::{LEFT_OUT, LIMITS, mode},
        },
        pinned,
    },
};
use ::unpack::{Blob, Gauge, Node, Opened, Tree};
use camino::Utf8PathBuf;
use catalog::DebianPackage;
use files::Mode;
use std::collections::BTreeMap;
use std::io::Read as _;
use vocab::Sha512;

/// What all packages of a set together stay below. It is in memory.
const LARGEST: u64 = 1 << 30;
/// Of a set; a package has limits of its own.
const ENTRIES: usize = 100_000;
/// A package's own description has a few kilobytes.
const CONTROL: u64 = 1 << 20;
/// A merged `/usr` (file-hierarchy(7)): these are links to folders below `usr/`.
const MERGED: [&str; 4] = ["bin", "lib", "lib64", "sbin"];
/// Debian's documents of a package. The copyright notice stays: its licences ask for that.
const DOC: &str = "usr/share/doc/";

/// What stands at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PackageEntry {
    /// A folder.
    Folder,
    /// A regular file. What the kernel can execute is executable; set-user-id bits are never taken over.
    File {
        /// Its content.
        bytes: Vec<u8>,
        /// Whether it may be executed.
        executable: bool,
    },
    /// A symbolic link, with its target.
    Symlink(String),
    /// Another name of the file at a path that sorts before.
    Hardlink(String),
}

impl PackageEntry {
    /// The permissions of a file.
    pub(super) fn mode(&self) -> Mode {
        match self {
            Self::File { executable: true, .. } => Mode::Executable,
            _ => Mode::Plain,
        }
    }
}

/// What a package says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageFacts {
    /// The package as it is pinned.
    pub package: DebianPackage,
    /// SHA-512 of the `.deb` file.
    pub sha512: Sha512,
    /// The source package.
    pub source: String,
    /// Its version, where it is not the package's.
    pub source_version: Option<String>,
    /// Its regular files, as their paths in [`PackageFiles::entries`].
    pub files: Vec<String>,
    /// SPDX expressions of its licences; empty when its notice does not name them all in a form that a program reads.
    pub licences: Vec<String>,
}

/// A set of packages, unpacked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackageFiles {
    /// What stands at each path, without `/` in front.
    pub entries: BTreeMap<String, PackageEntry>,
    /// Every package, in the order of the lock.
    pub packages: Vec<PackageFacts>,
}

/// Reads packages, without the files and folders of `leave_out`.
pub(super) fn read(
    workspace: &Workspace,
    packages: &[DebianPackage],
    leave_out: &[String],
) -> Result<PackageFiles, BuildError> {
    let mut reader = Reader { leave_out, files: PackageFiles::default(), bytes: 0 };
    for package in packages {
        let path = file(workspace, package);
        let bytes = pinned(&path, &package.sha256)?;
        reader.package(package, path, bytes)?;
    }
    reader.merge_usr();
    Ok(reader.files)
}

struct Reader<'a> {
    leave_out: &'a [String],
    files: PackageFiles,
    bytes: u64,
}

/// A package while it is read.
struct Open<'a> {
    package: &'a DebianPackage,
    path: Utf8PathBuf,
    control: Option<String>,
    files: Vec<String>,
    copyright: Option<String>,
}

impl Open<'_> {
    fn refuse(&self, why: impl ToString) -> BuildError {
        BuildError::Archive { archive: self.path.clone(), why: why.to_string() }
    }
}

impl Reader<'_> {
    fn package(
        &mut self,
        package: &DebianPackage,
        path: Utf8PathBuf,
        bytes: Vec<u8>,
    ) -> Result<(), BuildError> {
        let sha512 = Sha512::of(&bytes);
        let mut open = Open { package, path, control: None, files: vec![], copyright: None };
        let gauge = Gauge::new(LIMITS);
        let opened = ::unpack::open(&Blob::memory(bytes), &gauge).map_err(|e| open.refuse(e))?;
        let Some(Opened::Tree(tree)) = opened else {
            return Err(open.refuse("it is no Debian package"));
        };
        if let Some(problem) = tree.problems().first() {
            return Err(open.refuse(problem));
        }
        self.links(&open, &tree)?;
        let mut failed = None;
        let problems = tree.files(&gauge, &mut |file| {
            if failed.is_none() {
                failed = self.file(&mut open, file).err();
            }
        });
        if let Some(error) = failed {
            return Err(error);
        }
        if let Some(problem) = problems.first() {
            return Err(open.refuse(problem));
        }
        self.note(open, sha512)
    }

    fn links(&mut self, open: &Open<'_>, tree: &Tree) -> Result<(), BuildError> {
        for (path, node) in tree.nodes() {
            let Some(place) = self.place(path) else { continue };
            match node {
                Node::Symlink(target) => {
                    self.put(open, place, PackageEntry::Symlink(target.clone()))?;
                }
                Node::Folder => self.put(open, place, PackageEntry::Folder)?,
                Node::Other => return Err(open.refuse(format!("`{path}` is a device"))),
                Node::File(_) => {}
            }
        }
        Ok(())
    }

    fn file(&mut self, open: &mut Open<'_>, file: ::unpack::File<'_>) -> Result<(), BuildError> {
        let mut places: Vec<String> =
            file.paths.iter().filter_map(|path| self.place(path)).collect();
        places.sort();
        let note = file.paths.iter().any(|path| path == "DEBIAN/control");
        if places.is_empty() && !note {
            return Ok(());
        }
        let limit = if note { CONTROL } else { LARGEST.saturating_sub(self.bytes) };
        let mut bytes = Vec::new();
        file.content.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > limit {
            let name = file.paths.first().map_or("", String::as_str);
            return Err(open.refuse(format!("with `{name}` it is more than is read of packages")));
        }
        if note {
            open.control = Some(String::from_utf8_lossy(&bytes).into_owned());
            return Ok(());
        }
        self.bytes += bytes.len() as u64;
        let own = format!("{DOC}{}/copyright", open.package.name);
        if places.contains(&own) {
            open.copyright = Some(String::from_utf8_lossy(&bytes).into_owned());
        }
        let mut places = places.into_iter();
        let Some(first) = places.next() else { return Ok(()) };
        for place in places {
            self.put(open, place, PackageEntry::Hardlink(first.clone()))?;
        }
        let executable = mode(&bytes) == Mode::Executable;
        open.files.push(first.clone());
        self.put(open, first, PackageEntry::File { bytes, executable })
    }

    /// Where a path of a package lies; nothing when it is left out.
    fn place(&self, path: &str) -> Option<String> {
        if path == "DEBIAN" || path.starts_with("DEBIAN/") {
            return None;
        }
        let first = path.split('/').next().unwrap_or(path);
        let path = if MERGED.contains(&first) { format!("usr/{path}") } else { path.to_owned() };
        let named = |left: &String| {
            path.strip_prefix(left.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        if self.leave_out.iter().any(named) {
            return None;
        }
        if let Some(doc) = path.strip_prefix(DOC) {
            let (_, file) = doc.split_once('/').unwrap_or((doc, "copyright"));
            return (file == "copyright").then_some(path);
        }
        let left_out = LEFT_OUT.iter().any(|folder| format!("{path}/").starts_with(folder));
        (!left_out || path == DOC.trim_end_matches('/')).then_some(path)
    }

    fn put(
        &mut self,
        open: &Open<'_>,
        place: String,
        entry: PackageEntry,
    ) -> Result<(), BuildError> {
        if self.files.entries.len() >= ENTRIES {
            return Err(open.refuse(format!("packages hold more than {ENTRIES} files")));
        }
        match self.files.entries.get(&place) {
            Some(PackageEntry::Folder) if entry == PackageEntry::Folder => Ok(()),
            Some(_) => Err(open.refuse(format!("another package holds `{place}` as well"))),
            None => {
                self.files.entries.insert(place, entry);
                Ok(())
            }
        }
    }

    /// `var/lib/dpkg/status.d/NAME`, where scanners of images without dpkg look for packages.
    fn note(&mut self, open: Open<'_>, sha512: Sha512) -> Result<(), BuildError> {
        let control =
            open.control.as_deref().ok_or_else(|| open.refuse("it has no control file"))?;
        let field = |name: &str| {
            let line = control.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            line.map(|value| value.trim().to_owned())
        };
        let DebianPackage { name, version, .. } = open.package;
        if (field("Package").as_ref(), field("Version").as_ref()) != (Some(name), Some(version)) {
            return Err(open.refuse(format!("it is not {name} {version}")));
        }
        let mut text = String::new();
        for line in control.lines().filter(|line| !line.is_empty()) {
            text += line;
            text.push('\n');
            if line.starts_with("Package:") {
                text += "Status: install ok installed\n";
            }
        }
        let status = format!("var/lib/dpkg/status.d/{name}");
        let entry = PackageEntry::File { bytes: text.into_bytes(), executable: false };
        self.put(&open, status, entry)?;
        let source = field("Source").unwrap_or_else(|| name.clone());
        let (source, source_version) = match source.split_once(" (") {
            Some((source, version)) => {
                (source.to_owned(), Some(version.trim_end_matches(')').to_owned()))
            }
            None => (source, None),
        };
        self.files.packages.push(PackageFacts {
            package: open.package.clone(),
            sha512,
            source,
            source_version,
            files: open.files,
            licences: open.copyright.as_deref().map(copyright::licences).unwrap_or_default(),
        });
        Ok(())
    }

    fn merge_usr(&mut self) {
        for folder in MERGED {
            let below = format!("usr/{folder}");
            let inside = format!("{below}/");
            let next = self.files.entries.range(below.clone()..).next();
            if next.is_some_and(|(path, _)| *path == below || path.starts_with(&inside)) {
                self.files.entries.insert(folder.to_owned(), PackageEntry::Symlink(below));
            }
        }
    }
}

#[cfg(test)]
mod tests;
