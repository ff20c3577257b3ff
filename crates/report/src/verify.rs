//! A verification as text, in the shape that operators know from `konvoy check fips`:
//! `etcd [file] Signature Validated [OK]`.

use crate::labels::{Line, labels};
use crate::{escape, plural, style};
use catalog::Imported;
use manifest::{Binary, Check, CheckKind, CheckVerdict, Image, Release, Verification};
use scan::ArtifactReport;
use std::fmt::Write as _;
use vocab::Label;

/// The verification as text: one line a check, then the labels as of today, then the result.
pub fn text(verification: &Verification) -> String {
    let mut text = String::new();
    for check in verification.checks() {
        push_check(&mut text, check);
    }
    if let Some(release) = verification.release() {
        let _ = writeln!(text, "\nLabels as of {}:", verification.as_of());
        text.push_str(&labels(&lines(release, |id| verification.report(id))));
        if let Some((_, label)) = verification.labels() {
            let _ = writeln!(
                text,
                "\nRelease: {} {}",
                escape(release.release.as_str()),
                style::label(label, 0)
            );
        }
        if release.example_keys {
            text.push_str("SIGNED WITH EXAMPLE KEYS: everybody has them, so nothing is known of who made this release\n");
        }
    }
    let refused = verification.checks().iter().filter(|check| check.refuses()).count();
    let checks = plural::count(verification.checks().len(), "check");
    let _ = writeln!(text, "{checks}, {refused} failed: {}", style::outcome(verification.passed()));
    text
}

fn push_check(text: &mut String, check: &Check) {
    let (what, good) = words(check.kind);
    let (state, mark) = match check.verdict {
        CheckVerdict::Pass => (good, "[OK]"),
        CheckVerdict::Warn => (good, "[WARN]"),
        CheckVerdict::Skip => ("Not Examined", "[SKIP]"),
        CheckVerdict::Fail => ("Invalid", "[FAIL]"),
        CheckVerdict::Error => ("Not Readable", "[ERROR]"),
    };
    let _ = writeln!(
        text,
        "{} {what} {state} {}",
        escape(&check.path),
        style::mark(mark, check.refuses())
    );
    if check.verdict != CheckVerdict::Pass {
        let _ = writeln!(text, "    {}", check.message);
    }
}

/// What a check looked at, and what it is called when it held.
fn words(kind: CheckKind) -> (&'static str, &'static str) {
    match kind {
        CheckKind::Seal => ("[seal] Signature", "Validated"),
        CheckKind::Keys => ("[keys] Trust", "Validated"),
        CheckKind::File => ("[file] Content", "Validated"),
        CheckKind::Archive => ("[archive] Content", "Validated"),
        CheckKind::Image => ("[image] Content", "Validated"),
        CheckKind::Signature => ("[file] Signature", "Validated"),
        CheckKind::Label => ("[file] Label", "Validated"),
        CheckKind::Policy => ("[policy] Verdict", "Accepted"),
        CheckKind::Rollup => ("[label] Roll-up", "Validated"),
        CheckKind::Sbom => ("[sbom] Binding", "Validated"),
    }
}

/// A release's table of labels: from fresh reports where there are some, else from what was sealed.
pub fn lines<'a>(
    release: &Release,
    report: impl Fn(&str) -> Option<&'a ArtifactReport>,
) -> Vec<Line> {
    let built = release.binaries().map(|binary| line(release, binary, report(binary.id.as_str())));
    let images = release.images().filter(|image| image.own_programs().next().is_some());
    let images = images.map(|image| self::image(release, image));
    built.chain(images).chain(release.imported.iter().map(imported)).collect()
}

/// An image that holds more than binaries of the release: its label is none of theirs. It is the sealed one; that it still
/// holds is a check of its own.
fn image(release: &Release, image: &Image) -> Line {
    let others = plural::count(image.own_programs().count(), "other program");
    Line {
        name: format!("{} (image)", image.name),
        version: image.version.released(fips_number(release)),
        target: image.target.to_string(),
        label: image.label,
        verdict: "image".to_owned(),
        module: match &image.expected {
            Some(_) => format!("with {others}, as its recipe expects"),
            None => format!("with {others}"),
        },
    }
}

fn line(release: &Release, binary: &Binary, report: Option<&ArtifactReport>) -> Line {
    let (verdict, label) = report.map_or(("not examined".to_owned(), Label::Unknown), |report| {
        (report.verdict.to_string(), report.label)
    });
    let module = report.map_or(String::new(), |report| {
        report.modules.first().map_or_else(
            || report.reasons.first().map(|reason| short(reason)).unwrap_or_default(),
            module,
        )
    });
    Line {
        name: binary.member.as_str().rsplit('/').next().unwrap_or_default().to_owned(),
        version: binary.version.released(fips_number(release)),
        target: binary.target.to_string(),
        label,
        verdict,
        module,
    }
}

/// A part that was not built: the label says what is known of it, and the reason why.
fn imported(part: &Imported) -> Line {
    Line {
        name: part.component.to_string(),
        version: part.version.clone(),
        target: "-".to_owned(),
        label: Label::Unknown,
        verdict: "imported".to_owned(),
        module: part.reason.clone(),
    }
}

/// The first clause of a reason: the table has one line a binary.
fn short(reason: &str) -> String {
    reason.split([':', ';']).next().unwrap_or_default().to_owned()
}

fn module(module: &scan::ModuleReport) -> String {
    let certificate =
        module.certificate.map_or_else(|| "no certificate".to_owned(), |number| number.to_string());
    format!("{} {} {certificate} {}", module.name, module.version, module.status)
}

fn fips_number(release: &Release) -> vocab::ReleaseNumber {
    let number =
        release.release.as_str().rsplit("+fips.").next().and_then(|number| number.parse().ok());
    vocab::ReleaseNumber(number.unwrap_or_default())
}
