//! Cases built by a compiler of C, C++ or Rust.

use crate::case::{Case, Make};
use crate::place::Place;
use anyhow::{Context as _, bail};
use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use xshell::{Cmd, Shell, cmd};

/// A program of C, C++ or Rust.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Native {
    /// `c`, `c++` or `rust`.
    language: String,
    /// The file below `tests/corpus`.
    source: String,
    /// The tokens of the compiler's command: `{source}`, and `{out}` for the program to be. Cargo builds Rust.
    #[serde(default)]
    build: Vec<String>,
    /// Debian packages that the build needs.
    #[serde(default)]
    pub(crate) needs: Vec<String>,
    /// Crates that the program uses: `name = version`, or `name = version; features`.
    #[serde(default)]
    pub(crate) crates: Vec<String>,
    /// Whether `strip --strip-all` runs on the result.
    #[serde(default)]
    strip: bool,
}

impl Native {
    pub(crate) fn folder(&self, place: &Place) -> Utf8PathBuf {
        place.sources.join(if self.language == "rust" { "rust" } else { "c" })
    }

    pub(crate) fn build(&self, place: &Place, into: &Utf8Path) -> anyhow::Result<()> {
        let source = place.sources.join(&self.source);
        if self.language == "rust" {
            self.cargo(place, &source, into)?;
        } else {
            let token = |token: &String| {
                token.replace("{out}", into.as_str()).replace("{source}", source.as_str())
            };
            let tokens: Vec<String> = self.build.iter().map(token).collect();
            let (program, args) = tokens.split_first().context("an empty command")?;
            let shell = Shell::new()?;
            run(cmd!(shell, "{program} {args...}"))?;
        }
        if self.strip {
            let shell = Shell::new()?;
            run(cmd!(shell, "strip --strip-all {into}"))?;
        }
        Ok(())
    }

    /// A crate of its own around the source. Its name is that of the case, so that all can share what they compile.
    fn cargo(&self, place: &Place, source: &Utf8Path, into: &Utf8Path) -> anyhow::Result<()> {
        let name = into.file_name().unwrap_or("case").replace('.', "-");
        let folder = into.with_extension("crate");
        let mut manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[[bin]]\nname = \"{name}\"\npath = \"{source}\"\n\n[workspace]\n\n[dependencies]\n"
        );
        for line in &self.crates {
            let (name, rest) = line.split_once(" = ").context("a crate without a version")?;
            let (version, features) = rest.split_once("; ").unwrap_or((rest, ""));
            let features: Vec<String> = features
                .split(", ")
                .filter(|feature| !feature.is_empty())
                .map(|feature| format!("\"{feature}\""))
                .collect();
            let defaults = features.is_empty();
            let _ = writeln!(
                manifest,
                "{name} = {{ version = \"={version}\", default-features = {defaults}, features = [{}] }}",
                features.join(", ")
            );
        }
        files::write(&folder.join("Cargo.toml"), manifest.as_bytes(), files::Mode::Plain)?;
        let target = place.built.join("cargo");
        let shell = Shell::new()?;
        shell.change_dir(&folder);
        shell.set_var("CARGO_TARGET_DIR", &target);
        run(cmd!(shell, "cargo build --release"))?;
        let bytes = files::read(&target.join("release").join(&name), 1 << 30)?;
        files::write(into, &bytes, files::Mode::Executable)?;
        files::remove_tree(&folder)?;
        Ok(())
    }
}

fn run(command: Cmd<'_>) -> anyhow::Result<()> {
    let shown = command.to_string();
    let output = command.quiet().ignore_status().output()?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(anyhow::anyhow!(text)).with_context(|| format!("`{shown}` failed"))
}

/// Names every Debian package that is missing at once, before anything is built.
pub(crate) fn check_needs(cases: &[Case]) -> anyhow::Result<()> {
    let mut needs: BTreeSet<&str> = cases
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
    // Any Go will do, wherever it comes from.
    let go = cmd!(shell, "go version").quiet().ignore_stdout().ignore_stderr().run().is_ok();
    needs.retain(|name| *name != "golang-go" || !go);
    let missing: Vec<&str> = needs.into_iter().filter(|name| !installed(name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    bail!("the cases need {}\n\nhint: apt-get install {}", missing.join(", "), missing.join(" "))
}
