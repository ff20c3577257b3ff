//! Labels that are less than a policy asks for, and why something is shipped all the same: of programs, and of images.

use super::raw::RawRecipe;
use crate::nearest::{did_you_mean, list, quoted};
use crate::raw::{At, Sentence, Sink};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocab::{ArtifactName, Label};

/// A label that is less than a policy asks for, and why it is shipped all the same. It is sealed, and never makes a label better.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Expected {
    /// The label.
    pub label: Label,
    /// Why it is that: a sentence that a reader of the release understands.
    pub reason: String,
}

/// Programs of a component that are less than a policy asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExpectedPrograms {
    /// The programs. Never empty.
    pub artifacts: Vec<ArtifactName>,
    /// The label of each, and why.
    #[serde(flatten)]
    pub expected: Expected,
}

/// A label that is less than a policy asks for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct RawExpected {
    /// The label of all programs in the image.
    pub(super) label: At<Label>,
    /// Why it is shipped all the same: a sentence that a reader of the release understands.
    reason: At<Sentence>,
}

/// Programs that are less than a policy asks for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct RawExpectedPrograms {
    /// The programs.
    #[schemars(length(min = 1))]
    artifacts: Vec<At<ArtifactName>>,
    /// The label of each of them.
    label: At<Label>,
    /// Why they are shipped all the same: a sentence that a reader of the release understands.
    reason: At<Sentence>,
}

impl RawExpected {
    pub(super) fn made(&self) -> Expected {
        Expected { label: self.label.value, reason: self.reason.value.0.clone() }
    }
}

impl RawExpectedPrograms {
    pub(super) fn made(&self) -> ExpectedPrograms {
        ExpectedPrograms {
            artifacts: self.artifacts.iter().map(|at| at.value.clone()).collect(),
            expected: Expected { label: self.label.value, reason: self.reason.value.0.clone() },
        }
    }
}

/// `full` is what everything is expected to be.
pub(super) fn check_label(label: &At<Label>, sink: &mut Sink) {
    if label.value == Label::Full {
        let message = "`full` is what everything is expected to be";
        sink.push(&label.span, message, Some("remove `expected`".to_owned()));
    }
}

impl RawRecipe {
    pub(super) fn check_expected(&self, programs: &[String], sink: &mut Sink) {
        let known = || programs.iter().map(String::as_str);
        let named = self.expected.iter().flat_map(|of| &of.artifacts);
        for artifact in named.clone() {
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
        crate::raw::unique(named.map(|at| (at.value.as_str(), &at.span)), "artifact", sink);
        for of in &self.expected {
            check_label(&of.label, sink);
            // A single program is one thing: only several can be in part.
            if of.label.value == Label::Partial {
                let message = "a program is never `partial`: it is `not` or `unknown`";
                sink.push(&of.label.span, message, None);
            }
        }
    }
}
