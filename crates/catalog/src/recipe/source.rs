//! `[source]` of a recipe: a git repository at one commit, for components that no module proxy serves.

use crate::nearest::quoted;
use crate::raw::{At, GoSum, Leaf, Sink};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A git repository at one commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GitSource {
    /// The repository's URL.
    pub git: String,
    /// The commit, 40 hex digits.
    pub commit: String,
    /// The folder of the Go module inside the repository; empty for its top.
    pub path: String,
    /// The `h1:` sum of all files of the commit, where somebody pinned it besides the commit.
    pub tree_h1: Option<String>,
}

/// The sources, from a git repository instead of the module proxy.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct RawSource {
    /// The repository's URL: https, ssh or file.
    pub(crate) git: At<GitUrl>,
    /// The commit, all 40 digits of it.
    pub(crate) commit: At<FullCommit>,
    /// The folder of the Go module inside the repository, when it is not its top.
    pub(crate) path: Option<At<InnerPath>>,
    /// The `h1:` sum of all files of the commit, as a fetch prints it: a second pin beside the commit.
    pub(crate) tree_h1: Option<At<GoSum>>,
}

/// Where a repository is.
#[derive(Debug, Clone)]
pub(crate) struct GitUrl(String);

impl Leaf for GitUrl {
    const FORMAT: &'static str = "git-url";
    const WHAT: &'static str = "git URL";
    fn read(text: &str) -> Result<Self, String> {
        let bad = |rule: &str| Err(format!("{} cannot be fetched from: {rule}", quoted(text)));
        // Other transports run commands (`ext::`) or are not protected on their way (`git:`, `http:`).
        let Some((scheme, rest)) =
            text.split_once("://").filter(|(scheme, _)| ["https", "ssh", "file"].contains(scheme))
        else {
            return bad("it begins with `https://`, `ssh://` or `file://`");
        };
        if text.chars().any(|c| !c.is_ascii_graphic()) || rest.is_empty() || rest.starts_with('-') {
            return bad("it takes no spaces, and a host or a path");
        }
        let user =
            rest.split('/').next().and_then(|host| host.rsplit_once('@')).map(|(user, _)| user);
        if user.is_some_and(|user| scheme == "https" || user.contains(':')) {
            return bad(
                "it stands in every release, so it holds no user name or password; git's credential helpers know them",
            );
        }
        Ok(Self(text.to_owned()))
    }
}

/// A commit that can mean one thing only.
#[derive(Debug, Clone)]
pub(crate) struct FullCommit(String);

impl Leaf for FullCommit {
    const FORMAT: &'static str = "full-git-commit";
    const WHAT: &'static str = "full git commit";
    fn read(text: &str) -> Result<Self, String> {
        let digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if text.len() == 40 && text.bytes().all(digit) {
            return Ok(Self(text.to_owned()));
        }
        Err(format!(
            "{} is not a full commit: a branch, a tag or a short commit can come to mean another one; `git rev-parse NAME^{{commit}}` prints all 40 digits",
            quoted(text)
        ))
    }
}

/// A folder inside a repository.
#[derive(Debug, Clone)]
pub(crate) struct InnerPath(String);

impl Leaf for InnerPath {
    const FORMAT: &'static str = "inner-path";
    const WHAT: &'static str = "folder of a repository";
    fn read(text: &str) -> Result<Self, String> {
        let plain = |part: &str| {
            !part.is_empty()
                && part != "."
                && part != ".."
                && part.bytes().all(|b| b.is_ascii_graphic() && !b"\\{}".contains(&b))
        };
        if text.split('/').all(plain) {
            return Ok(Self(text.to_owned()));
        }
        Err(format!(
            "{} is not a folder inside a repository: it is written `cmd/tool`",
            quoted(text)
        ))
    }
}

impl RawSource {
    pub(crate) fn commit(&self) -> String {
        self.commit.value.0.clone()
    }

    /// The source; a commit beside it that is another one is a problem.
    pub(crate) fn check(
        &self,
        commit: Option<&At<crate::raw::Commit>>,
        sink: &mut Sink,
    ) -> GitSource {
        if let Some(other) = commit.filter(|other| other.value.0 != self.commit.value.0) {
            let hint = "remove it: `[source]` names the commit that is built".to_owned();
            sink.push(
                &other.span,
                "`commit` is another one than the commit of `[source]`",
                Some(hint),
            );
        }
        GitSource {
            git: self.git.value.0.clone(),
            commit: self.commit.value.0.clone(),
            path: self.path.as_ref().map(|path| path.value.0.clone()).unwrap_or_default(),
            tree_h1: self.tree_h1.as_ref().map(|sum| sum.value.0.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_transports_that_protect_and_run_nothing_are_taken() {
        for url in
            ["https://e.org/x.git", "ssh://git@e.org/x", "ssh://git@e.org:22/x", "file:///srv/x"]
        {
            assert!(GitUrl::read(url).is_ok(), "{url}");
        }
        for url in [
            "http://e.org/x",
            "git://e.org/x",
            "git@e.org:x",
            "/srv/x",
            "ext::sh -c x",
            "https://",
            "ssh://-oProxyCommand=x/y",
            "https://me@e.org/x",
            "https://me:secret@e.org/x",
            "ssh://me:secret@e.org/x",
            "https://e.org/a b",
            "file://",
        ] {
            assert!(GitUrl::read(url).is_err(), "{url}");
        }
    }

    #[test]
    fn only_a_full_commit_is_one() {
        let full = "88d8ad9d40f82726fda53c2d271e6172b4c619c9";
        assert!(FullCommit::read(full).is_ok());
        for text in
            ["88d8ad9d40f8", "main", "v1.0.0", "", &full.to_uppercase(), &format!("{full}0")]
        {
            assert!(FullCommit::read(text).err().unwrap().contains("git rev-parse"), "{text}");
        }
    }

    #[test]
    fn a_folder_stays_inside() {
        assert!(InnerPath::read("cmd/tool").is_ok());
        for text in ["", "/etc", "../x", "a/../b", "a//b", "./a", "a\\b", "{go}"] {
            assert!(InnerPath::read(text).is_err(), "{text}");
        }
    }
}
