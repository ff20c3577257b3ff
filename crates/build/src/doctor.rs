//! What the host must give, looked at before any work: every missing thing at once, each with what installs it.

use crate::{
    Isolation, Plan, SandboxMode, Workspace, isolation,
    kind::Site,
    packages,
    process::Invocation,
    toolchain::{debian, go, rust, zig},
    workspace::host,
};
use camino::Utf8Path;
use nix::sys::statvfs::statvfs;
use serde::Serialize;

/// The oldest Go command that fetches `golang.org/toolchain` (Go 1.21 release notes, "Go toolchains").
const OLDEST_GO: (u32, u32) = (1, 21);
/// Toolchains, sources and caches of the quickstart profile take 4 GiB; a first run should not end at the last step.
const FIRST_RUN_BYTES: u64 = 6 << 30;
/// What a run needs when everything is fetched: room for one build and its second, cold one.
const LATER_RUN_BYTES: u64 = 2 << 30;

/// Something the host does not give.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// What is missing.
    pub what: String,
    /// What it is for.
    pub why: String,
    /// The command or the change that gives it.
    pub remedy: String,
    /// False: fipsmith does without, less well.
    pub required: bool,
}

impl Missing {
    fn new(what: impl Into<String>, why: &str, remedy: &str) -> Self {
        Self { what: what.into(), why: why.to_owned(), remedy: remedy.to_owned(), required: true }
    }
}

/// Everything that is missing for a plan. What is fetched already is not asked of the host again.
pub fn doctor(plan: &Plan, workspace: &Workspace) -> Vec<Missing> {
    let site = |step| Site { workspace, plan, step };
    let go_missing = plan.go().filter(|go| !go::folder(workspace, go).exists());
    let zig_missing = plan.zig().filter(|zig| !zig::folder(workspace, zig).exists());
    let root_missing = plan.debian().filter(|root| !debian::folder(workspace, root).exists());
    let rust_missing = plan.rust().filter(|rust| !rust::folder(workspace, rust).exists());
    let unfetched: Vec<_> =
        plan.steps().iter().filter(|step| !step.language().is_fetched(site(step))).collect();
    let toolchains = go_missing.is_none() && zig_missing.is_none() && root_missing.is_none();
    let first = !toolchains || !unfetched.is_empty();
    let mut missing = Vec::new();
    missing.extend(go_missing.and_then(|_| go_command()));
    missing.extend(zig_missing.and_then(|_| pip()));
    let sets_missing = packages::missing(workspace, plan.packages());
    missing.extend(root_missing.and_then(|_| debian::missing()).or(sets_missing));
    missing.extend(rust_missing.and_then(rust::missing));
    for lack in unfetched.iter().filter_map(|step| step.language().missing()) {
        if !missing.contains(&lack) {
            missing.push(lack);
        }
    }
    missing.extend(platform());
    missing.extend(disk(workspace.state(), if first { FIRST_RUN_BYTES } else { LATER_RUN_BYTES }));
    let required = plan.steps().iter().any(|step| step.language().needs_sandbox());
    missing.extend(sandbox(workspace, required));
    missing
}

fn go_command() -> Option<Missing> {
    let why = "the Go command fetches the pinned Go toolchain; after that it is not used";
    let remedy = "install any Go from 1.21 on: https://go.dev/dl/, or `apt-get install golang-go` where that is new enough";
    let mut ask = Invocation::new("go", ["env", "GOVERSION"]);
    ask.inherit = true;
    ask.environment.insert("GOTOOLCHAIN".to_owned(), "local".to_owned());
    let said = ask
        .run(None, &|_| {})
        .ok()
        .map(|outcome| String::from_utf8_lossy(&outcome.stdout).trim().to_owned());
    match said {
        None => Some(Missing::new("a Go command on PATH", why, remedy)),
        Some(version) if go_release(&version).is_some_and(|release| release >= OLDEST_GO) => None,
        Some(version) => Some(Missing::new(
            format!("a Go command from 1.21 on (PATH has `{version}`)"),
            why,
            remedy,
        )),
    }
}

/// The release of a version such as `go1.27.4`, `go1.26.8-X:boringcrypto` or `devel go1.28-abc`.
fn go_release(version: &str) -> Option<(u32, u32)> {
    let word = version.split_whitespace().find_map(|word| word.strip_prefix("go"))?;
    let mut numbers = word.split(['.', '-', 'r', 'b']).map(|part| part.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

fn pip() -> Option<Missing> {
    let mut ask = Invocation::new("python3", ["-m", "pip", "--version"]);
    ask.inherit = true;
    if ask.run(None, &|_| {}).is_ok_and(|outcome| outcome.status.success()) {
        return None;
    }
    let why = "pip fetches the pinned zig, which compiles and links C for BoringCrypto; Python is not used after that";
    Some(Missing::new("`python3 -m pip`", why, "apt-get install python3-pip"))
}

/// What a component lacks that is fetched from a git repository.
pub(crate) fn git() -> Option<Missing> {
    let mut ask = Invocation::new("git", ["--version"]);
    ask.inherit = true;
    if ask.run(None, &|_| {}).is_ok_and(|outcome| outcome.status.success()) {
        return None;
    }
    let why = "a component of this profile is built from a git repository";
    Some(Missing::new("a git command on PATH", why, "apt-get install git"))
}

fn platform() -> Option<Missing> {
    let known = host().is_some();
    (!known).then(|| {
        let what = format!(
            "Linux on x86-64 (this is {} on {})",
            std::env::consts::OS,
            std::env::consts::ARCH
        );
        Missing::new(
            what,
            "toolchains are pinned for it",
            "build in a container or a virtual machine; every target is built from there",
        )
    })
}

fn disk(folder: &Utf8Path, needed: u64) -> Option<Missing> {
    // The state folder may not exist yet: its first existing parent is on the same disk.
    let existing = folder.ancestors().find(|path| path.exists())?;
    let there = statvfs(existing.as_str()).ok()?;
    let free = there.blocks_available().saturating_mul(there.fragment_size());
    (free < needed).then(|| {
        let gib = |bytes: u64| format!("{}.{} GiB", bytes >> 30, ((bytes % (1 << 30)) * 10) >> 30);
        let what = format!("{} free at `{existing}` ({} are)", gib(needed), gib(free));
        Missing::new(
            what,
            "toolchains, sources and compiler caches lie there",
            "make room, or move the `target` folder to a larger disk",
        )
    })
}

fn sandbox(workspace: &Workspace, required: bool) -> Option<Missing> {
    let scratch = workspace.scratch(&format!("doctor-{}", std::process::id()));
    let found = isolation(SandboxMode::Auto, &scratch);
    // Nothing of it matters any more, and a leftover is swept by the next build.
    let _ = files::remove_tree(&scratch);
    let why = match found {
        Ok(Isolation::Namespaces) => return None,
        Ok(Isolation::None { why }) => why,
        Err(error) => error.to_string(),
    };
    Some(Missing {
        what: format!("user namespaces ({why})"),
        why: match required {
            true => "components of C and Rust are built in a root of pinned packages, which needs them",
            false => "builds run in a sandbox without network; without one they run as plain processes, and the record says so",
        }
        .to_owned(),
        remedy: "sysctl -w user.max_user_namespaces=10000, or a container that allows them".to_owned(),
        required,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_go_release_is_read_from_every_spelling() {
        for (version, release) in [
            ("go1.27.4", Some((1, 27))),
            ("go1.21rc2", Some((1, 21))),
            ("go1.26.8-X:boringcrypto", Some((1, 26))),
            ("devel go1.28-abcdef", Some((1, 28))),
            ("go2", None),
            ("", None),
        ] {
            assert_eq!(go_release(version), release, "{version}");
        }
    }

    #[test]
    fn a_disk_without_room_is_named_with_both_figures() {
        let missing = disk(Utf8Path::new("/no/such/folder"), u64::MAX).unwrap();
        assert!(missing.what.contains("GiB free at `/`"), "{}", missing.what);
        assert!(disk(Utf8Path::new("/"), 0).is_none());
    }
}
