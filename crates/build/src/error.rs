//! What can go wrong between a plan and its artifacts. Each error says what was tried, on what and why it failed; where
//! there is a way out, [`BuildError::hint`] names it.

use camino::Utf8PathBuf;
use vocab::Sha256;

/// Why a fetch or a build stopped.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] files::FileError),
    /// A program could not be started at all.
    #[error("failed to start `{program}`")]
    Spawn {
        /// The program.
        program: String,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// A program ran and said no.
    #[error("{what} failed ({status}){}{}", quote(.tail), at(.log.as_ref()))]
    Failed {
        /// What was tried, in words.
        what: String,
        /// How it ended.
        status: String,
        /// The command line, ready to paste.
        command: String,
        /// The file with everything it printed.
        log: Option<Utf8PathBuf>,
        /// Its last lines.
        tail: Vec<String>,
    },
    /// Something that was fetched is not what is pinned.
    #[error("{what} has the digest {found}, and {expected} is pinned")]
    PinMismatch {
        /// What was fetched, and where it lies.
        what: String,
        /// The pinned digest.
        expected: String,
        /// The digest found.
        found: String,
    },
    /// An unpacked tree changed after it was verified.
    #[error(
        "{what} below `{folder}` was changed: its tree hash is {found}, and {expected} is pinned"
    )]
    TreeChanged {
        /// What the tree is.
        what: String,
        /// Where it lies.
        folder: Utf8PathBuf,
        /// The pinned hash.
        expected: String,
        /// The hash found.
        found: String,
    },
    /// A cryptographic module object inside a toolchain is not in the registry.
    #[error(
        "the module object `{file}` of {toolchain} has SHA-256 {found}, which is no row of `manifests/modules.toml`"
    )]
    UnknownModuleObject {
        /// The toolchain.
        toolchain: String,
        /// The file inside it.
        file: String,
        /// Its digest.
        found: Sha256,
    },
    /// A source is not what `go.sum` pins.
    #[error("source digest changed: {detail}")]
    SourceChanged {
        /// The component.
        component: String,
        /// What the Go command said.
        detail: String,
    },
    /// The proxy refuses the version; other proxies may have it.
    #[error("{what} is not available at this module proxy (403): {detail}")]
    NotAtProxy {
        /// What was asked for.
        what: String,
        /// What the proxy said.
        detail: String,
    },
    /// The version does not exist.
    #[error("{what} does not exist (404): {detail}")]
    NoSuchVersion {
        /// What was asked for.
        what: String,
        /// What the proxy said.
        detail: String,
    },
    /// A repository that does not hold the commit.
    #[error("commit {commit} is not in `{git}`")]
    NoSuchCommit {
        /// The repository.
        git: String,
        /// The commit.
        commit: String,
    },
    /// Forty digits that name something else than a commit.
    #[error("{commit} is the object of a {what}, not of a commit")]
    NotACommit {
        /// The digits.
        commit: String,
        /// What they name.
        what: String,
    },
    /// A local clone that stands somewhere else.
    #[error("`{clone}` is at commit {head}, and the recipe of {component} pins {pinned}")]
    OtherCommit {
        /// The component.
        component: String,
        /// The clone.
        clone: Utf8PathBuf,
        /// Its commit.
        head: String,
        /// The pinned commit.
        pinned: String,
    },
    /// A local clone for something that is not built from git.
    #[error("`--source {component}=...` names no component of this plan that is built from git")]
    NoGitSource {
        /// The component.
        component: String,
    },
    /// A commit without the Go module that the recipe names.
    #[error("the sources of {component}: {why}")]
    GitModule {
        /// The component.
        component: String,
        /// What is wrong.
        why: String,
    },
    /// Something is missing and the network may not be used.
    #[error("{what} is not in `{folder}`, and `--offline` forbids fetching it")]
    Offline {
        /// What is missing.
        what: String,
        /// Where it was looked for.
        folder: Utf8PathBuf,
    },
    /// An archive with a name or size that no honest archive has.
    #[error("refused to unpack `{archive}`: {why}")]
    Archive {
        /// The archive.
        archive: Utf8PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The sandbox was required and cannot be had.
    #[error("the build sandbox cannot be used here: {why}")]
    Sandbox {
        /// Which call failed, and how.
        why: String,
    },
    /// The step's tools are the sandbox's root, and there is no sandbox.
    #[error(
        "it is built in a root of pinned packages, which only the build sandbox can give it: {why}"
    )]
    NeedsSandbox {
        /// Why there is none.
        why: String,
    },
    /// The host does not give a toolchain that it is to give.
    #[error("this machine has no {what}")]
    ToolchainAbsent {
        /// The toolchain.
        what: String,
        /// What installs it.
        remedy: String,
    },
    /// A step ended well and its output is not there.
    #[error("{step} ended well and left no file `{output}`")]
    MissingOutput {
        /// The step.
        step: String,
        /// The file.
        output: String,
    },
    /// A program is not what was built any more.
    #[error("`{path}` was changed after it was built")]
    ArtifactChanged {
        /// The program.
        path: Utf8PathBuf,
    },
    /// Two builds of the same action gave different bytes.
    #[error("{step} is not reproducible: {}", .differing.iter().map(|d| format!("`{}` is {} and then {}", d.0, d.1, d.2)).collect::<Vec<_>>().join(", "))]
    NotReproducible {
        /// The step.
        step: String,
        /// Artifact, first digest, second digest.
        differing: Vec<(String, Sha256, Sha256)>,
    },
    /// A text that should have been one of ours does not parse.
    #[error("`{path}` is not a record fipsmith wrote: {why}")]
    BadRecord {
        /// The file.
        path: Utf8PathBuf,
        /// What is wrong.
        why: String,
    },
    /// The catalogue pins no such toolchain.
    #[error("`manifests/toolchains.toml` pins no {what} for this machine ({host})")]
    NoToolchain {
        /// `go` or `zig`.
        what: String,
        /// The machine.
        host: String,
    },
    /// An error of one step, with the step's name before it.
    #[error("{step}: {error}")]
    Step {
        /// Component and target.
        step: String,
        /// What went wrong in it.
        error: Box<BuildError>,
    },
}

impl BuildError {
    /// What to do about it, where that is known.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::File(error) if is_disk_full(error) => {
                "the disk is full: make room and run the same command again, finished steps are kept".to_owned()
            }
            Self::Spawn { .. } => "run `cargo xtask doctor`, which names what is missing and how to install it".to_owned(),
            Self::Failed { tail, .. } if tail.iter().any(|line| line.contains("no space left on device")) => {
                "the disk is full: make room and run the same command again, finished steps are kept".to_owned()
            }
            Self::Failed { tail, .. } if tail.iter().any(|line| line.contains("module lookup disabled")) => {
                "run `cargo xtask fetch`: a source is missing from the module cache".to_owned()
            }
            Self::Failed { command, .. } => format!("the command was: {command}"),
            Self::PinMismatch { .. } => {
                "do not use it: compare with the publisher, and change the pin only in a reviewed commit".to_owned()
            }
            Self::TreeChanged { folder, .. } => format!("remove `{folder}` and run `cargo xtask fetch`"),
            Self::UnknownModuleObject { .. } => {
                "use a toolchain whose module objects are registered, or add the digest with its source to `manifests/modules.toml`"
                    .to_owned()
            }
            Self::SourceChanged { component, .. } => format!(
                "somebody changed a published version or `manifests/wrappers/{component}/go.sum`: compare both before trusting either"
            ),
            Self::NotAtProxy { .. } => "try another proxy: GOPROXY=... cargo xtask fetch".to_owned(),
            Self::NoSuchVersion { .. } => "check the version in the recipe and in its wrapper's go.mod".to_owned(),
            Self::NoSuchCommit { .. } => {
                "check the commit with `git rev-parse`; one that was never pushed, or that no branch or tag reaches any more, cannot be fetched".to_owned()
            }
            Self::NotACommit { what, commit } => format!(
                "`git rev-parse {commit}^{{commit}}` prints the commit behind a {what}"
            ),
            Self::OtherCommit { pinned, clone, .. } => format!(
                "`git -C {clone} checkout {pinned}`, or change `commit` in the recipe: what is not committed is never built"
            ),
            Self::NoGitSource { .. } => "a recipe with `[source]` is built from git; the others come from the module proxy".to_owned(),
            Self::GitModule { .. } => "`path` in `[source]` names the folder of the Go module, `modules` its path".to_owned(),
            Self::Offline { .. } => "run `cargo xtask fetch` once with the network".to_owned(),
            Self::Sandbox { .. } => "allow user namespaces, or run with `--sandbox auto`; the record will say so".to_owned(),
            Self::NeedsSandbox { .. } => {
                "allow user namespaces (`cargo xtask doctor` says how), and leave `--sandbox off` out"
                    .to_owned()
            }
            Self::ToolchainAbsent { remedy, .. } => remedy.clone(),
            Self::NotReproducible { .. } => "run both builds by hand and compare them with `diffoscope`".to_owned(),
            Self::ArtifactChanged { .. } => {
                "find out who writes to `target/fipsmith`, then run the same command again: the step is built anew".to_owned()
            }
            Self::BadRecord { path, .. } => format!("remove `{path}`: the step will be built again"),
            Self::NoToolchain { .. } => "pin one in `manifests/toolchains.toml`, or build on linux/amd64".to_owned(),
            Self::Step { error, .. } => return error.hint(),
            Self::File(_) | Self::Archive { .. } | Self::MissingOutput { .. } => return None,
        })
    }
}

fn is_disk_full(error: &files::FileError) -> bool {
    matches!(error, files::FileError::Io(error) if error.kind() == std::io::ErrorKind::StorageFull
        || error.to_string().contains("No space left on device"))
}

fn quote(tail: &[String]) -> String {
    let lines: Vec<String> = tail.iter().map(|line| format!("\n    {line}")).collect();
    lines.concat()
}

fn at(log: Option<&Utf8PathBuf>) -> String {
    log.map(|path| format!("\n  full log: {path}")).unwrap_or_default()
}

impl From<std::io::Error> for BuildError {
    fn from(error: std::io::Error) -> Self {
        Self::File(error.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_from_other_failures_of_files_and_of_the_go_command() {
        let full = BuildError::from(std::io::Error::from(std::io::ErrorKind::StorageFull));
        assert!(full.hint().unwrap().starts_with("the disk is full"));
        assert_eq!(
            BuildError::from(std::io::Error::from(std::io::ErrorKind::PermissionDenied)).hint(),
            None
        );
        let said = |line: &str| BuildError::Failed {
            what: "the build".to_owned(),
            status: "exit status: 1".to_owned(),
            command: "go build".to_owned(),
            log: None,
            tail: vec![line.to_owned()],
        };
        assert!(
            said("write /x: no space left on device")
                .hint()
                .unwrap()
                .starts_with("the disk is full")
        );
        assert!(
            said("module lookup disabled by GOPROXY=off")
                .hint()
                .unwrap()
                .contains("cargo xtask fetch")
        );
        assert_eq!(said("syntax error").hint().unwrap(), "the command was: go build");
    }
}
