//! What is shown of a wrapper that was made.

use super::Paths;
use build::{MainProgram, Request, Upstream, Wrap};
use camino::Utf8PathBuf;
use report::plural;
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use vocab::ComponentName;

/// How many lines of a difference or a list are shown to a person; a program gets all.
const SHOWN: usize = 30;

/// A wrapper that was made, next to the one that is there.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::verbs) struct Told {
    pub(in crate::verbs) component: ComponentName,
    pub(in crate::verbs) status: Status,
    files: Vec<Utf8PathBuf>,
    modules: Vec<Upstream>,
    packages: Vec<MainProgram>,
    cgo: bool,
    linked: usize,
    vouched_by_checksum_database: Vec<String>,
    trusted_on_first_use: Vec<String>,
    notes: Vec<String>,
    pub(in crate::verbs) difference: Vec<String>,
    /// The recipe that goes with it, when there was none.
    recipe: Option<String>,
}

/// How what was made stands to what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::verbs) enum Status {
    /// There was nothing.
    New,
    /// Byte for byte.
    Same,
    /// Other bytes.
    Changed,
}

impl Told {
    pub(in crate::verbs) fn of(
        paths: &Paths,
        request: &Request,
        wrap: &Wrap,
        recipe: Option<&str>,
    ) -> anyhow::Result<Self> {
        let name = &request.name;
        let (go_mod, go_sum) = (paths.committed(name, "go.mod")?, paths.committed(name, "go.sum")?);
        let status = match (&go_mod, &go_sum) {
            (None, None) => Status::New,
            (Some(one), Some(two)) if *one == wrap.go_mod && *two == wrap.go_sum => Status::Same,
            _ => Status::Changed,
        };
        let mut difference = Vec::new();
        if status == Status::Changed {
            difference.extend(changed_lines(&go_mod.unwrap_or_default(), &wrap.go_mod));
            difference.extend(changed_lines(&go_sum.unwrap_or_default(), &wrap.go_sum));
        }
        let first_use = |line: &&String| {
            request.trust_first_use.iter().any(|module| line.starts_with(&format!("{module} ")))
        };
        let (trusted, vouched): (Vec<&String>, Vec<&String>) =
            wrap.vouched.iter().partition(first_use);
        let mut files = vec![paths.wrapper(name, "go.mod"), paths.wrapper(name, "go.sum")];
        files.extend(recipe.map(|_| paths.recipe(name)));
        Ok(Self {
            component: name.clone(),
            status,
            files,
            modules: wrap.upstream.clone(),
            packages: wrap.packages.clone(),
            cgo: wrap.cgo,
            linked: wrap.linked,
            vouched_by_checksum_database: vouched.into_iter().cloned().collect(),
            trusted_on_first_use: trusted.into_iter().cloned().collect(),
            notes: wrap.notes.clone(),
            difference,
            recipe: recipe.map(str::to_owned),
        })
    }

    pub(in crate::verbs) fn text(&self, dry_run: bool) -> String {
        let mut text = String::new();
        for module in &self.modules {
            let commit = module.commit.as_ref().map(|commit| format!("  commit {commit}"));
            let _ = writeln!(
                text,
                "{}@{}  {}{}",
                module.path,
                module.version,
                module.h1,
                commit.unwrap_or_default()
            );
        }
        let programs: Vec<&str> =
            self.packages.iter().map(|package| package.program.as_str()).collect();
        let _ = writeln!(
            text,
            "{}: {}, {}, none at another version than upstream's{}",
            plural::count(programs.len(), "program"),
            programs.join(", "),
            plural::count(self.linked, "linked module"),
            if self.cgo { ", built with cgo" } else { "" },
        );
        list(
            &mut text,
            "sums that upstream's go.sum does not have, from the checksum database",
            &self.vouched_by_checksum_database,
        );
        list(
            &mut text,
            "sums that nobody vouches for, trusted as first seen",
            &self.trusted_on_first_use,
        );
        for note in &self.notes {
            let _ = writeln!(text, "note: {note}");
        }
        list(&mut text, "changed lines", &self.difference);
        let files: Vec<&str> =
            self.files.iter().map(|file| crate::workspace::shown(file).as_str()).collect();
        let word = match (self.status, dry_run) {
            (Status::Same, _) if self.recipe.is_none() => "unchanged",
            (_, true) => "would write",
            (_, false) => "wrote",
        };
        let _ = writeln!(text, "{word} {}", files.join(", "));
        if let Some(recipe) = self.recipe.as_deref().filter(|_| dry_run) {
            let _ = write!(text, "\n{recipe}");
        }
        text
    }
}

fn list(text: &mut String, what: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(text, "{what}:");
    for line in lines.iter().take(SHOWN) {
        let _ = writeln!(text, "  {line}");
    }
    if let Some(more) = lines.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        let _ = writeln!(text, "  and {more} more (--format json has them all)");
    }
}

/// The lines that went, then those that came. Both files are lists, so their order says nothing.
fn changed_lines(old: &str, new: &str) -> Vec<String> {
    let (before, after): (BTreeSet<&str>, BTreeSet<&str>) =
        (old.lines().collect(), new.lines().collect());
    let gone = before.difference(&after).map(|line| format!("-{line}"));
    let came = after.difference(&before).map(|line| format!("+{line}"));
    let mut lines: Vec<String> = gone.chain(came).collect();
    if lines.is_empty() && old != new {
        lines.push("the same lines in another order".to_owned());
    }
    lines
}
