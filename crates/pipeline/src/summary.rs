//! What a release came to, as it is printed: labels, builds, images. It can be kept and printed again.

use crate::workspace::Desk;
use build::{Plan, Workspace};
use camino::Utf8PathBuf;
use catalog::{Imported, LayerLabel, ProfileLabels};
use manifest::{Binary, Verified};
use serde::{Deserialize, Serialize};
use vocab::{
    ArtifactName, Backend, CertificateNumber, ComponentName, ImageName, Label, Layer, PackName,
    Sha256, Target, Verdict,
};

/// A release in figures and words.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Summary {
    pub(crate) label: Label,
    pub(crate) example_keys: bool,
    /// The label of each layer, from the machine up.
    pub(crate) layers: Vec<LayerLabel>,
    pub(crate) components: Vec<Program>,
    pub(crate) imported: Vec<Part>,
    pub(crate) images: Vec<Image>,
    /// The labels as a table for people.
    pub(crate) table: String,
}

/// A program of a release.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Program {
    component: ComponentName,
    artifact: ArtifactName,
    version: String,
    target: Target,
    backend: Backend,
    verdict: Verdict,
    label: Label,
    certificates: Vec<CertificateNumber>,
    /// The codes of what the scan found; an answered finding is `code: subject (answered)`.
    findings: Vec<String>,
    sha256: Sha256,
    size: u64,
    /// How long the build step took that made it, with all other programs of its component. Nothing when the record is gone.
    build_seconds: Option<f64>,
}

/// Something that belongs to a release and was not built.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Part {
    label: Label,
    component: ComponentName,
    pack: PackName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    layer: Option<Layer>,
    version: String,
    reason: String,
}

/// An image of a release.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Image {
    name: ImageName,
    tag: String,
    target: Target,
    path: String,
    /// The image's name in a registry.
    digest: String,
    size: u64,
    label: Label,
}

impl Summary {
    /// Of a verified release that this plan made.
    pub(crate) fn of(verified: &Verified, plan: &Plan, desk: &Desk) -> Self {
        let release = verified.manifest().release();
        let lines = report::verify::lines(release, |id| verified.report(id));
        let imported = release.unexamined().count();
        let all: Vec<_> = release.verdicts().collect();
        let built = all.iter().copied().take(all.len().saturating_sub(imported));
        Self {
            label: release.label,
            example_keys: release.example_keys,
            layers: ProfileLabels::of(&desk.profile, &release.imported, built).layers,
            components: release
                .binaries()
                .filter_map(|binary| Program::of(verified, binary, plan, &desk.space))
                .collect(),
            imported: release.imported.iter().map(Part::of).collect(),
            images: release.images().map(Image::of).collect(),
            table: report::labels::labels(&lines),
        }
    }
}

impl Program {
    fn of(verified: &Verified, binary: &Binary, plan: &Plan, space: &Workspace) -> Option<Self> {
        let name = Utf8PathBuf::from(binary.member.as_str());
        let findings = verified.report(binary.id.as_str()).map(|report| &report.findings[..]);
        let step = plan
            .steps()
            .iter()
            .find(|step| (step.component(), step.target()) == (&binary.component, binary.target));
        let record = step.and_then(|step| build::build_record(space, step));
        Some(Self {
            component: binary.component.clone(),
            artifact: name.file_name()?.parse().ok()?,
            version: binary.version.to_string(),
            target: binary.target,
            backend: binary.backend,
            verdict: binary.fips.verdict,
            label: binary.fips.label,
            certificates: binary.fips.modules.iter().filter_map(|m| m.certificate).collect(),
            findings: findings.unwrap_or_default().iter().map(finding).collect(),
            sha256: binary.digest.sha256,
            size: binary.size,
            build_seconds: record.map(|record| record.run.seconds),
        })
    }
}

impl Part {
    fn of(part: &Imported) -> Self {
        Self {
            label: Label::Unknown,
            component: part.component.clone(),
            pack: part.pack.clone(),
            layer: part.layer,
            version: part.version.clone(),
            reason: part.reason.clone(),
        }
    }
}

fn finding(finding: &scan::Finding) -> String {
    let subject = finding.subject.as_deref().map(|text| format!(": {text}")).unwrap_or_default();
    let answered = if finding.allowed.is_some() { " (answered)" } else { "" };
    format!("{}{subject}{answered}", finding.code)
}

impl Image {
    fn of(image: &manifest::Image) -> Self {
        Self {
            name: image.name.clone(),
            tag: image.tag.clone(),
            target: image.target,
            path: image.path.to_string(),
            digest: format!("sha256:{}", image.manifest.sha256),
            size: image.size,
            label: image.label,
        }
    }
}
