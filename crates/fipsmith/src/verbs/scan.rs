//! `fipsmith scan`: what cryptography is in there.

use crate::flags::{Format, Scan};
use crate::{exit, print};
use anyhow::Context as _;
use catalog::Allow;
use report::scan::Detail;
use scan::{Outcome, Scanner, WalkLimits};
use std::process::ExitCode;

/// Largest recipe that is read, in bytes.
const RECIPE: u64 = 1 << 20;

impl Scan {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let (registry, policy) =
            (self.judging.registry()?, self.judging.policy("fips140-3-active")?);
        let allow = self.answers()?;
        let scanner = Scanner { registry: &registry, policy: &policy, as_of: self.judging.date() };
        let limits = WalkLimits::default();
        let report = match &self.root {
            Some(root) => scanner.scan_in_root(root, &self.paths, &limits, &allow)?,
            None => scanner.scan_paths(&self.paths, &limits, &allow)?,
        };
        match self.output.format {
            Format::Json => print::out(&super::json(&report)?),
            Format::Text => print::out(&report::scan::text(
                &report,
                if self.all { Detail::All } else { Detail::Usual },
            )),
        }
        Ok(exit::of(report.result == Outcome::Pass))
    }

    fn answers(&self) -> anyhow::Result<Vec<Allow>> {
        let Some(path) = &self.recipe else { return Ok(vec![]) };
        let text = files::read_text(path, RECIPE)
            .with_context(|| format!("cannot use `{path}` as a recipe"))?;
        Ok(catalog::Recipe::parse(&text, path.as_str())?.allow)
    }
}
