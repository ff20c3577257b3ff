//! `toolchain lock`: the packages of a root or a set of Debian packages, pinned anew. Nobody needs it to build.

use super::build::failed;
use crate::edge::{self, Stop};
use crate::flags::{Lock, Toolchain};
use crate::reporter::Reporter;
use build::Workspace;
use report::plural;
use std::process::ExitCode;
use vocab::ComponentName;

impl Toolchain {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Lock(lock) => lock.run(),
        }
    }
}

impl Lock {
    fn run(self) -> anyhow::Result<ExitCode> {
        // The name becomes a file's: it takes what a component's name takes.
        let name: ComponentName =
            self.name.parse().map_err(|error| Stop::unusable(format!("{error}"), None))?;
        let state = self.state.unwrap_or_else(|| self.root.join("target/fipsmith"));
        let space = Workspace::new(&self.root.join("manifests"), &state)?;
        let reporter = Reporter::new();
        let set = build::lock_packages(&space, name.as_str(), &reporter);
        let (path, packages) = match set.map_err(|error| failed(&[error]))? {
            Some(locked) => locked,
            None => build::lock_debian(&space, name.as_str(), &reporter)
                .map_err(|error| failed(&[error]))?,
        };
        edge::say(&format!("{path} pins {}; commit it", plural::count(packages, "package")));
        Ok(ExitCode::SUCCESS)
    }
}
