//! `fipsmith explain`: what a finding's code means and what to do about it, or how one artifact came by its label.

use crate::flags::{Explain, Format};
use crate::input::Unusable;
use crate::{exit, print};
use anyhow::Context as _;
use camino::Utf8Path;
use catalog::Policy;
use scan::{Rule, Scanner, rules::RULES};
use serde::Serialize;
use std::fmt::Write as _;
use std::process::ExitCode;
use vocab::{Label, Severity, Verdict};

/// Largest artifact that is explained, in bytes.
const LARGEST: u64 = 2 << 30;

/// A rule as JSON.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Page<'a> {
    code: &'a str,
    severity: Severity,
    forces: Option<Verdict>,
    label: Option<Label>,
    answerable: bool,
    waivable: bool,
    policy: bool,
    explanation: &'a str,
    remedy: &'a str,
    source: Option<&'a str>,
}

impl Explain {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match &self.what {
            // A file that is there is what was meant: a code is known by heart, a file by its name.
            Some(path) if Utf8Path::new(path).is_file() => self.artifact(Utf8Path::new(path))?,
            Some(code) => self.rules(&[Rule::by_code(code).ok_or_else(|| unknown(code))?])?,
            None => self.rules(RULES)?,
        }
        Ok(exit::of(true))
    }

    fn rules(&self, rules: &[&'static Rule]) -> anyhow::Result<()> {
        let pages: Vec<Page> = rules.iter().map(|rule| page(rule)).collect();
        print::out(&match self.output.format {
            Format::Json => super::json(&pages)?,
            Format::Text => pages.iter().map(text).collect::<Vec<_>>().join("\n"),
        });
        Ok(())
    }

    fn artifact(&self, path: &Utf8Path) -> anyhow::Result<()> {
        let (registry, policy) = (self.judging.registry()?, self.judging.policy(Policy::DEFAULT)?);
        let bytes =
            files::read(path, LARGEST).with_context(|| format!("cannot explain `{path}`"))?;
        let scanner = Scanner { registry: &registry, policy: &policy, as_of: self.judging.date() };
        let scanned = scanner.scan(path.as_str(), &bytes, &super::answers(self.recipe.as_deref())?);
        print::out(&match self.output.format {
            Format::Json => super::json(&report::explain::chain(&scanned, &scanner))?,
            Format::Text => report::explain::text(&scanned, &scanner),
        });
        Ok(())
    }
}

fn unknown(word: &str) -> Unusable {
    let codes = || RULES.iter().map(|rule| rule.code);
    let near =
        catalog::did_you_mean(word, codes()).map_or(String::new(), |nearest| format!("{nearest} "));
    let hint = format!("{near}the codes are {}", codes().collect::<Vec<_>>().join(", "));
    let message = format!("there is no finding code and no file `{}`", report::escape(word));
    Unusable { message, hint: Some(hint) }
}

fn page(rule: &'static Rule) -> Page<'static> {
    Page {
        code: rule.code,
        severity: rule.severity,
        forces: rule.forces,
        label: rule.forces.map(Verdict::label),
        answerable: rule.answerable(),
        waivable: rule.unwaivable().is_none(),
        policy: catalog::POLICY_CODES.contains(&rule.code),
        explanation: rule.explanation,
        remedy: rule.remedy,
        source: rule.source(),
    }
}

fn text(page: &Page<'_>) -> String {
    let mut text = format!("{} ({})\n", page.code, page.severity);
    let _ = writeln!(text, "    {}", page.explanation);
    match page.forces.zip(page.label) {
        Some((verdict, label)) => {
            let _ = writeln!(text, "    verdict: {verdict}, label: {label}");
        }
        None => text.push_str("    verdict: forces none\n"),
    }
    let _ = writeln!(text, "    {}", ways(page));
    let _ = writeln!(text, "    remedy: {}", page.remedy);
    if let Some(source) = page.source {
        let _ = writeln!(text, "    source: {source}");
    }
    text
}

/// Who may let it through, and how.
fn ways(page: &Page<'_>) -> String {
    let ways: Vec<&str> = [
        (page.answerable, "a recipe may answer it (`[[allow]]`)"),
        (page.waivable, "a waiver may open the gate for one artifact"),
        (page.policy, "a policy may accept it (`accept-findings`)"),
    ]
    .into_iter()
    .filter_map(|(may, way)| may.then_some(way))
    .collect();
    let none = if page.severity == Severity::Note {
        "it closes no gate"
    } else {
        "no recipe, waiver or policy lets it through"
    };
    if ways.is_empty() { none.to_owned() } else { ways.join("; ") }
}
