//! The documents of a release, made before it is signed: SBOM, scan report, table of builds.

mod deployment;
mod module;
mod program;

use crate::packing::{Package, Packed, Scanned};
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
    let programs = subject
        .programs
        .iter()
        .map(|program| (program.built.component(), program.scanned().report().verdict));
    let images = subject.packed.iter().flat_map(|packed| &packed.images);
    let own = images.flat_map(|scanned| {
        let image = &scanned.image;
        image.own_programs().map(move |program| (&image.component, program.verdict))
    });
    let verdicts: Vec<_> = programs.chain(own).collect();
    let imported = subject.plan.imported();
    let unexamined = imported.iter().map(|part| (&part.component, Imported::VERDICT));
    let rollup = ProfileLabels::of(&desk.profile, imported, verdicts.iter().copied());
    let (labels, label) = manifest::labels(verdicts.into_iter().chain(unexamined));
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
        components: components(subject, &labels)?,
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

fn components(
    subject: &Subject<'_>,
    labels: &BTreeMap<ComponentName, Label>,
) -> anyhow::Result<Vec<Component>> {
    let names: BTreeSet<&ComponentName> =
        subject.packed.iter().map(|archive| archive.built.component()).collect();
    let all = names.into_iter().map(|name| component(subject, name, labels));
    all.filter_map(Result::transpose).collect()
}

fn component(
    subject: &Subject<'_>,
    name: &ComponentName,
    labels: &BTreeMap<ComponentName, Label>,
) -> anyhow::Result<Option<Component>> {
    let Some(recipe) = subject.desk.catalog.recipes.get(name) else { return Ok(None) };
    let member = subject.desk.profile.components.iter().find(|member| member.component == *name);
    let archives: Vec<&Packed<'_>> =
        subject.packed.iter().filter(|archive| archive.built.component() == name).collect();
    let programs = subject.programs.iter().filter(|program| program.built.component() == name);
    let images = archives.iter().flat_map(|packed| &packed.images);
    let Some(first) = archives.first() else { return Ok(None) };
    Ok(Some(Component {
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
        backend: first.built.backend(),
        label: labels.get(name).copied().unwrap_or(Label::Unknown),
        artifacts: programs
            .map(|program| program::artifact(subject, program))
            .collect::<anyhow::Result<_>>()?,
        images: images.map(|scanned| image(subject, scanned)).collect(),
        archives: archives.iter().copied().map(archive).collect(),
    }))
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
    let url = if local { recipe.repository.as_ref()? } else { &source.git };
    let path = if source.path.is_empty() { String::new() } else { format!("#{}", source.path) };
    Some(format!("git+{url}@{}{path}", source.commit))
}

fn archive(packed: &Packed<'_>) -> Archive {
    let manifest::Digests { sha256, sha512 } = packed.archive.digest;
    Archive { path: packed.archive.path.to_string(), sha256, sha512 }
}

/// A Debian package. Without programs it is as good as any file without cryptography.
fn package(package: &Package) -> sbom::DebianPackage {
    let facts = &package.facts;
    sbom::DebianPackage {
        name: facts.package.name.clone(),
        version: facts.package.version.clone(),
        architecture: facts.package.architecture.clone(),
        source: facts.source.clone(),
        sha256: facts.package.sha256,
        sha512: facts.sha512,
        licences: facts.licences.clone(),
        label: match package.verdicts.is_empty() {
            true => Label::Full,
            false => Label::of_verdicts(package.verdicts.iter().copied()),
        },
        verdicts: package.verdicts.iter().copied().collect(),
    }
}

fn image(subject: &Subject<'_>, scanned: &Scanned) -> sbom::Image {
    let image = &scanned.image;
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
        expected: image.expected.as_ref().map(|expected| expected.reason.clone()),
        packages: scanned.packages.iter().map(package).collect(),
    }
}
