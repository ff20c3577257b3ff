//! `release`: the chain. Plan, fetch, build, scan, gate, pack, describe, sign, seal, verify, one rename.

use crate::describe::{self, Subject};
use crate::edge;
use crate::flags::{Format, Release};
use crate::identity::{self, Receipt};
use crate::keys::Keys;
use crate::reporter::Reporter;
use crate::summary::Summary;
use crate::workspace::{Dates, Desk, shown};
use crate::{gate, packing, scanning, seal_stage};
use build::Plan;
use camino::Utf8Path;
use files::Stamp;
use manifest::{Trust, Verified};
use scan::Scanner;
use seal::{KeyRing, ReleaseFolder};
use serde::Serialize;
use std::collections::BTreeMap;
use std::process::ExitCode;

/// `cargo xtask release --format json`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'a> {
    schema: &'static str,
    release: &'a Utf8Path,
    result: &'static str,
    unchanged: bool,
    /// When every byte was last read and judged.
    verified: jiff::Timestamp,
    as_of: vocab::Date,
    #[serde(flatten)]
    summary: &'a Summary,
}

/// How a release came to be what is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    /// It was made now.
    Made,
    /// It was there, and was verified now.
    Verified,
    /// It was there, as it was left when it was verified.
    Left,
}

impl Release {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let desk = Desk::open(&self.selection)?;
        let dates = Dates::of(self.as_of)?;
        let part =
            build::Selection { components: self.component.clone(), targets: self.target.clone() };
        if part != build::Selection::default() {
            return self.part(&desk, dates, &part);
        }
        let plan = desk.plan(&part)?;
        let keys = Keys::at(&desk.root, self.keys.as_deref(), &self.passphrase);
        let trust = keys.public()?;
        let target =
            self.dist.clone().unwrap_or_else(|| desk.root.join("dist")).join(desk.release_name());
        let identity = identity::of(&desk, &plan, &trust)?;
        let make = Make { desk: &desk, dates, plan: &plan, target: &target };
        // A second build to compare with is asked for, not a look at what is there.
        let afresh = self.force || self.building.rebuild_check;
        if !afresh && let Some(receipt) = Receipt::of_inputs(&desk, &target, identity)? {
            if receipt.holds(&target, dates) {
                let (summary, verified) = receipt.into_summary();
                return self.show(&make, &summary, How::Left, verified);
            }
            if receipt.names(&target)
                && let Some((verified, before)) = make.verified_again(&trust)?
            {
                let summary = make.keep(&verified, (identity, &before))?;
                return self.show(&make, &summary, How::Verified, jiff::Timestamp::now());
            }
        }
        if self.dry_run {
            return self.preview(&plan, &target);
        }
        super::doctor::require(&desk, &plan)?;
        let ring = keys.open()?;
        let (verified, before) = self.make(&make, &ring)?;
        let summary = make.keep(&verified, (identity, &before))?;
        self.show(&make, &summary, How::Made, jiff::Timestamp::now())
    }

    fn make(
        &self,
        make: &Make<'_>,
        keys: &KeyRing,
    ) -> anyhow::Result<(Verified, BTreeMap<String, Stamp>)> {
        let &Make { desk, dates, plan, target } = make;
        let reporter = Reporter::new();
        let built = super::build::built(desk, plan, &self.building, &reporter)?;
        reporter.say("scanning");
        let scanner = make.scanner()?;
        let programs = scanning::scan(desk, &scanner, &built)?;
        gate::gate(&programs, &scanner)?;
        let folder = ReleaseFolder::beside(target)?;
        let packed =
            packing::pack((desk, plan), dates, &scanner, &folder, (&built, &programs), &reporter)?;
        gate::images(&packed, &scanner)?;
        let subject = Subject {
            desk,
            plan,
            dates,
            example_keys: keys.trust().has_example_key(),
            packed: &packed,
            programs: &programs,
        };
        let documents = describe::describe(&subject, &scanner)?;
        reporter.say("signing, sealing and verifying");
        seal_stage::seal(desk, dates, keys, &documents, (folder, programs, packed))
    }

    /// A part of a profile: built, scanned and judged like all of it, and no more.
    fn part(&self, desk: &Desk, dates: Dates, part: &build::Selection) -> anyhow::Result<ExitCode> {
        let plan = desk.plan(part)?;
        if self.dry_run {
            let text =
                format!("{plan}\nthen scan, and seal nothing: a release is the whole profile\n");
            super::print(self.output.format, &text, &plan)?;
            return Ok(ExitCode::SUCCESS);
        }
        super::doctor::require(desk, &plan)?;
        let reporter = Reporter::new();
        let built = super::build::built(desk, &plan, &self.building, &reporter)?;
        reporter.say("scanning");
        let scanner = Scanner {
            registry: &desk.catalog.registry,
            policy: desk.policy()?,
            as_of: dates.as_of,
        };
        let programs = scanning::scan(desk, &scanner, &built)?;
        gate::gate(&programs, &scanner)?;
        let reports = programs.iter().map(|program| program.scanned().report().clone()).collect();
        let report = scan::ScanReport::new(&scanner, reports, 0);
        let text = report::scan::text(&report, scanner.policy, report::scan::Detail::Usual)
            + "nothing was packed or sealed: a release is the whole profile\n";
        super::print(self.output.format, &text, &report)?;
        Ok(ExitCode::SUCCESS)
    }

    fn preview(&self, plan: &Plan, target: &Utf8Path) -> anyhow::Result<ExitCode> {
        let text = format!(
            "{plan}\nthen scan, pack, sign, seal and verify, and put the release at {}\n",
            shown(target)
        );
        super::print(self.output.format, &text, plan)?;
        Ok(ExitCode::SUCCESS)
    }

    fn show(
        &self,
        make: &Make<'_>,
        summary: &Summary,
        how: How,
        verified: jiff::Timestamp,
    ) -> anyhow::Result<ExitCode> {
        let outcome = Outcome {
            schema: "fipsmith-release/1",
            release: make.target,
            result: "pass",
            unchanged: how != How::Made,
            verified,
            as_of: make.dates.as_of,
            summary,
        };
        match self.output.format {
            Format::Text => edge::out(&text(&outcome, how)),
            Format::Json => {
                let mut json = serde_json::to_value(&outcome)?;
                if let Some(object) = json.as_object_mut() {
                    // The table is for people.
                    object.remove("table");
                }
                edge::out(&(serde_json::to_string_pretty(&json)? + "\n"));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// What is made, of what, for which day, and where.
struct Make<'a> {
    desk: &'a Desk,
    dates: Dates,
    plan: &'a Plan,
    target: &'a Utf8Path,
}

impl Make<'_> {
    fn scanner(&self) -> anyhow::Result<Scanner<'_>> {
        let registry = &self.desk.catalog.registry;
        Ok(Scanner { registry, policy: self.desk.policy()?, as_of: self.dates.as_of })
    }

    /// The release that is there, if it verifies today, and the stamps of its files from before it was read.
    fn verified_again(
        &self,
        trust: &Trust,
    ) -> anyhow::Result<Option<(Verified, BTreeMap<String, Stamp>)>> {
        let stamps = files::stamps(self.target)?;
        match seal_stage::verify(self.desk, self.dates, trust, self.target) {
            Ok(verified) => Ok(Some((verified, stamps))),
            // Somebody changed the folder, or a certificate lapsed since: the chain runs again and says which.
            Err(error) => {
                edge::say(&format!("note: {error}; releasing again"));
                Ok(None)
            }
        }
    }

    fn keep(
        &self,
        verified: &Verified,
        inputs: (vocab::Sha256, &BTreeMap<String, Stamp>),
    ) -> anyhow::Result<Summary> {
        let summary = Summary::of(verified, self.plan, self.desk);
        Receipt::keep(self.desk, self.target, self.dates, inputs, summary.clone())?;
        Ok(summary)
    }
}

fn text(outcome: &Outcome<'_>, how: How) -> String {
    let summary = outcome.summary;
    let warning = if summary.example_keys {
        "\nSIGNED WITH EXAMPLE KEYS: everybody has them. Make your own: cargo xtask keys new my-keys\n"
    } else {
        ""
    };
    let state = match how {
        How::Made => "sealed and verified".to_owned(),
        How::Verified => "unchanged and verified".to_owned(),
        How::Left => {
            format!("unchanged since it was verified at {}", outcome.verified.strftime("%FT%TZ"))
        }
    };
    format!(
        "{}\n{} {state}: {}\n{warning}",
        summary.table,
        report::labels::word(summary.label),
        shown(outcome.release)
    )
}
