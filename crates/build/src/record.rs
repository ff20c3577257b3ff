//! The record of a build: what was run, on what, by what, and what came out. It is published with the outputs, and the
//! outputs are compared with it before they are used again.

use crate::{
    Action, Artifact, BuildError, Isolation, ModuleObject, ModuleSource, Step, Workspace,
    source::git::GitTree,
};
use camino::{Utf8Path, Utf8PathBuf};
use crypto::Hash as _;
use serde::{Deserialize, Serialize};
use vocab::{ArtifactName, Backend, ComponentName, OutputKind, Sha256, Target, Version};

/// The schema of this file.
const SCHEMA: &str = "fipsmith-build/1";
const RECORD_LIMIT: u64 = 32 << 20;
/// kube-apiserver, the largest program in sight, has 170 MB.
const ARTIFACT_LIMIT: u64 = 1 << 30;

/// How one step was built. Everything but `run` follows from the plan, and no host path is in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BuildRecord {
    schema: String,
    /// The digest of `action`.
    pub digest: Sha256,
    /// The component.
    pub component: ComponentName,
    /// Its upstream version.
    pub version: Version,
    /// What it was built for.
    pub target: Target,
    /// What it was built with.
    pub backend: Backend,
    /// Command, environment, inputs.
    pub action: Action,
    /// Toolchains by name and digest, as they were hashed right before the build.
    pub toolchains: Vec<ToolchainFact>,
    /// The module objects the Go toolchain held.
    pub module_objects: Vec<ModuleObject>,
    /// The modules the build could link.
    pub modules: Vec<ModuleSource>,
    /// The git repository it was built from, if it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub git: Option<GitTree>,
    /// What came out.
    pub outputs: Vec<Output>,
    /// What holds for this one run only.
    pub run: Run,
}

/// A toolchain as it was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ToolchainFact {
    /// `go` or `zig`.
    pub name: String,
    /// The release.
    pub version: String,
    /// SHA-256 of the archive.
    pub archive_sha256: Sha256,
    /// `h1:` sum of the unpacked tree.
    pub tree_h1: String,
}

/// A program that came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Output {
    /// Its name.
    pub artifact: ArtifactName,
    /// Where it lies below the component's folder, when that is not its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// What it is for, when that is not to run.
    #[serde(default = "program", skip_serializing_if = "is_program")]
    pub kind: OutputKind,
    /// Where an image installs it, when the recipe says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub install: Option<String>,
    /// Its digest.
    pub sha256: Sha256,
    /// Its size in bytes.
    pub size: u64,
}

fn program() -> OutputKind {
    OutputKind::Program
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference to the field")]
fn is_program(kind: &OutputKind) -> bool {
    *kind == OutputKind::Program
}

/// What differs from run to run. It stays out of a release that must be the same on every day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// When the build began, RFC 3339, UTC.
    pub started: String,
    /// How long it took.
    pub seconds: f64,
    /// How it was kept apart from the host.
    pub sandbox: Isolation,
    /// True when a second build, elsewhere and with empty caches, gave the same bytes.
    pub rebuilt_identically: bool,
}

/// A file of a component, as it was built: where it lies and what it was. Programs of a release together are larger than
/// memory, so the bytes are read when they are needed, and compared each time.
#[derive(Debug, Clone)]
pub struct BuiltArtifact {
    /// Its name.
    pub name: ArtifactName,
    /// Where it lies below the component's folder in an archive: the name itself, unless the component is a tree.
    pub path: String,
    /// What it is for.
    pub kind: OutputKind,
    /// Where an image installs it, when the recipe says.
    pub install: Option<String>,
    /// The digest of its bytes.
    pub sha256: Sha256,
    /// Their number.
    pub size: u64,
    place: Utf8PathBuf,
}

/// Where it lies is not what it is.
impl PartialEq for BuiltArtifact {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, &self.path, self.kind, &self.install, self.sha256, self.size)
            == (&other.name, &other.path, other.kind, &other.install, other.sha256, other.size)
    }
}

impl Eq for BuiltArtifact {}

impl BuiltArtifact {
    /// Looks at a file, without keeping it in memory.
    fn at(artifact: &Artifact, place: Utf8PathBuf) -> Result<Self, files::FileError> {
        let (sha256, size) = digest(&place)?;
        Ok(Self {
            name: artifact.name.clone(),
            path: artifact.path.clone(),
            kind: artifact.kind,
            install: artifact.install.clone(),
            sha256,
            size,
            place,
        })
    }

    /// Its bytes, if they still are what was built.
    pub fn read(&self) -> Result<Vec<u8>, BuildError> {
        let bytes = files::read(&self.place, ARTIFACT_LIMIT)?;
        if Sha256::of(&bytes) == self.sha256 { Ok(bytes) } else { Err(self.changed()) }
    }

    /// Whether an archive holds it: what others are built with stays here.
    pub fn is_archived(&self) -> bool {
        self.kind != OutputKind::Development
    }

    /// Its permissions.
    pub fn mode(&self) -> files::Mode {
        match self.kind {
            OutputKind::Program => files::Mode::Executable,
            // The loader maps a library that nobody may execute; what is executable in an archive has a signature of its own.
            OutputKind::Library | OutputKind::Data | OutputKind::Development => files::Mode::Plain,
        }
    }

    /// Where it lies.
    pub fn place(&self) -> &Utf8Path {
        &self.place
    }

    fn changed(&self) -> BuildError {
        BuildError::ArtifactChanged { path: self.place.clone() }
    }
}

/// SHA-256 and size of a file, read in pieces.
fn digest(path: &Utf8Path) -> Result<(Sha256, u64), files::FileError> {
    let mut hasher = crypto::Sha256::new();
    let mut size = 0_u64;
    files::read_pieces(path, ARTIFACT_LIMIT, &mut |piece| {
        hasher.update(piece);
        size += piece.len() as u64;
    })?;
    Ok((Sha256::from_bytes(hasher.finish()), size))
}

impl Output {
    /// Where it lies below the component's folder.
    pub fn path(&self) -> &str {
        self.path.as_deref().unwrap_or(self.artifact.as_str())
    }

    /// What the step that left it says of it.
    fn artifact(&self) -> Artifact {
        Artifact {
            file: self.path().to_owned(),
            name: self.artifact.clone(),
            path: self.path().to_owned(),
            kind: self.kind,
            install: self.install.clone(),
        }
    }
}

/// What is known of a build before its outputs are.
pub(crate) struct Provenance {
    pub(crate) toolchains: Vec<ToolchainFact>,
    pub(crate) module_objects: Vec<ModuleObject>,
    pub(crate) modules: Vec<ModuleSource>,
    pub(crate) git: Option<GitTree>,
    pub(crate) run: Run,
}

impl BuildRecord {
    pub(crate) fn new(step: &Step, artifacts: &[BuiltArtifact], provenance: Provenance) -> Self {
        let output = |artifact: &BuiltArtifact| Output {
            artifact: artifact.name.clone(),
            path: (artifact.path != artifact.name.as_str()).then(|| artifact.path.clone()),
            kind: artifact.kind,
            install: artifact.install.clone(),
            sha256: artifact.sha256,
            size: artifact.size,
        };
        Self {
            schema: SCHEMA.to_owned(),
            digest: *step.digest(),
            component: step.component().clone(),
            version: step.version().clone(),
            target: step.target(),
            backend: step.backend(),
            action: step.action().clone(),
            toolchains: provenance.toolchains,
            module_objects: provenance.module_objects,
            modules: provenance.modules,
            git: provenance.git,
            outputs: artifacts.iter().map(output).collect(),
            run: provenance.run,
        }
    }
}

/// Puts outputs and record in their final place by one rename: a kill leaves all of it or nothing.
pub(crate) fn publish(
    workspace: &Workspace,
    record: &BuildRecord,
    artifacts: Vec<BuiltArtifact>,
) -> Result<Vec<BuiltArtifact>, BuildError> {
    let staged = files::Staged::beside(&workspace.action(&record.digest))?;
    for artifact in &artifacts {
        // One at a time in memory, and not without another look: it lay where the build could write.
        let path = staged.path().join("artifacts").join(&artifact.path);
        files::write(&path, &artifact.read()?, artifact.mode())?;
    }
    let json = serde_json::to_string_pretty(record).map_err(std::io::Error::from)?;
    files::write(&staged.path().join("record.json"), json.as_bytes(), files::Mode::Plain)?;
    let folder = staged.commit()?.join("artifacts");
    let moved =
        |artifact: BuiltArtifact| BuiltArtifact { place: folder.join(&artifact.path), ..artifact };
    Ok(artifacts.into_iter().map(moved).collect())
}

/// What was published for a step before, if every byte still is what the record says. `Err` says what is not, for a
/// note: the step is then built again.
pub(crate) fn published(
    workspace: &Workspace,
    step: &Step,
) -> Result<Option<(BuildRecord, Vec<BuiltArtifact>)>, String> {
    let folder = workspace.action(step.digest());
    if !folder.exists() {
        return Ok(None);
    }
    let record = read_record(&folder)?;
    if record.digest != *step.digest() || record.action.digest() != *step.digest() {
        return Err(format!("`{folder}` holds the record of another action"));
    }
    let stated = |output: &Output| (output.path().to_owned(), output.kind, output.install.clone());
    let expected =
        step.outputs().iter().map(|file| (file.path.clone(), file.kind, file.install.clone()));
    if !record.outputs.iter().map(stated).eq(expected) {
        return Err(format!("`{folder}` holds other artifacts than the recipe names"));
    }
    let artifacts = record
        .outputs
        .iter()
        .map(|output| read_output(&folder, output))
        .collect::<Result<_, _>>()?;
    Ok(Some((record, artifacts)))
}

/// How a step was built, if it was. What came out is not looked at.
pub fn build_record(workspace: &Workspace, step: &Step) -> Option<BuildRecord> {
    read_record(&workspace.action(step.digest()))
        .ok()
        .filter(|record| record.digest == *step.digest())
}

fn read_record(folder: &Utf8Path) -> Result<BuildRecord, String> {
    let path = folder.join("record.json");
    let text = files::read_text(&path, RECORD_LIMIT).map_err(|error| error.to_string())?;
    let record: BuildRecord =
        serde_json::from_str(&text).map_err(|error| format!("`{path}`: {error}"))?;
    if record.schema == SCHEMA { Ok(record) } else { Err(format!("`{path}` has another schema")) }
}

fn read_output(folder: &Utf8Path, output: &Output) -> Result<BuiltArtifact, String> {
    let path = folder.join("artifacts").join(output.path());
    let found = BuiltArtifact::at(&output.artifact(), path).map_err(|error| error.to_string())?;
    if (found.sha256, found.size) != (output.sha256, output.size) {
        return Err(found.changed().to_string());
    }
    Ok(found)
}

/// Reads what a step left in its output folder.
pub(crate) fn collect(step: &Step, out: &Utf8Path) -> Result<Vec<BuiltArtifact>, BuildError> {
    let read = |artifact: &Artifact| {
        let path = out.join(&artifact.file);
        if !path.exists() {
            let output = artifact.file.clone();
            return Err(BuildError::MissingOutput { step: step.label(), output });
        }
        Ok(BuiltArtifact::at(artifact, path)?)
    };
    step.outputs().iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Without it everything that was built before components could be trees would be built again.
    #[test]
    fn an_output_without_path_and_kind_is_a_program_named_as_its_file() {
        let json =
            format!("{{\"artifact\":\"etcd\",\"sha256\":\"{}\",\"size\":3}}", Sha256::of(b"elf"));
        let output: Output = serde_json::from_str(&json).unwrap();
        assert_eq!(
            (output.path(), output.kind, &output.install),
            ("etcd", OutputKind::Program, &None)
        );
        assert_eq!(serde_json::to_string(&output).unwrap(), json);
    }
}
