//! `manifests/components/NAME.toml` as it was written, and what must hold within it.

use super::c::RawC;
use super::expected::RawExpectedPrograms;
use super::image::{self, RawImage};
use super::rust::RawRust;
use super::source::RawSource;
use super::unavailable::RawUnavailable;
use super::wrapper::RawWrapper;
use super::{ANSWERABLE_CODES, Allow, MainPackage, Recipe};
use crate::nearest::{did_you_mean, list, quoted};
use crate::raw::{At, Commit, GoPath, HttpsUrl, RawFile, Sentence, Sink, Spdx, Text, unique};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use vocab::{ArtifactName, Backend, ComponentName, Version};

/// How one component of a release is built (manifests/components/NAME.toml).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(title = "fipsmith component recipe")]
pub(crate) struct RawRecipe {
    /// The component's name, which is the file's name without `.toml`.
    pub(crate) name: At<ComponentName>,
    /// What the component is, in one line.
    pub(crate) summary: At<Text>,
    /// The https URL of the upstream repository; only a component of this very repository may leave it out.
    pub(crate) repository: Option<At<HttpsUrl>>,
    /// The upstream licence as an SPDX expression.
    pub(crate) licence: At<Spdx>,
    /// The upstream version, the same as in the wrapper's go.mod.
    pub(crate) version: At<Version>,
    /// The upstream commit of that version.
    pub(crate) commit: Option<At<Commit>>,
    /// The Go modules that hold the main packages, all at `version`; the main one first.
    #[serde(default)]
    pub(crate) modules: Vec<At<GoPath>>,
    /// The main packages and the names of their programs.
    #[serde(default)]
    pub(crate) packages: Vec<RawPackage>,
    /// The backends the component may be built with; the first is the default.
    #[schemars(length(min = 1))]
    pub(crate) backends: Vec<At<Backend>>,
    /// Linker variables that carry the version: `"import/path.Name" = "{version}"`. `{version}` is the upstream version,
    /// `{released}` the one we ship under, `{commit}` the upstream commit.
    #[serde(default)]
    pub(crate) version_vars: BTreeMap<String, At<Text>>,
    /// Build tags, besides those of the backend.
    #[serde(default)]
    pub(crate) tags: Vec<At<Text>>,
    /// Whether the component itself needs cgo.
    #[serde(default)]
    pub(crate) cgo: bool,
    /// The set of Debian packages (`packages/NAME.toml`) that C code of the component is compiled and linked against.
    pub(crate) system: Option<At<ComponentName>>,
    /// The container images. When left out there is one with all programs, which starts the first; `images = []` makes
    /// none, for programs that run on hosts only.
    pub(crate) images: Option<Vec<RawImage>>,
    /// How a component of C is built, in place of `modules` and `packages`.
    pub(crate) c: Option<RawC>,
    /// How a component of Rust is built, in place of `modules` and `packages`.
    pub(crate) rust: Option<RawRust>,
    /// Findings that are known, with the reason why each is acceptable.
    #[serde(default)]
    pub(crate) allow: Vec<RawAllow>,
    /// Programs that are less than a policy asks for, and why they are shipped all the same.
    #[serde(default)]
    pub(crate) expected: Vec<RawExpectedPrograms>,
    /// A git repository to build from, instead of the module proxy and a wrapper.
    pub(crate) source: Option<RawSource>,
    /// What `cargo xtask init` cannot find out by itself.
    #[serde(default)]
    pub(crate) wrapper: RawWrapper,
    /// Sources that could not be had, with what the registry answered.
    #[serde(default)]
    pub(crate) unavailable: Vec<RawUnavailable>,
}

/// A main package.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct RawPackage {
    /// The import path of the main package.
    pub(crate) import: At<GoPath>,
    /// The file name of the program.
    pub(crate) artifact: At<ArtifactName>,
}

/// A known finding.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct RawAllow {
    /// The finding's code.
    pub(crate) code: At<Answerable>,
    /// What the finding is about, exactly as the scan names it.
    pub(crate) subject: At<Text>,
    /// Further subjects with the same answer: what is linked for the first one alone.
    #[serde(default)]
    pub(crate) also: Vec<At<Text>>,
    /// The artifacts it holds for; all of the component when left out.
    #[serde(default)]
    pub(crate) artifacts: Vec<At<ArtifactName>>,
    /// Why it is acceptable: a sentence that a reader of the release understands.
    pub(crate) reason: At<Sentence>,
}

/// A finding code that may be answered.
#[derive(Debug, Clone)]
pub(crate) struct Answerable(String);

impl crate::raw::Leaf for Answerable {
    const FORMAT: &'static str = "answerable-code";
    const WHAT: &'static str = "answerable finding code";
    fn words() -> Option<Vec<&'static str>> {
        Some(ANSWERABLE_CODES.to_vec())
    }
    fn read(text: &str) -> Result<Self, String> {
        let known = ANSWERABLE_CODES.contains(&text);
        known
            .then(|| Self(text.to_owned()))
            .ok_or_else(|| format!("unknown answerable finding code {}", quoted(text)))
    }
}

impl RawFile for RawRecipe {
    const SCHEMA: &'static str = "component";
}

impl RawRecipe {
    /// The recipe, with a problem in the sink for each contradiction within the file.
    pub(crate) fn check(&self, sink: &mut Sink) -> Recipe {
        self.check_language(sink);
        self.check_packages(sink);
        self.check_version_vars(sink);
        self.check_allow(sink);
        image::check(self, sink);
        let programs = image::programs(self).into_iter().map(|(name, _)| name.to_string());
        self.check_expected(&programs.collect::<Vec<_>>(), sink);
        unique(self.backends.iter().map(|at| (at.value.as_str(), &at.span)), "backend", sink);
        unique(self.modules.iter().map(|at| (at.value.0.as_str(), &at.span)), "module", sink);
        Recipe {
            name: self.name.value.clone(),
            summary: self.summary.value.0.clone(),
            repository: self.repository.as_ref().map(|url| url.value.0.clone()),
            licence: self.licence.value.0.clone(),
            version: self.version.value.clone(),
            commit: self.commit(),
            modules: self.modules.iter().map(|module| module.value.0.clone()).collect(),
            packages: self.packages.iter().map(RawPackage::made).collect(),
            backends: self.backends.iter().map(|backend| backend.value).collect(),
            version_vars: self
                .version_vars
                .iter()
                .map(|(name, text)| (name.clone(), text.value.0.clone()))
                .collect(),
            tags: self.tags.iter().map(|tag| tag.value.0.clone()).collect(),
            cgo: self.cgo,
            system: self.system.as_ref().map(|set| set.value.clone()),
            images: image::made(self),
            c: self.c.as_ref().map(|c| c.check(sink)),
            rust: self.rust.as_ref().map(|rust| rust.check(sink)),
            allow: self.allow.iter().flat_map(RawAllow::made).collect(),
            expected: self.expected.iter().map(RawExpectedPrograms::made).collect(),
            source: self.source.as_ref().map(|source| source.check(self.commit.as_ref(), sink)),
            wrapper: self.wrapper.check(sink),
            unavailable: self.unavailable.iter().map(RawUnavailable::made).collect(),
            // Whether there is a wrapper is known where files meet.
            imported: false,
        }
    }

    /// The sets of Debian packages that it names.
    pub(crate) fn package_sets(&self) -> impl Iterator<Item = &At<ComponentName>> {
        let images = self.images.iter().flatten().filter_map(|image| image.packages.as_ref());
        images.chain(&self.system)
    }

    /// The upstream commit, wherever it is named.
    fn commit(&self) -> Option<String> {
        let built = self.source.as_ref().map(RawSource::commit);
        built.or_else(|| self.commit.as_ref().map(|commit| commit.value.0.clone()))
    }

    fn check_packages(&self, sink: &mut Sink) {
        unique(
            self.packages.iter().map(|p| (p.artifact.value.as_str(), &p.artifact.span)),
            "artifact",
            sink,
        );
        let in_a_module =
            |import: &str| self.modules.iter().any(|module| lies_in(import, &module.value.0));
        for package in self.packages.iter().filter(|package| !in_a_module(&package.import.value.0))
        {
            let modules = list(self.modules.iter().map(|module| module.value.0.as_str()));
            let import = quoted(&package.import.value.0);
            let message =
                format!("the package {import} lies in no module of this recipe: {modules}");
            sink.push_missing(
                &package.import.span,
                message,
                Some("name its module in `modules`".to_owned()),
            );
        }
    }

    fn check_version_vars(&self, sink: &mut Sink) {
        for (name, value) in &self.version_vars {
            let text = &value.value.0;
            if !is_linker_variable(name) {
                let name = quoted(name);
                let message =
                    format!("{name} is not a linker variable: it is written `import/path.Name`");
                sink.push(&value.span, message, None);
            }
            // The Go command splits -ldflags at spaces and takes quotes for its own.
            if text.contains(|c: char| c.is_whitespace() || "'\"\\".contains(c)) {
                let text = quoted(text);
                let message =
                    format!("{text} cannot be passed to the linker: it holds a space or a quote");
                sink.push(&value.span, message, None);
            }
            self.check_placeholders(value, sink);
        }
    }

    fn check_placeholders(&self, value: &At<Text>, sink: &mut Sink) {
        for part in value.value.0.split('{').skip(1) {
            let word = part.split('}').next().unwrap_or_default();
            if !PLACEHOLDERS.contains(&word) {
                let message = format!(
                    "unknown placeholder {}; it is one of {}",
                    quoted(word),
                    list(PLACEHOLDERS)
                );
                sink.push(&value.span, message, did_you_mean(word, PLACEHOLDERS));
            } else if word == "commit" && self.commit().is_none() {
                let message = "`{commit}` stands for nothing: the recipe names no `commit`";
                sink.push_missing(&value.span, message, None);
            }
        }
    }

    fn check_allow(&self, sink: &mut Sink) {
        let artifacts = || {
            let programs = self.packages.iter().map(|package| package.artifact.value.as_str());
            let programs = programs.chain(self.c.iter().flat_map(RawC::artifacts));
            programs.chain(self.rust.iter().flat_map(RawRust::artifacts))
        };
        for named in self.allow.iter().flat_map(|allow| &allow.artifacts) {
            let name = named.value.as_str();
            if !artifacts().any(|artifact| artifact == name) {
                let message = format!(
                    "unknown artifact {}; this recipe makes {}",
                    quoted(name),
                    list(artifacts())
                );
                sink.push_missing(&named.span, message, did_you_mean(name, artifacts()));
            }
        }
        let key = |allow: &RawAllow, subject: &At<Text>| {
            (format!("{} of {}", allow.code.value.0, subject.value.0), subject.span.clone())
        };
        let keys: Vec<_> = self
            .allow
            .iter()
            .flat_map(|allow| allow.subjects().map(|subject| key(allow, subject)))
            .collect();
        unique(keys.iter().map(|(key, span)| (key.as_str(), span)), "answer to", sink);
    }
}

impl RawPackage {
    fn made(&self) -> MainPackage {
        MainPackage { import: self.import.value.0.clone(), artifact: self.artifact.value.clone() }
    }
}

impl RawAllow {
    fn subjects(&self) -> impl Iterator<Item = &At<Text>> {
        std::iter::once(&self.subject).chain(&self.also)
    }

    /// One answer for each subject: a finding has one.
    fn made(&self) -> impl Iterator<Item = Allow> {
        self.subjects().map(|subject| Allow {
            code: self.code.value.0.clone(),
            subject: subject.value.0.clone(),
            artifacts: self.artifacts.iter().map(|artifact| artifact.value.clone()).collect(),
            reason: self.reason.value.0.clone(),
        })
    }
}

/// What the value of a linker variable may hold in braces.
const PLACEHOLDERS: [&str; 3] = ["version", "released", "commit"];

/// Whether an import path is a module's path or below it.
fn lies_in(import: &str, module: &str) -> bool {
    import.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// `import/path.Name`, as the linker's -X takes it.
fn is_linker_variable(text: &str) -> bool {
    text.rsplit_once('.').is_some_and(|(path, name)| {
        (path == "main" || path.contains('/')) && is_go_identifier(name)
    })
}

fn is_go_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}
