//! What lies around an artifact that was found in a root (a folder with an operating system in it, or an image with its
//! layers applied): the libraries that its loader would take, and the files that configure and prove them.

use inspect::BinaryFacts;
use inspect::facts::ProgramFacts;
use vocab::Sha256;

/// The root around an artifact. All paths are absolute inside the root; symbolic links are followed inside it and never
/// out of it.
pub(crate) trait Surroundings: Sync {
    /// The library that the loader takes when the program at `path` needs `name` (ld.so(8): `DT_RPATH` unless there is a
    /// `DT_RUNPATH`, then `DT_RUNPATH`, the folders of ld.so.conf, the default folders).
    fn library(&self, path: &str, program: &ProgramFacts, name: &str) -> Library<'_>;
    /// A program or library of the root.
    fn neighbour(&self, path: &str) -> Option<&Neighbour>;
    /// The bytes of a small file that is not a program: configuration (`openssl.cnf`, `fipsmodule.cnf`), an integrity
    /// file (`*.chk`, `*.hmac`), or a library of NSS, whose integrity file brings its own key.
    fn file(&self, path: &str) -> Option<&[u8]>;
    /// What an image's configuration sets this environment variable to, for every program in it.
    fn variable(&self, _name: &str) -> Option<&str> {
        None
    }
    /// The paths of the root that end with this, sorted: `/ossl-modules/fips.so`.
    fn ending(&self, end: &str) -> Vec<&str>;
}

/// What a needed name leads to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Library<'a> {
    /// The artifact was given alone, so nothing can be said.
    NoRoot,
    /// There is a root, and the name is not in it.
    Missing,
    /// The file that is loaded.
    Found(&'a Neighbour),
}

/// A program or library of the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Neighbour {
    /// Its path in the root.
    pub(crate) path: String,
    /// SHA-256 of its bytes.
    pub(crate) sha256: Sha256,
    /// Its facts.
    pub(crate) facts: BinaryFacts,
}

/// Nothing around: a file that was named alone.
pub(crate) struct Alone;

impl Surroundings for Alone {
    fn library(&self, _: &str, _: &ProgramFacts, _: &str) -> Library<'_> {
        Library::NoRoot
    }
    fn neighbour(&self, _: &str) -> Option<&Neighbour> {
        None
    }
    fn file(&self, _: &str) -> Option<&[u8]> {
        None
    }
    fn ending(&self, _: &str) -> Vec<&str> {
        Vec::new()
    }
}
