//! Scanned programs and an SBOM to a release in its place: sign, seal, stage, verify, one rename.

use crate::describe::Documents;
use crate::edge::Stop;
use crate::packing::Packed;
use crate::scanning::Program;
use crate::workspace::{Dates, Desk};
use build::BuildRecord;
use camino::Utf8Path;
use files::Stamp;
use manifest::{Options, Verified};
use seal::{Contents, File, Header, KeyRing, ReleaseFolder, ScannedBinary, Signed};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Signs, seals, writes the rest of the folder, verifies all of it, and puts it in place. The old release stays until then.
/// Gives back what was verified, and how its files were left.
pub(crate) fn seal(
    desk: &Desk,
    dates: Dates,
    keys: &KeyRing,
    documents: &Documents,
    (folder, programs, packed): (ReleaseFolder, Vec<Program<'_>>, Vec<Packed<'_>>),
) -> anyhow::Result<(Verified, BTreeMap<String, Stamp>)> {
    let contents = Contents {
        header: header(desk, dates, &packed)?,
        binaries: programs.into_iter().map(binary).collect::<Result<_, _>>()?,
        images: packed
            .iter()
            .flat_map(|packed| packed.images.iter().map(|scanned| scanned.image.clone()))
            .collect(),
        archives: packed.into_iter().map(|packed| packed.archive).collect(),
        sbom: Cow::Borrowed(&documents.sbom),
        documents: documents
            .others
            .iter()
            .map(|(path, bytes)| {
                Ok(File { path: path.parse()?, bytes: Cow::Borrowed(bytes.as_slice()) })
            })
            .collect::<anyhow::Result<_>>()?,
    };
    let staged = Signed::new(contents, keys)?.seal(keys)?.stage(folder)?;
    // Before: what is written to while it is verified must not pass for what was verified. The rename changes no file.
    let stamps = files::stamps(staged.path())?;
    let verified = verify(desk, dates, keys.trust(), staged.path())?;
    staged.commit(&verified)?;
    Ok((verified, stamps))
}

/// A release is verified the way a receiver does it; example keys are our own here.
pub(crate) fn verify(
    desk: &Desk,
    dates: Dates,
    trust: &manifest::Trust,
    folder: &Utf8Path,
) -> anyhow::Result<Verified> {
    let options = Options {
        as_of: dates.as_of,
        registry: &desk.catalog.registry,
        policy: Some(desk.policy()?),
        allow_example_keys: true,
    };
    let verification = manifest::verify(folder, trust, &options)?;
    Ok(verification.into_verified().map_err(|failed| {
        let failures: Vec<String> = failed
            .checks()
            .iter()
            .filter(|check| check.refuses())
            .map(|check| format!("  {}: {}", check.path, check.message))
            .collect();
        Stop::failed(format!("`{folder}` does not verify:\n{}", failures.join("\n")), None)
    })?)
}

fn header(desk: &Desk, dates: Dates, packed: &[Packed<'_>]) -> anyhow::Result<Header> {
    let actions: Vec<serde_json::Value> =
        packed.iter().map(|archive| action(archive.built.record())).collect();
    Ok(Header {
        product: desk.profile.name.as_str().parse()?,
        profile: desk.profile.name.clone(),
        version: desk.profile.version.clone(),
        fips: desk.profile.fips,
        policy: desk.profile.policy.clone(),
        as_of: dates.as_of,
        registry_date: desk.catalog.registry.date,
        created: dates.created,
        imported: desk.catalog.imported(&desk.profile),
        build: serde_json::json!({ "actions": actions }),
    })
}

/// What the manifest says of a build: all that follows from the plan, and how the build was kept apart from the host. Times
/// stay in the record below `target/fipsmith`, and linked modules in the SBOM.
fn action(record: &BuildRecord) -> serde_json::Value {
    serde_json::json!({
        "component": record.component,
        "target": record.target,
        "action": record.digest,
        "command": record.action.arguments,
        "environment": record.action.environment,
        "inputs": record.action.inputs,
        "toolchains": record.toolchains,
        "moduleObjects": record.module_objects,
        "sandbox": record.run.sandbox,
    })
}

fn binary(program: Program<'_>) -> anyhow::Result<ScannedBinary<'_>> {
    let (built, artifact) = (program.built, program.artifact);
    let expected = program.recipe.expected(program.name()).cloned();
    Ok(ScannedBinary {
        install: program.place().parse()?,
        archive: program.archive,
        member: program.member,
        component: built.component().clone(),
        version: built.version().clone(),
        target: built.target(),
        backend: built.backend(),
        allow: program.allow,
        expected,
        program: program.signable,
        bytes: Box::new(move || artifact.read().map_err(std::io::Error::other)),
    })
}
