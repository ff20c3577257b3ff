//! SARIF, JUnit and our own JSON as outside readers see them: we could agree with ourselves and still break the format.

#[path = "../../../tests/validators/mod.rs"]
mod validators;

use camino::{Utf8Path, Utf8PathBuf};
use catalog::{Policy, Registry, Waivers};
use scan::{ScanReport, Scanner, WalkLimits};
use serde_json::Value;
use std::path::{Path, PathBuf};
use vocab::{Date, Sha256};

/// Cargo gives integration tests a folder below its target folder.
fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap()
}

#[expect(clippy::disallowed_methods, reason = "files of this test only")]
fn written(name: &str, bytes: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

fn utf8(path: PathBuf) -> Utf8PathBuf {
    Utf8PathBuf::from_path_buf(path).unwrap()
}

fn policy() -> &'static Policy {
    Policy::embedded(Policy::DEFAULT).unwrap()
}

/// Two real scans in one: a file that is no program, and one with a name that tries to be something else.
fn scanned(name: &str, waivers: &Waivers) -> ScanReport {
    let plain = utf8(written(&format!("{name} plain & <odd>\u{1b}"), b"not a program"));
    let other = utf8(written(&format!("{name}-header"), b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0"));
    let scanner = Scanner {
        registry: Registry::embedded(),
        policy: policy(),
        as_of: Date::constant(2026, 11, 21),
    };
    scanner
        .scan_paths(&[plain, other], &WalkLimits::default(), &[])
        .unwrap()
        .waive(waivers, policy())
}

/// A waiver for the file that is no program, and one that is over.
fn waivers() -> Waivers {
    let waiver = |expires: &str, code: &str| {
        format!(
            "[[waivers]]\ncode = \"{code}\"\nartifact = \"{}\"\nowner = \"A <a@example.com>\"\n\
             reason = \"a text file that nobody runs\"\nexpires = \"{expires}\"\n",
            Sha256::of(b"not a program")
        )
    };
    let text = waiver("2027-01-01", "unsupported-kind") + &waiver("2026-01-01", "unreadable");
    Waivers::parse(&text, "w.toml", &scan::rules::known_codes())
        .unwrap_or_else(|problems| panic!("{problems}"))
}

fn valid(form: &str, name: &str, bytes: &[u8]) -> String {
    validators::validate(target(), form, &written(name, bytes))
        .unwrap_or_else(|problems| panic!("{problems}"))
}

// Without it a code scanning service would refuse the upload.
#[test]
fn two_outside_validators_accept_the_sarif_of_a_scan_under_the_official_schema() {
    for (name, waivers) in [("open", Waivers::default()), ("waived", waivers())] {
        let log = report::sarif::log(&scanned(name, &waivers), policy());
        valid("sarif", &format!("{name}.sarif"), log.to_string().as_bytes());
    }
    let nothing = ScanReport { artifacts: vec![], ..scanned("open", &Waivers::default()) };
    valid("sarif", "empty.sarif", report::sarif::log(&nothing, policy()).to_string().as_bytes());
}

// Without it the validators could be asleep.
#[test]
fn both_validators_see_what_is_wrong_with_a_sarif_log() {
    let mut log = report::sarif::log(&scanned("wrong", &Waivers::default()), policy());
    *log.pointer_mut("/runs/0/results/0/level").unwrap() = "fatal".into();
    let path = written("wrong.sarif", log.to_string().as_bytes());
    let problems = validators::validate(target(), "sarif", &path).unwrap_err();
    for validator in ["jsonschema-rs: ", "jsonschema: "] {
        assert!(problems.lines().any(|line| line.starts_with(validator)), "{problems}");
    }
}

// Without it a review tool would show every finding as new after every build, or hide why one is let through.
#[test]
fn sarif_results_are_stable_placed_and_suppressed_with_their_reason() {
    let log = report::sarif::log(&scanned("stable", &waivers()), policy());
    assert_eq!(log, report::sarif::log(&scanned("stable", &waivers()), policy()));
    let later = ScanReport { as_of: Date::constant(2026, 12, 1), ..scanned("stable", &waivers()) };
    let prints = |log: &Value| -> Vec<Value> {
        let results = log["runs"][0]["results"].as_array().unwrap();
        results.iter().map(|result| result["partialFingerprints"].clone()).collect()
    };
    assert_eq!(prints(&log), prints(&report::sarif::log(&later, policy())));
    let results = log["runs"][0]["results"].as_array().unwrap();
    let waived = results.iter().find(|result| result["properties"]["gate"] == "waived").unwrap();
    assert_eq!(waived["suppressions"][0]["justification"], "a text file that nobody runs");
    assert_eq!(waived["suppressions"][0]["properties"]["expires"], "2027-01-01");
    let closing = results.iter().find(|result| result["properties"]["gate"] == "closes").unwrap();
    assert_eq!(closing["suppressions"], serde_json::json!([]));
    let rule = usize::try_from(closing["ruleIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(log["runs"][0]["tool"]["driver"]["rules"][rule]["id"], closing["ruleId"]);
    let uri =
        waived["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
    assert!(uri.starts_with("file:///") && uri.ends_with("plain%20%26%20%3Codd%3E%1B"), "{uri}");
    let told = &log["runs"][0]["invocations"][0];
    assert_eq!(told["exitCode"], 1);
    assert!(told["toolConfigurationNotifications"].to_string().contains("expired"), "{told}");
}

// Without it a CI server would show a waived artifact as passed, or not read the file at all.
#[test]
fn a_junit_reader_sees_each_artifact_and_each_broken_waiver_once() {
    let report = scanned("junit", &waivers());
    let xml = report::junit::xml(&report, policy());
    assert_eq!(xml, report::junit::xml(&scanned("junit", &waivers()), policy()));
    let seen = valid("junit", "scan.junit.xml", xml.as_bytes());
    let case = |part: &str| {
        let mut lines = seen.lines().filter(|line| line.contains(part));
        let line = lines.next().unwrap_or_else(|| panic!("no {part} in {seen}"));
        assert_eq!(lines.next(), None, "{seen}");
        line.rsplit(": ").next().unwrap().to_owned()
    };
    assert_eq!(case("plain & <odd>\\u{1b}"), "skipped waived");
    assert!(case("junit-header").starts_with("failure "), "{seen}");
    assert_eq!(case("fipsmith.waiver w.toml:8"), "failure waiver");
    let nothing = ScanReport { artifacts: vec![], waivers: vec![], ..report };
    let seen = valid("junit", "empty.junit.xml", report::junit::xml(&nothing, policy()).as_bytes());
    assert_eq!(seen.trim(), "fipsmith.scan something was examined: failure nothing-examined");
}

/// A folder with an envelope that is none, so that checks of several kinds fail, under the keys that everybody has.
fn verified(name: &str) -> manifest::Verification {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs_err::create_dir_all(&folder).unwrap();
    fs_err::write(folder.join("manifest.dsse.json"), "{}").unwrap();
    let options = manifest::Options {
        as_of: Date::constant(2026, 11, 21),
        registry: Registry::embedded(),
        policy: None,
        allow_example_keys: false,
    };
    manifest::verify(&utf8(folder), &manifest::Trust::example().unwrap(), &options).unwrap()
}

// Without it a CI server would show a release that was refused as one that nobody looked at.
#[test]
fn a_verification_is_told_in_the_forms_of_a_scan() {
    let verification = verified("no & release");
    assert!(!verification.passed() && !verification.checks().is_empty());
    let log = report::sarif::verified(&verification);
    valid("sarif", "verified.sarif", log.to_string().as_bytes());
    assert_eq!(log, report::sarif::verified(&verified("no & release")));
    let results = log["runs"][0]["results"].as_array().unwrap();
    let told = verification.checks().iter().filter(|check| check.refuses()).count();
    assert_eq!(results.iter().filter(|result| result["level"] == "error").count(), told);
    let first = &results[0];
    let rule = usize::try_from(first["ruleIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(log["runs"][0]["tool"]["driver"]["rules"][rule]["id"], first["ruleId"]);
    let uri =
        first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
    assert!(uri.starts_with("file:///") && uri.contains("no%20%26%20release"), "{uri}");
    assert_eq!(log["runs"][0]["invocations"][0]["exitCode"], 1);
    let seen = valid("junit", "verified.xml", report::junit::verified(&verification).as_bytes());
    assert_eq!(seen.lines().count(), verification.checks().len(), "{seen}");
    let bad = |line: &&str| line.contains(": failure ") || line.contains(": error ");
    assert_eq!(seen.lines().filter(bad).count(), told, "{seen}");
}

// Without it the published schema could describe another program.
#[test]
fn a_real_report_is_valid_under_the_published_schema_and_a_broken_one_is_not() {
    let (_, schema) = scan::schema();
    let checked_in = Utf8Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs/schemas/fipsmith-scan-1.schema.json");
    let found = files::read_text(&checked_in, 1 << 20).unwrap_or_default();
    assert!(found == schema, "`{checked_in}` is stale\n\nhint: run `cargo xtask schema`");
    let mut json = serde_json::to_value(scanned("schema", &waivers())).unwrap();
    valid("scan", "scan.json", json.to_string().as_bytes());
    // This very test program is a real one.
    let own = utf8(std::env::current_exe().unwrap());
    let scanner = Scanner {
        registry: Registry::embedded(),
        policy: policy(),
        as_of: Date::constant(2026, 11, 21),
    };
    let report = scanner.scan_paths(&[own], &WalkLimits::default(), &[]).unwrap();
    valid("scan", "own.json", &serde_json::to_vec(&report).unwrap());
    json["artifacts"][0]["verdict"] = "green".into();
    json["asOf"] = "yesterday".into();
    let path = written("broken.json", json.to_string().as_bytes());
    let problems = validators::validate(target(), "scan", &path).unwrap_err();
    assert!(problems.contains("green") && problems.contains("yesterday"), "{problems}");
}

// Without it an editor would complete codes that no rule has, or miss a new one.
#[test]
fn the_checked_in_schema_of_waivers_knows_every_code() {
    let (name, schema) = catalog::waivers_schema(&scan::rules::known_codes());
    let path = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("../../manifests/schemas").join(name);
    let found = files::read_text(&path, 1 << 20).unwrap_or_default();
    assert!(found == schema, "`{path}` is stale\n\nhint: run `cargo xtask schema`");
}
