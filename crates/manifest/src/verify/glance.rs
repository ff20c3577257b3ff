//! A release looked at without reading its archives: is the manifest sealed by a trusted key, and what does it say on a day.
//!
//! For lists of many releases. Nothing is said of the files beside the manifest; [`super::verify`] does that.

use super::check::Check;
use super::tree::Tree;
use super::{Options, VerifyError, seal};
use crate::entry::Fips;
use crate::manifest::Manifest;
use crate::trust::Trust;
use camino::Utf8Path;
use catalog::Registry;
use vocab::{Date, ModuleStatus, Verdict};

/// What the seal showed.
#[derive(Debug, Clone)]
#[must_use = "a seal that nobody looks at seals nothing"]
pub struct Glance {
    manifest: Option<Manifest>,
    checks: Vec<Check>,
}

/// Opens the seal of a release folder, and nothing else.
pub fn glance(
    folder: &Utf8Path,
    trust: &Trust,
    options: &Options<'_>,
) -> Result<Glance, VerifyError> {
    let tree = Tree::walk(folder)
        .map_err(|source| VerifyError::NoFolder { folder: folder.to_owned(), source })?;
    let mut checks = Vec::new();
    let manifest = seal::open(&tree, trust, options, &mut checks);
    Ok(Glance { manifest, checks })
}

impl Glance {
    /// The manifest, when its seal holds and its key may be trusted; otherwise what is wrong.
    pub fn manifest(&self) -> Result<&Manifest, Vec<&Check>> {
        let refused: Vec<&Check> = self.checks.iter().filter(|check| check.refuses()).collect();
        match &self.manifest {
            Some(manifest) if refused.is_empty() => Ok(manifest),
            _ => Err(refused),
        }
    }
}

impl Fips {
    /// The verdict on another day, from what was sealed and a registry of that day, without the bytes. It is never better than
    /// the sealed one: what else the bytes would show if a certificate came back is not known here.
    pub fn verdict_on(&self, day: Date, registry: &Registry) -> Verdict {
        if self.verdict != Verdict::Pass {
            return self.verdict;
        }
        let of = |id| registry.by_id(id).map(|module| module.status_on(day));
        let statuses: Vec<Option<ModuleStatus>> =
            self.modules.iter().map(|module| of(&module.id)).collect();
        let any = |status| statuses.contains(&Some(status));
        match () {
            () if statuses.is_empty() || statuses.contains(&None) => Verdict::Undetermined,
            () if any(ModuleStatus::Revoked) || any(ModuleStatus::None) => Verdict::NotValidated,
            () if any(ModuleStatus::UpdateStream) => Verdict::NotValidated,
            () if any(ModuleStatus::Unknown) => Verdict::Undetermined,
            () if any(ModuleStatus::Historical) => Verdict::Historical,
            () if any(ModuleStatus::InProcess) => Verdict::InProcess,
            () => Verdict::Pass,
        }
    }
}
