//! A root: a folder, package or image as the programs in it see it. Its top is `/`, and nothing leads out of it.

mod loader;

use crate::surroundings::{Library, Neighbour, Surroundings};
use inspect::facts::ProgramFacts;
use std::collections::BTreeMap;
use unpack::Blob;

/// What stands at a path of a root.
#[derive(Debug, Default)]
struct Node {
    /// Which of the root's programs.
    program: Option<usize>,
    /// The bytes, of a small file that configures or proves something.
    bytes: Option<Vec<u8>>,
    /// The target, of a symlink.
    symlink: Option<String>,
    /// The file itself, of a database of packages.
    database: Option<Blob>,
}

/// A root. Its paths begin with `/`.
#[derive(Debug, Default)]
pub(crate) struct Root {
    nodes: BTreeMap<String, Node>,
    programs: Vec<Neighbour>,
    /// Folders that the system's loaders search: from ld.so.conf, from musl's path file.
    configured: Vec<String>,
    musl: Option<Vec<String>>,
    /// `LD_LIBRARY_PATH` of an image's configuration.
    environment: Vec<String>,
    /// What the image's configuration sets: `NAME=value`.
    variables: Vec<String>,
}

impl Root {
    /// A symlink. Here and below a path of an archive or folder, which has no `/` at its beginning.
    pub(crate) fn link(&mut self, path: &str, target: &str) {
        let node = Node { symlink: Some(target.to_owned()), ..Node::default() };
        self.nodes.insert(format!("/{path}"), node);
    }

    /// A file with all its paths: what it is as a program, and its bytes where they matter.
    pub(crate) fn put(
        &mut self,
        paths: &[String],
        neighbour: Option<Neighbour>,
        bytes: Option<Vec<u8>>,
    ) {
        let program = neighbour.map(|neighbour| {
            self.programs.push(neighbour);
            self.programs.len() - 1
        });
        for path in paths {
            let node = Node { program, bytes: bytes.clone(), ..Node::default() };
            self.nodes.insert(format!("/{path}"), node);
        }
    }

    /// A database of packages.
    pub(crate) fn put_database(&mut self, paths: &[String], database: Blob) {
        for path in paths {
            let node = Node { database: Some(database.clone()), ..Node::default() };
            self.nodes.insert(format!("/{path}"), node);
        }
    }

    /// Its programs, in the order in which they were put.
    pub(crate) fn programs(&self) -> &[Neighbour] {
        &self.programs
    }

    /// Reads the loader's configuration, when everything is there.
    pub(crate) fn settle(&mut self, environment: &[String]) {
        self.variables = environment.to_vec();
        self.configured = loader::ld_so_conf(self);
        self.musl = loader::musl_path(self);
        let value = environment.iter().find_map(|pair| pair.strip_prefix("LD_LIBRARY_PATH="));
        let folders = value.unwrap_or_default().split([':', ';']);
        self.environment =
            folders.filter(|folder| folder.starts_with('/')).map(str::to_owned).collect();
    }

    /// Whether something stands at a path.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.at(path).is_some()
    }

    /// The paths below a folder, sorted.
    pub(crate) fn below(&self, folder: &str) -> Vec<String> {
        let Some(folder) = self.resolve(folder) else { return vec![] };
        let prefix = if folder.is_empty() { "/".to_owned() } else { format!("/{folder}/") };
        let paths = self.nodes.range(prefix.clone()..).map(|(path, _)| path);
        paths.take_while(|path| path.starts_with(&prefix)).cloned().collect()
    }

    /// The text of a file that was kept.
    pub(crate) fn text(&self, path: &str) -> Option<String> {
        self.at(path)?.bytes.as_ref().map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    }

    /// A database of packages.
    pub(crate) fn database(&self, path: &str) -> Option<&Blob> {
        self.at(path)?.database.as_ref()
    }

    /// Where a path leads to, with `/` at its beginning.
    pub(crate) fn real(&self, path: &str) -> Option<String> {
        self.resolve(path).map(|path| format!("/{path}"))
    }

    fn resolve(&self, path: &str) -> Option<String> {
        let link = |path: &str| self.nodes.get(&format!("/{path}"))?.symlink.as_deref();
        unpack::resolve(path, true, link)
    }

    /// What a path leads to.
    fn at(&self, path: &str) -> Option<&Node> {
        self.nodes.get(&format!("/{}", self.resolve(path)?))
    }
}

impl Surroundings for Root {
    fn variable(&self, name: &str) -> Option<&str> {
        self.variables.iter().find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    }

    fn library(&self, path: &str, program: &ProgramFacts, name: &str) -> Library<'_> {
        loader::library(self, path, program, name).map_or(Library::Missing, Library::Found)
    }

    fn neighbour(&self, path: &str) -> Option<&Neighbour> {
        self.programs.get(self.at(path)?.program?)
    }

    fn file(&self, path: &str) -> Option<&[u8]> {
        self.at(path)?.bytes.as_deref()
    }

    fn ending(&self, end: &str) -> Vec<&str> {
        self.nodes.keys().filter(|path| path.ends_with(end)).map(String::as_str).collect()
    }
}

/// Largest file that is kept, and most bytes that all kept files of a root may have.
const KEPT: u64 = 4 << 20;
const KEPT_DATABASE: u64 = 64 << 20;
pub(crate) const KEPT_IN_ALL: u64 = 96 << 20;

/// Where rpm keeps its database, and the names of its forms: SQLite with its log, ndb, Berkeley DB.
pub(crate) const RPM: &[&str] = &["var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm"];
pub(crate) const RPM_FORMS: &[&str] = &["rpmdb.sqlite", "Packages.db", "Packages"];
pub(crate) const RPM_LOG: &str = "-wal";

/// Whether a file is a database of packages that is read where it lies.
pub(crate) fn is_database(path: &str) -> bool {
    path.rsplit_once('/').is_some_and(|(folder, name)| {
        RPM.contains(&folder) && RPM_FORMS.contains(&name.strip_suffix(RPM_LOG).unwrap_or(name))
    })
}

/// Whether the bytes of a file matter beside its facts: it configures the loader or cryptography, holds an integrity value,
/// says which operating system this is, or is a library of NSS, whose integrity file brings its own key.
pub(crate) fn is_kept(path: &str, size: u64) -> bool {
    const ENDS: &[&str] =
        &[".chk", ".cnf", ".hmac", "/java.security", "/nss.fips.cfg", "os-release"];
    const BELOW: &[&str] = &[
        "boot/loader/entries/",
        "etc/crypto-policies/",
        "etc/default/grub",
        "etc/gcrypt/",
        "etc/kernel/",
        "etc/ld-musl-",
        "etc/ld.so.conf",
        "etc/pki/",
        "etc/ssl/",
        "etc/system-fips",
        "usr/lib/kernel/cmdline",
        "usr/share/crypto-policies/",
    ];
    const DATABASES: &[&str] =
        &["lib/apk/db/installed", "usr/lib/apk/db/installed", "var/lib/dpkg/status"];
    // Without the ending: the whole names would be found in our own file, as those of libraries that it loads.
    const NSS: &[&str] = &["libsoftokn3", "libfreebl3", "libfreeblpriv3", "libnssdbm3"];
    const GRUB: &[&str] = &["grub.cfg", "grubenv"];
    let base = path.rsplit('/').next().unwrap_or(path);
    let database = DATABASES.contains(&path) || path.starts_with("var/lib/dpkg/status.d/");
    let certificates = path.contains("/certs/") || path.contains("/ca-trust/");
    let kept = ENDS.iter().any(|end| path.ends_with(end))
        || (BELOW.iter().any(|below| path.starts_with(below)) && !certificates)
        || base.strip_suffix(".so").is_some_and(|stem| NSS.contains(&stem))
        || (path.starts_with("boot/") && GRUB.contains(&base));
    size <= if database { KEPT_DATABASE } else { KEPT } && (kept || database)
}

#[cfg(test)]
pub(crate) mod tests;
