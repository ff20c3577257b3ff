//! The build sandbox: user, mount, PID, network, IPC and UTS namespaces of Linux, made by safe calls only.
//!
//! A thread cannot leave its namespaces, and a safe Rust program cannot fork, so the running program starts itself again
//! with a hidden first argument. That process takes the namespaces (`entry.rs`), starts itself once more as process 1 of
//! the new PID namespace, which builds a root of bind mounts (`mounts.rs`) and becomes the build tool. Nothing of the
//! host is visible but what a [`Mount`] names. The same way, without namespaces, runs builds where they are not
//! allowed, because it lets the kernel end the tool when fipsmith dies (`PR_SET_PDEATHSIG`).
//!
//! What is absent: seccomp, cgroups, limits of memory and time. The sandbox keeps a build from the network and from the
//! host's files; it is no wall against a kernel exploit.

pub(crate) mod entry;
mod mounts;
mod probe;

pub use entry::sandbox_entry;
pub(crate) use probe::has_entry;
pub use probe::{Isolation, SandboxMode, isolation};

use crate::process::Invocation;
use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The hidden first argument: takes the namespaces, or only the death signal.
const OUTER: &str = "--fipsmith-sandbox";
/// The hidden first argument of process 1 in the new namespaces.
const INNER: &str = "--fipsmith-sandbox-inner";
/// The hidden first argument that only answers, to see that a program has the entry at all.
const PROBE: &str = "--fipsmith-sandbox-probe";
/// What a program with the entry answers.
const ANSWER: &str = "fipsmith sandbox 1";

/// A folder of the host that the tool sees, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mount {
    pub(crate) host: Utf8PathBuf,
    /// An absolute path in the new root.
    pub(crate) inside: Utf8PathBuf,
    pub(crate) writable: bool,
}

/// What the re-executed program must do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Spec {
    /// False: only the death signal, no namespaces.
    pub(crate) isolate: bool,
    /// The process whose death ends the tool.
    pub(crate) parent: i32,
    /// An empty folder of the host on which the new root is put together.
    pub(crate) root: Utf8PathBuf,
    pub(crate) mounts: Vec<Mount>,
    pub(crate) environment: BTreeMap<String, String>,
    pub(crate) folder: Utf8PathBuf,
    /// Empty: answer and end, to see that the sandbox can be made.
    pub(crate) program: Utf8PathBuf,
    pub(crate) arguments: Vec<String>,
}

impl Spec {
    /// The command that starts this program again with the spec.
    pub(crate) fn invocation(&self) -> Result<Invocation, crate::BuildError> {
        Ok(Invocation::new(itself()?, [OUTER.to_owned(), self.to_json()?]))
    }

    fn to_json(&self) -> Result<String, crate::BuildError> {
        Ok(serde_json::to_string(self).map_err(std::io::Error::from)?)
    }
}

/// The running program.
fn itself() -> Result<String, crate::BuildError> {
    Ok(files::utf8(std::env::current_exe()?)?.into_string())
}
