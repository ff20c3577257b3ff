//! The far side of the sandbox: what the program does when it was started with a hidden first argument.

use super::{ANSWER, INNER, OUTER, PROBE, Spec, mounts, probe};
use nix::{
    sched::{CloneFlags, unshare},
    sys::{prctl, signal::Signal},
    unistd::{execve, getegid, geteuid, getppid},
};
use std::{ffi::CString, io::Write as _, os::unix::process::ExitStatusExt as _, process::ExitCode};

/// Exit code when the sandbox itself could not be made; no build tool we run uses it.
pub(crate) const SANDBOX_FAILED: u8 = 125;

/// Call this first in `main`, before any thread starts: it takes over when the program was started again for the build
/// sandbox, and gives `None` when it was started by a person.
pub fn sandbox_entry() -> Option<ExitCode> {
    let mut arguments = std::env::args().skip(1);
    let stage = match arguments.next()?.as_str() {
        OUTER => outer,
        INNER => inner,
        PROBE => answer,
        _ => return None,
    };
    Some(stage(&arguments.next().unwrap_or_default()).unwrap_or_else(|why| {
        let _ = writeln!(std::io::stderr(), "sandbox: {why}");
        ExitCode::from(SANDBOX_FAILED)
    }))
}

/// Why the sandbox could not be made, in words: the other side reads it from standard error.
pub(super) type Failed = String;

pub(super) fn tried<T, E: std::fmt::Display>(
    what: &str,
    result: Result<T, E>,
) -> Result<T, Failed> {
    result.map_err(|error| format!("{what}: {error}"))
}

fn answer(_: &str) -> Result<ExitCode, Failed> {
    tried("answer", writeln!(std::io::stdout(), "{ANSWER}")).map(|()| ExitCode::SUCCESS)
}

fn outer(spec: &str) -> Result<ExitCode, Failed> {
    let spec = read(spec)?;
    die_with_parent(Some(spec.parent))?;
    if !spec.isolate {
        return become_tool(&spec);
    }
    let (uid, gid) = (geteuid().as_raw(), getegid().as_raw());
    let all = CloneFlags::CLONE_NEWUSER
        | CloneFlags::CLONE_NEWNS
        | CloneFlags::CLONE_NEWPID
        | CloneFlags::CLONE_NEWNET
        | CloneFlags::CLONE_NEWIPC
        | CloneFlags::CLONE_NEWUTS;
    tried("user namespaces are not allowed: unshare", unshare(all))?;
    map_ids("0", &uid.to_string(), &gid.to_string())?;
    // The new PID namespace holds children only: start once more, as its process 1.
    let json = tried("spec", serde_json::to_string(&spec))?;
    let mut child = crate::process::command("/proc/self/exe");
    let status = tried("start process 1", child.args([INNER, &json]).env_clear().status())?;
    // As a shell reports a program that a signal ended (IEEE Std 1003.1, 2.8.2).
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(1);
    Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)))
}

fn inner(spec: &str) -> Result<ExitCode, Failed> {
    let spec = read(spec)?;
    die_with_parent(None)?;
    mounts::enter(&spec)?;
    let _ = nix::unistd::sethostname("fipsmith");
    // A second user namespace takes the capabilities over the mounts away again: the tool cannot make a read-only mount
    // writable, whatever it runs.
    tried("unshare again", unshare(CloneFlags::CLONE_NEWUSER))?;
    map_ids("1000", "0", "0")?;
    tried("no new privileges", prctl::set_no_new_privs())?;
    become_tool(&spec)
}

fn read(spec: &str) -> Result<Spec, Failed> {
    tried("spec", serde_json::from_str(spec))
}

/// Asks the kernel to kill this process when its parent dies, and notices a parent that is dead already.
fn die_with_parent(parent: Option<i32>) -> Result<(), Failed> {
    tried("death signal", prctl::set_pdeathsig(Signal::SIGKILL))?;
    match parent {
        Some(parent) if getppid().as_raw() != parent => {
            Err("the program that asked for this build is gone".to_owned())
        }
        _ => Ok(()),
    }
}

/// Maps one user and one group (`user_namespaces(7)`): without privilege no more can be mapped.
fn map_ids(inside: &str, uid: &str, gid: &str) -> Result<(), Failed> {
    tell_kernel("/proc/self/setgroups", "deny")?;
    tell_kernel("/proc/self/uid_map", &format!("{inside} {uid} 1"))?;
    tell_kernel("/proc/self/gid_map", &format!("{inside} {gid} 1"))
}

/// Writes a file of /proc: one write call, no temporary name.
fn tell_kernel(path: &str, text: &str) -> Result<(), Failed> {
    let file = fs_err::OpenOptions::new().write(true).open(path);
    tried(path, file.and_then(|mut file| file.write_all(text.as_bytes())))
}

/// Replaces this process by the tool, with nothing but the spec's environment.
fn become_tool(spec: &Spec) -> Result<ExitCode, Failed> {
    if spec.program.as_str().is_empty() {
        probe::look_around()?;
        return answer("");
    }
    tried("chdir", nix::unistd::chdir(spec.folder.as_str()))?;
    let c = |text: &str| tried("argument", CString::new(text));
    let program = c(spec.program.as_str())?;
    let arguments: Vec<_> = std::iter::once(spec.program.as_str())
        .chain(spec.arguments.iter().map(String::as_str))
        .map(c)
        .collect::<Result<_, _>>()?;
    let environment: Vec<_> = spec
        .environment
        .iter()
        .map(|(name, value)| c(&format!("{name}={value}")))
        .collect::<Result<_, _>>()?;
    match tried(&format!("exec `{}`", spec.program), execve(&program, &arguments, &environment))? {}
}
