//! The verbs that bring a component's sources in.

use super::Output;
use camino::Utf8PathBuf;
use clap::Args;
use vocab::ComponentName;

/// Where manifests and state are.
#[derive(Debug, Args)]
pub(crate) struct Place {
    /// The repository with `manifests/` [default: this one]
    #[arg(long, env = "FIPSMITH_ROOT", value_name = "DIR", default_value = ".", hide_env = true)]
    pub(crate) root: Utf8PathBuf,
    /// Where toolchains, sources, caches and logs are kept [default: target/fipsmith]
    #[arg(long, value_name = "DIR")]
    pub(crate) state: Option<Utf8PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// A Go module at a version, or the name of a recipe whose wrapper is made again
    #[arg(value_name = "MODULE@VERSION|NAME", required_unless_present = "check")]
    pub(crate) what: Option<String>,
    /// Main packages: import paths, or `./cmd/x` below the module; with --check: more names
    #[arg(value_name = "PACKAGE")]
    pub(crate) packages: Vec<String>,
    /// The component's name [default: the last word of the module's path]
    #[arg(long, value_name = "NAME", conflicts_with = "check")]
    pub(crate) name: Option<ComponentName>,
    /// One more module of the same component, at the same version
    #[arg(long, value_name = "MODULE@VERSION", conflicts_with = "check")]
    pub(crate) module: Vec<String>,
    /// The published module that stands for a folder of upstream's repository
    #[arg(long, value_name = "PATH=PATH@VERSION", value_parser = mapping, conflicts_with = "check")]
    pub(crate) map: Vec<(String, String)>,
    /// Do not ask the checksum database for this module: its sums are trusted as they are first seen
    #[arg(long, value_name = "MODULE", conflicts_with = "check")]
    pub(crate) trust_first_use: Vec<String>,
    /// Make wrappers again and say whether the committed ones are the same; without names: all of them
    #[arg(long)]
    pub(crate) check: bool,
    /// Show what would be written and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct Update {
    /// The component
    #[arg(value_name = "NAME")]
    pub(crate) name: ComponentName,
    /// The version to move to [default: the newest stable one that can be downloaded]
    #[arg(value_name = "VERSION")]
    pub(crate) version: Option<String>,
    /// The upstream commit of that version, where the proxy does not name it
    #[arg(long, value_name = "COMMIT")]
    pub(crate) commit: Option<String>,
    /// Show what would change and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// `NAME=DIR`.
pub(super) fn clone(text: &str) -> Result<(ComponentName, Utf8PathBuf), String> {
    let pair = text.split_once('=').filter(|(_, folder)| !folder.is_empty());
    let (name, folder) = pair.ok_or_else(|| "it is written NAME=DIR".to_owned())?;
    Ok((name.parse().map_err(|error| format!("{error}"))?, folder.into()))
}

/// `PATH=PATH@VERSION`.
fn mapping(text: &str) -> Result<(String, String), String> {
    let pair =
        text.split_once('=').filter(|(path, target)| !path.is_empty() && target.contains('@'));
    pair.map(|(path, target)| (path.to_owned(), target.to_owned()))
        .ok_or_else(|| "it is written PATH=PATH@VERSION".to_owned())
}
