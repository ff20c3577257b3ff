//! The git client: into a bare repository of ours, with the user's credentials and nothing else of the user's.

use crate::{
    BuildError, Workspace,
    process::{Invocation, Outcome},
};
use camino::{Utf8Path, Utf8PathBuf};
use catalog::GitSource;
use vocab::{ComponentName, Sha256};

/// A bare repository that holds the commits fetched from one URL.
pub(super) struct Store {
    folder: Utf8PathBuf,
}

impl Store {
    /// Opens it, and makes it when it is not there.
    pub(super) fn open(workspace: &Workspace, source: &GitSource) -> Result<Self, BuildError> {
        let name = crate::workspace::short(&Sha256::of(source.git.as_bytes()));
        let folder = workspace.state().join("git").join(format!("{name}.git"));
        let store = Self { folder };
        if !store.folder.join("HEAD").exists() {
            files::create_dir_all(&store.folder)?;
            // Without a template there are no hooks.
            let init = store.git(&["init", "--bare", "--quiet", "--template="]);
            init.check("making a git repository", None, &|_| {})?;
        }
        let attributes = store.folder.join("info/attributes");
        files::write(&attributes, ATTRIBUTES.as_bytes(), files::Mode::Plain)?;
        Ok(store)
    }

    /// A git command on this repository that sees no setting of the user.
    pub(super) fn git(&self, arguments: &[&str]) -> Invocation {
        let mut git = bare(arguments);
        git.arguments.insert(0, format!("--git-dir={}", self.folder));
        git.folder = Some(self.folder.clone());
        git
    }

    /// The same, with a folder for files and an index of its own.
    pub(super) fn git_with_files(
        &self,
        files: &Utf8Path,
        index: &Utf8Path,
        arguments: &[&str],
    ) -> Invocation {
        let mut git = self.git(arguments);
        // Links become small files that hold their target: every byte of the commit is hashed, and none leads elsewhere.
        let ours =
            [format!("--work-tree={files}"), "-c".to_owned(), "core.symlinks=false".to_owned()];
        git.arguments.splice(1..1, ours);
        git.environment.insert("GIT_INDEX_FILE".to_owned(), index.to_string());
        git
    }

    /// Makes sure the commit is there: from a local clone that stands at it, or from its URL.
    pub(super) fn fetch(
        &self,
        source: &GitSource,
        local: Option<&Utf8Path>,
    ) -> Result<(), BuildError> {
        if self.has(source)? {
            return Ok(());
        }
        let from = local.map_or_else(|| source.git.clone(), |clone| format!("file://{clone}"));
        // One commit alone is all that is built; a server may refuse to give what no name points to.
        let shallow =
            self.client(&["fetch", "--quiet", "--no-tags", "--depth=1", &from, &source.commit]);
        if shallow.run(None, &|_| {})?.status.success() && self.has(source)? {
            return Ok(());
        }
        let mut everything = vec!["fetch", "--quiet", "--tags", "--force"];
        if self.folder.join("shallow").exists() {
            everything.push("--unshallow");
        }
        everything.extend([from.as_str(), "+refs/*:refs/fipsmith/*"]);
        let everything = self.client(&everything);
        let outcome = everything.run(None, &|_| {})?;
        if !outcome.status.success() {
            return Err(everything.failed(&format!("fetching from {from}"), None, outcome));
        }
        if self.has(source)? {
            return Ok(());
        }
        Err(BuildError::NoSuchCommit { git: from, commit: source.commit.clone() })
    }

    /// Whether the commit is there, and is a commit: the digits could also name a tag or a tree.
    fn has(&self, source: &GitSource) -> Result<bool, BuildError> {
        let outcome = self.git(&["cat-file", "-t", &source.commit]).run(None, &|_| {})?;
        if !outcome.status.success() {
            return Ok(false);
        }
        match text(&outcome).as_str() {
            "commit" => Ok(true),
            other => Err(BuildError::NotACommit {
                commit: source.commit.clone(),
                what: other.to_owned(),
            }),
        }
    }

    /// A git command that may use the network, with the user's proxies, keys and credential helpers.
    fn client(&self, arguments: &[&str]) -> Invocation {
        let mut git = Invocation::new("git", FIXED.iter().chain(arguments).copied());
        git.inherit = true;
        git.arguments.insert(0, format!("--git-dir={}", self.folder));
        git.folder = Some(self.folder.clone());
        // A question on the terminal would wait for ever in CI.
        git.environment.insert("GIT_TERMINAL_PROMPT".to_owned(), "0".to_owned());
        git
    }
}

/// A repository can carry attributes that change bytes on their way out. `info/attributes` goes before those (gitattributes(5)),
/// so what is built is what was committed.
const ATTRIBUTES: &str = "* -text -ident -filter -working-tree-encoding\n";

/// No hooks, no housekeeping in the background, no transport that runs a command named by a URL.
const FIXED: [&str; 8] = [
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "gc.auto=0",
    "-c",
    "maintenance.auto=false",
    "-c",
    "protocol.ext.allow=never",
];

/// A git command in an environment of its own: no repository, no setting and no hook of the user reaches it.
fn bare(arguments: &[&str]) -> Invocation {
    let mut git = Invocation::new("git", FIXED.iter().chain(arguments).copied());
    let path = std::env::var("PATH").unwrap_or_default();
    let set = [
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("HOME", "/nonexistent"),
        ("LC_ALL", "C"),
        ("PATH", path.as_str()),
    ];
    git.environment = set.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    git
}

/// Standard output as one line of text.
pub(super) fn text(outcome: &Outcome) -> String {
    String::from_utf8_lossy(&outcome.stdout).trim().to_owned()
}

/// Whether a local clone stands at the pinned commit. What lies in its working tree does not matter: only the commit is built.
pub(super) fn head_is(
    clone: &Utf8Path,
    component: &ComponentName,
    source: &GitSource,
) -> Result<(), BuildError> {
    let mut git = bare(&["-C", clone.as_str(), "rev-parse", "--verify", "HEAD^{commit}"]);
    // The clone was named on the command line, so whoever owns it is meant to be trusted with being read.
    git.arguments.splice(0..0, ["-c".to_owned(), format!("safe.directory={clone}")]);
    let outcome = git.check(&format!("reading the commit of `{clone}`"), None, &|_| {})?;
    let head = text(&outcome);
    if head == source.commit {
        return Ok(());
    }
    Err(BuildError::OtherCommit {
        component: component.to_string(),
        clone: clone.to_owned(),
        head,
        pinned: source.commit.clone(),
    })
}
