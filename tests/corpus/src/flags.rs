//! The command line.

use camino::Utf8PathBuf;
use clap::Parser;

/// Builds programs with known verdicts, scans them and compares.
#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask corpus",
    after_help = "Example: cargo xtask corpus --only go --jobs 2\n\nExit code: 0 every verdict is the expected one; 1 one is not; 2 a case cannot be built."
)]
pub(crate) struct Corpus {
    /// Only the cases of a language or group, or one case by its id; may be given several times
    #[arg(long, value_name = "GROUP|ID")]
    pub(crate) only: Vec<String>,
    /// Only the cases that the pinned toolchain and a C compiler build for this machine in a few minutes
    #[arg(long)]
    pub(crate) quick: bool,
    /// Name the cases and build nothing
    #[arg(long)]
    pub(crate) list: bool,
    /// How many cases are built at once
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub(crate) jobs: usize,
    /// Write the table of verdicts as Markdown
    #[arg(long, value_name = "FILE")]
    pub(crate) write: Option<Utf8PathBuf>,
    /// Compare the libraries that Debian packages are linked with to the packages that they depend on
    #[arg(long)]
    pub(crate) debian: bool,
    /// Compare the time of a scan to that of other tools on the programs of a folder
    #[arg(long, value_name = "DIR")]
    pub(crate) peers: Option<Utf8PathBuf>,
    /// How many Debian packages
    #[arg(long, value_name = "N", default_value_t = 320, requires = "debian")]
    pub(crate) packages: usize,
}
