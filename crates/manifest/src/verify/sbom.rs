//! The SBOM's binding: it names the release digest, and exactly the release's binaries with their verdicts.

use super::check::{Check, CheckKind, Reason, chain};
use super::tree::Tree;
use crate::json::{self, Numbers};
use crate::release::{Release, SBOM_PATH};
use serde_json::Value;
use std::collections::BTreeSet;

/// The properties by which fipsmith's SBOM is bound (docs/cyclonedx-properties.md).
mod property {
    pub(super) const RELEASE_DIGEST: &str = "fipsmith:release:digest";
    pub(super) const VERDICT: &str = "fipsmith:fips:verdict";
    pub(super) const IMPORTED: &str = "fipsmith:imported";
}

/// Checks the SBOM of a release. Its digest is checked as that of any document.
pub(crate) fn check(tree: &Tree<'_>, release: &Release) -> Vec<Check> {
    let fail = |message: String| {
        vec![Check::fail(CheckKind::Sbom, SBOM_PATH, Reason::SbomMismatch, message)]
    };
    let Some(document) = release.documents().find(|document| document.path.as_str() == SBOM_PATH)
    else {
        return fail("the manifest lists no SBOM".to_owned());
    };
    let bytes = match tree.read_sized(SBOM_PATH, document.size) {
        Ok(bytes) => bytes,
        Err(check) => return vec![Check { kind: CheckKind::Sbom, ..check }],
    };
    match json::read::<Value>(&bytes, Numbers::Any) {
        Ok(sbom) => {
            vec![digest(&sbom, release), binaries(&sbom, release), imported(&sbom, release)]
        }
        Err(error) => fail(format!("the SBOM cannot be read: {}", chain(&error))),
    }
}

fn digest(sbom: &Value, release: &Release) -> Check {
    let mut named = Vec::new();
    visit(sbom, &mut |object| {
        named.extend(value_of(object, property::RELEASE_DIGEST).map(str::to_owned));
    });
    named.dedup();
    let expected = release.release_digest.to_string();
    match named.as_slice() {
        [one] => Check::equal(
            CheckKind::Sbom,
            SBOM_PATH,
            Reason::SbomMismatch,
            "the release digest",
            (&expected, one),
        ),
        other => {
            let message = format!("the SBOM names {} release digests", other.len());
            Check::fail(CheckKind::Sbom, SBOM_PATH, Reason::SbomMismatch, message)
        }
    }
}

/// A bijection: every binary once, with its digest and verdict, and nothing that claims to be one beside them.
fn binaries(sbom: &Value, release: &Release) -> Check {
    let mut described = Vec::new();
    visit(sbom, &mut |object| {
        if let Some(verdict) = value_of(object, property::VERDICT) {
            described.push(format!("{} {verdict}", sha256_of(object).unwrap_or("without SHA-256")));
        }
    });
    let mut sealed: Vec<_> =
        release.binaries().map(|b| format!("{} {}", b.digest.sha256, b.fips.verdict)).collect();
    described.sort_unstable();
    sealed.sort_unstable();
    if described == sealed {
        return Check::pass(
            CheckKind::Sbom,
            SBOM_PATH,
            "lists exactly the binaries of the release",
        );
    }
    let only = |these: &[String], those: &[String]| {
        these.iter().filter(|line| !those.contains(line)).cloned().collect::<Vec<_>>().join(", ")
    };
    Check::fail(
        CheckKind::Sbom,
        SBOM_PATH,
        Reason::SbomMismatch,
        "the SBOM does not list exactly the release's binaries",
    )
    .values(only(&sealed, &described), only(&described, &sealed))
}

/// What the release imports, by name and version, and nothing else that claims to be imported.
fn imported(sbom: &Value, release: &Release) -> Check {
    let mut described = BTreeSet::new();
    visit(sbom, &mut |object| {
        if value_of(object, property::IMPORTED).is_some() {
            let text = |key| object.get(key).and_then(Value::as_str).unwrap_or_default();
            described.insert(format!("{} {}", text("name"), text("version")));
        }
    });
    let sealed: BTreeSet<String> = release
        .imported
        .iter()
        .map(|part| format!("{} {}", part.component, part.version))
        .collect();
    let line = |parts: &BTreeSet<String>| parts.iter().cloned().collect::<Vec<_>>().join(", ");
    Check::equal(
        CheckKind::Sbom,
        SBOM_PATH,
        Reason::SbomMismatch,
        "what is imported",
        (line(&sealed), line(&described)),
    )
}

type Object = serde_json::Map<String, Value>;

/// Every object of the document. The depth was limited when it was read.
fn visit(value: &Value, see: &mut dyn FnMut(&Object)) {
    match value {
        Value::Object(object) => {
            see(object);
            object.values().for_each(|value| visit(value, see));
        }
        Value::Array(items) => items.iter().for_each(|value| visit(value, see)),
        _ => {}
    }
}

fn value_of<'a>(object: &'a Object, name: &str) -> Option<&'a str> {
    let properties = object.get("properties")?.as_array()?;
    properties
        .iter()
        .find(|property| property.get("name").and_then(Value::as_str) == Some(name))?
        .get("value")?
        .as_str()
}

fn sha256_of(object: &Object) -> Option<&str> {
    let hashes = object.get("hashes")?.as_array()?;
    hashes
        .iter()
        .find(|hash| hash.get("alg").and_then(Value::as_str) == Some("SHA-256"))?
        .get("content")?
        .as_str()
}
