//! What belongs to a release and was not built: sealed, labelled `unknown`, and never left out.

use crate::common::{KEYS, SEALED_ON, contents_with, date, folder, policy, refusals};
use camino::Utf8Path;
use catalog::{Imported, Registry};
use manifest::{Options, Reason, Release};
use seal::{ReleaseFolder, Signed};
use serde_json::{Value, json};
use vocab::{Label, Layer, Verdict};

fn part(name: &str) -> Imported {
    Imported {
        component: name.parse().unwrap(),
        pack: "storage".parse().unwrap(),
        layer: Some(Layer::Csi),
        version: "v1.12.0".to_owned(),
        reason: "not built: example.org/x@v1.12.0 could not be had on 2026-11-21: not available"
            .to_owned(),
    }
}

fn options(registry: &Registry) -> Options<'_> {
    Options { as_of: date(SEALED_ON), registry, policy: None, allow_example_keys: false }
}

/// A release with these parts, staged, verified and put in place.
fn released(target: &Utf8Path, imported: Vec<Imported>) -> Release {
    let registry = Registry::embedded();
    let place = ReleaseFolder::beside(target).unwrap();
    let contents = contents_with(&place, date(SEALED_ON), registry, imported).unwrap();
    let sealed = Signed::new(contents, &KEYS).unwrap().seal(&KEYS).unwrap();
    let staged = sealed.stage(place).unwrap();
    let verified = manifest::verify(staged.path(), KEYS.trust(), &options(registry)).unwrap();
    let verified = verified.into_verified().unwrap_or_else(|v| panic!("{:#?}", refusals(&v)));
    let release = verified.manifest().release().clone();
    staged.commit(&verified).unwrap();
    release
}

/// Without it a release could be called full by leaving out what nobody could build.
#[test]
fn what_was_not_built_counts_in_the_label_of_the_release() {
    let folder = folder();
    let release = released(&folder.path.join("with"), vec![part("zeta"), part("engine")]);
    let labels: Vec<_> =
        release.components.iter().map(|c| (c.component.as_str(), c.label)).collect();
    let expected = [
        ("engine", Label::Unknown),
        ("native", Label::Full),
        ("plain", Label::Full),
        ("zeta", Label::Unknown),
    ];
    assert_eq!((labels.as_slice(), release.label), (&expected[..], Label::Partial));
    assert_eq!(released(&folder.path.join("without"), vec![]).label, Label::Full);
}

/// What refuses a release whose sealed statement was changed, and sealed again with the real key.
fn forged(change: impl FnOnce(&mut Value)) -> Vec<(Reason, String)> {
    let folder = folder();
    let target = folder.path.join("release");
    let _ = released(&target, vec![part("engine")]);
    let bytes = files::read(&target.join("manifest.dsse.json"), 1 << 24).unwrap();
    let envelope = manifest::Envelope::read(&bytes).unwrap();
    let mut statement: Value =
        serde_json::from_slice(envelope.open(KEYS.seal().public()).unwrap()).unwrap();
    change(&mut statement["predicate"]);
    let envelope = KEYS.seal().seal(serde_json::to_vec(&statement).unwrap()).unwrap();
    for (name, bytes) in [
        ("manifest.dsse.json", envelope.write()),
        ("manifest.pae", envelope.pae()),
        ("manifest.seal.sig", envelope.signature().as_bytes().to_vec()),
    ] {
        files::write(&target.join(name), &bytes, files::Mode::Plain).unwrap();
    }
    let found = manifest::verify(&target, KEYS.trust(), &options(Registry::embedded())).unwrap();
    refusals(&found).into_iter().map(|check| (check.reason, check.message.clone())).collect()
}

/// Without it a careless signer could seal a label that the imported parts do not give.
#[test]
fn a_label_that_forgets_the_imported_parts_is_refused() {
    let of = |found: &[(Reason, String)]| match found {
        [(Reason::Manifest, message)] => message.clone(),
        other => panic!("{other:?}"),
    };
    let message = of(&forged(|release| release["label"] = json!("full")));
    assert!(message.contains("labelled `full`, but rolls up to `partial`"), "{message}");
    let message = of(&forged(|release| release["components"][0]["label"] = json!("full")));
    assert!(message.contains("the component `engine` rolls up to `unknown`"), "{message}");
    let message = of(&forged(|release| release["imported"][0]["component"] = json!("native")));
    assert!(
        message.contains("`native` is imported, and the release has binaries of it"),
        "{message}"
    );
    let message = of(&forged(|release| release["imported"][0]["reason"] = json!(" ")));
    assert!(message.contains("no reason is given"), "{message}");
}

/// Without it the SBOM could be silent about what nobody has looked at.
#[test]
fn the_sbom_names_what_is_imported() {
    let found = forged(|release| release["imported"][0]["version"] = json!("v9.9.9"));
    let [(Reason::SbomMismatch, message)] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(message, "what is imported is not as sealed");
}

/// Without it a list of releases would have to read every archive, or believe a folder.
#[test]
fn a_glance_opens_the_seal_and_judges_what_was_sealed_for_another_day() {
    let folder = folder();
    let target = folder.path.join("release");
    let _ = released(&target, vec![part("engine")]);
    let registry = Registry::embedded();
    let glance = manifest::glance(&target, KEYS.trust(), &options(registry)).unwrap();
    let release = glance.manifest().unwrap().release();
    let native = release.binaries().find(|b| b.component.as_str() == "native").unwrap();
    assert_eq!(native.fips.verdict_on(date(SEALED_ON), registry), Verdict::Pass);
    assert_eq!(native.fips.verdict_on(date("2031-04-27"), registry), Verdict::Historical);
    let plain = release.binaries().find(|b| b.component.as_str() == "plain").unwrap();
    assert_eq!(plain.fips.verdict_on(date("2031-04-27"), registry), Verdict::NoCrypto);
    let mut unknown = native.fips.clone();
    unknown.modules[0].id = "gone".parse().unwrap();
    assert_eq!(unknown.verdict_on(date(SEALED_ON), registry), Verdict::Undetermined);
    // Another signer's seal, and a damaged one.
    let stranger = manifest::Trust::example().unwrap();
    let glance = manifest::glance(&target, &stranger, &options(registry)).unwrap();
    assert!(glance.manifest().unwrap_err().iter().any(|check| check.refuses()));
    files::write(&target.join("manifest.pae"), b"other", files::Mode::Plain).unwrap();
    let glance = manifest::glance(&target, KEYS.trust(), &options(registry)).unwrap();
    assert_eq!(glance.manifest().unwrap_err()[0].path, "manifest.pae");
    assert_eq!(policy().name, release.policy);
}
