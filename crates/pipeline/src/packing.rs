//! Scanned programs into archives and images, written straight into the release folder: one component at a time, so that no
//! more than its programs are in memory, and packed.

mod cache;
mod image;

use crate::naming::{MTIME, Names};
use crate::reporter::Reporter;
use crate::scanning::Program;
use crate::workspace::{Dates, Desk};
use build::{Built, BuiltArtifact, Plan};
use cache::Cache;
pub(crate) use image::Package;
use manifest::{Archive, FileMode, Image, Member, ReleasePath};
use pack::{Segment, TarGz};
use rayon::prelude::*;
use scan::{ArtifactReport, Scanner};
use seal::ReleaseFolder;
use std::io;

/// What one component for one target became.
pub(crate) struct Packed<'a> {
    pub(crate) built: &'a Built,
    pub(crate) archive: Archive,
    pub(crate) images: Vec<Scanned>,
}

/// An image, the scan of its packed bytes, and the packages in it.
pub(crate) struct Scanned {
    pub(crate) image: Image,
    pub(crate) packages: Vec<Package>,
    pub(crate) reports: Vec<ArtifactReport>,
}

/// A program with its packed form.
pub(crate) struct Part<'a> {
    pub(crate) program: &'a Program<'a>,
    pub(crate) packed: pack::Program,
}

/// Packs everything. What was packed before and has not changed is not compressed again; the bytes depend neither on that
/// nor on how many cores there are.
pub(crate) fn pack<'a>(
    (desk, plan): (&Desk, &Plan),
    dates: Dates,
    scanner: &Scanner<'_>,
    folder: &ReleaseFolder,
    (built, programs): (&'a [Built], &[Program<'_>]),
    reporter: &Reporter,
) -> anyhow::Result<Vec<Packed<'a>>> {
    let cache = Cache::of(desk);
    let mut packed = Vec::new();
    let all = built.len();
    for (at, built) in built.iter().enumerate() {
        let (component, target) = (built.component(), built.target());
        reporter.say(&format!("[{}/{all}] packing {component} {target}", at + 1));
        let mut own: Vec<&Program<'_>> =
            programs.iter().filter(|program| program.is_of(built)).collect();
        own.sort_by(|a, b| a.member.cmp(&b.member));
        let parts: Vec<Part<'_>> =
            own.into_par_iter().map(|program| cache.part(program)).collect::<Result<_, _>>()?;
        let (archive, images) = rayon::join(
            || archive(folder, &Names::of(built, desk.profile.fips), built, &parts),
            || image::images((desk, plan), dates, scanner, folder, &parts),
        );
        packed.push(Packed { built, archive: archive?, images: images? });
    }
    Ok(packed)
}

/// One `tar.gz`, the same bytes on any day: the packed programs, and what lies around them in a tree.
fn archive(
    folder: &ReleaseFolder,
    names: &Names,
    built: &Built,
    parts: &[Part<'_>],
) -> anyhow::Result<Archive> {
    let archived = built.artifacts().iter().filter(|artifact| artifact.is_archived());
    let mut files: Vec<(ReleasePath, &BuiltArtifact)> = archived
        .map(|artifact| Ok((names.member(artifact)?, artifact)))
        .collect::<anyhow::Result<_>>()?;
    files.sort_by(|(a, _), (b, _)| a.cmp(b));
    let file = folder.write(names.archive()?, |out| {
        let mut archive = TarGz::new(out, MTIME).map_err(io::Error::from)?;
        for (path, artifact) in &files {
            match parts.iter().find(|part| part.program.member == *path) {
                Some(part) => {
                    archive.file(path.as_str(), mode(artifact), &part.packed.segment())?;
                }
                None => {
                    let bytes = artifact.read().map_err(io::Error::other)?;
                    archive.file(path.as_str(), mode(artifact), &Segment::of(&bytes)?)?;
                }
            }
        }
        archive.finish()?;
        Ok(())
    })?;
    let member = |(path, artifact): (ReleasePath, &BuiltArtifact)| {
        Ok(Member {
            path,
            mode: FileMode::new(mode(artifact))?,
            size: artifact.size,
            sha256: artifact.sha256,
        })
    };
    Ok(file.archive(files.into_iter().map(member).collect::<anyhow::Result<_>>()?))
}

fn mode(artifact: &BuiltArtifact) -> u32 {
    if artifact.mode() == files::Mode::Executable { 0o755 } else { 0o644 }
}
