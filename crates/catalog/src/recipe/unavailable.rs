//! `[[unavailable]]` of a recipe: sources that a module proxy would not serve when somebody asked.

use crate::raw::{At, GoPath, Text};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocab::{Date, Version};

/// A module version that could not be had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Unavailable {
    /// The module path.
    pub module: String,
    /// The version that was asked for.
    pub version: Version,
    /// What the proxy said.
    pub said: String,
    /// The day it said so.
    pub asked: Date,
}

/// A module version that could not be had when the recipe was written. `cargo xtask doctor --sources` asks again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct RawUnavailable {
    /// The module path.
    pub(crate) module: At<GoPath>,
    /// The version that was asked for.
    pub(crate) version: At<Version>,
    /// The exact answer.
    pub(crate) said: At<Text>,
    /// The day of the answer.
    pub(crate) asked: At<Date>,
}

impl RawUnavailable {
    pub(crate) fn made(&self) -> Unavailable {
        Unavailable {
            module: self.module.value.0.clone(),
            version: self.version.value.clone(),
            said: self.said.value.0.clone(),
            asked: self.asked.value,
        }
    }
}
