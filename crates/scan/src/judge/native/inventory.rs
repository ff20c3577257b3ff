//! Everything that a program and its libraries show, before it is weighed.

use crate::judge::{Case, Context};
use crate::report::{Evidence, Finding, ModuleReport};
use crate::rules;
use vocab::Severity;

/// An implementation of cryptography that belongs to no module.
#[derive(Debug, Clone)]
pub(super) struct Implementation {
    /// Its name, with the version where one was read.
    pub(super) name: String,
    /// What an answer in a recipe calls it.
    pub(super) subject: String,
    /// Where it was seen, as words.
    pub(super) place: String,
    pub(super) seen: Vec<Evidence>,
}

#[derive(Debug, Default)]
pub(super) struct Inventory {
    implementations: Vec<Implementation>,
    modules: Vec<ModuleReport>,
    findings: Vec<Finding>,
}

impl Inventory {
    /// Something that stays to be said whatever else is found.
    pub(super) fn open(&mut self, finding: Finding) {
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    pub(super) fn implementation(&mut self, implementation: Implementation) {
        self.implementations.push(implementation);
    }

    /// A module, with the findings of its admission. Two programs of a root share one provider: it counts once.
    pub(super) fn module(&mut self, case: Case) {
        for module in case.modules {
            if self.modules.iter().all(|known| known.id != module.id) {
                self.modules.push(module);
            }
        }
        for finding in case.findings {
            self.open(finding);
        }
    }

    /// Whether no implementation and no module was seen.
    fn is_clean(&self) -> bool {
        let heavy = self.findings.iter().any(|finding| finding.severity == Severity::Error);
        self.implementations.is_empty() && self.modules.is_empty() && !heavy
    }

    /// The findings, and the proof of absence where there are none.
    pub(super) fn conclude(self, case: &mut Case, members: usize, context: &Context<'_>) {
        let unread = case.findings.iter().any(|finding| finding.severity == Severity::Error);
        if self.is_clean() && !unread {
            case.no_crypto = Some(absence(members, context));
        }
        self.add_findings(case);
    }

    /// Cryptography beside a module is outside of it; without a module it is simply not validated.
    pub(super) fn add_findings(self, case: &mut Case) {
        case.modules.extend(self.modules);
        for found in self.implementations {
            let (rule, beside) = match case.modules.is_empty() {
                true => (rules::CRYPTO_IMPLEMENTATION, ""),
                false => (rules::RESIDUAL_CRYPTO, " beside the module"),
            };
            let message =
                format!("{} implements cryptography in {}{beside}", found.name, found.place);
            let mut finding = rule.finding(message, found.seen);
            finding.subject = Some(found.subject);
            case.findings.push(finding);
        }
        case.findings.extend(self.findings);
    }
}

fn absence(members: usize, _: &Context<'_>) -> String {
    let libraries = match members {
        0 | 1 => "it needs no library but those of the C run time".to_owned(),
        2 => "the same holds for the one library that it loads".to_owned(),
        more => format!("the same holds for the {} libraries that it loads", more - 1),
    };
    format!(
        "no cryptography: no symbol, text or source path of a known cryptographic library or crate is in the file, no constant table of a known algorithm, nothing packed or appended; it names no cryptographic library, and {libraries}"
    )
}
