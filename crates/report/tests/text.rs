//! What people read: each situation as it is printed, without colours.

use report::scan::Detail;
use scan::{ArtifactReport, Evidence, Finding, Outcome, ScanReport, Summary};
use vocab::{Date, Label, Severity, Sha256, Verdict};

fn finding(allowed: Option<&str>) -> Finding {
    Finding {
        code: "residual-crypto".to_owned(),
        severity: Severity::Error,
        message: "`golang.org/x/crypto/bcrypt` implements cryptography outside the module"
            .to_owned(),
        remedy: "answer it in the recipe".to_owned(),
        waived: false,
        subject: Some("golang.org/x/crypto/bcrypt".to_owned()),
        allowed: allowed.map(str::to_owned),
        evidence: vec![Evidence {
            what: "function".to_owned(),
            offset: Some(0xcc),
            value: "bcrypt.init\u{1b}[2J".to_owned(),
        }],
    }
}

fn scan(artifacts: Vec<ArtifactReport>, result: Outcome) -> ScanReport {
    ScanReport {
        schema: scan::SCHEMA.to_owned(),
        as_of: Date::constant(2026, 11, 21),
        registry_date: Date::constant(2026, 11, 20),
        policy: "fips140-3-active".parse().unwrap(),
        summary: Summary { not: artifacts.len(), ..Summary::default() },
        artifacts,
        waivers: vec![],
        notes: vec![],
        label: Label::Not,
        skipped: 2,
        roots: vec![],
        result,
    }
}

fn policy() -> &'static catalog::Policy {
    catalog::Policy::embedded("fips140-3-active").unwrap()
}

fn artifact(finding: Finding) -> ArtifactReport {
    ArtifactReport {
        path: "bin/etcd".to_owned(),
        kind: "elf".to_owned(),
        sha256: Sha256::of(b""),
        size: 1,
        verdict: Verdict::OutsideModule,
        label: Label::Not,
        reasons: vec!["a module is linked".to_owned()],
        modules: vec![],
        findings: vec![finding],
    }
}

/// The text without colours, as a pipe gets it.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, after)| after);
    }
    plain + rest
}

/// Without it a finding could be printed without its place or its remedy, or a name from a binary could clear the screen.
#[test]
fn a_finding_is_printed_with_place_and_remedy_and_foreign_text_is_escaped() {
    let text = plain(&report::scan::text(
        &scan(vec![artifact(finding(None))], Outcome::Fail),
        policy(),
        Detail::Usual,
    ));
    assert_eq!(
        text,
        format!(
            "not     bin/etcd (outside-module)\n    sha256 {}\n    a module is linked\n  error residual-crypto: `golang.org/x/crypto/bcrypt` implements cryptography outside the module\n      function at 0xcc: bcrypt.init\\u{{1b}}[2J\n      remedy: answer it in the recipe\nthe gate is closed by residual-crypto in 1 artifact (`fipsmith explain residual-crypto` tells more)\n1 artifact: 0 full, 0 partial, 1 not, 0 unknown; together not; policy `fips140-3-active` as of 2026-11-21, registry of 2026-11-20: FAIL\n",
            Sha256::of(b"")
        )
    );
}

/// Without it an answered finding would still read like an open one, or vanish for good.
#[test]
fn an_answered_finding_is_shown_only_when_everything_is_asked_for() {
    let report = scan(vec![artifact(finding(Some("used for nothing")))], Outcome::Pass);
    assert!(
        !plain(&report::scan::text(&report, policy(), Detail::Usual)).contains("residual-crypto")
    );
    let all = plain(&report::scan::text(&report, policy(), Detail::All));
    assert!(
        all.contains("error residual-crypto (answered)")
            && all.contains("answer: used for nothing"),
        "{all}"
    );
}

/// Without it a scan of an empty folder would read like a clean one.
#[test]
fn a_scan_of_nothing_says_that_it_examined_nothing() {
    let text = plain(&report::scan::text(&scan(vec![], Outcome::Fail), policy(), Detail::Usual));
    assert!(
        text.contains("nothing was examined (2 other files skipped): that is never a pass"),
        "{text}"
    );
}

/// Without it nobody reading a log would know that a person, and who, let something through, or that nobody does any more.
#[test]
fn waivers_are_told_with_owner_day_and_reason_and_a_bad_one_with_its_remedy() {
    let text = |expires: &str| {
        let waiver = format!(
            "[[waivers]]\ncode = \"residual-crypto\"\nartifact = \"{}\"\nowner = \"a@example.com\"\n\
             reason = \"nobody signs in with a password\"\nexpires = \"{expires}\"\n",
            Sha256::of(b"")
        );
        let codes = scan::rules::known_codes();
        let waivers = catalog::Waivers::parse(&waiver, "w.toml", &codes).unwrap();
        let report = scan(vec![artifact(finding(None))], Outcome::Fail).waive(&waivers, policy());
        plain(&report::scan::text(&report, policy(), Detail::Usual))
    };
    let used = text("2026-11-21");
    for part in [
        "error residual-crypto (waived by a@example.com until 2026-11-21): ",
        "\nwaived `residual-crypto` of `bin/etcd` by a@example.com until 2026-11-21: nobody signs in with a password (w.toml:2)\n",
        "1 not, 0 unknown, 1 finding waived; together not; policy",
    ] {
        assert!(used.contains(part), "no `{part}` in\n{used}");
    }
    assert!(used.ends_with(": PASS\n") && !used.contains("remedy"), "{used}");
    let over = text("2026-11-20");
    assert!(
        over.contains("error waiver of `residual-crypto` by a@example.com (w.toml:2) is expired: "),
        "{over}"
    );
    assert!(over.contains("remedy: mend the artifact") && over.ends_with(": FAIL\n"), "{over}");
}

/// Without it the first finding read would be a side matter, and its remedy stand three times.
#[test]
fn findings_stand_by_gravity_and_their_remedy_once() {
    let mut artifact = artifact(finding(None));
    let other = Finding { message: "another package".to_owned(), ..finding(None) };
    let graver = Finding { code: "module-absent".to_owned(), ..finding(None) };
    let warning =
        Finding { code: "no-build-info".to_owned(), severity: Severity::Warning, ..finding(None) };
    artifact.findings = vec![warning, finding(None), graver, other];
    let text =
        plain(&report::scan::text(&scan(vec![artifact], Outcome::Fail), policy(), Detail::Usual));
    let order: Vec<usize> = [
        "error module-absent",
        "error residual-crypto",
        "another package",
        "warning no-build-info",
    ]
    .iter()
    .map(|part| text.find(part).unwrap_or_else(|| panic!("no {part} in {text}")))
    .collect();
    assert!(order.is_sorted(), "{text}");
    assert_eq!(text.matches("remedy: ").count(), 3, "{text}");
    assert!(
        text.contains(
            "the gate is closed by module-absent in 1 artifact, residual-crypto in 1 artifact"
        ),
        "{text}"
    );
}

/// Without it nobody would see that an image turns its module off, or that a database of packages was not read.
#[test]
fn an_operating_system_is_told_with_what_it_says_of_fips_mode() {
    let os = scan::OperatingSystem {
        name: Some("Red Hat Enterprise Linux 9.4".to_owned()),
        fips_vendor: Some("Red Hat".to_owned()),
        package_databases: vec![scan::os::PackageDatabase {
            path: "/var/lib/rpm/rpmdb.sqlite".to_owned(),
            kind: "rpm".to_owned(),
            read: false,
            packages: 0,
            problem: None,
        }],
        environment: vec!["GODEBUG=fips140=off".to_owned()],
        ..scan::OperatingSystem::default()
    };
    let mut report = scan(vec![], Outcome::Fail);
    report.roots.push(scan::RootReport { path: "image.tar".to_owned(), os });
    let text = plain(&report::scan::text(&report, policy(), Detail::Usual));
    for line in [
        "system  image.tar (Red Hat Enterprise Linux 9.4)\n",
        "    package database /var/lib/rpm/rpmdb.sqlite (rpm): recognised, not read\n",
        "    programs start with GODEBUG=fips140=off\n",
    ] {
        assert!(text.contains(line), "{text}");
    }
}
