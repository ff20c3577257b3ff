//! The files of a commit, and nothing of git's.

use super::{
    GitTree,
    client::{Store, text},
};
use crate::{BuildError, Event, Events, Step, Workspace, dirhash::hash_tree};
use camino::Utf8Path;
use catalog::GitSource;

/// Writes the files of a commit to `folder`, whole or not at all, and takes their sum.
pub(super) fn checkout(
    store: &Store,
    source: &GitSource,
    step: &Step,
    folder: &Utf8Path,
    workspace: &Workspace,
    events: &dyn Events,
) -> Result<GitTree, BuildError> {
    let scratch = workspace.scratch(&format!("git-{}-{}", step.component(), std::process::id()));
    files::remove_tree(&scratch)?;
    files::create_dir_all(&scratch)?;
    let staged = files::Staged::beside(folder)?;
    write(store, source, staged.path(), &scratch)?;
    tell_of_what_is_no_file(store, source, step, events)?;
    let tree_h1 = hash_tree(staged.path(), "")?;
    if let Some(expected) = source.tree_h1.as_ref().filter(|pin| **pin != tree_h1) {
        return Err(BuildError::PinMismatch {
            what: format!("the tree of commit {} of {}", source.commit, source.git),
            expected: expected.clone(),
            found: tree_h1,
        });
    }
    files::make_read_only(staged.path())?;
    staged.commit()?;
    files::remove_tree(&scratch)?;
    Ok(GitTree {
        git: source.git.clone(),
        commit: source.commit.clone(),
        path: source.path.clone(),
        tree_h1,
    })
}

fn write(
    store: &Store,
    source: &GitSource,
    into: &Utf8Path,
    scratch: &Utf8Path,
) -> Result<(), BuildError> {
    let index = scratch.join("index");
    let run = |what: &str, arguments: &[&str]| {
        let what = format!("{what} commit {}", source.commit);
        store.git_with_files(into, &index, arguments).check(&what, None, &|_| {}).map(drop)
    };
    run("reading", &["read-tree", &source.commit])?;
    run("writing out", &["checkout-index", "--all", "--force"])
}

/// Links and submodules are in a commit and not in what is built: whoever needs them should hear of it.
fn tell_of_what_is_no_file(
    store: &Store,
    source: &GitSource,
    step: &Step,
    events: &dyn Events,
) -> Result<(), BuildError> {
    let what = format!("listing commit {}", source.commit);
    let listed =
        text(&store.git(&["ls-tree", "-r", &source.commit]).check(&what, None, &|_| {})?);
    // `<mode> <type> <object>\t<file>` (git-ls-tree(1)).
    let count = |mode: &str| listed.lines().filter(|line| line.starts_with(mode)).count();
    let name = step.component();
    match (count("120000 "), count("160000 ")) {
        (0, 0) => {}
        (links, 0) => events.event(Event::Note(format!(
            "{name}: {links} symbolic links of the commit are plain files with their target's name in the build"
        ))),
        (links, modules) => events.event(Event::Note(format!(
            "{name}: {modules} submodules of the commit are not fetched, and {links} symbolic links are plain files"
        ))),
    }
    Ok(())
}
