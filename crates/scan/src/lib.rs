//! Facts, registry, policy and date made into findings, a verdict and a label.

pub mod report;

pub use report::{ArtifactReport, Evidence, Finding, ModuleReport};
