//! Cases built by a compiler of C, C++ or Rust.

use crate::case::{Case, Make};
use crate::place::Place;
use anyhow::{Context as _, bail};
use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use xshell::{Shell, cmd};

/// A program of C, C++ or Rust.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Native {
    /// The folder below `tests/corpus`: `c` or `rust`.
    language: String,
    /// The file or folder in it.
    source: String,
    /// The command, run in the language's folder: `{out}` is the finished file, `{zig}` the pinned compiler.
    build: Vec<String>,
    /// Debian packages that the command needs.
    #[serde(default)]
    pub(crate) needs: Vec<String>,
    /// Crates that the command fetches.
    #[serde(default)]
    pub(crate) crates: Vec<String>,
}

impl Native {
    pub(crate) fn folder(&self, place: &Place) -> Utf8PathBuf {
        place.sources.join(&self.language)
    }

    pub(crate) fn build(&self, place: &Place, into: &Utf8Path) -> anyhow::Result<()> {
        let shell = Shell::new()?;
        shell.change_dir(self.folder(place));
        shell.set_var("CARGO_TARGET_DIR", place.built.join("cargo"));
        let zig = if self.build.iter().any(|token| token.contains("{zig}")) {
            place.zig()?.into_string()
        } else {
            String::new()
        };
        let tokens: Vec<String> = self
            .build
            .iter()
            .map(|token| token.replace("{out}", into.as_str()).replace("{zig}", &zig))
            .collect();
        let (program, args) = tokens.split_first().context("an empty command")?;
        let output = cmd!(shell, "{program} {args...}").quiet().ignore_status().output()?;
        if !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(anyhow::anyhow!(text)).with_context(|| format!("`{program}` failed"));
        }
        Ok(())
    }
}

/// Names every Debian package that is missing at once, before anything is built.
pub(crate) fn check_needs(cases: &[Case]) -> anyhow::Result<()> {
    let needs: BTreeSet<&str> = cases
        .iter()
        .filter_map(|case| match &case.make {
            Make::Native(native) => Some(native.needs.iter().map(String::as_str)),
            Make::Go(_) | Make::Served(_) => None,
        })
        .flatten()
        .collect();
    let shell = Shell::new()?;
    let format = "${db:Status-Status}";
    let installed = |name: &&str| {
        cmd!(shell, "dpkg-query --show --showformat {format} {name}")
            .quiet()
            .ignore_status()
            .ignore_stderr()
            .read()
            .is_ok_and(|status| status == "installed")
    };
    let missing: Vec<&str> = needs.into_iter().filter(|name| !installed(name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    bail!("the cases need {}\n\nhint: apt-get install {}", missing.join(", "), missing.join(" "))
}
