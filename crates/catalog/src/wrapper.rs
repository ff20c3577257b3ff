//! The wrapper pins what is built; the recipe only repeats the version. Here the two must agree.

use crate::FILE_LIMIT;
use crate::nearest::quoted;
use crate::raw::{At, GoPath, Sink};
use crate::recipe::RawRecipe;
use camino::Utf8Path;
use std::collections::{BTreeMap, BTreeSet};

/// A problem for each way in which the recipe and its wrapper differ.
pub(crate) fn check(raw: &RawRecipe, manifests: &Utf8Path, sink: &mut Sink) {
    let folder = manifests.join("wrappers").join(raw.name.value.as_str());
    // Its sources are the workspace itself.
    if raw.rust.is_some() {
        return;
    }
    if raw.c.is_some() {
        let _ = read(raw, &folder, "build.sh", sink);
        return;
    }
    let go_mod = read(raw, &folder, "go.mod", sink);
    // Only its presence matters here: the Go command checks every line of it.
    let _ = read(raw, &folder, "go.sum", sink);
    let Some(text) = go_mod else { return };
    let go_mod = GoMod::parse(&text);
    raw.modules.iter().for_each(|module| check_module(raw, module, &go_mod, sink));
}

/// Whether the recipe says that sources cannot be had, and neither has a wrapper that pins others nor needs one.
pub(crate) fn left_out(raw: &RawRecipe, manifests: &Utf8Path) -> bool {
    let folder = manifests.join("wrappers").join(raw.name.value.as_str());
    let own = raw.source.is_some() || raw.rust.is_some();
    !raw.unavailable.is_empty() && !own && !folder.exists()
}

fn read(raw: &RawRecipe, folder: &Utf8Path, file: &str, sink: &mut Sink) -> Option<String> {
    let path = folder.join(file);
    files::read_text(&path, FILE_LIMIT)
        .map_err(|error| {
            let needed = if raw.c.is_some() { "`build.sh`" } else { "`go.mod` and `go.sum`" };
            let hint = format!("the wrapper of `{}` needs {needed}", raw.name.value);
            let message = format!("failed to read the wrapper's `{file}`: {error}");
            sink.push(&raw.name.span, message, Some(hint));
        })
        .ok()
}

fn check_module(raw: &RawRecipe, module: &At<GoPath>, go_mod: &GoMod, sink: &mut Sink) {
    let (path, version) = (module.value.0.as_str(), raw.version.value.as_str());
    if go_mod.replaced.contains(path) {
        let message = format!("the wrapper's go.mod replaces the module {}", quoted(path));
        let hint = "what is built would not be the version that is named".to_owned();
        sink.push(&module.span, message, Some(hint));
    }
    match go_mod.required.get(path) {
        Some(found) if *found == version => {}
        Some(found) => {
            let message =
                format!("the version is `{version}`, but the wrapper requires `{path} {found}`");
            let hint = format!("write `version = \"{found}\"`, or renew the wrapper");
            sink.push(&raw.version.span, message, Some(hint));
        }
        None => {
            let message =
                format!("the wrapper's go.mod does not require the module {}", quoted(path));
            sink.push(&module.span, message, Some("renew the wrapper".to_owned()));
        }
    }
}

/// The two kinds of lines of a go.mod that say what is built (Go Modules Reference, "go.mod files").
#[derive(Debug, Default, PartialEq)]
struct GoMod<'t> {
    required: BTreeMap<&'t str, &'t str>,
    replaced: BTreeSet<&'t str>,
}

impl<'t> GoMod<'t> {
    /// Reads single lines and blocks; comments are cut, every other directive is passed over.
    fn parse(text: &'t str) -> Self {
        let mut go_mod = Self::default();
        let mut block = "";
        for line in text.lines() {
            let code = line.split("//").next().unwrap_or_default();
            let words: Vec<&str> = code.split_whitespace().collect();
            match *words.as_slice() {
                [verb, "("] => block = verb,
                [")"] => block = "",
                [verb, ref rest @ ..] if block.is_empty() => go_mod.directive(verb, rest),
                ref rest => go_mod.directive(block, rest),
            }
        }
        go_mod
    }

    fn directive(&mut self, verb: &str, words: &[&'t str]) {
        match (verb, words) {
            ("require", [path, version]) => drop(self.required.insert(path, version)),
            ("replace", [path, ..]) => drop(self.replaced.insert(path)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Without it a commented requirement, or a line of another block, would count as what is built.
    #[test]
    fn only_require_and_replace_lines_count() {
        let text = "module wrap/x\ngo 1.26.0\ntool a.b/c\nrequire a.b/c v1.2.3 // indirect\nrequire (\n\td.e/f v0.1.0\n\t// g.h/i v9.9.9\n)\n\
                    exclude (\n\tj.k/l v1.0.0\n)\nreplace (\n\tm.n/o v1.0.0 => m.n/p v1.0.0\n)\nreplace q.r/s => ../s\n";
        let expected = GoMod {
            required: BTreeMap::from([("a.b/c", "v1.2.3"), ("d.e/f", "v0.1.0")]),
            replaced: BTreeSet::from(["m.n/o", "q.r/s"]),
        };
        assert_eq!(GoMod::parse(text), expected);
    }
}
