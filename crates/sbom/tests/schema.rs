//! The document as strangers' validators see it: our own types could agree with each other and still break the schema.

mod sample;
#[path = "../../../tests/validators/mod.rs"]
mod validators;

use std::path::{Path, PathBuf};

/// Cargo gives integration tests a folder below its target folder.
fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap()
}

#[expect(clippy::disallowed_methods, reason = "a file of this test only")]
fn written(name: &str, bytes: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn a_whole_release_is_valid_under_two_independent_validators() {
    let path = written("release.cdx.json", &sbom::cyclonedx(&sample::release()).unwrap());
    validators::validate(target(), "cyclonedx", &path).unwrap();
}

#[test]
fn a_release_of_which_little_is_known_is_valid_too() {
    let mut release = sample::release();
    release.supplier = None;
    release.components.truncate(1);
    release.modules.clear();
    for artifact in release.components.iter_mut().flat_map(|component| &mut component.artifacts) {
        artifact.linked.clear();
        artifact.linked_complete = false;
        artifact.modules.clear();
        artifact.reasons.clear();
        (artifact.go_version, artifact.main, artifact.build) = (None, None, None);
    }
    let path = written("bare.cdx.json", &sbom::cyclonedx(&release).unwrap());
    validators::validate(target(), "cyclonedx", &path).unwrap();
}

#[test]
fn both_validators_see_what_is_wrong() {
    let mut document: serde_json::Value =
        serde_json::from_slice(&sbom::cyclonedx(&sample::release()).unwrap()).unwrap();
    *document.pointer_mut("/metadata/timestamp").unwrap() = "yesterday".into();
    document.as_object_mut().unwrap().insert("invented".to_owned(), true.into());
    let path = written("wrong.cdx.json", document.to_string().as_bytes());
    let problems = validators::validate(target(), "cyclonedx", &path).unwrap_err();
    for validator in ["cyclonedx-python-lib", "jsonschema-rs"] {
        assert_eq!(
            problems.lines().filter(|line| line.starts_with(validator)).count(),
            2,
            "{problems}"
        );
    }
}
