//! One package into the tree, and the sum of the whole tree.

use crate::{BuildError, dirhash};
use ::unpack::{Blob, Gauge, Limits, Node, Opened};
use camino::{Utf8Path, Utf8PathBuf};
use files::{EntryKind, Mode};
use vocab::Sha256;

/// What an honest package stays below: ICU's data and GCC's compilers have 30 MB each.
pub(crate) const LIMITS: Limits =
    Limits { unpacked: 1 << 30, entries: 20_000, ratio: 500, ratio_from: 64 << 20, depth: 2 };
/// A merged `/usr` (Debian bookworm's release notes, 5.1.6): these folders of packages lie below `usr/`.
const MERGED: [&str; 4] = ["bin/", "sbin/", "lib/", "lib64/"];
/// What no build reads, a third of all bytes.
pub(crate) const LEFT_OUT: [&str; 8] = [
    "usr/share/doc/",
    "usr/share/man/",
    "usr/share/info/",
    "usr/share/locale/",
    "usr/share/lintian/",
    "usr/share/bug/",
    "usr/share/zsh/",
    "usr/share/bash-completion/",
];

/// Unpacks a package below `into`.
pub(super) fn unpack(deb: &Utf8Path, bytes: Vec<u8>, into: &Utf8Path) -> Result<(), BuildError> {
    let refuse = |why: String| BuildError::Archive { archive: deb.to_owned(), why };
    let gauge = Gauge::new(LIMITS);
    let opened = ::unpack::open(&Blob::memory(bytes), &gauge).map_err(|e| refuse(e.to_string()))?;
    let Some(Opened::Tree(tree)) = opened else {
        return Err(refuse("it is no Debian package".to_owned()));
    };
    if let Some(problem) = tree.problems().first() {
        return Err(refuse(problem.to_string()));
    }
    for (path, node) in tree.nodes() {
        let Some(path) = kept(path) else { continue };
        match node {
            Node::Symlink(target) => {
                files::symlink_staged(&into.join(path), target)?;
            }
            Node::Other => return Err(refuse(format!("`{path}` is a device"))),
            Node::File(_) | Node::Folder => {}
        }
    }
    let mut failed = None;
    let problems = tree.files(&gauge, &mut |file| {
        let paths: Vec<_> = file.paths.iter().filter_map(|path| kept(path)).collect();
        if !paths.is_empty() && failed.is_none() {
            failed = write(into, &paths, file.content).err();
        }
    });
    match (failed, problems.first()) {
        (Some(error), _) => Err(error),
        (None, Some(problem)) => Err(refuse(problem.to_string())),
        (None, None) => Ok(()),
    }
}

/// Where a path of a package lies in the tree; nothing when it is left out.
fn kept(path: &str) -> Option<Utf8PathBuf> {
    let merged = MERGED.iter().any(|folder| path.starts_with(folder));
    let path = if merged { format!("usr/{path}") } else { path.to_owned() };
    let wanted =
        path.starts_with("usr/") && !LEFT_OUT.iter().any(|folder| path.starts_with(folder));
    wanted.then(|| path.into())
}

fn write(
    into: &Utf8Path,
    paths: &[Utf8PathBuf],
    content: &mut dyn ::unpack::Content,
) -> Result<(), BuildError> {
    let mut bytes = Vec::new();
    content.read_to_end(&mut bytes)?;
    for path in paths {
        files::write_staged(&into.join(path), &bytes, mode(&bytes))?;
    }
    Ok(())
}

/// The reader gives no permissions; what the kernel can execute is executable, so the tree follows from its content alone.
pub(crate) fn mode(bytes: &[u8]) -> Mode {
    if bytes.starts_with(b"\x7fELF") || bytes.starts_with(b"#!") {
        Mode::Executable
    } else {
        Mode::Plain
    }
}

/// Go's Hash1 over all files, and over links as `path -> target`.
pub(super) fn hash(folder: &Utf8Path) -> Result<String, BuildError> {
    let mut paths = Vec::new();
    let mut lines = Vec::new();
    for entry in files::walk(folder)? {
        let path = folder.join(&entry.path);
        match entry.kind {
            EntryKind::File => paths.push(entry.path),
            EntryKind::Symlink => {
                let target = path.read_link_utf8()?;
                let digest = Sha256::of(target.as_str().as_bytes());
                lines.push((format!("{} -> {target}", entry.path), digest));
            }
            EntryKind::Folder | EntryKind::Other => {
                return Err(files::FileError::NotRegular { path }.into());
            }
        }
    }
    lines.extend(dirhash::hash_files(folder, "", &paths)?);
    Ok(dirhash::hash1(lines))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_merged_and_documents_left_out() {
        assert_eq!(kept("bin/sh").unwrap(), "usr/bin/sh");
        assert_eq!(kept("lib64/ld-linux-x86-64.so.2").unwrap(), "usr/lib64/ld-linux-x86-64.so.2");
        assert_eq!(kept("usr/bin/gcc").unwrap(), "usr/bin/gcc");
        assert_eq!(kept("usr/share/doc/gcc/copyright"), None);
        assert_eq!(kept("DEBIAN/postinst"), None);
        assert_eq!(kept("etc/perl"), None);
    }

    #[test]
    fn a_changed_link_changes_the_sum_and_what_is_no_package_is_refused() {
        let guard = tempfile::tempdir().unwrap();
        let dir = Utf8PathBuf::from_path_buf(guard.path().join("t")).unwrap();
        files::write(&dir.join("usr/lib/libz.so.1"), b"\x7fELF", Mode::Executable).unwrap();
        files::symlink_staged(&dir.join("usr/lib/libz.so"), "libz.so.1").unwrap();
        let first = hash(&dir).unwrap();
        std::fs::remove_file(dir.join("usr/lib/libz.so")).unwrap();
        files::symlink_staged(&dir.join("usr/lib/libz.so"), "/tmp/libz.so.1").unwrap();
        assert_ne!(hash(&dir).unwrap(), first);
        let error = unpack("x.deb".into(), b"no package".to_vec(), &dir).unwrap_err();
        assert!(error.to_string().contains("it is no Debian package"), "{error}");
    }
}
