//! Plan, actions, toolchains and executors: the only crate that starts processes.
//!
//! The order is plan ([`plan()`]), fetch ([`fetch()`]), build ([`build()`]). A [`Plan`] is worked out from `manifests/` alone; a
//! [`Toolbox`] is what was fetched and verified; a [`Built`] is bytes with a record of how they came to be, and nobody has
//! looked at them yet. What a label means rests on what is checked here before each real build: the tree of the Go
//! toolchain, the module objects inside it, the unpacked snapshot that Go itself never hashes again, and the sources.
//!
//! What is absent: policy, keys, any judgement of what was built.
//!
//! A program that builds must call [`sandbox_entry`] first in its `main`.

mod action;
mod backend;
mod build;
mod built;
mod crates;
mod dirhash;
mod doctor;
mod error;
mod events;
mod fetch;
mod goproxy;
mod kind;
mod modules;
mod packages;
mod plan;
mod process;
mod record;
mod room;
mod sandbox;
mod source;
mod toolchain;
mod unpack;
mod verify;
mod workspace;
mod wrap;

pub use action::{Action, Input};
pub use build::{Options, build};
pub use built::Built;
pub use doctor::{Missing, doctor};
pub use error::BuildError;
pub use events::{Event, Events, Silent};
pub use fetch::{Toolbox, fetch};
pub use modules::ModuleSource;
pub use packages::{
    PackageEntry, PackageFacts, PackageFiles, PinnedSet, lock::lock_packages, read_packages,
};
pub use plan::{Artifact, Plan, Selection, Step, Tool, plan};
pub use record::{BuildRecord, BuiltArtifact, Output, Run, ToolchainFact, build_record};
pub use sandbox::{Isolation, SandboxMode, isolation, sandbox_entry};
pub use source::{check_local_sources, git::GitTree};
pub use toolchain::{debian::lock::lock_debian, objects::ModuleObject};
pub use workspace::Workspace;
pub use wrap::{
    Difference, GoCommand, MainProgram, Moved, Newest, Request, Side, Upstream, Wrap, WrapError,
    ask, compare, newest, wrap,
};
