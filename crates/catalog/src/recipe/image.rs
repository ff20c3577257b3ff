//! `[[images]]` of a recipe: which programs go into which container image, and as whom they run.

use super::expected::{Expected, RawExpected, check_label};
use super::raw::RawRecipe;
use crate::nearest::{did_you_mean, list, quoted};
use crate::raw::{At, ImagePath, Sentence, Sink, Text, UserId, unique};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use vocab::{ArtifactName, ComponentName, ImageName};

/// Where programs stand in an image, as in the archives' install paths.
const BIN: &str = "/usr/local/bin";

/// Who runs when the recipe does not say: `nonroot` of the distroless images, which people's policies know.
const NON_ROOT: &str = "65532:65532";

/// What switches a module on or off belongs to the backend, so that no recipe can say otherwise.
const RESERVED: [&str; 4] = ["GODEBUG", "GOFIPS140", "OPENSSL_CONF", "OPENSSL_MODULES"];

const NO_C_LIBRARY: &str = "its programs are linked against a C library, and the image has none";

/// A container image of a component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageRecipe {
    /// The image's name.
    pub name: ImageName,
    /// The programs in it, in the order of the recipe. Never empty.
    pub artifacts: Vec<ArtifactName>,
    /// The command it starts, an absolute path first. Never empty.
    pub entrypoint: Vec<String>,
    /// `UID:GID` or `UID`.
    pub user: String,
    /// Why it runs as root, when it does.
    pub root_reason: Option<String>,
    /// Environment variables besides those that the backend sets.
    pub environment: BTreeMap<String, String>,
    /// Where it starts.
    pub workdir: String,
    /// Small text files, sorted by path.
    pub files: Vec<ImageFile>,
    /// TCP ports that it serves on, as its configuration says.
    pub ports: Vec<u16>,
    /// The set of Debian packages in it.
    pub packages: Option<ComponentName>,
    /// The label that is expected of it, when its packages are less than what the policy asks for.
    pub expected: Option<Expected>,
}

/// A small text file of an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageFile {
    /// Its absolute path.
    pub path: String,
    /// Its content.
    pub content: String,
}

impl ImageRecipe {
    /// Where a program that comes alone stands in every image.
    pub fn place(artifact: &ArtifactName) -> String {
        format!("{BIN}/{artifact}")
    }

    fn of_all(recipe: &RawRecipe) -> Option<Self> {
        // Programs of C run with the C library of a distribution, and nobody has named one.
        let alone = programs(recipe).into_iter().filter(|_| recipe.c.is_none());
        let artifacts: Vec<ArtifactName> = alone.map(|(name, _)| name).collect();
        Some(Self {
            name: recipe.name.value.as_str().parse().ok()?,
            entrypoint: vec![Self::place(artifacts.first()?)],
            artifacts,
            user: NON_ROOT.to_owned(),
            root_reason: None,
            environment: BTreeMap::new(),
            workdir: "/".to_owned(),
            files: vec![],
            ports: vec![],
            packages: None,
            expected: None,
        })
    }
}

/// A container image.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct RawImage {
    /// The image's name, the last part of its repository.
    name: At<ImageName>,
    /// The programs in it.
    #[schemars(length(min = 1))]
    artifacts: Vec<At<ArtifactName>>,
    /// The command it starts: one of its programs or an absolute path, then arguments. The first program when left out.
    #[serde(default)]
    entrypoint: Vec<At<Text>>,
    /// Who it runs as, by number; `65532:65532` when left out.
    user: Option<At<UserId>>,
    /// Why it has to run as root, when it does.
    root_reason: Option<At<Sentence>>,
    /// Environment variables. What activates a module is set by the backend.
    #[serde(default)]
    env: BTreeMap<String, At<Text>>,
    /// Where it starts; `/` when left out.
    workdir: Option<At<ImagePath>>,
    /// Small text files.
    #[serde(default)]
    files: Vec<RawFile>,
    /// TCP ports that it serves on.
    #[serde(default)]
    ports: Vec<u16>,
    /// The set of Debian packages in it: `packages/NAME.toml`.
    pub(super) packages: Option<At<ComponentName>>,
    /// The label that is expected of it, when its packages are less than what the policy asks for.
    expected: Option<RawExpected>,
}

/// A small text file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct RawFile {
    /// Its path in the image.
    path: At<ImagePath>,
    /// Its content.
    content: String,
}

/// The programs of a recipe, and where each stands in an image: those of C where their tree has them.
pub(super) fn programs(recipe: &RawRecipe) -> Vec<(ArtifactName, String)> {
    let go = recipe.packages.iter().map(|package| &package.artifact.value);
    let rust = recipe.rust.iter().flat_map(|rust| &rust.programs);
    let alone = go.chain(rust.map(|program| &program.value));
    let c = recipe.c.iter().flat_map(super::c::RawC::programs);
    let c = c.map(|(name, path)| (name, format!("/{path}")));
    alone.map(|name| (name.clone(), ImageRecipe::place(name))).chain(c).collect()
}

/// The images of a recipe.
pub(super) fn made(recipe: &RawRecipe) -> Vec<ImageRecipe> {
    match &recipe.images {
        Some(images) => {
            let places = programs(recipe).into_iter().collect();
            images.iter().filter_map(|image| image.made(&places)).collect()
        }
        None => ImageRecipe::of_all(recipe).into_iter().collect(),
    }
}

/// A problem in the sink for each contradiction.
pub(super) fn check(recipe: &RawRecipe, sink: &mut Sink) {
    let Some(images) = &recipe.images else {
        if recipe.c.is_none() && recipe.name.value.as_str().parse::<ImageName>().is_err() {
            let name = quoted(recipe.name.value.as_str());
            let message = format!("{name} cannot be the name of an image");
            let hint = "name its images with `[[images]]`, or write `images = []`".to_owned();
            sink.push_missing(&recipe.name.span, message, Some(hint));
        }
        if let Some(system) = &recipe.system {
            let hint = "give it `[[images]]` with `packages`, or write `images = []`".to_owned();
            sink.push_missing(&system.span, NO_C_LIBRARY, Some(hint));
        }
        return;
    };
    unique(images.iter().map(|i| (i.name.value.as_str(), &i.name.span)), "image", sink);
    for image in images {
        image.check(recipe, sink);
    }
}

impl RawImage {
    fn check(&self, recipe: &RawRecipe, sink: &mut Sink) {
        let programs = programs(recipe);
        let known = || programs.iter().map(|(name, _)| name.as_str());
        for artifact in &self.artifacts {
            let name = artifact.value.as_str();
            if !known().any(|known| known == name) {
                let message = format!(
                    "unknown artifact {}; this recipe makes {}",
                    quoted(name),
                    list(known())
                );
                sink.push_missing(&artifact.span, message, did_you_mean(name, known()));
            }
        }
        unique(self.artifacts.iter().map(|a| (a.value.as_str(), &a.span)), "artifact", sink);
        unique(self.files.iter().map(|f| (f.path.value.0.as_str(), &f.path.span)), "file", sink);
        self.check_entrypoint(sink);
        self.check_user(sink);
        self.check_environment(sink);
        self.check_packages(recipe, sink);
    }

    fn check_packages(&self, recipe: &RawRecipe, sink: &mut Sink) {
        if self.packages.is_none() && (recipe.c.is_some() || recipe.system.is_some()) {
            let hint = "name a set with `packages`: `packages/NAME.toml` in `manifests`".to_owned();
            sink.push_missing(&self.name.span, NO_C_LIBRARY, Some(hint));
        }
        if let Some(expected) = &self.expected {
            check_label(&expected.label, sink);
            if self.packages.is_none() {
                let message = "`expected` is for what packages bring: without them an image is labelled as its programs";
                sink.push_missing(&expected.label.span, message, Some("remove it".to_owned()));
            }
        }
    }

    fn check_entrypoint(&self, sink: &mut Sink) {
        let Some(first) = self.entrypoint.first() else { return };
        let word = first.value.0.as_str();
        let own = || self.artifacts.iter().map(|artifact| artifact.value.as_str());
        if !word.starts_with('/') && !own().any(|name| name == word) {
            let message = format!(
                "the entrypoint {} is no program of the image; it has {}",
                quoted(word),
                list(own())
            );
            let hint = did_you_mean(word, own())
                .or_else(|| Some("other commands are written as absolute paths".to_owned()));
            sink.push_missing(&first.span, message, hint);
        }
    }

    fn check_user(&self, sink: &mut Sink) {
        let root = self.user.as_ref().filter(|user| is_root(&user.value.0));
        match (root, &self.root_reason) {
            (Some(user), None) => {
                let hint = "say why in `root-reason`, or run it as 65532:65532".to_owned();
                sink.push_missing(&user.span, "the image would run as root", Some(hint));
            }
            (None, Some(reason)) => {
                let message = "`root-reason` answers nothing: the image does not run as root";
                sink.push_missing(&reason.span, message, None);
            }
            _ => {}
        }
    }

    fn check_environment(&self, sink: &mut Sink) {
        for (name, value) in &self.env {
            let shape = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
                && !name.starts_with(|c: char| c.is_ascii_digit());
            if name.is_empty() || !shape {
                let message = format!("{} cannot be the name of a variable", quoted(name));
                sink.push(&value.span, message, None);
            }
            if RESERVED.contains(&name.as_str()) {
                let message = format!(
                    "`{name}` is set by the backend, because it switches the module on and off"
                );
                sink.push(&value.span, message, Some("remove it".to_owned()));
            }
        }
    }

    fn made(&self, places: &BTreeMap<ArtifactName, String>) -> Option<ImageRecipe> {
        let place = |name: &str| places.iter().find(|(of, _)| of.as_str() == name);
        let artifacts: Vec<ArtifactName> =
            self.artifacts.iter().map(|artifact| artifact.value.clone()).collect();
        let mut entrypoint: Vec<String> =
            self.entrypoint.iter().map(|word| word.value.0.clone()).collect();
        match entrypoint.first_mut() {
            None => entrypoint.push(places.get(artifacts.first()?)?.clone()),
            Some(first) => {
                if let Some((_, path)) = place(first) {
                    first.clone_from(path);
                }
            }
        }
        let mut files: Vec<ImageFile> = self.files.iter().map(RawFile::made).collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Some(ImageRecipe {
            name: self.name.value.clone(),
            artifacts,
            entrypoint,
            user: self.user.as_ref().map_or(NON_ROOT.to_owned(), |user| user.value.0.clone()),
            root_reason: self.root_reason.as_ref().map(|reason| reason.value.0.clone()),
            environment: self
                .env
                .iter()
                .map(|(name, value)| (name.clone(), value.value.0.clone()))
                .collect(),
            workdir: self.workdir.as_ref().map_or("/".to_owned(), |path| path.value.0.clone()),
            files,
            ports: self.ports.clone(),
            packages: self.packages.as_ref().map(|set| set.value.clone()),
            expected: self.expected.as_ref().map(RawExpected::made),
        })
    }
}

impl RawFile {
    fn made(&self) -> ImageFile {
        ImageFile { path: self.path.value.0.clone(), content: self.content.clone() }
    }
}

fn is_root(user: &str) -> bool {
    user.split(':').any(|id| id == "0")
}
