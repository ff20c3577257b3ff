//! Pins the packages of a root: what a person wants is in the file, and everything else is found out and written there.

use super::{
    apt::{Apt, Client},
    file, folder, tree, unpacked,
};
use crate::{BuildError, Event, Events, Workspace};
use camino::Utf8PathBuf;
use catalog::{DebianPackage, DebianRoot};
use std::fmt::Write as _;
use std::time::Instant;
use vocab::Sha256;

pub(crate) const LOCK_LIMIT: u64 = 1 << 20;
const PACKAGE_LIMIT: u64 = 256 << 20;

/// Solves for what the file `toolchains/NAME.toml` wants, fetches it, and writes the file anew. Gives its path and how many
/// packages it pins.
pub fn lock_debian(
    workspace: &Workspace,
    name: &str,
    events: &dyn Events,
) -> Result<(Utf8PathBuf, usize), BuildError> {
    let path = workspace.manifests().join("toolchains").join(format!("{name}.toml"));
    let text = files::read_text(&path, LOCK_LIMIT)?;
    let mut root = DebianRoot::parse_unlocked(&text, path.as_str()).map_err(|problems| {
        BuildError::BadRecord { path: path.clone(), why: problems.to_string() }
    })?;
    let what = format!("the packages of {name}");
    events.event(Event::Fetching { what: what.clone() });
    let started = Instant::now();
    let apt = Apt::new(workspace, &Client::of_root(&root))?;
    let bytes;
    (root.packages, bytes) = solved(workspace, &apt, &root.want)?;
    events.event(Event::Fetched { what, bytes, seconds: started.elapsed().as_secs_f64() });
    let staged = unpacked(workspace, &root, &folder(workspace, &root), events)?;
    root.tree_h1 = tree::hash(staged.path())?;
    files::make_read_only(staged.path())?;
    staged.commit()?;
    files::write(&path, written(&root, &comments(&text)).as_bytes(), files::Mode::Plain)?;
    Ok((path, root.packages.len()))
}

/// What `want` needs, fetched, with the digest of each and their size.
pub(crate) fn solved(
    workspace: &Workspace,
    apt: &Apt,
    want: &[String],
) -> Result<(Vec<DebianPackage>, u64), BuildError> {
    apt.update()?;
    let unknown = Sha256::of(b"");
    let package = |(name, version, architecture)| DebianPackage {
        name,
        version,
        architecture,
        sha256: unknown,
    };
    let mut packages: Vec<_> = apt.solve(want)?.into_iter().map(package).collect();
    packages.sort();
    let missing: Vec<&DebianPackage> =
        packages.iter().filter(|package| !file(workspace, package).exists()).collect();
    if !missing.is_empty() {
        apt.download(&missing)?;
    }
    // apt has compared them with the lists that Debian's key has signed.
    let mut bytes = 0;
    for package in &mut packages {
        let content = files::read(&file(workspace, package), PACKAGE_LIMIT)?;
        bytes += content.len() as u64;
        package.sha256 = Sha256::of(&content);
    }
    Ok((packages, bytes))
}

/// What stands above the first key is a person's, and stays.
pub(crate) fn comments(text: &str) -> String {
    text.split_inclusive('\n').take_while(|line| line.starts_with('#')).collect()
}

fn written(root: &DebianRoot, comments: &str) -> String {
    let mut text = format!(
        "{comments}name = \"{}\"\nhost = \"{}\"\nwant = [{}]\nshipped = [{}]\ntree-h1 = \"{}\"\npackages = [\n",
        root.name,
        root.host,
        list(&root.want),
        list(&root.shipped),
        root.tree_h1
    );
    root.packages.iter().for_each(|package| push(&mut text, package));
    text + "]\n"
}

/// Strings as they stand in a list.
pub(crate) fn list<T: std::fmt::Display>(names: &[T]) -> String {
    names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}

/// A package as a line of a lock.
pub(crate) fn push(text: &mut String, package: &DebianPackage) {
    let _ = writeln!(
        text,
        "  {{ name = \"{}\", version = \"{}\", architecture = \"{}\", sha256 = \"{}\" }},",
        package.name, package.version, package.architecture, package.sha256
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_lock_reads_as_what_was_locked() {
        let root = DebianRoot {
            name: "debian-12-c".into(),
            host: vocab::Target::LinuxAmd64,
            want: vec!["gcc".into()],
            shipped: vec!["libpcre2-*".into()],
            packages: vec![DebianPackage {
                name: "gcc".into(),
                version: "4:12.2.0-3".into(),
                architecture: "amd64".into(),
                sha256: Sha256::of(b"gcc"),
            }],
            tree_h1: crate::dirhash::hash1(vec![]),
        };
        let text = written(&root, "# why\n");
        assert!(text.starts_with("# why\nname"), "{text}");
        assert_eq!(DebianRoot::parse_unlocked(&text, "lock").unwrap(), root);
        assert_eq!(comments(&text), "# why\n");
    }
}
