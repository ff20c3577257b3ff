//! `fipsmith verify`: does a sealed release hold, offline, with the keys you trust.

use crate::flags::{FindingsFormat, Verify};
use crate::{exit, print};
use catalog::Imported;
use manifest::{Check, ComponentLabel, Options, Verification};
use serde::Serialize;
use std::process::ExitCode;
use vocab::{Date, Label};

/// The verification as JSON.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    schema: &'static str,
    folder: &'a str,
    release: Option<&'a str>,
    example_keys: Option<bool>,
    as_of: Date,
    registry_date: Date,
    label: Option<Label>,
    components: &'a [ComponentLabel],
    imported: &'a [Imported],
    checks: &'a [Check],
    result: &'static str,
}

impl Verify {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let registry = self.judging.registry()?;
        let policy = self.judging.policy.is_some().then(|| self.judging.policy("")).transpose()?;
        let options = Options {
            as_of: self.judging.date(),
            registry: &registry,
            policy: policy.as_ref(),
            allow_example_keys: self.allow_example_keys,
        };
        let verification =
            manifest::verify(&self.release, &super::trust(self.trust.as_deref())?, &options)?;
        print::out(&match self.format {
            FindingsFormat::Text => report::verify::text(&verification),
            FindingsFormat::Json => super::json(&report(&verification, registry.date))?,
            FindingsFormat::Sarif => super::json(&report::sarif::verified(&verification))?,
            FindingsFormat::Junit => report::junit::verified(&verification),
        });
        Ok(exit::of(verification.passed()))
    }
}

fn report(verification: &Verification, registry_date: Date) -> Report<'_> {
    let labels = verification.labels();
    Report {
        schema: "fipsmith-verify/1",
        folder: verification.folder().as_str(),
        release: verification.release().map(|release| release.release.as_str()),
        example_keys: verification.release().map(|release| release.example_keys),
        as_of: verification.as_of(),
        registry_date,
        label: labels.map(|(_, label)| label),
        components: labels.map_or(&[], |(components, _)| components),
        imported: verification.release().map_or(&[], |release| release.imported.as_slice()),
        checks: verification.checks(),
        result: if verification.passed() { "pass" } else { "fail" },
    }
}
