//! Cases built by the Go command.

use crate::place::Place;
use anyhow::Context as _;
use camino::Utf8Path;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use xshell::{Shell, cmd};

/// A Go program: which toolchain builds what, how.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Go {
    /// The toolchain's version; the Go command fetches and checks it (golang.org/toolchain).
    #[serde(rename = "go")]
    version: String,
    /// The folder below `go/`.
    source: String,
    /// The environment of the build.
    #[serde(default)]
    env: BTreeMap<String, String>,
    /// Flags of `go build`.
    #[serde(default)]
    flags: Vec<String>,
    /// `host`, or a target of `zig cc`.
    cc: Option<String>,
}

/// The toolchain that `manifests/toolchains.toml` pins.
const PINNED: &str = "1.27.4";

impl Go {
    pub(crate) fn is_quick(&self) -> bool {
        let cross = self.env.keys().any(|key| key == "GOOS" || key == "GOARCH");
        self.version == PINNED && self.cc.is_none() && !cross
    }

    /// Go writes the state of version control into programs since 1.18.
    fn knows_vcs(&self) -> bool {
        let minor = self.version.split('.').nth(1).and_then(|minor| minor.parse::<u32>().ok());
        minor.is_none_or(|minor| minor >= 18)
    }

    pub(crate) fn build(&self, place: &Place, into: &Utf8Path) -> anyhow::Result<()> {
        let shell = Shell::new()?;
        shell.change_dir(place.sources.join("go").join(&self.source));
        for key in ["GOFLAGS", "GOOS", "GOARCH", "GOEXPERIMENT", "GOFIPS140", "GODEBUG", "CC"] {
            shell.set_var(key, "");
        }
        shell.set_var("GOWORK", "off");
        shell.set_var("GOENV", "off");
        shell.set_var("GOTOOLCHAIN", format!("go{}", self.version));
        shell.set_var("GOCACHE", place.built.join("go-cache"));
        match self.cc.as_deref() {
            None => {}
            Some("host") => shell.set_var("CC", "gcc"),
            Some(target) => {
                let zig = place.zig()?;
                shell.set_var("CC", format!("{zig} cc -target {target}"));
                shell.set_var("ZIG_GLOBAL_CACHE_DIR", place.built.join("zig-cache"));
                shell.set_var("ZIG_LOCAL_CACHE_DIR", place.built.join("zig-cache"));
            }
        }
        for (key, value) in &self.env {
            shell.set_var(key, value);
        }
        let flags = &self.flags;
        let vcs = self.knows_vcs().then_some("-buildvcs=false");
        let output = cmd!(shell, "go build {vcs...} -o {into} {flags...} .")
            .quiet()
            .ignore_status()
            .output()?;
        if !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(anyhow::anyhow!(text)).context("`go build` failed");
        }
        Ok(())
    }
}
