//! Waivers entered into reports, and what the gate says of every finding.

use crate::situation::{artifact, digest, policy, scanned};
use catalog::{Policy, Waivers};
use scan::{ArtifactReport, Outcome, Rule, ScanReport, WaiverState};
use vocab::Verdict;

fn waivers(lines: &[(&str, &str, &str)]) -> Waivers {
    let waiver = |(code, artifact, expires): &(&str, &str, &str)| {
        format!(
            "[[waivers]]\ncode = \"{code}\"\nartifact = \"{}\"\nowner = \"platform@example.com\"\n\
             reason = \"the tool runs on the build machine only\"\nexpires = \"{expires}\"\n",
            digest(artifact)
        )
    };
    let text = if lines.is_empty() {
        "waivers = []".to_owned()
    } else {
        lines.iter().map(waiver).collect::<String>()
    };
    Waivers::parse(&text, "w.toml", &scan::rules::known_codes())
        .unwrap_or_else(|problems| panic!("{problems}"))
}

fn waived(artifacts: Vec<ArtifactReport>, lines: &[(&str, &str, &str)]) -> ScanReport {
    let policy = policy("fips140-3-active");
    scanned(policy, artifacts).waive(&waivers(lines), policy)
}

// Without it nothing could be signed off, or signing off would paint a label green.
#[test]
fn a_waiver_opens_the_gate_and_changes_neither_verdict_nor_label() {
    let before = artifact("a", Verdict::NotValidated, &["module-absent"]);
    assert_eq!(scanned(policy("fips140-3-active"), vec![before.clone()]).result, Outcome::Fail);
    let after = waived(vec![before.clone()], &[("module-absent", "a", "2026-11-21")]);
    assert_eq!((after.result, after.summary.waived, after.summary.not), (Outcome::Pass, 1, 1));
    let [used] = &after.waivers[..] else { panic!("{:?}", after.waivers) };
    assert_eq!((used.state, &used.paths[..]), (WaiverState::Used, &["a".to_owned()][..]));
    assert_eq!(used.place, "w.toml:2");
    let artifact = &after.artifacts[0];
    assert_eq!((artifact.verdict, artifact.label), (before.verdict, before.label));
    assert!(artifact.findings[0].waived);
    assert_eq!(after.waiver_of(artifact, &artifact.findings[0]), Some(used));
}

// Without it one signature would let everything else of the artifact through, or the same finding of another artifact.
#[test]
fn a_waiver_holds_for_its_finding_of_its_bytes_and_for_nothing_else() {
    let two = artifact("a", Verdict::NotValidated, &["module-absent", "residual-crypto"]);
    let line = ("module-absent", "a", "2027-01-01");
    assert_eq!(waived(vec![two.clone()], &[line]).result, Outcome::Fail);
    let both = waived(vec![two], &[line, ("residual-crypto", "a", "2027-01-01")]);
    assert_eq!((both.result, both.summary.waived), (Outcome::Pass, 2));
    let same = |name| artifact(name, Verdict::NotValidated, &["module-absent"]);
    assert_eq!(waived(vec![same("a"), same("b")], &[line]).result, Outcome::Fail);
    let copies = waived(vec![same("a"), same("a-copy")], &[line]);
    assert_eq!((copies.result, copies.waivers[0].paths.len()), (Outcome::Pass, 2));
}

// Without it exceptions would outlive their reason, and open the gate one day for what nobody judged.
#[test]
fn an_expired_or_unused_waiver_closes_the_gate_and_says_why() {
    let absent = || artifact("a", Verdict::NotValidated, &["module-absent"]);
    let fine = || artifact("b", Verdict::Pass, &[]);
    let mut answered = artifact("c", Verdict::Pass, &["residual-crypto"]);
    answered.findings[0].allowed = Some("used for nothing that is protected".to_owned());
    let report = waived(
        vec![absent(), fine(), answered],
        &[
            ("module-absent", "a", "2026-11-20"),
            ("residual-crypto", "b", "2027-01-01"),
            ("residual-crypto", "c", "2027-01-01"),
            ("residual-crypto", "nowhere", "2027-01-01"),
        ],
    );
    assert_eq!((report.result, report.summary.waived), (Outcome::Fail, 0));
    let told: Vec<_> =
        report.waivers.iter().map(|w| (w.state, w.problem.as_deref().unwrap())).collect();
    assert_eq!(
        told,
        [
            (
                WaiverState::Expired,
                "expired: its last day was 2026-11-20, and the scan is as of 2026-11-21"
            ),
            (WaiverState::Unused, "unused: `b` has no finding `residual-crypto`"),
            (WaiverState::Unused, "unused: the recipe of `c` answers `residual-crypto` already"),
            (WaiverState::Unused, "unused: no artifact of this scan has its digest"),
        ]
    );
    assert!(report.waivers.iter().all(|waiver| waiver.remedy.is_some() && waiver.paths.is_empty()));
    // Even where every artifact passes by itself.
    let idle = waived(vec![fine()], &[("residual-crypto", "nowhere", "2027-01-01")]);
    assert_eq!(idle.result, Outcome::Fail);
}

// Without it a changed module could be signed off by a list that some other code made.
#[test]
fn a_changed_module_is_waived_by_nobody() {
    let mut list = waivers(&[("module-absent", "a", "2027-01-01")]);
    list.list[0].code = "integrity-mismatch".to_owned();
    let policy = policy("fips140-3-active");
    let tampered = artifact("a", Verdict::Tampered, &["integrity-mismatch"]);
    let report = scanned(policy, vec![tampered]).waive(&list, policy);
    assert_eq!((report.result, report.summary.waived), (Outcome::Fail, 0));
    assert_eq!(report.waivers[0].state, WaiverState::Unused);
}

// Without it a scan of nothing could pass with an empty list of waivers.
#[test]
fn nothing_examined_stays_a_failure_and_no_waiver_changes_nothing() {
    assert_eq!(waived(vec![], &[]).result, Outcome::Fail);
    let report = scanned(policy("fips140-3-active"), vec![artifact("b", Verdict::Pass, &[])]);
    assert_eq!(report.clone().waive(&waivers(&[]), policy("fips140-3-active")), report);
}

// Without it a policy for old certificates would let other cryptography through behind them.
#[test]
fn the_gate_asks_of_every_finding_and_not_of_the_gravest_only() {
    let old = |codes: &[&str]| artifact("a", Verdict::Historical, codes);
    let result = |name, artifact| scanned(policy(name), vec![artifact]).result;
    assert_eq!(result("allow-historical", old(&["certificate-historical"])), Outcome::Pass);
    let beside = old(&["certificate-historical", "residual-crypto"]);
    assert_eq!(result("allow-historical", beside), Outcome::Fail);
    assert_eq!(result("fips140-3-active", old(&["certificate-historical"])), Outcome::Fail);
    // A verdict that no finding explains is never accepted for want of one.
    assert_eq!(
        result("allow-historical", artifact("a", Verdict::Undetermined, &[])),
        Outcome::Fail
    );
}

// Without it an unvalidated version could pass wherever a later version of a validated branch may.
#[test]
fn only_update_stream_accepts_a_later_version_of_a_validated_branch() {
    let later = || artifact("a", Verdict::NotValidated, &["module-update-stream"]);
    for policy in Policy::all_embedded() {
        let accepted = scanned(policy, vec![later()]).result == Outcome::Pass;
        assert_eq!(accepted, policy.name.as_str() == "update-stream", "{}", policy.name);
        let other = artifact("a", Verdict::NotValidated, &["version-not-validated"]);
        assert_eq!(scanned(policy, vec![other]).result, Outcome::Fail, "{}", policy.name);
    }
}

// Without it a policy or a recipe could name a code that no finding ever has.
#[test]
fn every_code_that_a_policy_or_a_recipe_may_name_is_one_of_the_rules() {
    for code in catalog::POLICY_CODES.iter().chain(catalog::ANSWERABLE_CODES) {
        let rule = Rule::by_code(code).unwrap_or_else(|| panic!("no rule has the code {code}"));
        assert_eq!(rule.unwaivable(), None, "{code}");
    }
    assert!(Rule::by_code("integrity-mismatch").unwrap().unwaivable().is_some());
}
