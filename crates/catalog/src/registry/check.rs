//! What must hold within the registry.

use super::raw::{RawModule, RawRegistry};
use super::{Confidence, Registry};
use crate::raw::{Sink, unique};
use crate::status::LAST_DAY_OF_FIPS_140_2;
use vocab::Date;

impl RawRegistry {
    /// The registry, with a problem in the sink for each contradiction.
    pub(crate) fn check(&self, sink: &mut Sink) -> Registry {
        unique(self.modules.iter().map(|m| (m.id.value.as_str(), &m.id.span)), "module id", sink);
        let snapshots = || self.modules.iter().flat_map(|module| &module.fingerprints.go_snapshots);
        unique(snapshots().map(|s| (s.name.value.0.as_str(), &s.name.span)), "snapshot", sink);
        let runs = || self.modules.iter().flat_map(|module| &module.fingerprints.boring_texts);
        let digests: Vec<String> = runs().map(|run| run.run_sha256.value.to_string()).collect();
        unique(
            digests.iter().map(String::as_str).zip(runs().map(|run| &run.run_sha256.span)),
            "run",
            sink,
        );
        self.modules.iter().for_each(|module| module.check(self.date.value, sink));
        self.modules.iter().for_each(|module| self.check_stream(module, sink));
        Registry {
            date: self.date.value,
            modules: self.modules.iter().map(RawModule::made).collect(),
        }
    }
}

impl RawRegistry {
    /// An update stream belongs to a module that has a certificate, and has none itself.
    fn check_stream(&self, module: &RawModule, sink: &mut Sink) {
        let Some(of) = &module.update_stream_of else { return };
        let validated = self.modules.iter().find(|other| other.id.value == of.value);
        if validated.is_none_or(|other| other.certificate.is_none()) {
            let message = format!("`{}` is no module with a certificate", of.value);
            sink.push(&of.span, message, None);
        }
        if module.certificate.is_some() || module.in_process {
            let message = format!("`{}` is an update stream and something else", module.id.value);
            sink.push(&of.span, message, None);
        }
    }
}

impl RawModule {
    fn check(&self, registry: Date, sink: &mut Sink) {
        self.check_sources(sink);
        self.check_certificate(sink);
        self.check_dates(registry, sink);
    }

    fn check_sources(&self, sink: &mut Sink) {
        if self.sources.is_empty() && self.confidence.value != Confidence::Unsourced {
            let message = format!(
                "`{}` names no source, and its confidence is not `unsourced`",
                self.id.value
            );
            sink.push_missing(
                &self.confidence.span,
                message,
                Some("add `[[modules.sources]]`, or say `unsourced`".to_owned()),
            );
        }
    }

    fn check_certificate(&self, sink: &mut Sink) {
        let id = &self.id.value;
        if self.in_process && self.certificate.is_some() {
            let message =
                format!("`{id}` has a certificate and is in process: it is one or the other");
            sink.push(&self.id.span, message, None);
        }
        for date in [&self.issued, &self.sunset]
            .into_iter()
            .flatten()
            .filter(|_| self.certificate.is_none())
        {
            sink.push_missing(
                &date.span,
                format!("`{id}` has a date of a certificate and no certificate"),
                None,
            );
        }
        if self.interim && self.certificate.is_none() {
            sink.push_missing(
                &self.id.span,
                format!("`{id}` is interim without a certificate"),
                None,
            );
        }
    }

    fn check_dates(&self, registry: Date, sink: &mut Sink) {
        if let Some(issued) = self.issued.as_ref().filter(|issued| issued.value > registry) {
            let message =
                format!("issued on {}, after the registry's own date {registry}", issued.value);
            sink.push(&issued.span, message, None);
        }
        let Some(sunset) = &self.sunset else { return };
        if self.standard.value.0 == "FIPS 140-2" && sunset.value > LAST_DAY_OF_FIPS_140_2 {
            let message =
                format!("no FIPS 140-2 certificate is active after {LAST_DAY_OF_FIPS_140_2}");
            sink.push(
                &sunset.span,
                message,
                Some(format!("write `sunset = \"{LAST_DAY_OF_FIPS_140_2}\"` or earlier")),
            );
        }
        let Some(issued) = &self.issued else { return };
        // A certificate lasts five years, an interim one two (CMVP's validation lifetimes).
        let years = if self.interim { 2 } else { 5 };
        let latest = issued
            .value
            .year()
            .checked_add(years)
            .and_then(|year| issued.value.with().year(year).build().ok());
        if sunset.value <= issued.value {
            sink.push(
                &sunset.span,
                format!("sunset on {}, not after the issue on {}", sunset.value, issued.value),
                None,
            );
        } else if latest.is_some_and(|latest| sunset.value > latest) {
            let message = format!(
                "sunset on {}, more than {years} years after the issue on {}",
                sunset.value, issued.value
            );
            sink.push(&sunset.span, message, None);
        }
    }
}
