//! Facts, registry, policy and date made into findings, a verdict and a label.
//!
//! It knows neither keys nor how an artifact was built: the same bytes get the same verdict, whoever made them. A flag in
//! build information is a claim, and only ever makes a finding worse.

pub mod gate;
mod judge;
pub mod os;
pub mod packages;
pub mod report;
mod root;
pub mod rules;
mod scanner;
mod schema;
mod sources;
mod summary;
mod surroundings;
mod tree;
mod waive;
mod walk;

pub use judge::gravity;
pub use os::{OperatingSystem, RootReport};
pub use report::{ArtifactReport, Evidence, Finding, ModuleReport};
pub use rules::Rule;
pub use scanner::{Scanned, Scanner};
pub use schema::schema;
pub use summary::{Note, Outcome, SCHEMA, ScanReport, Summary};
pub use tree::FileTree;
pub use waive::{WaiverState, WaiverUse};
pub use walk::{ScanError, WalkLimits};
