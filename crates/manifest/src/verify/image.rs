//! A container image: its file by size and digest, its parts as the manifest names them, and every program in it by a scan
//! of the packed image itself. A program that is a binary of the release must get the verdict that it got in its archive:
//! an image can set an environment, or lay files beside a program, that change what it does.

use super::Context;
use super::check::{Check, CheckKind, Reason, chain};
use super::content::digests;
use crate::entry::Digests;
use crate::image::{Image, ImageProgram};
use crate::layout::{self, Layout};
use catalog::Allow;
use scan::ArtifactReport;
use std::collections::BTreeMap;
use vocab::{ComponentName, Label, Sha256, Verdict};

/// What was examined in one image.
#[derive(Default)]
pub(crate) struct Examined {
    pub(crate) checks: Vec<Check>,
    /// The fresh verdicts of programs that only this image has; nothing when they could not be read.
    pub(crate) own: Option<Vec<(ComponentName, Verdict)>>,
}

/// An image. `reports` are those of the binaries, from their archives.
pub(crate) fn check(
    context: &Context<'_>,
    image: &Image,
    reports: &BTreeMap<String, ArtifactReport>,
) -> Examined {
    let mut examined = Examined::default();
    let path = image.path.as_str();
    let bytes = match context.tree.read_sized(path, image.size) {
        Ok(bytes) => bytes,
        Err(check) => {
            examined.checks.push(check);
            return examined;
        }
    };
    examined.checks.push(digests(CheckKind::File, path, image.digest, Digests::of(&bytes)));
    let settings = match layout::read(&bytes) {
        Ok(found) => settings(image, &found),
        Err(error) => vec![refused(image, chain(&error))],
    };
    let answers = answers(context, image);
    let programs = match context.scanner.scan_image(path, bytes, &answers) {
        Ok(scan) => programs(context, image, &scan.artifacts, reports, &mut examined),
        Err(error) => vec![refused(image, chain(&error))],
    };
    let found = [settings, programs].concat();
    if found.is_empty() {
        let message = format!(
            "`{}:{}` holds exactly the sealed programs, judged as in their archives",
            image.name, image.tag
        );
        examined.checks.push(Check::pass(CheckKind::Image, path, message));
    }
    examined.checks.extend(found);
    examined
}

fn refused(image: &Image, message: impl Into<String>) -> Check {
    Check::fail(CheckKind::Image, &image.path, Reason::ImageContent, message)
}

/// The answers of the release's binaries, and those of the image's own programs, by digest.
fn answers(context: &Context<'_>, image: &Image) -> BTreeMap<Sha256, Vec<Allow>> {
    let of = |program: &ImageProgram| match &program.binary {
        None => program.allow.clone(),
        Some(id) => {
            let binary = context.release.binaries().find(|binary| binary.id == *id);
            binary.map(|binary| binary.allow.clone()).unwrap_or_default()
        }
    };
    image.programs.iter().map(|program| (program.sha256, of(program))).collect()
}

/// What the image says of itself against what was sealed.
fn settings(image: &Image, found: &Layout) -> Vec<Check> {
    let arch = image.target.arch();
    let same: [(&str, String, String); 8] = [
        ("the SHA-256 of its manifest", text(image.manifest.sha256), text(found.manifest.sha256)),
        ("the SHA-512 of its manifest", text(image.manifest.sha512), text(found.manifest.sha512)),
        ("the digest of its configuration", text(image.config), text(found.config)),
        ("its tag", image.tag.clone(), found.tag.clone()),
        (
            "its platform",
            format!("{}/{arch}", image.target.os()),
            format!("{}/{}", found.os, found.architecture),
        ),
        ("its user", image.user.clone(), found.user.clone()),
        ("its entrypoint", image.entrypoint.join(" "), found.entrypoint.join(" ")),
        ("its environment", image.environment.join(" "), found.environment.join(" ")),
    ];
    same.into_iter()
        .filter(|(_, sealed, found)| sealed != found)
        .map(|(what, sealed, found)| {
            refused(image, format!("{what} is not as sealed")).values(sealed, found)
        })
        .collect()
}

fn text(value: impl ToString) -> String {
    value.to_string()
}

/// Exactly the sealed programs, with the verdicts they have in their archives today.
fn programs(
    context: &Context<'_>,
    image: &Image,
    found: &[ArtifactReport],
    reports: &BTreeMap<String, ArtifactReport>,
    examined: &mut Examined,
) -> Vec<Check> {
    let mut checks = Vec::new();
    let named = |program: &ImageProgram| format!("{}!{}", image.path, inside(program));
    for report in found {
        if !image.programs.iter().any(|program| named(program) == report.path) {
            let why = report.findings.first().map_or("it is not sealed", |f| f.message.as_str());
            let message = format!("it holds `{}`: {why}", report.path.escape_debug());
            checks.push(refused(image, message));
        }
    }
    let mut own = Vec::new();
    for program in &image.programs {
        let name = named(program);
        let Some(report) = found.iter().find(|report| report.path == name) else {
            checks.push(refused(image, format!("`{}` is not in it", program.path)));
            continue;
        };
        if report.sha256 != program.sha256 {
            let message = format!("`{}` is not the sealed program", program.path);
            checks.push(refused(image, message).values(program.sha256, report.sha256));
        }
        checks.extend(match &program.binary {
            Some(id) => as_in_archive(image, program, report, reports.get(id.as_str())),
            None => {
                own.push((image.component.clone(), report.verdict));
                as_sealed(context, image, program, report)
            }
        });
    }
    if own.len() == image.own_programs().count() {
        examined.own = Some(own);
    }
    if checks.is_empty() {
        let label = Label::of_verdicts(found.iter().map(|report| report.verdict));
        let sealed = image.label;
        // The labels of binaries are checked one by one; that of an image follows from them.
        if label != sealed {
            let message = format!("labelled `{sealed}` when it was sealed, `{label}` now");
            checks.push(
                Check::fail(CheckKind::Label, &image.path, Reason::LabelChanged, message)
                    .values(sealed, label),
            );
        }
    }
    checks
}

fn inside(program: &ImageProgram) -> &str {
    program.path.as_str().trim_start_matches('/')
}

fn as_in_archive(
    image: &Image,
    program: &ImageProgram,
    report: &ArtifactReport,
    archived: Option<&ArtifactReport>,
) -> Option<Check> {
    // A binary that could not be read has its own check.
    let archived = archived?;
    (archived.verdict != report.verdict).then(|| {
        let message = format!(
            "`{}` is `{}` in this image and `{}` in its archive: {}",
            program.path,
            report.verdict,
            archived.verdict,
            report.reasons.join("; ")
        );
        refused(image, message).values(archived.verdict, report.verdict)
    })
}

/// A program that only the image has is judged by its sealed verdict and by the policy, which a sealed reason stands against:
/// then the image's label says what it is.
fn as_sealed(
    context: &Context<'_>,
    image: &Image,
    program: &ImageProgram,
    report: &ArtifactReport,
) -> Option<Check> {
    let judged = context.policy.filter(|_| image.expected.is_none());
    let policy = judged.filter(|_| !context.scanner.accepts(report));
    if let Some(policy) = policy {
        let message = format!(
            "the policy `{}` does not accept `{}` of `{}`",
            policy.name, report.verdict, program.path
        );
        return Some(Check::fail(CheckKind::Policy, &image.path, Reason::PolicyRefused, message));
    }
    (program.verdict != report.verdict).then(|| {
        let message = format!("`{}` is judged differently than when it was sealed", program.path);
        Check::fail(CheckKind::Label, &image.path, Reason::LabelChanged, message)
            .values(program.verdict, report.verdict)
    })
}
