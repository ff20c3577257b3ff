//! Every built program scanned, with its recipe's answers. Its bytes are read here, and gone when it is scanned.

use crate::naming::Names;
use crate::workspace::Desk;
use build::{Built, BuiltArtifact};
use catalog::{Allow, ImageRecipe, Recipe};
use manifest::ReleasePath;
use rayon::prelude::*;
use scan::{FileTree, Scanned, Scanner};
use seal::ScannedProgram;
use std::sync::Arc;
use vocab::{ArtifactName, OutputKind};

/// A scanned program and where it came from.
pub(crate) struct Program<'a> {
    pub(crate) built: &'a Built,
    pub(crate) artifact: &'a BuiltArtifact,
    pub(crate) recipe: &'a Recipe,
    pub(crate) allow: Vec<Allow>,
    /// The archive that will hold it, and its path inside.
    pub(crate) archive: ReleasePath,
    pub(crate) member: ReleasePath,
    pub(crate) signable: ScannedProgram,
}

impl Program<'_> {
    pub(crate) fn scanned(&self) -> &Scanned {
        self.signable.scanned()
    }
    pub(crate) fn name(&self) -> &ArtifactName {
        &self.artifact.name
    }
    /// Where it is installed: where its tree has it, or with all other programs.
    pub(crate) fn place(&self) -> String {
        self.artifact.install.clone().unwrap_or_else(|| ImageRecipe::place(self.name()))
    }
    /// Its id in the manifest.
    pub(crate) fn id(&self) -> anyhow::Result<ReleasePath> {
        Ok(manifest::binary_id(&self.archive, &self.member)?)
    }
    /// Whether it was built by the same step.
    pub(crate) fn is_of(&self, built: &Built) -> bool {
        (self.built.component(), self.built.target()) == (built.component(), built.target())
    }
}

/// Scans everything in the order of the plan, as many at once as there are cores: so many programs are in memory.
pub(crate) fn scan<'a>(
    desk: &'a Desk,
    scanner: &Scanner<'_>,
    built: &'a [Built],
) -> anyhow::Result<Vec<Program<'a>>> {
    let mut jobs = Vec::new();
    for built in built {
        let recipe = desk.recipe(built.component())?;
        let names = Names::of(built, desk.profile.fips);
        let tree =
            if built.is_tree() { Some(Arc::new(tree(scanner, built, &names)?)) } else { None };
        let own = built.artifacts().iter();
        let own = own.filter(|artifact| artifact.kind == OutputKind::Program);
        jobs.extend(own.map(|artifact| ((built, names.clone()), recipe, artifact, tree.clone())));
    }
    let scan = |((built, names), recipe, artifact, tree): Job<'a>| {
        let (archive, member) = (names.archive()?, names.member(artifact)?);
        let allow = answers(recipe, &artifact.name);
        let path = format!("{archive}!{member}");
        let bytes = artifact.read()?;
        let signable = match tree {
            None => ScannedProgram::new(scanner, &path, &bytes, &allow)?,
            Some(tree) => {
                ScannedProgram::within(scanner, &tree, (&path, member.as_str()), &bytes, &allow)?
            }
        };
        // What was read is what was built: `read` compared it, and the scan hashed the same memory.
        Ok(Program { built, artifact, recipe, allow, archive, member, signable })
    };
    jobs.into_par_iter().map(scan).collect()
}

type Job<'a> = ((&'a Built, Names), &'a Recipe, &'a BuiltArtifact, Option<Arc<FileTree>>);

/// What lies around the programs of a component: everything that is packed with them.
fn tree(scanner: &Scanner<'_>, built: &Built, names: &Names) -> anyhow::Result<FileTree> {
    let archived = built.artifacts().iter().filter(|artifact| artifact.is_archived());
    let files = archived
        .map(|artifact| Ok((names.member(artifact)?, artifact.read()?)))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let files: Vec<(&str, &[u8])> =
        files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();
    Ok(scanner.read_tree(&files))
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
