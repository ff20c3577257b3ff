//! Builds our own binaries and hands the command line over to them.

use crate::flags::{Rest, Verb, Xtask};
use anyhow::Context as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use xshell::{Shell, cmd};

impl Xtask {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self.verb {
            Verb::Release(rest) => maker("release", rest),
            Verb::Plan(rest) => maker("plan", rest),
            Verb::Build(rest) => maker("build", rest),
            Verb::Fetch(rest) => maker("fetch", rest),
            Verb::Doctor(rest) => maker("doctor", rest),
            Verb::Init(rest) => maker("init", rest),
            Verb::Update(rest) => maker("update", rest),
            Verb::Toolchain(rest) => maker("toolchain", rest),
            Verb::Keys(rest) => maker("keys", rest),
            Verb::Schema(rest) => maker("schema", rest),
            Verb::Bench(rest) => maker("bench", rest),
            Verb::Scan(rest) => checker("scan", rest),
            Verb::Verify(rest) => checker("verify", rest),
            Verb::Modules(rest) => checker("modules", rest),
            Verb::Explain(rest) => checker("explain", rest),
            Verb::Catalog(rest) => checker("catalog", rest),
            Verb::Scopes(rest) => maker("scopes", rest),
            Verb::Corpus(rest) => corpus(rest),
            Verb::Test(test) => crate::ci::test(&test),
            Verb::Ci(ci) => crate::ci::ci(&ci),
            Verb::Tidy => crate::ci::tidy_all(),
        }
    }
}

/// The root of the workspace, whatever folder the command was typed in.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(1).unwrap_or(Path::new(".")).to_owned()
}

fn maker(verb: &str, rest: Rest) -> anyhow::Result<ExitCode> {
    hand_over("pipeline", "release", verb, rest)
}

fn checker(verb: &str, rest: Rest) -> anyhow::Result<ExitCode> {
    hand_over("fipsmith", "fipsmith", verb, rest)
}

/// The corpus is scanned by the very binary that users run, which lies beside its runner.
fn corpus(rest: Rest) -> anyhow::Result<ExitCode> {
    built("fipsmith", "fipsmith")?;
    let path = built("corpus", "corpus")?;
    let shell = Shell::new()?;
    let mut command = Command::from(cmd!(shell, "{path}").args(rest.args));
    command.current_dir(std::env::current_dir()?);
    Err(command.exec()).with_context(|| format!("failed to start `{}`", path.display()))
}

/// Builds `binary` and becomes it, so that signals, prompts and exit codes are its own.
fn hand_over(package: &str, binary: &str, verb: &str, rest: Rest) -> anyhow::Result<ExitCode> {
    let path = built(package, binary)?;
    let shell = Shell::new()?;
    let mut command = Command::from(cmd!(shell, "{path} {verb}").args(rest.args));
    if std::env::var_os("FIPSMITH_ROOT").is_none() {
        command.env("FIPSMITH_ROOT", root());
    }
    command.current_dir(std::env::current_dir()?);
    Err(command.exec()).with_context(|| format!("failed to start `{}`", path.display()))
}

fn built(package: &str, binary: &str) -> anyhow::Result<PathBuf> {
    let shell = Shell::new()?;
    shell.change_dir(root());
    let metadata = cargo_metadata::MetadataCommand::new().no_deps().current_dir(root()).exec()?;
    let path = metadata.target_directory.join("release").join(binary).into_std_path_buf();
    // The first build takes minutes and shows cargo's progress; later ones have nothing to say.
    let quiet = path.exists().then_some("--quiet");
    cmd!(shell, "cargo build --release --locked {quiet...} --package {package} --bin {binary}")
        .quiet()
        .run()?;
    Ok(path)
}

/// The error with its causes, and exit code 1.
pub(crate) fn complain(error: &anyhow::Error) -> ExitCode {
    #[expect(clippy::print_stderr, reason = "the edge of the program")]
    {
        eprintln!("error: {error:#}");
    }
    ExitCode::FAILURE
}
