//! The cryptographic modules of a release, from the registry, and what shows that a program contains one.

use super::Subject;
use crate::scanning::Program;
use catalog::Module;
use sbom::{CryptoModule, Enforcement, Evidence, Linkage, ModuleUse};
use std::collections::BTreeSet;
use vocab::{Backend, ModuleId};

/// Every module that any program contains, once.
pub(super) fn all(subject: &Subject<'_>) -> Vec<CryptoModule> {
    let ids: BTreeSet<&ModuleId> = subject
        .programs
        .iter()
        .flat_map(|program| &program.scanned().report().modules)
        .map(|module| &module.id)
        .collect();
    ids.into_iter()
        .filter_map(|id| subject.desk.catalog.registry.by_id(id))
        .map(|module| described(subject, module))
        .collect()
}

fn described(subject: &Subject<'_>, module: &Module) -> CryptoModule {
    CryptoModule {
        id: module.id.clone(),
        name: module.name.clone(),
        version: module.version.clone(),
        vendor: module.vendor.clone(),
        certificate: module.certificate,
        standard: module.standard.clone(),
        level: module.level,
        status: module.status_on(subject.dates.as_of),
        status_as_of: subject.dates.as_of,
        sunset: module.sunset,
        linkage: match module.linkage {
            catalog::Linkage::Static => Linkage::Static,
            catalog::Linkage::Dynamic => Linkage::Dynamic,
            catalog::Linkage::Source => Linkage::Source,
        },
        sources: module.sources.iter().map(|source| source.what.clone()).collect(),
        licences: vec![],
        sha256: module.fingerprints.go_snapshots.first().map(|snapshot| snapshot.zip_sha256),
    }
}

/// The modules inside a program, each with what shows it.
pub(super) fn uses(program: &Program<'_>) -> Vec<ModuleUse> {
    let evidence = evidence(program);
    let modules = program.scanned().report().modules.iter();
    modules
        .map(|module| ModuleUse {
            id: module.id.clone(),
            active: module.active,
            evidence: evidence.clone(),
        })
        .collect()
}

fn evidence(program: &Program<'_>) -> Vec<Evidence> {
    let facts = program.scanned().facts();
    let native = facts.native.as_ref().and_then(|native| native.boring.as_ref());
    if let Some(text) = native {
        return vec![Evidence {
            what: "HMAC-SHA256 of the module's text, recomputed".to_owned(),
            offset: text.hmac_offset,
            value: text.hmac.to_string(),
        }];
    }
    let Some(go) = &facts.go else { return vec![] };
    let fips_info = go.fips_info.as_ref().map(|info| Evidence {
        what: "HMAC-SHA256 in .go.fipsinfo, recomputed".to_owned(),
        offset: Some(info.offset),
        value: info.stated.to_string(),
    });
    let boring = go.boring.as_ref().map(|text| Evidence {
        what: "HMAC-SHA256 of the BoringCrypto text, recomputed".to_owned(),
        offset: text.hmac_offset,
        value: text.hmac.to_string(),
    });
    // A boring program has both records; the one of the module that it uses is the evidence.
    boring.or(fips_info).into_iter().collect()
}

/// The toolchain whose module the bytes hold, and how far it is enforced.
pub(super) fn mode(
    subject: &Subject<'_>,
    program: &Program<'_>,
) -> (Option<Backend>, Option<Enforcement>) {
    let Some(found) = program.scanned().report().modules.first() else { return (None, None) };
    let backend = subject.desk.catalog.registry.by_id(&found.id).and_then(|module| module.backend);
    let only = program
        .scanned()
        .facts()
        .go
        .as_ref()
        .is_some_and(|go| go.markers.contains_key("crypto/internal/boring/sig.FIPSOnly"));
    let enforcement = match (found.active, only) {
        (false, _) => Enforcement::Off,
        (true, true) => Enforcement::Only,
        (true, false) => Enforcement::On,
    };
    (backend, Some(enforcement))
}
