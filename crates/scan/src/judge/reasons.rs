//! Why a verdict is what it is, in sentences an auditor can read.

use super::{Case, module};
use crate::rules::Rule;
use vocab::{Date, Verdict};

pub(super) fn of(verdict: Verdict, case: &Case, as_of: Date) -> Vec<String> {
    let mut reasons = Vec::new();
    if verdict == Verdict::NoCrypto {
        reasons.extend(case.no_crypto.clone());
    }
    for module in &case.modules {
        let line = module::line(module, as_of);
        reasons.push(match verdict {
            Verdict::Pass => {
                format!("{line} is linked, its integrity value is right, and it is switched on")
            }
            _ => format!("{line} is linked"),
        });
    }
    for finding in &case.findings {
        let forces = Rule::by_code(&finding.code).and_then(|rule| rule.forces);
        match (&finding.allowed, forces) {
            (Some(answer), _) => reasons.push(format!("{}; answered: {answer}", finding.message)),
            (None, Some(_)) => reasons.push(finding.message.clone()),
            (None, None) => {}
        }
    }
    reasons
}
