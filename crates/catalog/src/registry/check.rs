//! What must hold within the registry.

use super::raw::{RawModule, RawRegistry};
use super::{Confidence, Module, Registry};
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
        let hmacs = || self.modules.iter().flat_map(|module| &module.fingerprints.jar_hmacs);
        let values: Vec<String> = hmacs().map(|hmac| hmac.value.to_string()).collect();
        unique(
            values.iter().map(String::as_str).zip(hmacs().map(|hmac| &hmac.span)),
            "integrity value",
            sink,
        );
        self.check_packages(sink);
        self.modules.iter().for_each(|module| module.check(self.date.value, sink));
        self.modules.iter().for_each(|module| self.check_branch(module, sink));
        Registry {
            date: self.date.value,
            modules: self.modules.iter().map(|module| self.made(module)).collect(),
        }
    }
}

impl RawRegistry {
    /// A package carries one module. A row that names it for no distribution means all of them.
    fn check_packages(&self, sink: &mut Sink) {
        let all = || self.modules.iter().flat_map(|module| &module.fingerprints.packages);
        let keys = all().flat_map(|package| {
            let ids: Vec<&str> = match package.distributions.is_empty() {
                true => vec!["any distribution"],
                false => package.distributions.iter().map(|id| id.value.0.as_str()).collect(),
            };
            package.names.iter().flat_map(move |name| {
                let version = &package.version.value.0;
                let key = |id: &str| (format!("{} {version} of {id}", name.value.0), &name.span);
                ids.iter().map(|id| key(id)).collect::<Vec<_>>()
            })
        });
        let keys: Vec<_> = keys.collect();
        unique(keys.iter().map(|(key, span)| (key.as_str(), *span)), "package", sink);
        for package in all() {
            let epoch = package.version.value.0.contains(':');
            let message = match (package.names.is_empty(), epoch) {
                (true, _) => "a package without a name",
                (_, true) => "the version of a package is written without its epoch",
                _ => continue,
            };
            sink.push(&package.version.span, message.to_owned(), None);
        }
    }

    /// A module with the row it is a later version of.
    fn made(&self, module: &RawModule) -> Module {
        let base = module.update_stream_of.as_ref().and_then(|base| {
            self.modules.iter().find(|other| other.id.value == base.value).map(RawModule::made)
        });
        Module { update_stream_of: base.map(Box::new), ..module.made() }
    }

    /// A later version of a validated module names a row with a certificate, of the same vendor and linkage, and has no
    /// certificate of its own.
    fn check_branch(&self, module: &RawModule, sink: &mut Sink) {
        let Some(base) = &module.update_stream_of else { return };
        let message = match self.modules.iter().find(|other| other.id.value == base.value) {
            None => format!("no module has the id `{}`", base.value),
            Some(_) if module.certificate.is_some() => {
                format!(
                    "`{}` has a certificate of its own and is no update stream",
                    module.id.value
                )
            }
            Some(other) if other.certificate.is_none() => {
                format!("`{}` has no certificate, so nothing is an update of it", base.value)
            }
            Some(other) if !other.is_like(module) => {
                format!("`{}` is of another vendor or linkage", base.value)
            }
            Some(_) => return,
        };
        let hint = "name the row of the validated version of the same branch".to_owned();
        sink.push(&base.span, message, Some(hint));
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
