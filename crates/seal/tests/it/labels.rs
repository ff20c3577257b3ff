//! Labels over time, and example keys.

use crate::common::{copy, date, example_keys, folder, refusals, release, verify_with};
use catalog::{Policy, Registry};
use manifest::{CheckVerdict, Options, Reason, Trust, Verification};
use vocab::{Label, Verdict};

/// The registry with Go's module as if its certificate were a FIPS 140-2 one: all of those ended after 2026-09-21.
fn fips_140_2() -> Registry {
    let text = include_str!("../../../../manifests/modules.toml");
    let at = text.find("id = \"go-cryptographic-module-v1.0.0\"").unwrap();
    let (before, row) = text.split_at(at);
    let row = row.replacen("FIPS 140-3", "FIPS 140-2", 1).replacen("2031-04-26", "2026-09-21", 1);
    Registry::parse(&format!("{before}{row}"), "modules.toml").unwrap()
}

fn verify_on(
    folder: &camino::Utf8Path,
    day: &str,
    registry: &Registry,
    policy: Option<&Policy>,
) -> Verification {
    let options = Options { as_of: date(day), registry, policy, allow_example_keys: true };
    manifest::verify(folder, crate::common::KEYS.trust(), &options).unwrap()
}

/// Without it a release would stay green after its module's certificate became historical.
#[test]
fn the_day_the_certificates_of_fips_140_2_end_changes_the_verification() {
    let registry = fips_140_2();
    let folder = folder();
    let target = folder.path.join("release");
    release(&crate::common::KEYS, &target, date("2026-09-21"), &registry);
    assert!(verify_on(&target, "2026-09-21", &registry, None).passed());
    let later = verify_on(&target, "2026-09-22", &registry, None);
    assert!(!later.passed());
    let found = refusals(&later);
    let changed = found
        .iter()
        .find(|c| c.reason == Reason::LabelChanged && c.path.ends_with("/native"))
        .unwrap();
    assert_eq!(
        (changed.expected.as_deref(), changed.actual.as_deref()),
        (Some("pass"), Some("historical"))
    );
    assert!(
        changed.message.contains("sealed as `pass` (label `full`), now `historical` (label `not`)"),
        "{}",
        changed.message
    );
    assert!(found.iter().any(|c| c.reason == Reason::PolicyRefused), "{found:?}");
    assert_eq!(later.labels().unwrap().1, Label::Not, "the release's label is computed again");
    assert!(
        !found.iter().any(|c| c.path.contains("plain-")),
        "a program without cryptography does not age"
    );
}

/// Without it a lenient policy of the receiver could not be told from a change of the label.
#[test]
fn a_policy_of_the_receiver_replaces_the_one_of_the_release() {
    let folder = copy();
    let registry = Registry::embedded();
    let lenient = Policy::embedded("allow-historical").unwrap();
    let later = verify_on(&folder.path, "2031-04-27", registry, Some(lenient));
    let found: Vec<Reason> = refusals(&later).into_iter().map(|check| check.reason).collect();
    assert!(
        found.contains(&Reason::LabelChanged) && !found.contains(&Reason::PolicyRefused),
        "{found:?}"
    );
    let mut strict = lenient.clone();
    strict.accept.remove(&Verdict::NoCrypto);
    let now = verify_on(&folder.path, "2026-11-21", registry, Some(&strict));
    let found: Vec<_> =
        refusals(&now).into_iter().map(|check| (check.reason, check.path.as_str())).collect();
    assert_eq!(found, [(Reason::PolicyRefused, "plain-v1.0.0+fips.0-linux-amd64/plain")]);
}

/// Without it a demo could be passed off as a release: everybody can sign with the example keys.
#[test]
fn a_release_with_example_keys_is_refused_unless_the_caller_insists() {
    let keys = example_keys();
    let folder = folder();
    let target = folder.path.join("release");
    release(&keys, &target, date("2026-11-21"), Registry::embedded());
    let registry = Registry::embedded();
    let refused = verify_with(&target, &Trust::example().unwrap());
    assert_eq!(
        refusals(&refused).iter().map(|c| c.reason).collect::<Vec<_>>(),
        [Reason::ExampleKeys]
    );
    assert!(refused.release().unwrap().example_keys);
    // Other keys are trusted: the error still says whose signature it is.
    let refused = verify_with(&target, crate::common::KEYS.trust());
    assert_eq!(
        refusals(&refused).iter().map(|c| c.reason).collect::<Vec<_>>(),
        [Reason::ExampleKeys]
    );
    let options =
        Options { as_of: date("2026-11-21"), registry, policy: None, allow_example_keys: true };
    let allowed = manifest::verify(&target, &Trust::example().unwrap(), &options).unwrap();
    assert!(allowed.passed(), "{:?}", refusals(&allowed));
    assert!(
        allowed
            .checks()
            .iter()
            .any(|c| c.verdict == CheckVerdict::Warn && c.reason == Reason::ExampleKeys)
    );
}
