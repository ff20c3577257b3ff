//! The kinds of build steps: what differs between a wrapper of Go modules and a script that compiles C. One module a
//! kind says which toolchains it takes, where its sources come from, and what its room looks like; everything else is the
//! same for all of them.

pub(crate) mod c;
pub(crate) mod go;
pub(crate) mod rust;

use crate::{
    BuildError, Events, Isolation, Missing, ModuleSource, Plan, Step, Workspace,
    room::{Room, Turn},
};
use c::CStep;
use camino::{Utf8Path, Utf8PathBuf};
use go::GoStep;
use rust::RustStep;
use std::collections::BTreeSet;

/// The kind of a step, with what only that kind knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    Go(Box<GoStep>),
    C(CStep),
    Rust(RustStep),
}

impl Kind {
    /// The one place where a step's kind is asked.
    pub(crate) fn language(&self) -> &dyn Language {
        match self {
            Self::Go(go) => go.as_ref(),
            Self::C(c) => c,
            Self::Rust(rust) => rust,
        }
    }
}

/// A toolchain that steps take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Needed {
    Go,
    Zig,
    Debian,
    Rust,
}

/// A step and what it stands in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Site<'a> {
    pub(crate) workspace: &'a Workspace,
    pub(crate) plan: &'a Plan,
    pub(crate) step: &'a Step,
}

/// A folder that the step's tool sees.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// The name by which actions call it; or, with a `/` in front, where it stands in the sandbox's root.
    pub(crate) name: String,
    pub(crate) host: Utf8PathBuf,
    pub(crate) writable: bool,
}

impl Place {
    pub(crate) fn input(name: impl Into<String>, host: Utf8PathBuf) -> Self {
        Self { name: name.into(), host, writable: false }
    }
    pub(crate) fn output(name: impl Into<String>, host: Utf8PathBuf) -> Self {
        Self { name: name.into(), host, writable: true }
    }
}

/// What a kind of build says of itself.
pub(crate) trait Language {
    /// The toolchains it takes.
    fn tools(&self) -> BTreeSet<Needed>;

    /// Whether its sources were fetched.
    fn is_fetched(&self, site: Site<'_>) -> bool;

    /// Fetches its sources, and compares them with their pins.
    fn fetch(&self, site: Site<'_>, offline: bool, events: &dyn Events) -> Result<(), BuildError>;

    /// What the host lacks to fetch its sources.
    fn missing(&self) -> Option<Missing> {
        None
    }

    /// Compares its sources with their pins again, right before a build.
    fn verify(&self, site: Site<'_>, isolation: &Isolation) -> Result<(), BuildError>;

    /// Whether it is built with nothing but a sandbox around it.
    fn needs_sandbox(&self) -> bool {
        false
    }

    /// Where its inputs and caches are; `{out}`, `{tmp}` and `{overlay}` are there already.
    fn places(
        &self,
        site: Site<'_>,
        turn: Turn,
        scratch: &Utf8Path,
    ) -> Result<Vec<Place>, BuildError>;

    /// The folder below `{src}` in which its commands run.
    fn folder(&self) -> Utf8PathBuf {
        Utf8PathBuf::new()
    }

    /// Files that are generated into `{overlay}`, by name, with places to fill in.
    fn overlay(&self) -> Vec<(&str, &str)> {
        Vec::new()
    }

    /// The sources that its programs may contain, for the record.
    fn sources(&self, site: Site<'_>, room: &Room) -> Result<Vec<ModuleSource>, BuildError>;
}
