//! The first recipe of a component: all that its module says of itself, and comments where only a person knows.

use crate::edge::Stop;
use build::{MainProgram, Request, Wrap};
use catalog::Recipe;
use std::fmt::Write as _;

/// The text of a recipe. It is read back before anybody sees it.
pub(super) fn text(request: &Request, wrap: &Wrap) -> anyhow::Result<String> {
    let text = write(request, wrap);
    Recipe::parse(&text, &format!("components/{}.toml", request.name)).map_err(|problems| {
        let hint = "write the recipe by hand, and make its wrapper with `cargo xtask init NAME`"
            .to_owned();
        Stop::unusable(format!("what is known makes no recipe: {problems}"), Some(hint))
    })?;
    Ok(text)
}

fn write(request: &Request, wrap: &Wrap) -> String {
    let main = wrap.upstream.first();
    let path = main.map(|module| module.path.as_str()).unwrap_or_default();
    let mut text = "#:schema ../schemas/component.schema.json\n".to_owned();
    let mut line = |name: &str, value: String| {
        let _ = writeln!(text, "{name} = {value}");
    };
    line("name", quoted(request.name.as_str()));
    line("summary", quoted(&summary(wrap)));
    line(
        "repository",
        quoted(&repository(main.and_then(|module| module.repository.as_deref()), path)),
    );
    line("licence", quoted(&licence(wrap)));
    line("version", quoted(main.map(|module| module.version.as_str()).unwrap_or_default()));
    if let Some(commit) = main.and_then(|module| module.commit.as_deref()) {
        line("commit", quoted(commit));
    }
    line("modules", list(wrap.upstream.iter().map(|module| module.path.as_str())));
    line("backends", list(["go-native", "go-boringcrypto"]));
    if wrap.cgo {
        line("cgo", "true".to_owned());
    }
    for MainProgram { import, program, .. } in &wrap.packages {
        let _ = writeln!(
            text,
            "\n[[packages]]\nimport = {}\nartifact = {}",
            quoted(import),
            quoted(program)
        );
    }
    if !request.map.is_empty() || !request.trust_first_use.is_empty() {
        text.push_str("\n[wrapper]\n");
    }
    if !request.trust_first_use.is_empty() {
        let _ = writeln!(
            text,
            "trust-first-use = {}",
            list(request.trust_first_use.iter().map(String::as_str))
        );
    }
    if !request.map.is_empty() {
        let pairs: Vec<String> = request
            .map
            .iter()
            .map(|(path, target)| format!("{} = {}", quoted(path), quoted(target)))
            .collect();
        let _ = writeln!(text, "map = {{ {} }}", pairs.join(", "));
    }
    text
}

fn quoted(text: &str) -> String {
    toml_edit::Value::from(text).to_string()
}

fn list<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    format!("[{}]", texts.into_iter().map(quoted).collect::<Vec<_>>().join(", "))
}

/// What the main package says of itself, or what is built.
fn summary(wrap: &Wrap) -> String {
    let doc =
        wrap.packages.first().map(|package| package.doc.trim_end_matches('.')).unwrap_or_default();
    let doc: String = doc.chars().filter(|c| !c.is_control()).collect();
    if !doc.is_empty() && wrap.packages.len() == 1 {
        return doc;
    }
    let programs: Vec<&str> =
        wrap.packages.iter().map(|package| package.program.as_str()).collect();
    let word = if programs.len() == 1 { "program" } else { "programs" };
    format!("the {word} {}", programs.join(", "))
}

/// The origin that the proxy names; else the repository that the path itself is; else the page behind the path.
fn repository(origin: Option<&str>, path: &str) -> String {
    if let Some(url) = origin {
        return url.trim_end_matches(".git").to_owned();
    }
    let depth = if path.starts_with("github.com/") { 3 } else { usize::MAX };
    let words: Vec<&str> = path.split('/').take(depth).collect();
    let words = words
        .split_last()
        .filter(|(last, _)| is_major(last))
        .map_or(words.as_slice(), |(_, rest)| rest);
    format!("https://{}", words.join("/"))
}

fn licence(wrap: &Wrap) -> String {
    let mut all: Vec<&str> =
        wrap.upstream.iter().flat_map(|m| m.licences.iter().map(String::as_str)).collect();
    all.sort_unstable();
    all.dedup();
    // SPDX 2.3, 7.15: NOASSERTION says that nobody has found out.
    if all.is_empty() { "NOASSERTION".to_owned() } else { all.join(" AND ") }
}

/// The last word of a module's path that is not its major version.
pub(super) fn last_word(path: &str) -> &str {
    path.rsplit('/').find(|word| !is_major(word)).unwrap_or(path)
}

fn is_major(word: &str) -> bool {
    word.strip_prefix('v')
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_the_origin_or_what_the_path_says() {
        for (origin, path, url) in [
            (
                Some("https://github.com/kubernetes-sigs/cri-tools"),
                "sigs.k8s.io/cri-tools",
                "https://github.com/kubernetes-sigs/cri-tools",
            ),
            (Some("https://github.com/x/y.git"), "x.org/y", "https://github.com/x/y"),
            (
                None,
                "github.com/containerd/containerd/v2",
                "https://github.com/containerd/containerd",
            ),
            (None, "github.com/a/b/cmd/c", "https://github.com/a/b"),
            (None, "go.etcd.io/etcd/server/v3", "https://go.etcd.io/etcd/server"),
        ] {
            assert_eq!(repository(origin, path), url);
        }
    }

    #[test]
    fn a_component_is_called_like_the_last_word_that_is_no_major_version() {
        assert_eq!(
            last_word("github.com/kubernetes-csi/external-attacher/v4"),
            "external-attacher"
        );
        assert_eq!(last_word("sigs.k8s.io/cri-tools"), "cri-tools");
    }
}
