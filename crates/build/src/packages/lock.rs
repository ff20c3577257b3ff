//! Pins the packages of a set: what a person wants is in the file, and everything else is found out and written there.

use crate::{
    BuildError, Event, Events, Workspace,
    toolchain::debian::{
        apt::{Apt, Client},
        lock::{LOCK_LIMIT, comments, list, push, solved},
    },
};
use camino::Utf8PathBuf;
use catalog::{LockedPackages, PackageSet};
use std::fmt::Write as _;
use std::time::Instant;

/// Solves for what the file `packages/NAME.toml` wants, for each of its targets, fetches it, and writes the file anew. Gives its
/// path and how many packages it pins; nothing when there is no such file.
pub fn lock_packages(
    workspace: &Workspace,
    name: &str,
    events: &dyn Events,
) -> Result<Option<(Utf8PathBuf, usize)>, BuildError> {
    let path = workspace.manifests().join("packages").join(format!("{name}.toml"));
    if !path.exists() {
        return Ok(None);
    }
    let text = files::read_text(&path, LOCK_LIMIT)?;
    let mut set = PackageSet::parse_unlocked(&text, path.as_str()).map_err(|problems| {
        BuildError::BadRecord { path: path.clone(), why: problems.to_string() }
    })?;
    set.locked.clear();
    for &target in &set.targets {
        let what = format!("the packages {name} for {target}");
        events.event(Event::Fetching { what: what.clone() });
        let started = Instant::now();
        let apt = Apt::new(workspace, &Client::of_set(&set, target))?;
        let (packages, bytes) = solved(workspace, &apt, &set.want)?;
        set.locked.push(LockedPackages { target, packages });
        let seconds = started.elapsed().as_secs_f64();
        events.event(Event::Fetched { what, bytes, seconds });
    }
    files::write(&path, written(&set, &comments(&text)).as_bytes(), files::Mode::Plain)?;
    Ok(Some((path, set.locked.iter().map(|locked| locked.packages.len()).sum())))
}

fn written(set: &PackageSet, comments: &str) -> String {
    let mut text = format!(
        "{comments}name = \"{}\"\ntargets = [{}]\nwant = [{}]\n",
        set.name,
        list(&set.targets),
        list(&set.want)
    );
    for (key, names) in [("without", &set.without), ("leave-out", &set.leave_out)] {
        if !names.is_empty() {
            let _ = writeln!(text, "{key} = [{}]", list(names));
        }
    }
    for locked in &set.locked {
        let _ = writeln!(text, "\n[[locked]]\ntarget = \"{}\"\npackages = [", locked.target);
        locked.packages.iter().for_each(|package| push(&mut text, package));
        text += "]\n";
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use catalog::DebianPackage;
    use vocab::{Sha256, Target};

    #[test]
    fn a_written_lock_reads_as_what_was_locked() {
        let package = |architecture: &str| DebianPackage {
            name: "libc6".into(),
            version: "2.36-9+deb12u14".into(),
            architecture: architecture.into(),
            sha256: Sha256::of(architecture.as_bytes()),
        };
        let locked = |target: Target| LockedPackages {
            target,
            packages: vec![package(target.arch().as_str())],
        };
        let set = PackageSet {
            name: "glibc".parse().unwrap(),
            targets: Target::ALL.to_vec(),
            want: vec!["libc6".into()],
            without: vec!["libgcc-s1".into()],
            leave_out: vec!["usr/lib/gconv".into()],
            locked: Target::ALL.iter().copied().map(locked).collect(),
        };
        let text = written(&set, "# why\n");
        assert!(text.starts_with("# why\nname"), "{text}");
        assert_eq!(PackageSet::parse_unlocked(&text, "lock").unwrap(), set);
    }
}
