//! Waivers: signed-off exceptions that open the gate for one finding of one artifact, and change no label.

use crate::Problems;
use crate::raw::{At, FindingCode, RawFile, Sentence, Sink, Text, unique};
use schemars::JsonSchema;
use serde::Deserialize;
use vocab::{Date, Sha256};

/// A signed-off exception: one finding of one artifact, by whom, why, and how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The finding's code.
    pub code: String,
    /// SHA-256 of the artifact: a waiver ends with the bytes that somebody judged.
    pub artifact: Sha256,
    /// Who answers for it: a person or a team that can be reached.
    pub owner: String,
    /// Why the risk is taken.
    pub reason: String,
    /// The last day on which it holds.
    pub expires: Date,
    /// Line of the file, from 1.
    pub line: usize,
}

/// The waivers of one file. Made by [`Waivers::parse`] only, so no two are for the same finding of the same artifact.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Waivers {
    /// The file, as it was named.
    pub file: String,
    /// The waivers, in the order of the file.
    pub list: Vec<Waiver>,
    /// What somebody says of the whole, in the order of the file.
    pub notes: Vec<Note>,
}

/// What somebody says of the whole that is scanned, for instance why a distribution is designated compliant although
/// helpers in it are not. It is printed with the result, opens no gate and changes no label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Who says it.
    pub owner: String,
    /// What.
    pub text: String,
}

/// A finding code as the table of rules knows it. This crate does not know the rules, so its caller brings them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownCode {
    /// The code.
    pub code: &'static str,
    /// Why a finding with this code cannot be waived, if it cannot.
    pub unwaivable: Option<&'static str>,
}

impl Waivers {
    /// Reads a file of waivers; `file_name` is what problems call it, `codes` are the finding codes there are.
    pub fn parse(text: &str, file_name: &str, codes: &[KnownCode]) -> Result<Self, Problems> {
        crate::load::parse_with::<RawWaivers, _>(file_name, text, codes, |raw, sink| {
            raw.check(text, file_name, codes, sink)
        })
    }
}

/// Signed-off exceptions (manifests/waivers/NAME.toml, or any file for `fipsmith scan --waivers`).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(title = "fipsmith waivers")]
pub(crate) struct RawWaivers {
    /// The waivers: one for each finding of each artifact.
    waivers: Option<Vec<RawWaiver>>,
    /// What somebody says of the whole; opens no gate and changes no label.
    #[serde(default)]
    notes: Vec<RawNote>,
}

/// What somebody says of the whole that is scanned.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct RawNote {
    /// Who says it: a person or a team that can be reached.
    owner: At<Text>,
    /// What: for instance why the whole is still designated compliant.
    text: At<Sentence>,
}

/// One finding of one artifact that the gate lets through.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct RawWaiver {
    /// The finding's code.
    code: At<FindingCode>,
    /// SHA-256 of the artifact, 64 hex digits, as the scan prints it.
    artifact: At<Sha256>,
    /// Who answers for it: a person or a team that can be reached.
    owner: At<Text>,
    /// Why the risk is taken: a sentence that an auditor understands a year later.
    reason: At<Sentence>,
    /// The last day on which the waiver holds.
    expires: At<Date>,
}

impl RawFile for RawWaivers {
    const SCHEMA: &'static str = "waivers";
}

impl RawWaivers {
    fn check(&self, text: &str, file: &str, codes: &[KnownCode], sink: &mut Sink) -> Waivers {
        if self.waivers.is_none() && self.notes.is_empty() {
            let hint = "add `[[waivers]]`, or `[[notes]]`";
            sink.push_missing(&(0..0), "`waivers` is missing", Some(hint.to_owned()));
        }
        let waivers = self.waivers.as_deref().unwrap_or_default();
        for waiver in waivers {
            let code = waiver.code.value.0.as_str();
            if let Some(why) =
                codes.iter().find(|known| known.code == code).and_then(|known| known.unwaivable)
            {
                let hint = format!("remove the waiver; `fipsmith explain {code}` says what to do");
                sink.push(
                    &waiver.code.span,
                    format!("`{code}` cannot be waived: {why}"),
                    Some(hint),
                );
            }
        }
        let key =
            |waiver: &RawWaiver| format!("{} of {}", waiver.code.value.0, waiver.artifact.value);
        let keys: Vec<String> = waivers.iter().map(key).collect();
        let spans = waivers.iter().map(|waiver| &waiver.code.span);
        unique(keys.iter().map(String::as_str).zip(spans), "waiver for", sink);
        Waivers {
            file: file.to_owned(),
            list: waivers.iter().map(|waiver| waiver.made(text)).collect(),
            notes: self
                .notes
                .iter()
                .map(|note| Note {
                    owner: note.owner.value.0.clone(),
                    text: note.text.value.0.clone(),
                })
                .collect(),
        }
    }
}

impl RawWaiver {
    fn made(&self, text: &str) -> Waiver {
        let before = text.get(..self.code.span.start).unwrap_or_default();
        Waiver {
            code: self.code.value.0.clone(),
            artifact: self.artifact.value,
            owner: self.owner.value.0.clone(),
            reason: self.reason.value.0.clone(),
            expires: self.expires.value,
            line: before.matches('\n').count() + 1,
        }
    }
}
