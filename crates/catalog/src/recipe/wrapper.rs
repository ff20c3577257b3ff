//! `[wrapper]` of a recipe: what `cargo xtask init` cannot find out by itself when it makes the wrapper again.

use crate::nearest::quoted;
use crate::raw::{At, GoPath, Leaf, Sink};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a person decided about the wrapper.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WrapperNotes {
    /// Published modules that stand for folders of upstream's repository: path to `path@version`.
    pub map: BTreeMap<String, String>,
    /// Modules that the checksum database does not know: their sums were trusted when first seen.
    pub trust_first_use: Vec<String>,
}

/// What the wrapper needs besides modules, version and packages.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct RawWrapper {
    /// Published modules that stand for folders of upstream's repository: `"path" = "path@version"`.
    #[serde(default)]
    pub(crate) map: BTreeMap<String, At<ModuleAt>>,
    /// Modules that the checksum database does not know; their sums are trusted when first seen.
    #[serde(default)]
    pub(crate) trust_first_use: Vec<At<GoPath>>,
}

/// A module at an exact version, as the Go command writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ModuleAt(pub(crate) String);

impl Leaf for ModuleAt {
    const FORMAT: &'static str = "module-version";
    const WHAT: &'static str = "module at a version";
    fn read(text: &str) -> Result<Self, String> {
        let good = text.split_once('@').is_some_and(|(path, version)| {
            GoPath::read(path).is_ok() && version.parse::<vocab::Version>().is_ok()
        });
        good.then(|| Self(text.to_owned())).ok_or_else(|| {
            format!(
                "{} is not a module at a version: it is written `example.org/module@v1.2.3`",
                quoted(text)
            )
        })
    }
}

impl RawWrapper {
    pub(crate) fn check(&self, sink: &mut Sink) -> WrapperNotes {
        for (path, target) in &self.map {
            if let Err(message) = GoPath::read(path) {
                sink.push(&target.span, message, None);
            }
        }
        let text = |at: &At<GoPath>| at.value.0.clone();
        WrapperNotes {
            map: self.map.iter().map(|(path, at)| (path.clone(), at.value.0.clone())).collect(),
            trust_first_use: self.trust_first_use.iter().map(text).collect(),
        }
    }
}
