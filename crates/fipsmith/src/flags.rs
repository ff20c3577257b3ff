//! The whole command line on one page.

use camino::Utf8PathBuf;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::sync::LazyLock;
use vocab::{Date, Label, PolicyName};

/// What `--version` says: with the cryptographic module that does the work.
static VERSION: LazyLock<String> =
    LazyLock::new(|| format!("{}\ncryptography: {}", env!("CARGO_PKG_VERSION"), crypto::PROVIDER));

/// Reads what cryptography a binary contains, verifies sealed releases, lists validated modules.
#[derive(Debug, Parser)]
#[command(
    name = "fipsmith",
    version,
    long_version = VERSION.as_str(),
    disable_help_subcommand = true,
    arg_required_else_help = true
)]
pub(crate) struct Fipsmith {
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Say of every program which validated module it contains, whether that is switched on, and what is linked beside it
    #[command(
        after_help = "Example: fipsmith scan --format json /usr/local/bin\n\nExit code: 0 every artifact passes the policy; 1 one does not, or nothing was examined; 2 a path cannot be read."
    )]
    Scan(Scan),
    /// Check a sealed release: signatures, the exact set of files, digests, and the labels recomputed from the bytes
    #[command(
        after_help = "Example: fipsmith verify dist/quickstart-1.0.0+fips.0 --trust keys/\n\nExit code: 0 everything holds; 1 something does not; 2 the folder or the keys cannot be used."
    )]
    Verify(Verify),
    /// List the module registry: validated modules, their certificates and days to sunset
    #[command(after_help = "Example: fipsmith modules --as-of 2026-09-21")]
    Modules(Modules),
    /// Explain a finding's code, or one artifact from its bytes to its label
    #[command(
        after_help = "Examples:\n  fipsmith explain residual-crypto\n  fipsmith explain /usr/local/bin/etcd\n\nA word that names a file that exists means the file, also where it is a code.\n\nExit code: 0 explained, whatever the verdict; 2 there is neither such a code nor such a file."
    )]
    Explain(Explain),
    /// List what there is to choose from: profiles, layers and packs, each with its status today
    #[command(
        after_help = "Examples:\n  fipsmith catalog --trust keys/\n  fipsmith catalog --fips full\n  fipsmith catalog --scopes --format json\n\nExit code: 0 listed; 1 a release is not believed, a setting of a scope is broken, or there is no profile; 2 the manifests or the keys cannot be used."
    )]
    Catalog(CatalogFlags),
}

#[derive(Debug, Args)]
pub(crate) struct CatalogFlags {
    /// The repository with `manifests/` [default: this one]
    #[arg(long, env = "FIPSMITH_ROOT", value_name = "DIR", default_value = ".", hide_env = true)]
    pub(crate) root: Utf8PathBuf,
    /// Where releases are [default: dist, beside `manifests`]
    #[arg(long, value_name = "DIR")]
    pub(crate) dist: Option<Utf8PathBuf>,
    /// Only profiles and packs with this label: full, partial, not, unknown
    #[arg(long, value_name = "LABEL")]
    pub(crate) fips: Option<Label>,
    /// List tenants, projects and clusters too, and hold them against their settings
    #[arg(long)]
    pub(crate) scopes: bool,
    /// Read every byte of each release and judge it again, instead of opening its seal
    #[arg(long)]
    pub(crate) verify: bool,
    /// Folder with the public keys you trust: `seal.pub` and `artifact.pub`
    #[arg(long, value_name = "DIR")]
    pub(crate) trust: Option<Utf8PathBuf>,
    /// Accept the example keys: anyone has them, so this proves nothing but integrity
    #[arg(long)]
    pub(crate) allow_example_keys: bool,
    #[command(flatten)]
    pub(crate) judging: Judging,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct Scan {
    /// Files, folders, archives (tar, zip, ar, cpio, with gzip, bzip2, zstd or xz), packages (deb, rpm), images (OCI, docker save)
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<Utf8PathBuf>,
    /// Judge the files as programs of the operating system in this folder: it has the libraries that they load
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<Utf8PathBuf>,
    #[command(flatten)]
    pub(crate) judging: Judging,
    /// Apply the answers of a recipe (`[[allow]]` in manifests/components/NAME.toml)
    #[arg(long, value_name = "FILE")]
    pub(crate) recipe: Option<Utf8PathBuf>,
    /// Apply waivers: the gate opens for what is signed off there, no verdict and no label changes
    #[arg(long, value_name = "FILE")]
    pub(crate) waivers: Option<Utf8PathBuf>,
    /// Print notes, answered findings and every digest too
    #[arg(long)]
    pub(crate) all: bool,
    /// Form of the result on standard output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: FindingsFormat,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The release folder
    #[arg(value_name = "DIR")]
    pub(crate) release: Utf8PathBuf,
    /// Folder with the public keys you trust: `seal.pub` and `artifact.pub`
    #[arg(long, value_name = "DIR")]
    pub(crate) trust: Option<Utf8PathBuf>,
    /// Accept the example keys: anyone has them, so this proves nothing but integrity
    #[arg(long)]
    pub(crate) allow_example_keys: bool,
    #[command(flatten)]
    pub(crate) judging: Judging,
    /// Form of the result on standard output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: FindingsFormat,
}

#[derive(Debug, Args)]
pub(crate) struct Modules {
    /// Print everything that is known of each module: environments, fingerprints, sources
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) judging: Judging,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// A finding's code, or a file that is explained from its bytes to its label; all codes without it
    #[arg(value_name = "CODE|ARTIFACT")]
    pub(crate) what: Option<String>,
    #[command(flatten)]
    pub(crate) judging: Judging,
    /// Apply the answers of a recipe to the artifact
    #[arg(long, value_name = "FILE")]
    pub(crate) recipe: Option<Utf8PathBuf>,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// By what artifacts are judged.
#[derive(Debug, Args)]
pub(crate) struct Judging {
    /// The day for which certificates are judged [default: today, UTC]
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<Date>,
    /// The policy of the gate [default: fips140-3-active, or the release's own]
    #[arg(long, value_name = "NAME")]
    pub(crate) policy: Option<PolicyName>,
    /// Another module registry than the one compiled in
    #[arg(long, value_name = "FILE")]
    pub(crate) registry: Option<Utf8PathBuf>,
}

/// How results are printed.
#[derive(Debug, Args)]
pub(crate) struct Output {
    /// Form of the result on standard output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// The forms of a verb that prints findings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum FindingsFormat {
    /// For people
    #[default]
    Text,
    /// For programs: `fipsmith-scan/1`, `fipsmith-verify/1`
    Json,
    /// SARIF 2.1.0, for code scanning services
    Sarif,
    /// JUnit XML, for CI servers
    Junit,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}
