//! Whether this machine and this program can make the sandbox: found out by making one.

use super::{ANSWER, PROBE, Spec, itself};
use crate::{BuildError, process::Invocation};
use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the user asks of the sandbox.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SandboxMode {
    /// Use it where the machine allows it, and record which it was.
    #[default]
    Auto,
    /// Refuse to build without it.
    Require,
    /// Build without it.
    Off,
}

/// How a step was kept apart from the host. It goes into the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Isolation {
    /// Own user, mount, PID, network, IPC and UTS namespaces; only named folders are visible.
    Namespaces,
    /// A clean environment and nothing more.
    None {
        /// Why.
        why: String,
    },
}

/// Which isolation builds get here. `scratch` is an empty folder fipsmith may mount on.
pub fn isolation(mode: SandboxMode, scratch: &Utf8Path) -> Result<Isolation, BuildError> {
    if mode == SandboxMode::Off {
        return Ok(Isolation::None { why: "switched off by `--sandbox off`".to_owned() });
    }
    match try_it(scratch)? {
        None => Ok(Isolation::Namespaces),
        Some(why) if mode == SandboxMode::Require => Err(BuildError::Sandbox { why }),
        Some(why) => Ok(Isolation::None { why }),
    }
}

/// True when the running program calls [`super::sandbox_entry`].
pub(crate) fn has_entry() -> bool {
    let asked = itself().and_then(|program| Invocation::new(program, [PROBE]).run(None, &|_| {}));
    asked.is_ok_and(|outcome| outcome.status.success() && outcome.stdout.trim_ascii() == ANSWER.as_bytes())
}

/// Makes a sandbox of nothing and lets the process inside answer; gives the reason if that fails.
fn try_it(scratch: &Utf8Path) -> Result<Option<String>, BuildError> {
    if !has_entry() {
        return Ok(Some("this program does not begin with the sandbox's entry".to_owned()));
    }
    files::create_dir_all(scratch)?;
    let spec = Spec {
        isolate: true,
        parent: std::process::id().cast_signed(),
        root: scratch.to_owned(),
        mounts: Vec::new(),
        environment: BTreeMap::new(),
        folder: "/".into(),
        program: Utf8PathBuf::new(),
        arguments: Vec::new(),
    };
    let outcome = spec.invocation()?.run(None, &|_| {})?;
    let well = outcome.status.success() && outcome.stdout.trim_ascii() == ANSWER.as_bytes();
    Ok((!well).then(|| outcome.tail.last().cloned().unwrap_or_else(|| outcome.status.to_string())))
}
