//! The whole command line on one page. The verbs that make releases live in the binary `release`, the ones that check in
//! `fipsmith`; `cargo xtask` builds them and hands the rest of the line over unread.

use clap::{Args, Parser, Subcommand};

/// Builds, labels, signs and seals FIPS releases.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", disable_help_subcommand = true, arg_required_else_help = true)]
pub(crate) struct Xtask {
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Build, scan, sign, seal and verify a profile; example: cargo xtask release --profile quickstart
    #[command(disable_help_flag = true)]
    Release(Rest),
    /// Show what a release would do, without doing it; example: cargo xtask plan --profile quickstart
    #[command(disable_help_flag = true)]
    Plan(Rest),
    /// Build a profile's components and stop before scanning; example: cargo xtask build --component etcd
    #[command(disable_help_flag = true)]
    Build(Rest),
    /// Fetch and check everything a profile needs, so that `--offline` works; example: cargo xtask fetch
    #[command(disable_help_flag = true)]
    Fetch(Rest),
    /// Name everything that is missing on this machine; example: cargo xtask doctor
    #[command(disable_help_flag = true)]
    Doctor(Rest),
    /// Write a component's recipe and wrapper; example: cargo xtask init sigs.k8s.io/cri-tools@v1.36.0 ./cmd/crictl
    #[command(disable_help_flag = true)]
    Init(Rest),
    /// Move a component to another version; example: cargo xtask update etcd --dry-run
    #[command(disable_help_flag = true)]
    Update(Rest),
    /// Pin the packages of a toolchain anew; example: cargo xtask toolchain lock debian-12-c
    #[command(disable_help_flag = true)]
    Toolchain(Rest),
    /// Make signing keys; example: cargo xtask keys new keys --passphrase-file pass.txt
    #[command(disable_help_flag = true)]
    Keys(Rest),
    /// Write or check the JSON schemas of the manifests; example: cargo xtask schema --check
    #[command(disable_help_flag = true)]
    Schema(Rest),
    /// Measure scanning next to hashing on the same bytes; example: cargo xtask bench
    #[command(disable_help_flag = true)]
    Bench(Rest),
    /// Run `fipsmith scan`; example: cargo xtask scan target/release/fipsmith
    #[command(disable_help_flag = true)]
    Scan(Rest),
    /// Run `fipsmith verify`; example: cargo xtask verify dist/quickstart-1.0.0+fips.0 --allow-example-keys
    #[command(disable_help_flag = true)]
    Verify(Rest),
    /// Run `fipsmith modules`; example: cargo xtask modules
    #[command(disable_help_flag = true)]
    Modules(Rest),
    /// Explain a finding's code; example: cargo xtask explain residual-crypto
    #[command(disable_help_flag = true)]
    Explain(Rest),
    /// Run `fipsmith catalog`; example: cargo xtask catalog --fips full
    #[command(disable_help_flag = true)]
    Catalog(Rest),
    /// Record the clusters of the scopes; example: cargo xtask scopes record
    #[command(disable_help_flag = true)]
    Scopes(Rest),
    /// Build the corpus of programs with known verdicts and compare; example: cargo xtask corpus --list
    #[command(disable_help_flag = true)]
    Corpus(Rest),
    /// Run every test, with all of their set-up; example: cargo xtask test
    Test(Test),
    /// Run what CI runs: formatting, lints, schemas, house rules, tests; example: cargo xtask ci
    Ci(Ci),
    /// Check the rules of the house that no compiler knows; example: cargo xtask tidy
    Tidy,
}

/// Everything after the verb, handed over as it is.
#[derive(Debug, Args)]
pub(crate) struct Rest {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    pub(crate) args: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Test {
    /// Only the tests that need no toolchain and no network
    #[arg(long)]
    pub(crate) quick: bool,
    /// Handed to `cargo test`
    #[arg(last = true)]
    pub(crate) args: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Ci {
    /// Leave the tests out
    #[arg(long)]
    pub(crate) no_tests: bool,
}
