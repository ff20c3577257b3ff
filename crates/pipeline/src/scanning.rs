//! Every program of every archive scanned, with its recipe's answers.

use crate::packing::Packed;
use crate::workspace::Desk;
use build::BuiltArtifact;
use catalog::{Allow, Recipe};
use rayon::prelude::*;
use scan::{FileTree, Scanned, Scanner};
use std::sync::Arc;
use vocab::{ArtifactName, OutputKind};

/// A scanned program and where it came from.
pub(crate) struct Program<'a> {
    pub(crate) packed: &'a Packed,
    pub(crate) artifact: &'a BuiltArtifact,
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
        let tree = archive.built.is_tree().then(|| Arc::new(tree(scanner, archive)));
        let own = archive.built.artifacts().iter();
        let own = own.filter(|artifact| artifact.kind == OutputKind::Program);
        programs.extend(own.map(|artifact| (archive, recipe, artifact, tree.clone())));
    }
    let scan = |(packed, recipe, artifact, tree): Job<'a>| {
        let allow = answers(recipe, &artifact.name);
        let member = packed.member(artifact);
        let path = format!("{}!{member}", packed.path);
        let scanned = match tree {
            None => scanner.scan(&path, &artifact.bytes, &allow),
            Some(tree) => scanner.scan_in(&tree, (&path, &member), &artifact.bytes, &allow),
        };
        Program { packed, artifact, bytes: &artifact.bytes, recipe, allow, scanned }
    };
    Ok(programs.into_par_iter().map(scan).collect())
}

type Job<'a> = (&'a Packed, &'a Recipe, &'a BuiltArtifact, Option<Arc<FileTree>>);

/// What lies around the programs of a component: everything that is packed with them.
fn tree(scanner: &Scanner<'_>, packed: &Packed) -> FileTree {
    let files: Vec<(String, &[u8])> = packed
        .built
        .artifacts()
        .iter()
        .filter(|artifact| artifact.is_archived())
        .map(|artifact| (packed.member(artifact), artifact.bytes.as_slice()))
        .collect();
    let files: Vec<(&str, &[u8])> =
        files.iter().map(|(path, bytes)| (path.as_str(), *bytes)).collect();
    scanner.read_tree(&files)
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
