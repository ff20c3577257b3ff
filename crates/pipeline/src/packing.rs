//! Scanned programs into archives and images, written straight into the release folder: one component at a time, so that no
//! more than its programs are in memory, and packed.

mod cache;
mod image;

use crate::naming::MTIME;
use crate::reporter::Reporter;
use crate::scanning::Program;
use crate::workspace::{Dates, Desk};
use anyhow::Context as _;
use build::Built;
use cache::Cache;
use manifest::{Archive, FileMode, Image, Member};
use pack::TarGz;
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

/// An image and the scan of its packed bytes.
pub(crate) struct Scanned {
    pub(crate) image: Image,
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
    desk: &Desk,
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
            || archive(folder, &parts),
            || image::images(desk, dates, scanner, folder, &parts),
        );
        packed.push(Packed { built, archive: archive?, images: images? });
    }
    Ok(packed)
}

/// One `tar.gz`, the same bytes on any day.
fn archive(folder: &ReleaseFolder, parts: &[Part<'_>]) -> anyhow::Result<Archive> {
    let path = &parts.first().context("a component without programs")?.program.archive;
    let file = folder.write(path.clone(), |out| {
        let mut archive = TarGz::new(out, MTIME).map_err(io::Error::from)?;
        for part in parts {
            archive.file(part.program.member.as_str(), 0o755, &part.packed.segment())?;
        }
        archive.finish()?;
        Ok(())
    })?;
    let member = |part: &Part<'_>| {
        Ok(Member {
            path: part.program.member.clone(),
            mode: FileMode::new(0o755)?,
            size: part.program.scanned().size(),
            sha256: part.program.scanned().sha256(),
        })
    };
    Ok(file.archive(parts.iter().map(member).collect::<anyhow::Result<_>>()?))
}
