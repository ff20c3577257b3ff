//! Every built program scanned, with its recipe's answers. Its bytes are read here, and gone when it is scanned.

use crate::naming::Names;
use crate::workspace::Desk;
use build::{Built, BuiltArtifact};
use catalog::{Allow, Recipe};
use manifest::ReleasePath;
use rayon::prelude::*;
use scan::{Scanned, Scanner};
use seal::ScannedProgram;
use vocab::ArtifactName;

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
        jobs.extend(built.artifacts().iter().map(|artifact| (built, recipe, artifact)));
    }
    let scan = |(built, recipe, artifact): (&'a Built, &'a Recipe, &'a BuiltArtifact)| {
        let names = Names::of(built, desk.profile.fips);
        let (archive, member) = (names.archive()?, names.member(&artifact.name)?);
        let allow = answers(recipe, &artifact.name);
        let path = format!("{archive}!{member}");
        let signable = ScannedProgram::new(scanner, &path, &artifact.read()?, &allow)?;
        // What was read is what was built: `read` compared it, and the scan hashed the same memory.
        Ok(Program { built, artifact, recipe, allow, archive, member, signable })
    };
    jobs.into_par_iter().map(scan).collect()
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
