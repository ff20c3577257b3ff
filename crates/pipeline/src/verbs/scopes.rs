//! `scopes record`: the record of clusters, against which a later change of a cluster's FIPS mode is seen.

use crate::edge::{self, Stop};
use crate::flags::{Record, Scopes};
use catalog::{Catalog, RECORD_FILE};
use std::process::ExitCode;

/// Largest record that is read, in bytes.
const LARGEST: u64 = 1 << 20;

impl Scopes {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Record(record) => record.run(),
        }
    }
}

impl Record {
    fn run(self) -> anyhow::Result<ExitCode> {
        let manifests = self.root.join("manifests");
        let catalog = Catalog::load(&manifests)
            .map_err(|problems| Stop::unusable(problems.to_string(), None))?;
        let text = catalog
            .scopes
            .record(&self.removed)
            .map_err(|problems| Stop::failed(problems.to_string(), None))?;
        let path = manifests.join(RECORD_FILE);
        if files::read_text(&path, LARGEST).ok().as_deref() == Some(&text) {
            edge::say(&format!("{path} is up to date"));
            return Ok(ExitCode::SUCCESS);
        }
        if self.check {
            let hint = Some("cargo xtask scopes record".to_owned());
            return Err(Stop::failed(format!("{path} is out of date"), hint).into());
        }
        files::write(&path, text.as_bytes(), files::Mode::Plain)?;
        edge::say(&format!("wrote {path}"));
        Ok(ExitCode::SUCCESS)
    }
}
