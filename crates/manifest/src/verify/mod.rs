//! Verifying a release folder against trusted keys, offline, and finding everything that is wrong with it.
//!
//! The order is fixed: the seal; what the seal implies (plain copies, the exact set of files); every document and
//! archive by size and digest; every binary by signature; every label from the bytes; every image by its parts and by the
//! verdicts of what is in it; the roll-up; the SBOM.

mod check;
mod content;
mod glance;
mod image;
mod sbom;
mod seal;
mod tree;

pub use check::{Check, CheckKind, CheckVerdict, Reason};
pub use glance::{Glance, glance};

use crate::entry::{Archive, Binary};
use crate::image::Image;
use crate::manifest::Manifest;
use crate::release::{ComponentLabel, Release};
use crate::rollup;
use crate::trust::Trust;
use camino::{Utf8Path, Utf8PathBuf};
use catalog::{Policy, Registry};
use rayon::prelude::*;
use scan::{ArtifactReport, Scanner};
use std::collections::BTreeMap;
use tree::Tree;
use vocab::{ComponentName, Date, Label, Verdict};

/// How a release is judged.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// The day for which labels are computed again.
    pub as_of: Date,
    /// The modules that CMVP knows.
    pub registry: &'a Registry,
    /// A policy in place of the one that the release names.
    pub policy: Option<&'a Policy>,
    /// Whether keys that everybody has may be trusted.
    pub allow_example_keys: bool,
}

/// Why nothing could be verified at all.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// No folder there, or none that may be read.
    #[error("`{folder}` cannot be read as a release folder")]
    NoFolder {
        /// The folder.
        folder: Utf8PathBuf,
        /// What went wrong.
        #[source]
        source: files::FileError,
    },
}

/// Everything that was examined.
#[derive(Debug, Clone)]
#[must_use = "a verification that nobody reads verifies nothing"]
pub struct Verification {
    folder: Utf8PathBuf,
    as_of: Date,
    manifest: Option<Manifest>,
    checks: Vec<Check>,
    reports: BTreeMap<String, ArtifactReport>,
    labels: Option<(Vec<ComponentLabel>, Label)>,
}

/// A release that was verified without a single failure: the receiver's type.
#[derive(Debug, Clone)]
#[must_use = "verify before use"]
pub struct Verified {
    folder: Utf8PathBuf,
    manifest: Manifest,
    reports: BTreeMap<String, ArtifactReport>,
}

struct Context<'a> {
    tree: &'a Tree<'a>,
    trust: &'a Trust,
    release: &'a Release,
    scanner: Scanner<'a>,
    policy: Option<&'a Policy>,
}

impl<'a> Context<'a> {
    fn binaries_of(&self, archive: &Archive) -> impl Iterator<Item = &'a Binary> {
        self.release.binaries().filter(|binary| binary.archive == archive.path)
    }
}

/// Verifies a release folder. Everything that is wrong is a [`Check`]; an error is only that there is nothing to look at.
pub fn verify(
    folder: &Utf8Path,
    trust: &Trust,
    options: &Options<'_>,
) -> Result<Verification, VerifyError> {
    let tree = Tree::walk(folder)
        .map_err(|source| VerifyError::NoFolder { folder: folder.to_owned(), source })?;
    let mut checks = Vec::new();
    let manifest = seal::open(&tree, trust, options, &mut checks);
    let mut verification = Verification {
        folder: folder.to_owned(),
        as_of: options.as_of,
        manifest: None,
        checks,
        reports: BTreeMap::new(),
        labels: None,
    };
    if let Some(manifest) = manifest {
        verification.content(&tree, trust, options, manifest.release());
        verification.manifest = Some(manifest);
    }
    Ok(verification)
}

impl Verification {
    fn content(
        &mut self,
        tree: &Tree<'_>,
        trust: &Trust,
        options: &Options<'_>,
        release: &Release,
    ) {
        self.checks.extend(tree.extras(release));
        let policy = options.policy.or_else(|| Policy::embedded(release.policy.as_str()));
        if policy.is_none() {
            let message = format!(
                "the release was made under the policy `{}`, which this program does not know",
                release.policy
            );
            self.checks.push(Check::error(
                CheckKind::Policy,
                &release.release,
                Reason::PolicyUnknown,
                message,
            ));
        }
        // Labels do not depend on the policy: where it is unknown, another stands in so that they are still computed.
        let Some(judge_by) = policy.or(Policy::embedded(Policy::DEFAULT)) else { return };
        let scanner =
            Scanner { registry: options.registry, policy: judge_by, as_of: options.as_of };
        let context = Context { tree, trust, release, scanner, policy };
        self.checks
            .extend(release.documents().map(|document| content::document(&context, document)));
        let archives: Vec<&Archive> = release.archives().collect();
        let examined: Vec<_> =
            archives.into_par_iter().map(|archive| content::archive(&context, archive)).collect();
        for archive in examined {
            self.checks.extend(archive.checks);
            self.reports.extend(archive.reports);
        }
        let images: Vec<&Image> = release.images().collect();
        let reports = &self.reports;
        let examined: Vec<_> =
            images.into_par_iter().map(|image| image::check(&context, image, reports)).collect();
        let mut own = Vec::new();
        for image in examined {
            self.checks.extend(image.checks);
            own.push(image.own);
        }
        self.rollup(release, own.into_iter().collect());
        self.checks.extend(sbom::check(tree, release));
    }

    /// Component and release labels from the fresh verdicts, where every binary could be read. They are those of `release`
    /// and `own`, the verdicts of programs that only images have.
    fn rollup(&mut self, release: &Release, own: Option<Vec<Vec<(ComponentName, Verdict)>>>) {
        let fresh: Option<Vec<_>> = release
            .binaries()
            .map(|binary| Some((&binary.component, self.reports.get(binary.id.as_str())?.verdict)))
            .collect();
        let Some((fresh, own)) = fresh.zip(own) else { return };
        let own = own.iter().flatten().map(|(component, verdict)| (component, *verdict));
        let all = fresh.into_iter().chain(own).chain(release.unexamined());
        let (components, label) = rollup::labels(all);
        let equal = |name: &str, sealed, now| {
            Check::equal(CheckKind::Rollup, name, Reason::LabelChanged, "the label", (sealed, now))
        };
        for (sealed, now) in release.components.iter().zip(&components) {
            self.checks.push(equal(sealed.component.as_str(), sealed.label, now.label));
        }
        self.checks.push(equal(release.release.as_str(), release.label, label));
        self.labels = Some((components, label));
    }

    /// Everything that was examined, in a fixed order.
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }
    /// The folder that was verified.
    pub fn folder(&self) -> &Utf8Path {
        &self.folder
    }
    /// The day for which labels were computed.
    pub fn as_of(&self) -> Date {
        self.as_of
    }
    /// What the release says of itself, if its seal holds.
    pub fn release(&self) -> Option<&Release> {
        self.manifest.as_ref().map(Manifest::release)
    }
    /// The fresh report of a binary, by its id.
    pub fn report(&self, id: &str) -> Option<&ArtifactReport> {
        self.reports.get(id)
    }
    /// The labels that the bytes give on the as-of date: of each component and of the release.
    pub fn labels(&self) -> Option<(&[ComponentLabel], Label)> {
        self.labels.as_ref().map(|(components, label)| (components.as_slice(), *label))
    }

    /// Whether everything held. Nothing examined is a failure: at least one seal, one signature and one label must have
    /// passed.
    pub fn passed(&self) -> bool {
        let passes =
            |kind| self.checks.iter().any(|c| c.kind == kind && c.verdict == CheckVerdict::Pass);
        [CheckKind::Seal, CheckKind::Signature, CheckKind::Label].into_iter().all(passes)
            && !self.checks.iter().any(Check::refuses)
    }

    /// The release as a verified one, or the verification back.
    pub fn into_verified(self) -> Result<Verified, Box<Self>> {
        if !self.passed() {
            return Err(Box::new(self));
        }
        match self.manifest {
            Some(manifest) => Ok(Verified { folder: self.folder, manifest, reports: self.reports }),
            None => Err(Box::new(self)),
        }
    }
}

impl Verified {
    /// The folder.
    pub fn folder(&self) -> &Utf8Path {
        &self.folder
    }
    /// The manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }
    /// The report of a binary, by its id.
    pub fn report(&self, id: &str) -> Option<&ArtifactReport> {
        self.reports.get(id)
    }
}
