//! `fipsmith modules`: the registry, with every certificate's status on a date.

use crate::flags::{Format, Modules};
use crate::{exit, print};
use catalog::{Module, Registry};
use serde::Serialize;
use std::process::ExitCode;
use vocab::{CertificateNumber, Date, ModuleStatus};

/// One row as it is printed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    id: &'a str,
    name: &'a str,
    version: &'a str,
    certificate: Option<CertificateNumber>,
    standard: &'a str,
    status: ModuleStatus,
    sunset: Option<Date>,
    days_to_sunset: Option<i32>,
    confidence: String,
    sources: Vec<&'a str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Listing<'a> {
    schema: &'static str,
    as_of: Date,
    registry_date: Date,
    modules: Vec<Row<'a>>,
}

impl Modules {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let (registry, as_of) = (self.judging.registry()?, self.judging.date());
        let listing = Listing {
            schema: "fipsmith-modules/1",
            as_of,
            registry_date: registry.date,
            modules: rows(&registry, as_of),
        };
        print::out(&match self.output.format {
            Format::Json => super::json(&listing)?,
            Format::Text => text(&listing),
        });
        Ok(exit::of(true))
    }
}

fn rows(registry: &Registry, as_of: Date) -> Vec<Row<'_>> {
    registry.modules.iter().map(|module| row(module, as_of)).collect()
}

fn row(module: &Module, as_of: Date) -> Row<'_> {
    let days = |sunset: Date| as_of.until(sunset).ok().map(|span| span.get_days());
    Row {
        id: module.id.as_str(),
        name: &module.name,
        version: &module.version,
        certificate: module.certificate,
        standard: &module.standard,
        status: module.status_on(as_of),
        sunset: module.sunset,
        days_to_sunset: module.sunset.and_then(days),
        confidence: module.confidence.to_string(),
        sources: module.sources.iter().map(|source| source.what.as_str()).collect(),
    }
}

fn text(listing: &Listing<'_>) -> String {
    let header = ["ID", "CERTIFICATE", "STANDARD", "STATUS", "SUNSET", "DAYS", "CONFIDENCE"]
        .map(str::to_owned)
        .to_vec();
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let rows = listing.modules.iter().map(|row| {
        vec![
            row.id.to_owned(),
            or_dash(row.certificate.map(|number| number.to_string())),
            row.standard.to_owned(),
            row.status.to_string(),
            or_dash(row.sunset.map(|date| date.to_string())),
            or_dash(row.days_to_sunset.map(|days| days.to_string())),
            row.confidence.clone(),
        ]
    });
    let table = report::table::table(
        &std::iter::once(header).chain(rows).collect::<Vec<_>>(),
        |_, _, cell| cell.to_owned(),
    );
    format!(
        "{table}{} as of {}, registry of {}\n",
        report::plural::count(listing.modules.len(), "module"),
        listing.as_of,
        listing.registry_date
    )
}
