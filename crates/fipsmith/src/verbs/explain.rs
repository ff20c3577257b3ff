//! `fipsmith explain`: what a finding's code means, how much it weighs, what to do about it.

use crate::flags::{Explain, Format};
use crate::input::Unusable;
use crate::{exit, print};
use scan::{Rule, rules::RULES};
use std::fmt::Write as _;
use std::process::ExitCode;

impl Explain {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let rules = match &self.code {
            None => RULES.to_vec(),
            Some(code) => vec![Rule::by_code(code).ok_or_else(|| unknown(code))?],
        };
        print::out(&match self.output.format {
            Format::Json => super::json(&rules)?,
            Format::Text => rules.iter().map(|rule| text(rule)).collect::<Vec<_>>().join("\n"),
        });
        Ok(exit::of(true))
    }
}

fn unknown(code: &str) -> Unusable {
    let codes: Vec<&str> = RULES.iter().map(|rule| rule.code).collect();
    Unusable {
        message: format!("there is no finding code `{code}`"),
        hint: Some(format!("the codes are {}", codes.join(", "))),
    }
}

fn text(rule: &Rule) -> String {
    let mut text = format!("{} ({})\n", rule.code, rule.severity);
    let _ = writeln!(text, "    {}", rule.explanation);
    if let Some(verdict) = rule.forces {
        let _ = writeln!(text, "    verdict: {verdict}, label: {}", verdict.label());
    }
    let _ = writeln!(text, "    remedy: {}", rule.remedy);
    text
}
