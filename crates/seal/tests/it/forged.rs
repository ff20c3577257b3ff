//! Manifests that are validly sealed and still wrong: a careless or a compromised signer, or another program's payload.

use crate::common::{KEYS, copy, refusals, verify};
use camino::Utf8Path;
use manifest::{Envelope, Reason};
use serde_json::{Value, json};

/// Seals other bytes in the place of a release's manifest, with the real key.
fn reseal(folder: &Utf8Path, payload: &[u8]) {
    let envelope = KEYS.seal().seal(payload.to_vec()).unwrap();
    for (name, bytes) in [
        ("manifest.dsse.json", envelope.write()),
        ("manifest.pae", envelope.pae()),
        ("manifest.seal.sig", envelope.signature().as_bytes().to_vec()),
    ] {
        files::write(&folder.join(name), &bytes, files::Mode::Plain).unwrap();
    }
}

fn payload(folder: &Utf8Path) -> Vec<u8> {
    let bytes = files::read(&folder.join("manifest.dsse.json"), 1 << 24).unwrap();
    Envelope::read(&bytes).unwrap().open(KEYS.seal().public()).unwrap().to_vec()
}

/// The statement of the small release, changed and sealed again; gives what refuses it.
fn forge(change: impl FnOnce(&mut Value)) -> Vec<(Reason, String)> {
    let folder = copy();
    let mut statement: Value = serde_json::from_slice(&payload(&folder.path)).unwrap();
    change(&mut statement);
    reseal(&folder.path, &serde_json::to_vec(&statement).unwrap());
    refused(&folder.path)
}

fn refused(folder: &Utf8Path) -> Vec<(Reason, String)> {
    let verification = verify(folder);
    assert!(!verification.passed());
    refusals(&verification).into_iter().map(|check| (check.reason, check.message.clone())).collect()
}

#[track_caller]
fn is_no_manifest(found: &[(Reason, String)], words: &str) {
    let [(Reason::Manifest, message)] = found else { panic!("{found:?}") };
    assert!(message.contains(words), "{message}");
}

fn entry<'a>(statement: &'a mut Value, kind: &str) -> &'a mut Value {
    let entries = statement["predicate"]["entries"].as_array_mut().unwrap();
    entries.iter_mut().find(|entry| entry["kind"] == kind).unwrap()
}

/// Without it a signed provenance, or any other statement of the same signer, would pass for a release.
#[test]
fn a_validly_signed_statement_of_another_type_is_refused() {
    let found = forge(|s| s["predicateType"] = json!("https://slsa.dev/provenance/v1"));
    is_no_manifest(&found, "`https://slsa.dev/provenance/v1`");
    let found = forge(|s| s["_type"] = json!("https://in-toto.io/Statement/v0.1"));
    is_no_manifest(&found, "not an in-toto Statement v1");
}

/// Without it "all zero entries are fine" would be a pass.
#[test]
fn a_manifest_that_lists_nothing_is_refused() {
    let found = forge(|s| {
        s["predicate"]["entries"] = json!([]);
        s["subject"] = json!([]);
    });
    is_no_manifest(&found, "it lists no binary");
    is_no_manifest(&forge(|s| s["subject"] = json!([])), "subjects");
}

/// Without it another reader of the same signed bytes would see another release.
#[test]
fn duplicate_keys_and_payloads_that_are_no_json_are_refused() {
    let folder = copy();
    let text = String::from_utf8(payload(&folder.path)).unwrap();
    let epoch = "\"epoch\":1000000000000";
    assert!(text.contains(epoch));
    for (other, words) in [
        (text.replace(epoch, &format!("\"epoch\":1,{epoch}")), "`epoch` stands twice"),
        (text.replace(epoch, "\"epoch\":1.5"), "integer"),
        (text[..text.len() / 2].to_owned(), "EOF"),
        (String::new(), "EOF"),
        (format!("{text}{{}}"), "trailing"),
    ] {
        reseal(&folder.path, other.as_bytes());
        is_no_manifest(&refused(&folder.path), words);
    }
}

/// Without it a field that changes what a release means would be skipped by readers that do not know it.
#[test]
fn unknown_critical_names_unknown_fields_and_unknown_schemes_are_refused() {
    let found = forge(|s| {
        s["predicate"]["critical"].as_array_mut().unwrap().push(json!("expires"));
        s["predicate"]["expires"] = json!("2027-01-01");
    });
    is_no_manifest(&found, "critical fields that this version does not know: expires");
    is_no_manifest(
        &forge(|s| s["predicate"]["expires"] = json!("2027-01-01")),
        "unknown field `expires`",
    );
    is_no_manifest(
        &forge(|s| entry(s, "binary")["sig"]["scheme"] = json!("rsassa-pss-sha512")),
        "unknown variant",
    );
    is_no_manifest(&forge(|s| entry(s, "document")["note"] = json!("x")), "unknown field `note`");
    is_no_manifest(&forge(|s| s["predicate"]["critical"] = json!([])), "`critical` does not name");
}

/// Without it a manifest could name files outside the release, or two files that are one on another file system.
#[test]
fn hostile_and_ambiguous_paths_are_refused() {
    for bad in ["../x", "/etc/passwd", "a//b", "./a", "a\\b", "a\u{0}b", "", "\u{202e}gpj.exe"] {
        is_no_manifest(
            &forge(|s| entry(s, "document")["path"] = json!(bad)),
            "is not a path inside a release",
        );
    }
    let found = forge(|s| {
        let mut twin = entry(s, "document").clone();
        twin["path"] = json!(twin["path"].as_str().unwrap().to_lowercase());
        s["predicate"]["entries"].as_array_mut().unwrap().push(twin);
    });
    is_no_manifest(&found, "stands twice, case ignored");
}

/// Without it two validly signed programs could trade names: each signature holds, and kubeadm runs as kubelet.
#[test]
fn two_programs_that_trade_names_are_refused() {
    let found = forge(|s| {
        let entries = s["predicate"]["entries"].as_array_mut().unwrap();
        let (mut binaries, others): (Vec<_>, Vec<_>) =
            entries.drain(..).partition(|entry| entry["kind"] == "binary");
        let (mut one, mut two) = (binaries.remove(0), binaries.remove(0));
        for field in ["id", "sig"] {
            std::mem::swap(&mut one[field], &mut two[field]);
        }
        entries.extend(others.into_iter().chain([one, two]));
    });
    is_no_manifest(&found, "is not named after its archive and its file");
}

/// Without it a signer could claim any label: the label must follow from the verdict, and the verdict from the bytes.
#[test]
fn a_label_that_the_verdict_or_the_bytes_do_not_give_is_refused() {
    let found = forge(|s| entry(s, "binary")["fips"]["label"] = json!("not"));
    is_no_manifest(&found, "gives `full`");
    is_no_manifest(&forge(|s| s["predicate"]["label"] = json!("partial")), "rolls up to `full`");
    // The program without cryptography, sealed as one with a validated module: the bytes say otherwise.
    let found = forge(|s| {
        let entries = s["predicate"]["entries"].as_array_mut().unwrap();
        let plain = entries.iter_mut().find(|entry| entry["component"] == "plain").unwrap();
        plain["fips"]["verdict"] = json!("pass");
    });
    let changed = |(reason, message): &(Reason, String)| {
        *reason == Reason::LabelChanged
            && message.contains("sealed as `pass` (label `full`), now `no-crypto`")
    };
    assert!(found.iter().any(changed), "{found:?}");
    assert!(
        found.iter().any(|(reason, _)| *reason == Reason::SbomMismatch),
        "the SBOM tells the truth: {found:?}"
    );
}

/// Without it a signer's manifest could stand for another signer's binaries, or hide that example keys were used.
#[test]
fn keys_that_the_manifest_names_falsely_are_refused() {
    let found = forge(|s| s["predicate"]["exampleKeys"] = json!(true));
    assert_eq!(found.iter().map(|f| f.0).collect::<Vec<_>>(), [Reason::ExampleKeys]);
    is_no_manifest(
        &forge(|s| s["predicate"]["keys"][0]["role"] = json!("seal")),
        "names 2 seal keys",
    );
    let other = json!(format!("SHA256:{}", "A".repeat(43)));
    is_no_manifest(
        &forge(|s| entry(s, "binary")["sig"]["keyid"] = other),
        "not signed with the release's artifact key",
    );
}

/// Without it a digest of another file could stand for a binary, or a signature for another's.
#[test]
fn a_signature_and_a_digest_of_something_else_are_refused() {
    let found = forge(|s| entry(s, "binary")["digest"]["sha256"] = json!("0".repeat(64)));
    assert!(matches!(found.as_slice(), [(Reason::Manifest, _)]), "{found:?}");
    let found = forge(|s| s["predicate"]["releaseDigest"] = json!("0".repeat(64)));
    is_no_manifest(&found, "the release digest is");
    let found = forge(|s| {
        let entries = s["predicate"]["entries"].as_array().unwrap();
        let values: Vec<_> = entries
            .iter()
            .filter(|e| e["kind"] == "binary")
            .map(|e| e["sig"]["value"].clone())
            .collect();
        entry(s, "binary")["sig"]["value"] = values[1].clone();
    });
    assert!(found.iter().any(|(reason, _)| *reason == Reason::SignatureInvalid), "{found:?}");
}
