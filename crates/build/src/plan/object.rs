//! The cryptographic module objects that the registry knows by digest: a toolchain may hold no other.

use catalog::Registry;
use std::collections::BTreeMap;
use vocab::{ModuleId, Sha256};

/// Digests of module objects, each with the registry row it belongs to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct KnownObjects {
    files: BTreeMap<Sha256, ModuleId>,
    snapshots: BTreeMap<String, String>,
}

impl KnownObjects {
    /// The objects of a registry.
    pub(crate) fn of(registry: &Registry) -> Self {
        let mut known = Self::default();
        for module in &registry.modules {
            for snapshot in &module.fingerprints.go_snapshots {
                known.files.insert(snapshot.zip_sha256, module.id.clone());
                known.snapshots.insert(snapshot.name.clone(), snapshot.dir_h1.clone());
            }
            for text in &module.fingerprints.boring_texts {
                known.files.insert(text.syso_sha256, module.id.clone());
            }
        }
        known
    }

    /// The row of a `.syso` or snapshot zip.
    pub(crate) fn file(&self, digest: &Sha256) -> Option<&ModuleId> {
        self.files.get(digest)
    }

    /// The tree hash of an unpacked snapshot.
    pub(crate) fn snapshot_h1(&self, name: &str) -> Option<&str> {
        self.snapshots.get(name).map(String::as_str)
    }
}
