//! What CI runs, each step a command anyone can type.

use crate::flags::{Ci, Test};
use crate::{run, tidy};
use anyhow::bail;
use std::process::ExitCode;
use xshell::{Shell, cmd};

fn shell() -> anyhow::Result<Shell> {
    let shell = Shell::new()?;
    shell.change_dir(run::root());
    Ok(shell)
}

/// Outside clients that the end-to-end tests hold releases against, and tools that write what the scanner must read. No
/// language registry serves them.
const OUTSIDE: &[&str] = &[
    "bash",
    "bzip2",
    "db5.3_load",
    "jq",
    "openssl",
    "rpmbuild",
    "sha256sum",
    "skopeo",
    "tar",
    "unshare",
];

/// Names everything that is missing at once, before minutes are spent.
fn outside_clients(shell: &Shell) -> anyhow::Result<()> {
    let here = |tool: &&&str| {
        cmd!(shell, "{tool} --help")
            .quiet()
            .ignore_status()
            .ignore_stdout()
            .ignore_stderr()
            .run()
            .is_ok()
    };
    let missing: Vec<&str> = OUTSIDE.iter().filter(|tool| !here(tool)).copied().collect();
    if missing.is_empty() {
        return Ok(());
    }
    bail!(
        "the tests need {}\n\nhint: apt-get install bash bzip2 coreutils db5.3-util jq openssl rpm skopeo tar util-linux",
        missing.join(", ")
    )
}

/// Every test. The end-to-end tests fetch the toolchains and the outside clients they need by themselves.
pub(crate) fn test(flags: &Test) -> anyhow::Result<ExitCode> {
    let shell = shell()?;
    let args = &flags.args;
    let but: &[&str] = if flags.quick { &["--exclude", "end-to-end"] } else { &[] };
    // The end-to-end tests run the very binaries that users run.
    if !flags.quick {
        outside_clients(&shell)?;
        cmd!(shell, "cargo build --release --locked --workspace --bins").run()?;
    }
    // The release profile: what the binaries were built with is compiled once, and keys are made in seconds.
    cmd!(shell, "cargo test --release --locked --workspace {but...} {args...}").run()?;
    Ok(ExitCode::SUCCESS)
}

/// Formatting, lints, dependencies, schemas, house rules, tests.
pub(crate) fn ci(flags: &Ci) -> anyhow::Result<ExitCode> {
    let shell = shell()?;
    cmd!(shell, "cargo fmt --all --check").run()?;
    cmd!(shell, "cargo clippy --locked --workspace --all-targets -- --deny warnings").run()?;
    cmd!(
        shell,
        "cargo run --quiet --release --locked --package pipeline --bin release -- schema --check"
    )
    .run()?;
    tidy_all()?;
    deny(&shell)?;
    if !flags.no_tests {
        test(&Test { quick: false, args: vec![] })?;
    }
    Ok(ExitCode::SUCCESS)
}

/// `cargo deny`, installed by cargo where it is missing.
fn deny(shell: &Shell) -> anyhow::Result<()> {
    if cmd!(shell, "cargo deny --version").quiet().ignore_stderr().read().is_err() {
        cmd!(shell, "cargo install --locked cargo-deny@0.20.2").run()?;
    }
    cmd!(shell, "cargo deny check bans licenses sources").run()?;
    Ok(())
}

/// The rules of the house, all violations at once.
pub(crate) fn tidy_all() -> anyhow::Result<ExitCode> {
    let problems = tidy::problems(&run::root())?;
    if !problems.is_empty() {
        bail!("{} rules of the house are broken:\n{}", problems.len(), problems.join("\n"));
    }
    Ok(ExitCode::SUCCESS)
}
