//! The makers' command line on one page.

mod sources;

pub(crate) use sources::{Init, Place, Update};

use camino::Utf8PathBuf;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::sync::LazyLock;
use vocab::{ComponentName, Date, ProfileName, ScopeName, Target};

/// What `--version` says: with the cryptographic module that hashes and signs.
static VERSION: LazyLock<String> =
    LazyLock::new(|| format!("{}\ncryptography: {}", env!("CARGO_PKG_VERSION"), crypto::PROVIDER));

/// Builds, labels, signs and seals FIPS releases.
#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    version,
    long_version = VERSION.as_str(),
    disable_help_subcommand = true,
    arg_required_else_help = true
)]
pub(crate) struct Maker {
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Build, scan, sign, seal and verify a profile; nothing that has not changed is built again
    #[command(
        after_help = "Examples:\n  cargo xtask release\n  cargo xtask release --profile smoke --rebuild-check\n  cargo xtask release --component etcd --target linux/amd64\n  cargo xtask release --keys my-keys --passphrase-file pass.txt"
    )]
    Release(Release),
    /// Show every step a release would take, without taking any
    #[command(after_help = "Example: cargo xtask plan --profile smoke --format json")]
    Plan(Plan),
    /// Build components and stop before anything is scanned or signed
    #[command(
        after_help = "Example: cargo xtask build --profile quickstart --component cni-plugins --target linux/arm64"
    )]
    Build(Build),
    /// Fetch and check toolchains and sources, so that `--offline` works afterwards
    #[command(after_help = "Example: cargo xtask fetch --profile quickstart")]
    Fetch(Plan),
    /// Name everything this machine lacks, each with the command that installs it
    #[command(after_help = "Examples:\n  cargo xtask doctor\n  cargo xtask doctor --sources")]
    Doctor(Doctor),
    /// Write a component's recipe and wrapper, or make its wrapper again and compare
    #[command(
        after_help = "Examples:\n  cargo xtask init sigs.k8s.io/cri-tools@v1.36.0 ./cmd/crictl --name crictl\n  cargo xtask init etcd --dry-run\n  cargo xtask init --check"
    )]
    Init(Init),
    /// Move a component to another version and show what changes, cryptography first
    #[command(
        after_help = "Examples:\n  cargo xtask update etcd --dry-run\n  cargo xtask update etcd v3.7.3"
    )]
    Update(Update),
    /// Pin the packages of a toolchain anew
    #[command(subcommand, after_help = "Example: cargo xtask toolchain lock debian-12-c")]
    Toolchain(Toolchain),
    /// Make or check signing keys
    #[command(
        subcommand,
        after_help = "Example: cargo xtask keys new my-keys --passphrase-env FIPSMITH_PASSPHRASE"
    )]
    Keys(Keys),
    /// Write the JSON schemas of the manifests, for editors; or check the ones that are there
    #[command(after_help = "Example: cargo xtask schema --check")]
    Schema(Schema),
    /// Measure a scan next to hashing the same bytes, in one run
    #[command(after_help = "Example: cargo xtask bench target/fipsmith/actions")]
    Bench(Bench),
    /// Keep the record of clusters, so that none changes its FIPS mode unseen
    #[command(
        subcommand,
        after_help = "Examples:\n  cargo xtask scopes record\n  cargo xtask scopes record --check\n  cargo xtask scopes record --removed old-cluster"
    )]
    Scopes(Scopes),
}

/// What a plan is made of.
#[derive(Debug, Args)]
pub(crate) struct Selection {
    /// The profile: manifests/profiles/NAME.toml
    #[arg(long, default_value = "quickstart", value_name = "NAME")]
    pub(crate) profile: ProfileName,
    /// The repository with `manifests/` [default: this one]
    #[arg(long, env = "FIPSMITH_ROOT", value_name = "DIR", default_value = ".", hide_env = true)]
    pub(crate) root: Utf8PathBuf,
    /// Where toolchains, sources, caches and logs are kept [default: target/fipsmith]
    #[arg(long, value_name = "DIR")]
    pub(crate) state: Option<Utf8PathBuf>,
    /// A local clone to take a component's pinned commit from, instead of its URL; what is not committed is never built
    #[arg(long, value_name = "NAME=DIR", value_parser = sources::clone)]
    pub(crate) source: Vec<(ComponentName, Utf8PathBuf)>,
}

/// How to build.
#[derive(Debug, Args)]
pub(crate) struct Building {
    /// Build steps at once; the Go command uses all cores for one
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub(crate) jobs: usize,
    /// Start no network client; everything must be fetched already
    #[arg(long)]
    pub(crate) offline: bool,
    /// Build everything a second time in another folder with cold caches, and compare the bytes
    #[arg(long)]
    pub(crate) rebuild_check: bool,
    /// Whether a build must run in a sandbox without network
    #[arg(long, value_enum, default_value_t)]
    pub(crate) sandbox: Sandbox,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Sandbox {
    /// Where the machine allows it; the record says which
    #[default]
    Auto,
    /// Fail where it does not
    Require,
    /// Never
    Off,
}

/// Where keys and their passphrase come from. A passphrase is never an argument.
#[derive(Debug, Args)]
pub(crate) struct Passphrase {
    /// Read the passphrase from the first line of this file
    #[arg(long, value_name = "FILE", conflicts_with = "passphrase_env")]
    pub(crate) passphrase_file: Option<Utf8PathBuf>,
    /// Read the passphrase from this environment variable
    #[arg(long, value_name = "NAME")]
    pub(crate) passphrase_env: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Release {
    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) building: Building,
    /// Only these components of the profile: they are built, scanned and judged, and nothing is sealed, because a release is
    /// the whole profile
    #[arg(long, value_name = "NAME")]
    pub(crate) component: Vec<ComponentName>,
    /// Only these targets, in the same way
    #[arg(long, value_name = "OS/ARCH")]
    pub(crate) target: Vec<Target>,
    /// Folder with `artifact.key.pem` and `seal.key.pem` [default: keys.example, whose signatures prove nothing]
    #[arg(long, value_name = "DIR")]
    pub(crate) keys: Option<Utf8PathBuf>,
    #[command(flatten)]
    pub(crate) passphrase: Passphrase,
    /// Where releases go [default: dist, beside `manifests`]
    #[arg(long, value_name = "DIR")]
    pub(crate) dist: Option<Utf8PathBuf>,
    /// The day for which certificates are judged [default: of `SOURCE_DATE_EPOCH`, or today, UTC]
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<Date>,
    /// Say what would be done and stop
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Scan, pack, sign, seal and verify again even if nothing changed
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct Plan {
    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Ask again for the sources that recipes say cannot be had, instead of looking at this machine
    #[arg(long)]
    pub(crate) sources: bool,
    /// With --sources: ask for every module of every recipe
    #[arg(long, requires = "sources")]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) plan: Plan,
}

#[derive(Debug, Args)]
pub(crate) struct Build {
    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) building: Building,
    /// Only these components of the profile
    #[arg(long, value_name = "NAME")]
    pub(crate) component: Vec<ComponentName>,
    /// Only these targets
    #[arg(long, value_name = "OS/ARCH")]
    pub(crate) target: Vec<Target>,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Keys {
    /// Make two RSA-4096 keys: one signs artifacts, one seals releases
    New(KeyFolder),
    /// Check that a folder's keys can sign
    Check(KeyFolder),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Toolchain {
    /// Work out what a root of Debian packages needs, fetch it, and write versions and digests into
    /// manifests/toolchains/NAME.toml
    Lock(Lock),
}

#[derive(Debug, Args)]
pub(crate) struct Lock {
    /// The toolchain: manifests/toolchains/NAME.toml, of which `want` and `shipped` are kept
    #[arg(value_name = "NAME", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub(crate) name: String,
    /// The repository with `manifests/` [default: this one]
    #[arg(long, env = "FIPSMITH_ROOT", value_name = "DIR", default_value = ".", hide_env = true)]
    pub(crate) root: Utf8PathBuf,
    /// Where toolchains, sources, caches and logs are kept [default: target/fipsmith]
    #[arg(long, value_name = "DIR")]
    pub(crate) state: Option<Utf8PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct KeyFolder {
    /// The folder
    #[arg(value_name = "DIR")]
    pub(crate) folder: Utf8PathBuf,
    #[command(flatten)]
    pub(crate) passphrase: Passphrase,
}

#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// Change nothing; fail when a schema is out of date
    #[arg(long)]
    pub(crate) check: bool,
    /// The repository with `manifests/`
    #[arg(long, env = "FIPSMITH_ROOT", value_name = "DIR", default_value = ".", hide_env = true)]
    pub(crate) root: Utf8PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Scopes {
    /// Write manifests/clusters.toml from manifests/scopes; refused when a cluster changed its FIPS mode or is gone
    Record(Record),
}

#[derive(Debug, Args)]
pub(crate) struct Record {
    /// A recorded cluster that was taken down
    #[arg(long, value_name = "NAME")]
    pub(crate) removed: Vec<ScopeName>,
    /// Change nothing; fail when the record is out of date
    #[arg(long)]
    pub(crate) check: bool,
    /// The repository with `manifests/`
    #[arg(long, env = "FIPSMITH_ROOT", value_name = "DIR", default_value = ".", hide_env = true)]
    pub(crate) root: Utf8PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Bench {
    /// Files and folders to scan [default: what has been built]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<Utf8PathBuf>,
    /// How often each measurement is repeated; the fastest counts
    #[arg(long, default_value_t = 5, value_name = "N")]
    pub(crate) repeat: usize,
    /// The repository with `manifests/`
    #[arg(long, env = "FIPSMITH_ROOT", value_name = "DIR", default_value = ".", hide_env = true)]
    pub(crate) root: Utf8PathBuf,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// How results are printed.
#[derive(Debug, Args)]
pub(crate) struct Output {
    /// Form of the result on standard output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}
