//! Whether this machine and this program can make the sandbox: found out by making one and by trying, from inside, what
//! must not work. So `namespaces` in a record is a thing that was seen, not a flag.

use super::{ANSWER, Mount, PROBE, Spec, entry::Failed, itself};
use crate::{BuildError, process::Invocation};
use camino::{Utf8Path, Utf8PathBuf};
use nix::mount::{MsFlags, mount};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The folders of the probe's sandbox.
const READ_ONLY: &str = "inputs";
const WRITABLE: &str = "outputs";

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

/// Which isolation builds get here. `scratch` is a folder that may be made and removed.
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
    asked.is_ok_and(|outcome| {
        outcome.status.success() && outcome.stdout.trim_ascii() == ANSWER.as_bytes()
    })
}

/// Makes a sandbox of two folders and lets the process inside look around; gives the reason if something is wrong.
fn try_it(scratch: &Utf8Path) -> Result<Option<String>, BuildError> {
    if !has_entry() {
        return Ok(Some("this program does not begin with the sandbox's entry".to_owned()));
    }
    let shown = |name: &str, writable| Mount {
        host: scratch.join(name),
        inside: Utf8Path::new("/").join(name),
        writable,
    };
    let mounts = vec![shown(READ_ONLY, false), shown(WRITABLE, true)];
    for folder in
        mounts.iter().map(|mount| mount.host.as_path()).chain([scratch.join("root").as_path()])
    {
        files::create_dir_all(folder)?;
    }
    let spec = Spec {
        isolate: true,
        parent: std::process::id().cast_signed(),
        root: scratch.join("root"),
        mounts,
        environment: BTreeMap::new(),
        folder: "/".into(),
        program: Utf8PathBuf::new(),
        arguments: Vec::new(),
    };
    let outcome = spec.invocation()?.run(None, &|_| {})?;
    files::remove_tree(scratch)?;
    let well = outcome.status.success() && outcome.stdout.trim_ascii() == ANSWER.as_bytes();
    Ok((!well).then(|| outcome.tail.last().cloned().unwrap_or_else(|| outcome.status.to_string())))
}

/// Run inside: tries what the sandbox must refuse, and what it must allow.
pub(super) fn look_around() -> Result<(), Failed> {
    let refused = |what: &str, worked: bool| {
        if worked { Err(format!("{what} inside the sandbox")) } else { Ok(()) }
    };
    // TEST-NET-1 (RFC 5737) is nobody's; connecting a datagram socket sends nothing and needs a route.
    let socket = std::net::UdpSocket::bind("0.0.0.0:0")
        .map_err(|error| format!("make a socket: {error}"))?;
    refused("the network is reachable", socket.connect("192.0.2.1:9").is_ok())?;
    for host in ["/etc", "/usr", "/home", "/root", "/var"] {
        refused(&format!("the host's `{host}` is visible"), Utf8Path::new(host).exists())?;
    }
    refused("a file can be made at `/`", can_write("/"))?;
    refused("an input can be written", can_write("/inputs"))?;
    refused("a read-only mount can be made writable", can_remount("/inputs"))?;
    refused("an output cannot be written", !can_write("/outputs"))
}

fn can_write(folder: &str) -> bool {
    files::write_staged(&Utf8Path::new(folder).join("probe"), b"", files::Mode::Plain).is_ok()
}

fn can_remount(folder: &str) -> bool {
    let none: Option<&str> = None;
    mount(none, folder, none, MsFlags::MS_REMOUNT | MsFlags::MS_BIND, none).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_around_notices_that_there_is_no_sandbox() {
        // The test itself runs on the host: a look around that finds nothing wrong here proves nothing anywhere.
        assert!(look_around().is_err());
    }

    #[test]
    fn a_program_without_the_entry_builds_without_a_sandbox_and_says_why() {
        // The test harness is such a program.
        let guard = tempfile::tempdir().unwrap();
        let scratch = Utf8PathBuf::from_path_buf(guard.path().join("probe")).unwrap();
        let Isolation::None { why } = isolation(SandboxMode::Auto, &scratch).unwrap() else {
            panic!("no entry, yet a sandbox")
        };
        assert!(why.contains("does not begin with the sandbox's entry"), "{why}");
        let error = isolation(SandboxMode::Require, &scratch).unwrap_err();
        assert!(matches!(error, BuildError::Sandbox { .. }), "{error}");
        assert!(matches!(isolation(SandboxMode::Off, &scratch), Ok(Isolation::None { .. })));
    }
}
