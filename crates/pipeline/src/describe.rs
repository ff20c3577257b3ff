//! The documents of a release, made before it is signed: SBOM, scan report, table of builds.

mod deployment;
mod module;
mod program;

use crate::packing::Packed;
use crate::scanning::Program;
use crate::workspace::{Dates, Desk};
use build::Plan;
use catalog::{Imported, ProfileLabels, Recipe};
use manifest::ReleasePath;
use sbom::{Archive, Component, Description};
use scan::{ScanReport, Scanner};
use std::collections::{BTreeMap, BTreeSet};
use vocab::{ComponentName, Label, Sha256};

/// Documents as bytes.
pub(crate) struct Documents {
    pub(crate) sbom: Vec<u8>,
    pub(crate) others: Vec<(&'static str, Vec<u8>)>,
}

/// Everything a description is made of.
pub(crate) struct Subject<'a> {
    pub(crate) desk: &'a Desk,
    pub(crate) plan: &'a Plan,
    pub(crate) dates: Dates,
    pub(crate) example_keys: bool,
    pub(crate) packed: &'a [Packed<'a>],
    pub(crate) programs: &'a [Program<'a>],
}

/// Describes a release.
pub(crate) fn describe(subject: &Subject<'_>, scanner: &Scanner<'_>) -> anyhow::Result<Documents> {
    let description = description(subject)?;
    let programs = subject.programs.iter().map(|program| program.scanned().report());
    let images = subject.packed.iter().flat_map(|packed| &packed.images);
    let reports = programs.chain(images.flat_map(|image| &image.reports)).cloned().collect();
    let scan = ScanReport::new(scanner, reports, 0);
    let mut others = vec![
        ("BUILDS.md", sbom::builds_table(&description).into_bytes()),
        ("scan.json", (serde_json::to_string_pretty(&scan)? + "\n").into_bytes()),
    ];
    others.extend(deployment::files(subject, description.label));
    Ok(Documents { sbom: sbom::cyclonedx(&description)?, others })
}

fn description(subject: &Subject<'_>) -> anyhow::Result<Description> {
    let desk = subject.desk;
    let verdicts = subject
        .programs
        .iter()
        .map(|program| (program.built.component(), program.scanned().report().verdict));
    let imported = subject.plan.imported();
    let unexamined = imported.iter().map(|part| (&part.component, Imported::VERDICT));
    let rollup = ProfileLabels::of(&desk.profile, imported, verdicts.clone());
    let (labels, label) = manifest::labels(verdicts.chain(unexamined));
    let labels: BTreeMap<ComponentName, Label> =
        labels.into_iter().map(|entry| (entry.component, entry.label)).collect();
    Ok(Description {
        product: desk.profile.name.to_string(),
        supplier: desk.profile.supplier.clone(),
        profile: desk.profile.name.clone(),
        profile_summary: desk.profile.summary.clone(),
        release: format!("{}+fips.{}", desk.profile.version, desk.profile.fips.0),
        created: subject.dates.created.to_string(),
        as_of: subject.dates.as_of,
        registry_date: desk.catalog.registry.date,
        policy: desk.profile.policy.clone(),
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        example_keys: subject.example_keys,
        release_digest: release_digest(subject)?,
        label,
        image_repository: desk.profile.image_repository.clone(),
        layers: rollup.layers.iter().filter_map(|of| Some((of.layer?, of.label))).collect(),
        imported: imported.iter().map(part).collect(),
        components: components(subject, &labels),
        modules: module::all(subject),
    })
}

/// The digest of all programs, by the ids that they have in the manifest.
fn release_digest(subject: &Subject<'_>) -> anyhow::Result<Sha256> {
    let ids: Vec<(Sha256, ReleasePath)> = subject
        .programs
        .iter()
        .map(|program| Ok((program.scanned().sha256(), program.id()?)))
        .collect::<anyhow::Result<_>>()?;
    Ok(manifest::release_digest(ids.iter().map(|(sha256, id)| (*sha256, id.as_str()))))
}

fn components(subject: &Subject<'_>, labels: &BTreeMap<ComponentName, Label>) -> Vec<Component> {
    let names: BTreeSet<&ComponentName> =
        subject.packed.iter().map(|archive| archive.built.component()).collect();
    names.into_iter().filter_map(|name| component(subject, name, labels)).collect()
}

fn component(
    subject: &Subject<'_>,
    name: &ComponentName,
    labels: &BTreeMap<ComponentName, Label>,
) -> Option<Component> {
    let recipe = subject.desk.catalog.recipes.get(name)?;
    let member = subject.desk.profile.components.iter().find(|member| member.component == *name);
    let archives: Vec<&Packed<'_>> =
        subject.packed.iter().filter(|archive| archive.built.component() == name).collect();
    let programs = subject.programs.iter().filter(|program| program.built.component() == name);
    let images = archives.iter().flat_map(|packed| &packed.images);
    Some(Component {
        name: name.clone(),
        version: recipe.version.to_string(),
        released: recipe.version.released(subject.desk.profile.fips),
        repository: recipe.repository.clone(),
        vcs: vcs_of(recipe),
        licence: recipe.licence.clone(),
        summary: recipe.summary.clone(),
        tag: recipe.version.tag(subject.desk.profile.fips),
        pack: member.map_or_else(|| name.into(), |member| member.pack.clone()),
        layer: member.and_then(|member| member.layer),
        backend: archives.first()?.built.backend(),
        label: labels.get(name).copied().unwrap_or(Label::Unknown),
        artifacts: programs.map(|program| program::artifact(subject, program)).collect(),
        images: images.map(|scanned| image(subject, &scanned.image)).collect(),
        archives: archives.into_iter().map(archive).collect(),
    })
}

fn part(part: &Imported) -> sbom::Imported {
    sbom::Imported {
        name: part.component.clone(),
        pack: part.pack.clone(),
        layer: part.layer,
        version: part.version.clone(),
        reason: part.reason.clone(),
    }
}

/// A repository at a commit, as SPDX 2.3, 7.7 writes it. A URL of this machine says nothing elsewhere: then it is upstream's.
fn vcs_of(recipe: &Recipe) -> Option<String> {
    let source = recipe.source.as_ref()?;
    let local = source.git.starts_with("file://");
    let url = if local { &recipe.repository } else { &source.git };
    let path = if source.path.is_empty() { String::new() } else { format!("#{}", source.path) };
    Some(format!("git+{url}@{}{path}", source.commit))
}

fn archive(packed: &Packed<'_>) -> Archive {
    let manifest::Digests { sha256, sha512 } = packed.archive.digest;
    Archive { path: packed.archive.path.to_string(), sha256, sha512 }
}

fn image(subject: &Subject<'_>, image: &manifest::Image) -> sbom::Image {
    let is_inside = |program: &&Program<'_>| {
        program.id().is_ok_and(|id| image.programs.iter().any(|p| p.binary.as_ref() == Some(&id)))
    };
    let inside = subject.programs.iter().filter(is_inside);
    sbom::Image {
        path: image.path.to_string(),
        name: image.name.clone(),
        tag: image.tag.clone(),
        target: image.target,
        sha256: image.digest.sha256,
        sha512: image.digest.sha512,
        manifest_sha256: image.manifest.sha256,
        manifest_sha512: image.manifest.sha512,
        label: image.label,
        contains: inside.map(|program| program.name().clone()).collect(),
    }
}
