//! A recipe's text with another version in it. Comments, order and spaces stay as somebody wrote them.

use super::file_of;
use crate::edge::Stop;
use catalog::Recipe;
use toml_edit::{DocumentMut, Item, Value};

/// The text at `version`. A commit that nobody names goes: it would be the old version's.
pub(super) fn moved(
    text: &str,
    recipe: &Recipe,
    version: &str,
    commit: Option<&str>,
) -> anyhow::Result<String> {
    let mut document: DocumentMut = text.parse()?;
    put(&mut document, "version", version);
    match commit {
        Some(commit) if recipe.commit.is_some() => put(&mut document, "commit", commit),
        Some(commit) => after_version(&mut document, commit),
        None => drop(document.remove("commit")),
    }
    if commit.is_none() && recipe.version_vars.values().any(|value| value.contains("{commit}")) {
        let message = format!(
            "`{}` writes the commit into its programs, and the module proxy names no commit of {version}",
            file_of(recipe)
        );
        let hint = "look it up upstream and name it: --commit <40 hex digits>".to_owned();
        return Err(Stop::unusable(message, Some(hint)).into());
    }
    let text = document.to_string();
    Recipe::parse(&text, &file_of(recipe))
        .map_err(|problems| Stop::unusable(problems.to_string(), None))?;
    Ok(text)
}

/// Changes a value and keeps what stands around it.
fn put(document: &mut DocumentMut, key: &str, text: &str) {
    let mut value = Value::from(text);
    if let Some(old) = document.get(key).and_then(Item::as_value) {
        *value.decor_mut() = old.decor().clone();
    }
    match document.get_mut(key) {
        Some(item) => *item = Item::Value(value),
        None => drop(document.insert(key, Item::Value(value))),
    }
}

/// A recipe that named no commit gets one in the line behind its version.
fn after_version(document: &mut DocumentMut, commit: &str) {
    let behind: Vec<(String, Item)> = {
        let keys: Vec<String> = document.iter().map(|(key, _)| key.to_owned()).collect();
        let at = keys.iter().position(|key| key == "version").map_or(keys.len(), |at| at + 1);
        // Tables carry their own place in the text; only plain values are moved.
        let plain = |key: &&String| document.get(key).is_some_and(Item::is_value);
        keys.iter().skip(at).filter(plain).cloned().collect::<Vec<_>>()
    }
    .into_iter()
    .filter_map(|key| document.remove_entry(&key).map(|(name, item)| (name.to_string(), item)))
    .collect();
    put(document, "commit", commit);
    for (key, item) in behind {
        document.insert(&key, item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "#:schema ../x.json\nname = \"x\"\nsummary = \"a thing\"\nrepository = \"https://e.org/x\"\nlicence = \"MIT\"\nversion = \"v1.0.0\" # the last of its line\nmodules = [\"e.org/x\"]\nbackends = [\"go-native\"]\n\n# Why this one.\n[[packages]]\nimport = \"e.org/x\"\nartifact = \"x\"\n";
    const COMMIT: &str = "88d8ad9d40f82726fda53c2d271e6172b4c619c9";

    fn recipe(text: &str) -> Recipe {
        Recipe::parse(text, "x.toml").unwrap()
    }

    #[test]
    fn only_the_version_changes() {
        let text = moved(TEXT, &recipe(TEXT), "v1.1.0", None).unwrap();
        assert_eq!(text, TEXT.replace("v1.0.0", "v1.1.0"));
    }

    #[test]
    fn a_commit_comes_changes_and_goes_with_what_is_known() {
        let with = moved(TEXT, &recipe(TEXT), "v1.1.0", Some(COMMIT)).unwrap();
        let line = format!(
            "version = \"v1.1.0\" # the last of its line\ncommit = \"{COMMIT}\"\nmodules = "
        );
        assert!(with.contains(&line), "{with}");
        assert!(
            with.ends_with(
                "# Why this one.\n[[packages]]\nimport = \"e.org/x\"\nartifact = \"x\"\n"
            ),
            "{with}"
        );
        let other = COMMIT.replace("88", "99");
        assert_eq!(
            moved(&with, &recipe(&with), "v1.2.0", Some(&other)).unwrap(),
            with.replace("v1.1.0", "v1.2.0").replace(COMMIT, &other)
        );
        assert_eq!(moved(&with, &recipe(&with), "v1.0.0", None).unwrap(), TEXT);
    }

    #[test]
    fn a_recipe_that_ships_its_commit_needs_one() {
        let text = format!("{TEXT}\n[version-vars]\n\"e.org/x.Commit\" = \"{{commit}}\"\n");
        let text = text.replace("modules =", &format!("commit = \"{COMMIT}\"\nmodules ="));
        let error = moved(&text, &recipe(&text), "v1.1.0", None).unwrap_err();
        assert!(error.to_string().contains("names no commit of v1.1.0"), "{error}");
    }
}
