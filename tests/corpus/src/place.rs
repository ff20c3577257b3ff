//! Where things are: sources, what was built, the checker, the pinned toolchains.

use crate::flags::Corpus;
use anyhow::{Context as _, bail};
use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;
use xshell::{Shell, cmd};

/// The folders and programs that every case needs.
pub(crate) struct Place {
    /// The root of the workspace.
    pub(crate) root: Utf8PathBuf,
    /// `tests/corpus`.
    pub(crate) sources: Utf8PathBuf,
    /// Where cases are built.
    pub(crate) built: Utf8PathBuf,
    /// The checker under test: the binary that users run.
    pub(crate) fipsmith: Utf8PathBuf,
}

/// The day for which every verdict of the corpus is stated.
pub(crate) const AS_OF: &str = "2026-11-21";

impl Place {
    pub(crate) fn new(flags: &Corpus) -> anyhow::Result<Self> {
        let sources = Utf8PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let root = sources.parent().and_then(Utf8Path::parent).context("no workspace")?.to_owned();
        rayon::ThreadPoolBuilder::new().num_threads(flags.jobs.max(1)).build_global()?;
        // Beside this program: whatever the folder that cargo builds in is called.
        let own = Utf8PathBuf::try_from(std::env::current_exe()?)?;
        let target = own.ancestors().nth(2).context("no target folder")?.to_owned();
        let fipsmith = own.with_file_name("fipsmith");
        if !flags.list && !fipsmith.exists() {
            bail!("`{fipsmith}` is not there\n\nhint: cargo build --release --package fipsmith");
        }
        Ok(Self { root, sources, built: target.join("corpus"), fipsmith })
    }

    /// What the checker under test says of a file.
    pub(crate) fn scan(&self, path: &Utf8Path) -> anyhow::Result<Value> {
        let (shell, fipsmith) = (Shell::new()?, &self.fipsmith);
        let text = cmd!(shell, "{fipsmith} scan --format json --as-of {AS_OF} {path}")
            .quiet()
            .ignore_status()
            .read()?;
        serde_json::from_str(&text).context("the scan printed no JSON")
    }

    /// `zig cc` of the pinned wheel, fetched when it is not there yet.
    pub(crate) fn zig(&self) -> anyhow::Result<Utf8PathBuf> {
        let find = || -> Option<Utf8PathBuf> {
            let folder = self.root.join("target/fipsmith/toolchains");
            let mut found: Vec<_> = folder
                .read_dir_utf8()
                .ok()?
                .flatten()
                .map(|entry| entry.path().join("ziglang/zig"))
                .filter(|zig| zig.exists())
                .collect();
            found.sort();
            found.pop()
        };
        if let Some(zig) = find() {
            return Ok(zig);
        }
        let shell = Shell::new()?;
        shell.change_dir(&self.root);
        cmd!(shell, "cargo xtask fetch --profile smoke").run()?;
        find().context("the pinned zig is not there after `cargo xtask fetch`")
    }
}
