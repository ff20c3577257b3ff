//! What a build gives: bytes and the record of how they came to be. Nobody has looked at the bytes yet.

use crate::{BuildRecord, BuiltArtifact, ModuleSource};
use vocab::{Backend, ComponentName, Target, Version};

/// The programs of one component for one target. Only [`crate::build()`] makes one.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "what was built has not been scanned"]
pub struct Built {
    record: BuildRecord,
    artifacts: Vec<BuiltArtifact>,
    cached: bool,
}

impl Built {
    pub(crate) fn new(record: BuildRecord, artifacts: Vec<BuiltArtifact>, cached: bool) -> Self {
        Self { record, artifacts, cached }
    }
    /// The component.
    pub fn component(&self) -> &ComponentName {
        &self.record.component
    }
    /// Its upstream version.
    pub fn version(&self) -> &Version {
        &self.record.version
    }
    /// What it was built for.
    pub fn target(&self) -> Target {
        self.record.target
    }
    /// What it was built with.
    pub fn backend(&self) -> Backend {
        self.record.backend
    }
    /// Whether it is a tree of files that are installed at places of their own, and judged together.
    pub fn is_tree(&self) -> bool {
        self.artifacts.iter().any(|artifact| artifact.install.is_some())
    }
    /// The files, in the order of the recipe.
    pub fn artifacts(&self) -> &[BuiltArtifact] {
        &self.artifacts
    }
    /// How they were built.
    pub fn record(&self) -> &BuildRecord {
        &self.record
    }
    /// The source modules they may contain.
    pub fn modules(&self) -> &[ModuleSource] {
        &self.record.modules
    }
    /// True when an earlier run had built them and every byte still was what its record says.
    pub fn cached(&self) -> bool {
        self.cached
    }
}
