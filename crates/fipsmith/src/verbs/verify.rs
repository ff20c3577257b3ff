//! `fipsmith verify`: does a sealed release hold, offline, with the keys you trust.

use crate::flags::{Format, Verify};
use crate::input::Unusable;
use crate::{exit, print};
use manifest::{Check, ComponentLabel, Options, Trust, TrustError, Verification};
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
        let verification = manifest::verify(&self.release, &self.trust()?, &options)?;
        print::out(&match self.output.format {
            Format::Text => report::verify::text(&verification),
            Format::Json => super::json(&report(&verification, registry.date))?,
        });
        Ok(exit::of(verification.passed()))
    }

    /// The keys of the folder; without one only the example keys are known, and those are refused unless asked for.
    fn trust(&self) -> anyhow::Result<Trust> {
        let trust = match &self.trust {
            Some(folder) => Trust::load(folder),
            None => Trust::example(),
        };
        Ok(trust.map_err(|error| unusable(&error))?)
    }
}

fn unusable(error: &TrustError) -> Unusable {
    let source =
        std::error::Error::source(error).map_or(String::new(), |source| format!(": {source}"));
    Unusable { message: format!("{error}{source}"), hint: error.hint().map(str::to_owned) }
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
        checks: verification.checks(),
        result: if verification.passed() { "pass" } else { "fail" },
    }
}
