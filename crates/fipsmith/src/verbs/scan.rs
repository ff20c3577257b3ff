//! `fipsmith scan`: what cryptography is in there.

use crate::flags::{FindingsFormat, Scan};
use crate::input::Unusable;
use crate::{exit, print};
use anyhow::Context as _;
use catalog::{Policy, Waivers};
use report::scan::Detail;
use scan::{Outcome, ScanReport, Scanner, WalkLimits};
use std::process::ExitCode;

/// Largest file of waivers that is read, in bytes.
const LARGEST: u64 = 1 << 20;

impl Scan {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let (registry, policy) = (self.judging.registry()?, self.judging.policy(Policy::DEFAULT)?);
        let (allow, waivers) = (super::answers(self.recipe.as_deref())?, self.waivers()?);
        let scanner = Scanner { registry: &registry, policy: &policy, as_of: self.judging.date() };
        let limits = WalkLimits::default();
        let report = match &self.root {
            Some(root) => scanner.scan_in_root(root, &self.paths, &limits, &allow)?,
            None => scanner.scan_paths(&self.paths, &limits, &allow)?,
        };
        let report = report.waive(&waivers, &policy);
        print::out(&self.form(&report, &policy)?);
        Ok(exit::of(report.result == Outcome::Pass))
    }

    fn form(&self, report: &ScanReport, policy: &Policy) -> anyhow::Result<String> {
        Ok(match self.format {
            FindingsFormat::Json => super::json(report)?,
            FindingsFormat::Sarif => super::json(&report::sarif::log(report, policy))?,
            FindingsFormat::Junit => report::junit::xml(report, policy),
            FindingsFormat::Text => {
                let detail = if self.all { Detail::All } else { Detail::Usual };
                report::scan::text(report, policy, detail)
            }
        })
    }

    fn waivers(&self) -> anyhow::Result<Waivers> {
        let Some(path) = &self.waivers else { return Ok(Waivers::default()) };
        let text = files::read_text(path, LARGEST)
            .with_context(|| format!("cannot use `{path}` as a file of waivers"))?;
        let waivers = Waivers::parse(&text, path.as_str(), &scan::rules::known_codes());
        Ok(waivers.map_err(|problems| Unusable {
            message: format!("cannot use `{path}` as a file of waivers:\n{problems}"),
            hint: Some("docs/waivers.md shows how a waiver is written".to_owned()),
        })?)
    }
}
