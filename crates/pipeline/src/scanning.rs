//! Every program of every archive scanned, with its recipe's answers.

use crate::packing::Packed;
use crate::workspace::Desk;
use catalog::{Allow, Recipe};
use rayon::prelude::*;
use scan::{Scanned, Scanner};
use vocab::ArtifactName;

/// A scanned program and where it came from.
pub(crate) struct Program<'a> {
    pub(crate) packed: &'a Packed,
    pub(crate) name: &'a ArtifactName,
    pub(crate) bytes: &'a [u8],
    pub(crate) recipe: &'a Recipe,
    pub(crate) allow: Vec<Allow>,
    pub(crate) scanned: Scanned,
}

/// Scans everything, in parallel, in the order of the plan.
pub(crate) fn scan<'a>(
    desk: &'a Desk,
    scanner: &Scanner<'_>,
    packed: &'a [Packed],
) -> anyhow::Result<Vec<Program<'a>>> {
    let mut programs = Vec::new();
    for archive in packed {
        let name = archive.built.component();
        let recipe = desk
            .catalog
            .recipes
            .get(name)
            .ok_or_else(|| anyhow::anyhow!("the recipe of `{name}` is gone"))?;
        programs
            .extend(archive.built.artifacts().iter().map(|artifact| (archive, recipe, artifact)));
    }
    let scan = |(packed, recipe, artifact): (&'a Packed, &'a Recipe, &'a build::BuiltArtifact)| {
        let allow = answers(recipe, &artifact.name);
        let path = format!("{}!{}", packed.path, packed.member(&artifact.name));
        let scanned = scanner.scan(&path, &artifact.bytes, &allow);
        Program { packed, name: &artifact.name, bytes: &artifact.bytes, recipe, allow, scanned }
    };
    Ok(programs.into_par_iter().map(scan).collect())
}

/// The answers of a recipe that hold for one program.
fn answers(recipe: &Recipe, artifact: &ArtifactName) -> Vec<Allow> {
    recipe
        .allow
        .iter()
        .filter(|allow| allow.artifacts.is_empty() || allow.artifacts.contains(artifact))
        .cloned()
        .collect()
}
