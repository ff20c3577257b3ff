//! The pinned Go command as wrappers need it: with the network, for a fixed platform, in a folder of ours.

use super::WrapError;
use crate::{
    BuildError, Events, Workspace, goproxy,
    process::{Invocation, Outcome},
    toolchain,
    workspace::host,
};
use camino::{Utf8Path, Utf8PathBuf};
use catalog::Toolchains;
use serde::de::DeserializeOwned;

/// The pinned Go command, fetched and compared with its pin.
#[derive(Debug, Clone)]
pub struct GoCommand<'a> {
    workspace: &'a Workspace,
    program: Utf8PathBuf,
    /// Modules for which the checksum database is not asked.
    trusted: Vec<String>,
}

impl<'a> GoCommand<'a> {
    /// Fetches the default Go toolchain where it is not there yet, and compares its tree with the pin.
    pub fn open(
        workspace: &'a Workspace,
        toolchains: &Toolchains,
        events: &dyn Events,
    ) -> Result<Self, WrapError> {
        let pin = host().and_then(|host| toolchains.default_go(host)).ok_or_else(|| {
            BuildError::NoToolchain {
                what: "Go toolchain".to_owned(),
                host: format!("{}/{}", std::env::consts::OS, std::env::consts::ARCH),
            }
        })?;
        let folder = toolchain::go::fetch(workspace, pin, false, events)?;
        toolchain::go::verify(workspace, pin, events)?;
        Ok(Self { workspace, program: folder.join("bin/go"), trusted: Vec::new() })
    }

    pub(super) fn workspace(&self) -> &'a Workspace {
        self.workspace
    }

    /// The same command, without the checksum database for some modules.
    pub(super) fn trusting(&self, modules: &[String]) -> Self {
        let mut go = self.clone();
        go.trusted.extend_from_slice(modules);
        go
    }

    /// A command that may use the network, for linux/amd64 without cgo unless the caller sets something else.
    pub(super) fn network<'s>(
        &self,
        folder: &Utf8Path,
        arguments: impl IntoIterator<Item = &'s str>,
    ) -> Result<Command, WrapError> {
        let mut invocation = goproxy::client(self.workspace, self.program.as_str(), arguments)?;
        invocation.folder = Some(folder.to_owned());
        let set = [("CGO_ENABLED", "0"), ("GOARCH", "amd64"), ("GOFIPS140", ""), ("GOOS", "linux")];
        invocation.environment.extend(set.map(|(k, v)| (k.to_owned(), v.to_owned())));
        if !self.trusted.is_empty() {
            let users = invocation.environment.get("GONOSUMDB").filter(|users| !users.is_empty());
            let all: Vec<String> = users.cloned().into_iter().chain(self.trusted.clone()).collect();
            invocation.environment.insert("GONOSUMDB".to_owned(), all.join(","));
        }
        Ok(Command(invocation))
    }
}

/// One run of the Go command.
pub(super) struct Command(Invocation);

impl Command {
    /// With one variable set.
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.0.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Runs to the end, whatever it is.
    pub(super) fn run(&self) -> Result<Outcome, WrapError> {
        Ok(self.0.run(None, &|_| {})?)
    }

    /// Runs it; an end that is not good is an error, told apart by what the proxy said.
    pub(super) fn check_as(&self, what: &str, component: &str) -> Result<Outcome, WrapError> {
        let outcome = self.run()?;
        if outcome.status.success() {
            return Ok(outcome);
        }
        Err(self.refused(what, component, outcome))
    }

    /// The error of a run that ended badly.
    pub(super) fn refused(&self, what: &str, component: &str, outcome: Outcome) -> WrapError {
        if let Some((module, said)) = not_vouched(&outcome) {
            return WrapError::NotVouched { module, said };
        }
        WrapError::Build(goproxy::refused(&self.0, what, component, outcome))
    }

    /// Runs it and reads its one JSON object.
    pub(super) fn json<T: DeserializeOwned>(&self, what: &str) -> Result<T, WrapError> {
        let outcome = self.check_as(what, what)?;
        read_json(&outcome.stdout, what)
    }

    /// Runs it and gives the lines of its output that are not empty.
    pub(super) fn lines(&self, what: &str) -> Result<Vec<String>, WrapError> {
        let outcome = self.check_as(what, what)?;
        Ok(lines_of(&outcome.stdout))
    }
}

/// The module that the checksum database does not know, and what the Go command said of it: a lookup at
/// `<database>/lookup/<module>@<version>` (Go Modules Reference, "Checksum database") was answered with 404 or 410.
fn not_vouched(outcome: &Outcome) -> Option<(String, String)> {
    let stdout = String::from_utf8_lossy(&outcome.stdout);
    let mut lines = stdout.lines().chain(outcome.tail.iter().map(String::as_str));
    let line = lines.find(|line| {
        line.contains("/lookup/") && ["404", "410"].iter().any(|code| line.contains(code))
    })?;
    let module = line.split("/lookup/").nth(1)?.split('@').next()?;
    Some((module.to_owned(), line.trim().trim_matches(['"', ',']).to_owned()))
}

/// The lines of an output that are not empty.
pub(super) fn lines_of(stdout: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(stdout);
    text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect()
}

pub(super) fn read_json<T: DeserializeOwned>(bytes: &[u8], what: &str) -> Result<T, WrapError> {
    serde_json::from_slice(bytes)
        .map_err(|error| WrapError::Unreadable { what: what.to_owned(), why: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{os::unix::process::ExitStatusExt as _, time::Duration};

    #[test]
    fn a_module_nobody_vouches_for_is_no_module_that_does_not_exist() {
        let outcome = |stdout: &str, tail: &str| Outcome {
            status: std::process::ExitStatus::from_raw(256),
            stdout: stdout.as_bytes().to_vec(),
            tail: vec![tail.to_owned()],
            elapsed: Duration::ZERO,
        };
        let lookup = "e.org/a@v1: verifying go.mod: e.org/a@v1/go.mod: reading https://p/sumdb/s/lookup/e.org/a@v1: 404 Not Found";
        let json = format!("{{\n\t\"Error\": \"{lookup}\"\n}}");
        for outcome in [outcome(&json, ""), outcome("", lookup)] {
            assert_eq!(not_vouched(&outcome).unwrap().0, "e.org/a");
        }
        assert_eq!(
            not_vouched(&outcome("", "reading https://p/e.org/a/@v/v1.info: 404 Not Found")),
            None
        );
    }
}
