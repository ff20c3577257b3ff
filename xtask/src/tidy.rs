//! Rules of the house that no compiler knows.

use anyhow::Context as _;
use std::path::Path;
use xshell::{Shell, cmd};

/// Longest file of code, tests included.
const LONGEST: usize = 550;

/// Every broken rule, as `file: what is wrong`.
pub(crate) fn problems(root: &Path) -> anyhow::Result<Vec<String>> {
    let shell = Shell::new()?;
    shell.change_dir(root);
    let listed = cmd!(shell, "git ls-files --cached --others --exclude-standard")
        .quiet()
        .read()
        .context("failed to ask git for the files")?;
    let mut problems = Vec::new();
    for name in listed.lines().filter(|name| shell.path_exists(name)) {
        let Ok(text) = shell.read_file(name) else { continue };
        if name.ends_with(".rs") {
            source(name, &text, &mut problems);
        }
        if name == "Cargo.toml" {
            dependencies(name, &text, &mut problems);
        }
        if text.contains('\t') && name.ends_with(".toml") {
            problems.push(format!("{name}: a tab in TOML"));
        }
    }
    Ok(problems)
}

fn source(name: &str, text: &str, problems: &mut Vec<String>) {
    if !text.starts_with("//!") {
        problems.push(format!("{name}: begins with no `//!` that says what the file is"));
    }
    let lines = text.lines().count();
    if lines > LONGEST {
        problems.push(format!(
            "{name}: {lines} lines, {LONGEST} at most: it tells more than one story"
        ));
    }
    for (number, line) in text.lines().enumerate() {
        let bare = concat!("#[all", "ow(");
        let ignored = concat!("#[ign", "ore");
        if line.contains(bare) || line.contains(ignored) {
            problems.push(format!("{name}:{}: `{}`", number + 1, line.trim()));
        }
    }
}

/// Every dependency says what it is for.
fn dependencies(name: &str, text: &str, problems: &mut Vec<String>) {
    let section = text
        .split("[workspace.dependencies]")
        .nth(1)
        .and_then(|rest| rest.split("\n[").next())
        .unwrap_or_default();
    for line in section
        .lines()
        .filter(|line| line.contains(" = ") && !line.starts_with('#') && !line.contains("path = "))
    {
        if !line.contains(" # ") {
            problems.push(format!("{name}: no reason after `{line}`"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_house_is_tidy() {
        assert_eq!(problems(&crate::run::root()).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn a_bare_allow_a_missing_header_and_a_dependency_without_reason_are_seen() {
        let mut problems = Vec::new();
        source("a.rs", concat!("fn a() {}\n#[all", "ow(dead_code)]\n"), &mut problems);
        dependencies(
            "Cargo.toml",
            "[workspace.dependencies]\nserde = \"1\"\ntoml = \"1\" # reads\n[x]\n",
            &mut problems,
        );
        assert_eq!(problems.len(), 3, "{problems:?}");
    }
}
