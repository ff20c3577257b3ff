//! `fipsmith modules`: the registry, with every certificate's status on a date.

use crate::flags::{Format, Modules};
use crate::{exit, print};
use catalog::{Fingerprints, Linkage, Module, Registry, Source};
use serde::Serialize;
use std::fmt::Write as _;
use std::process::ExitCode;
use vocab::{CertificateNumber, Date, ModuleStatus};

/// A certificate with fewer days left than these is marked: a rebuild on another module takes months.
const SOON: i32 = 180;

/// One row as it is printed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    id: &'a str,
    name: &'a str,
    version: &'a str,
    vendor: &'a str,
    certificate: Option<CertificateNumber>,
    certificate_url: Option<String>,
    standard: &'a str,
    level: Option<u8>,
    status: ModuleStatus,
    issued: Option<Date>,
    sunset: Option<Date>,
    days_to_sunset: Option<i32>,
    expires_soon: bool,
    interim: bool,
    update_stream_of: Option<&'a str>,
    linkage: Linkage,
    operational_environments: &'a [String],
    confidence: String,
    note: Option<&'a str>,
    sources: &'a [Source],
    fingerprints: &'a Fingerprints,
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
            Format::Text if self.all => everything(&listing),
            Format::Text => table(&listing),
        });
        Ok(exit::of(true))
    }
}

fn rows(registry: &Registry, as_of: Date) -> Vec<Row<'_>> {
    registry.modules.iter().map(|module| row(module, as_of)).collect()
}

fn row(module: &Module, as_of: Date) -> Row<'_> {
    let days = |sunset: Date| as_of.until(sunset).ok().map(|span| span.get_days());
    let status = module.status_on(as_of);
    let days_to_sunset = module.sunset.and_then(days);
    Row {
        id: module.id.as_str(),
        name: &module.name,
        version: &module.version,
        vendor: &module.vendor,
        certificate: module.certificate,
        certificate_url: module.certificate.map(CertificateNumber::url),
        standard: &module.standard,
        level: module.level,
        status,
        issued: module.issued,
        sunset: module.sunset,
        days_to_sunset,
        expires_soon: status == ModuleStatus::Active
            && days_to_sunset.is_some_and(|days| days <= SOON),
        interim: module.interim,
        update_stream_of: module.update_stream_of.as_ref().map(|base| base.id.as_str()),
        linkage: module.linkage,
        operational_environments: &module.operational_environments,
        confidence: module.confidence.to_string(),
        note: module.note.as_deref(),
        sources: &module.sources,
        fingerprints: &module.fingerprints,
    }
}

fn or_dash(text: Option<impl ToString>) -> String {
    text.map_or_else(|| "-".to_owned(), |text| text.to_string())
}

fn table(listing: &Listing<'_>) -> String {
    let header = [
        "ID",
        "CERTIFICATE",
        "STANDARD",
        "LEVEL",
        "STATUS",
        "SUNSET",
        "DAYS",
        "LINKAGE",
        "CONFIDENCE",
    ];
    let rows = listing.modules.iter().map(|row| {
        let mark = if row.expires_soon { "!" } else { "" };
        let interim = if row.interim { " interim" } else { "" };
        vec![
            row.id.to_owned(),
            or_dash(row.certificate),
            row.standard.to_owned(),
            or_dash(row.level),
            format!("{}{interim}", row.status),
            or_dash(row.sunset),
            or_dash(row.days_to_sunset.map(|days| format!("{days}{mark}"))),
            row.linkage.to_string(),
            row.confidence.clone(),
        ]
    });
    let all: Vec<Vec<String>> =
        std::iter::once(header.map(str::to_owned).to_vec()).chain(rows).collect();
    report::table::table(&all, |_, _, cell| cell.to_owned()) + &closing(listing)
}

/// Every row with all that is known of it, for whoever has to judge whether to believe it.
fn everything(listing: &Listing<'_>) -> String {
    let mut text = String::new();
    for row in &listing.modules {
        let _ = writeln!(text, "{}", row.id);
        push_facts(&mut text, row);
        for environment in row.operational_environments {
            line(&mut text, "environment", environment);
        }
        push_fingerprints(&mut text, row.fingerprints);
        for source in row.sources {
            line(&mut text, "source", format!("{}: {}", source.what, source.note));
        }
        text.push('\n');
    }
    text + &closing(listing)
}

fn push_facts(text: &mut String, row: &Row<'_>) {
    line(text, "module", format!("{} {} of {}", row.name, row.version, row.vendor));
    let level = row.level.map_or(String::new(), |level| format!(", level {level}"));
    let interim = if row.interim { ", interim" } else { "" };
    let certificate = row.certificate.map_or_else(
        || format!("none ({}{level})", row.standard),
        |number| format!("{number} ({}{level}{interim})", row.standard),
    );
    line(text, "certificate", certificate);
    if let Some(url) = &row.certificate_url {
        line(text, "page", url);
    }
    line(text, "status", row.status);
    if let Some(issued) = row.issued {
        line(text, "issued", issued);
    }
    if let Some((sunset, days)) = row.sunset.zip(row.days_to_sunset) {
        let soon = if row.expires_soon { ", soon" } else { "" };
        line(text, "sunset", format!("{sunset} ({}{soon})", in_days(days)));
    }
    if let Some(base) = row.update_stream_of {
        line(text, "update of", base);
    }
    line(text, "linkage", row.linkage);
    line(text, "confidence", &row.confidence);
    if let Some(note) = row.note {
        line(text, "note", note);
    }
}

fn push_fingerprints(text: &mut String, fingerprints: &Fingerprints) {
    for snapshot in &fingerprints.go_snapshots {
        line(
            text,
            "recognised",
            format!("snapshot {}, zip SHA-256 {}", snapshot.name, snapshot.zip_sha256),
        );
    }
    for known in &fingerprints.boring_texts {
        let run = format!("{} bytes of text, SHA-256 {}", known.run_length, known.run_sha256);
        line(text, "recognised", format!("{} of {}: {run}", known.arch, known.toolchains));
    }
    for known in &fingerprints.strings {
        line(text, "recognised", format!("text `{known}`"));
    }
}

fn line(text: &mut String, what: &str, value: impl std::fmt::Display) {
    let _ = writeln!(text, "    {what:11}  {value}");
}

fn in_days(days: i32) -> String {
    let count = report::plural::count(usize::try_from(days.unsigned_abs()).unwrap_or(0), "day");
    if days < 0 { format!("{count} ago") } else { format!("in {count}") }
}

fn closing(listing: &Listing<'_>) -> String {
    let soon = listing.modules.iter().filter(|row| row.expires_soon).count();
    let mark = match soon {
        0 => String::new(),
        _ => format!(
            "! {} of an active certificate within {SOON} days\n",
            report::plural::count(soon, "sunset")
        ),
    };
    format!(
        "{mark}{} as of {}, registry of {}\n",
        report::plural::count(listing.modules.len(), "module"),
        listing.as_of,
        listing.registry_date
    )
}
