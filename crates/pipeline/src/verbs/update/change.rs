//! What an update changes, told in the order in which a person must look at it: cryptography, answers, modules, the rest.

use build::{Difference, Moved, Wrap, compare};
use catalog::Recipe;
use report::plural;
use serde::Serialize;
use std::cmp::Ordering;
use std::fmt::Write as _;
use vocab::ComponentName;

/// What an update does.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Change {
    component: ComponentName,
    from: String,
    /// None: nothing newer, or the same.
    to: Option<String>,
    commit: Option<String>,
    written: bool,
    /// Newer versions that could not be had.
    pub(super) refused: Vec<String>,
    cryptographic_packages: Vec<Package>,
    answers_to_read_again: Vec<Answer>,
    modules: Vec<Moved>,
    other_packages_added: Vec<String>,
    other_packages_removed: Vec<String>,
    notes: Vec<String>,
}

/// A cryptographic package that the programs link before or after.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Package {
    path: String,
    change: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Added,
    Removed,
    /// Still linked, from another version of its module.
    Moved,
}

/// An answer of the recipe that may not hold any more.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    code: String,
    subject: String,
    why: &'static str,
}

impl Change {
    pub(super) fn of(recipe: &Recipe) -> Self {
        Self {
            component: recipe.name.clone(),
            from: recipe.version.to_string(),
            to: None,
            commit: None,
            written: false,
            refused: vec![],
            cryptographic_packages: vec![],
            answers_to_read_again: vec![],
            modules: vec![],
            other_packages_added: vec![],
            other_packages_removed: vec![],
            notes: vec![],
        }
    }

    pub(super) fn set(
        &mut self,
        recipe: &Recipe,
        wrap: &Wrap,
        commit: Option<String>,
        difference: Difference,
        dry_run: bool,
    ) {
        self.to = wrap.upstream.first().map(|module| module.version.clone());
        self.commit = commit;
        self.written = !dry_run;
        self.notes.clone_from(&wrap.notes);
        let package =
            |kind: Kind| move |path: &String| Package { path: path.clone(), change: kind };
        let (added, removed) = (&difference.packages_added, &difference.packages_removed);
        let all = added
            .iter()
            .map(package(Kind::Added))
            .chain(removed.iter().map(package(Kind::Removed)));
        let all = all.chain(difference.packages_moved.iter().map(package(Kind::Moved)));
        self.cryptographic_packages = all.filter(|package| cryptographic(&package.path)).collect();
        self.cryptographic_packages
            .sort_by(|one, two| (one.change, &one.path).cmp(&(two.change, &two.path)));
        self.answers_to_read_again = recipe
            .allow
            .iter()
            .filter_map(|allow| {
                let why = if removed.contains(&allow.subject) {
                    "it is not linked any more: remove the answer"
                } else if difference.packages_moved.contains(&allow.subject) {
                    "it comes from another version of its module: does the reason still hold?"
                } else {
                    return None;
                };
                Some(Answer { code: allow.code.clone(), subject: allow.subject.clone(), why })
            })
            .collect();
        let plain =
            |list: Vec<String>| list.into_iter().filter(|path| !cryptographic(path)).collect();
        self.modules = difference.modules;
        self.other_packages_added = plain(difference.packages_added);
        self.other_packages_removed = plain(difference.packages_removed);
    }

    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for refused in &self.refused {
            let _ = writeln!(text, "passed over: {refused}");
        }
        let Some(to) = &self.to else {
            let _ = writeln!(text, "{} is already at {}: nothing to do", self.component, self.from);
            return text;
        };
        let commit = self.commit.as_ref().map(|commit| format!(" (commit {commit})"));
        let _ = writeln!(
            text,
            "{} {} -> {to}{}",
            self.component,
            self.from,
            commit.unwrap_or_default()
        );
        self.cryptography(&mut text);
        self.the_rest(&mut text);
        for note in &self.notes {
            let _ = writeln!(text, "note: {note}");
        }
        let word = if self.written { "wrote" } else { "would write" };
        let _ = writeln!(text, "{word} the recipe and the wrapper of {}", self.component);
        text
    }

    fn cryptography(&self, text: &mut String) {
        if self.cryptographic_packages.is_empty() {
            text.push_str("cryptographic packages: the same, from the same modules\n");
        } else {
            text.push_str("cryptographic packages:\n");
        }
        for package in &self.cryptographic_packages {
            let word = match package.change {
                Kind::Added => "added  ",
                Kind::Removed => "removed",
                Kind::Moved => "moved  ",
            };
            let _ = writeln!(text, "  {word} {}", package.path);
        }
        if !self.answers_to_read_again.is_empty() {
            text.push_str("answers of the recipe to read again:\n");
        }
        for answer in &self.answers_to_read_again {
            let _ = writeln!(text, "  {} {}: {}", answer.code, answer.subject, answer.why);
        }
    }

    fn the_rest(&self, text: &mut String) {
        let _ = writeln!(text, "{}:", plural::count(self.modules.len(), "changed module"));
        for module in &self.modules {
            let _ = match (&module.from, &module.to) {
                (Some(from), Some(to)) => {
                    let word =
                        if compare(from, to) == Ordering::Greater { "down   " } else { "up     " };
                    writeln!(text, "  {word} {} {from} -> {to}", module.path)
                }
                (None, Some(to)) => writeln!(text, "  added   {} {to}", module.path),
                (Some(from), None) => writeln!(text, "  removed {} {from}", module.path),
                (None, None) => Ok(()),
            };
        }
        let (added, removed) = (self.other_packages_added.len(), self.other_packages_removed.len());
        let _ = writeln!(text, "other packages: {added} added, {removed} removed");
    }
}

/// Go keeps copies of a few modules below `vendor/` of its standard library.
fn cryptographic(package: &str) -> bool {
    scan::concerns_cryptography(package.strip_prefix("vendor/").unwrap_or(package))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECIPE: &str = r#"
name = "x"
summary = "a thing"
repository = "https://e.org/x"
licence = "MIT"
version = "v1.0.0"
modules = ["e.org/x"]
backends = ["go-native"]
[[packages]]
import = "e.org/x"
artifact = "x"
[[allow]]
code = "residual-crypto"
subject = "golang.org/x/crypto/bcrypt"
reason = "passwords of its own users are kept with it"
[[allow]]
code = "residual-crypto"
subject = "golang.org/x/crypto/ssh"
reason = "a thing that nobody needs any longer at all"
"#;

    #[test]
    fn cryptography_comes_first_and_answers_are_asked_again() {
        let recipe = Recipe::parse(RECIPE, "x.toml").unwrap();
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let moved = |path: &str, from: Option<&str>, to: Option<&str>| Moved {
            path: path.into(),
            from: from.map(Into::into),
            to: to.map(Into::into),
        };
        let difference = Difference {
            modules: vec![
                moved("e.org/a", Some("v1.2.0"), Some("v1.1.0")),
                moved("e.org/b", None, Some("v0.1.0")),
                moved("golang.org/x/crypto", Some("v0.9.0"), Some("v0.10.0")),
            ],
            packages_added: texts(&["e.org/b", "vendor/golang.org/x/crypto/chacha20"]),
            packages_removed: texts(&["golang.org/x/crypto/ssh"]),
            packages_moved: texts(&["e.org/a", "golang.org/x/crypto/bcrypt"]),
        };
        let upstream = Vec::new();
        let wrap = Wrap {
            go_mod: String::new(),
            go_sum: String::new(),
            upstream,
            packages: vec![],
            cgo: false,
            linked: 3,
            vouched: vec![],
            notes: vec![],
        };
        let mut change = Change::of(&recipe);
        change.set(&recipe, &wrap, None, difference, true);
        change.to = Some("v1.1.0".to_owned());
        assert_eq!(
            change.text(),
            "x v1.0.0 -> v1.1.0\n\
             cryptographic packages:\n  added   vendor/golang.org/x/crypto/chacha20\n  removed golang.org/x/crypto/ssh\n  moved   golang.org/x/crypto/bcrypt\n\
             answers of the recipe to read again:\n  residual-crypto golang.org/x/crypto/bcrypt: it comes from another version of its module: does the reason still hold?\n  residual-crypto golang.org/x/crypto/ssh: it is not linked any more: remove the answer\n\
             3 changed modules:\n  down    e.org/a v1.2.0 -> v1.1.0\n  added   e.org/b v0.1.0\n  up      golang.org/x/crypto v0.9.0 -> v0.10.0\n\
             other packages: 1 added, 0 removed\nwould write the recipe and the wrapper of x\n"
        );
        assert_eq!(Change::of(&recipe).text(), "x is already at v1.0.0: nothing to do\n");
    }
}
