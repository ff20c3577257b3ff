//! What is computed from the binaries of a release: its digest and its labels.

use crate::release::ComponentLabel;
use crypto::Hash as _;
use std::collections::BTreeMap;
use vocab::{ComponentName, Label, Sha256, Verdict};

/// The release digest: SHA-256 over the sorted lines `"<sha256>  <name>\n"` of the binaries, the very text of
/// `sha256sum` sorted by `LC_ALL=C sort`. The name of a binary is its id in the manifest. The SBOM and the manifest both
/// carry it, so that each names the same binaries without naming the other's digest.
pub fn release_digest<'a>(binaries: impl IntoIterator<Item = (Sha256, &'a str)>) -> Sha256 {
    let mut lines: Vec<String> =
        binaries.into_iter().map(|(sha256, name)| format!("{sha256}  {name}\n")).collect();
    lines.sort_unstable();
    let mut hasher = crypto::Sha256::new();
    for line in lines {
        hasher.update(line.as_bytes());
    }
    Sha256::from_bytes(hasher.finish())
}

/// The labels of a release: one for each component, sorted by name, and one for all of it. Both are rolled up from the
/// verdicts of the binaries, so that a component without cryptography adds nothing to a release's label. What is imported
/// comes in as `undetermined` ([`crate::Release::verdicts`]).
pub fn labels<'a>(
    verdicts: impl IntoIterator<Item = (&'a ComponentName, Verdict)>,
) -> (Vec<ComponentLabel>, Label) {
    let mut components: BTreeMap<&ComponentName, Vec<Verdict>> = BTreeMap::new();
    for (component, verdict) in verdicts {
        components.entry(component).or_default().push(verdict);
    }
    let release = Label::of_verdicts(components.values().flatten().copied());
    let label = |(name, verdicts): (&ComponentName, Vec<Verdict>)| ComponentLabel {
        component: name.clone(),
        label: Label::of_verdicts(verdicts),
    };
    (components.into_iter().map(label).collect(), release)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_release_digest_is_what_sha256sum_prints_whatever_the_order() {
        let (a, b) = (Sha256::of(b"a"), Sha256::of(b"b"));
        // printf a > x/one; printf b > x/two; sha256sum x/one x/two | LC_ALL=C sort | sha256sum
        let expected = "553cbbb62ce4214ad5fedf619a1797b3c349eaf6c7a3b86e98ed2d5b78ad07e2";
        let digest = release_digest([(a, "x/one"), (b, "x/two")]);
        assert_eq!(digest, release_digest([(b, "x/two"), (a, "x/one")]));
        assert_ne!(
            digest,
            release_digest([(b, "x/one"), (a, "x/two")]),
            "swapped names are another release"
        );
        assert_eq!(digest.to_string(), expected);
    }

    #[test]
    fn a_component_without_cryptography_does_not_make_a_release_partial() {
        let (one, two): (ComponentName, ComponentName) =
            ("one".parse().unwrap(), "two".parse().unwrap());
        let (components, release) =
            labels([(&two, Verdict::NotValidated), (&one, Verdict::NoCrypto)]);
        assert_eq!(
            components.iter().map(|c| (c.component.as_str(), c.label)).collect::<Vec<_>>(),
            [("one", Label::Full), ("two", Label::Not)]
        );
        assert_eq!(release, Label::Not);
    }
}
