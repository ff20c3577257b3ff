//! Sealing: what is signed, and that the same input gives the same bytes.

use crate::common;
use crate::common::{KEYS, SEALED_ON, copy, date, folder, path, refusals, release, staged, verify};
use catalog::Registry;
use manifest::{CheckKind, CheckVerdict, Options};
use seal::{Contents, ReleaseFolder};
use seal::{ScannedProgram, SealError, SignError, Signed};
use vocab::Label;

/// Without it nothing below means anything.
#[test]
fn a_release_that_nobody_touched_passes_every_check() {
    let folder = copy();
    let verification = verify(&folder.path);
    assert!(verification.passed(), "{:#?}", refusals(&verification));
    let signatures = verification.checks().iter().filter(|c| c.kind == CheckKind::Signature);
    assert_eq!(signatures.filter(|c| c.verdict == CheckVerdict::Pass).count(), 2);
    assert_eq!(verification.labels().unwrap().1, Label::Full);
    assert_eq!(verification.release().unwrap().release.as_str(), "small-1.0.0+fips.0");
    assert_eq!(verification.release().unwrap().epoch, 1_000_000_000_000);
}

/// Without it a rebuild of the same release could not be compared with the first.
#[test]
fn sealing_twice_gives_the_same_bytes() {
    let (one, two) = (folder(), folder());
    for folder in [&one, &two] {
        release(&KEYS, &folder.path.join("r"), date(SEALED_ON), Registry::embedded());
    }
    let names = files::walk(&one.path).unwrap();
    assert!(names.len() > 8);
    for entry in names {
        let read =
            |folder: &camino::Utf8Path| files::read(&folder.join(&entry.path), 1 << 30).unwrap();
        assert!(read(&one.path) == read(&two.path), "{}", entry.path);
    }
}

fn contents() -> (common::Folder, Contents<'static>) {
    let folder = folder();
    let place = ReleaseFolder::beside(&folder.path.join("release")).unwrap();
    let contents = common::contents(&place, date(SEALED_ON), Registry::embedded()).unwrap();
    (folder, contents)
}

/// Without it the artifact key would make seals: the bytes that a seal covers are a file like any other.
#[test]
fn a_file_that_is_a_seal_in_disguise_is_not_signed() {
    let pae = manifest::pae(manifest::PAYLOAD_TYPE, b"{}");
    assert!(matches!(KEYS.artifact().sign_file(&pae), Err(SignError::PaeAsFile)));
    let scanner = scan::Scanner {
        registry: Registry::embedded(),
        policy: common::policy(),
        as_of: date(SEALED_ON),
    };
    let program = ScannedProgram::new(&scanner, "x", &pae, &[]);
    assert!(matches!(program, Err(SealError::Sign { source: SignError::PaeAsFile, .. })));
    assert!(KEYS.artifact().sign_file(b"DSSEv1").is_ok());
}

/// Without it a program that is changed between its scan and its signature would be signed.
#[test]
fn bytes_that_were_not_scanned_are_not_signed() {
    let (_folder, mut contents) = contents();
    contents.binaries[0].bytes = Box::new(|| Ok(b"other bytes".to_vec()));
    let error = Signed::new(contents, &KEYS).unwrap_err();
    assert!(matches!(error, SealError::Sign { source: SignError::OtherBytes, .. }), "{error}");
}

/// Without it an archive could carry a program that nobody scanned, signed or labelled.
#[test]
fn an_executable_that_is_no_binary_of_the_release_is_not_sealed() {
    let (_folder, mut contents) = contents();
    contents.binaries.remove(1);
    let error = Signed::new(contents, &KEYS).unwrap().seal(&KEYS).unwrap_err();
    assert!(error.to_string().contains("manifest"), "{error}");
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(
        cause.contains("`plain-v1.0.0+fips.0-linux-amd64/plain`") && cause.contains("no binary"),
        "{cause}"
    );
}

/// Without it one document could overwrite the manifest, another or an archive.
#[test]
fn contents_that_contradict_each_other_are_not_sealed() {
    for name in [
        "manifest.pae",
        "Builds.md",
        "builds.MD/x",
        "archives/native-v1.0.0+fips.0-linux-amd64.tar.gz",
    ] {
        let (_folder, mut contents) = contents();
        contents.documents.push(seal::File { path: path(name), bytes: b"x"[..].into() });
        assert!(Signed::new(contents, &KEYS).unwrap().seal(&KEYS).is_err(), "{name}");
    }
}

/// Without it a release could be put in place on the strength of another one's verification.
#[test]
fn only_the_very_folder_that_was_verified_is_committed() {
    let folder = folder();
    let target = folder.path.join("release");
    let stage = || staged(&KEYS, &target, date(SEALED_ON), Registry::embedded()).unwrap();
    let (verified, other) = (stage(), stage());
    let options = Options {
        as_of: date(SEALED_ON),
        registry: Registry::embedded(),
        policy: None,
        allow_example_keys: false,
    };
    let proof =
        manifest::verify(verified.path(), KEYS.trust(), &options).unwrap().into_verified().unwrap();
    assert!(matches!(other.commit(&proof), Err(SealError::OtherRelease)));
    assert!(!target.exists());
    verified.commit(&proof).unwrap();
    assert!(verify(&target).passed());
}
