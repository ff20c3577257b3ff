//! Go's tree hash `h1:` (golang.org/x/mod/sumdb/dirhash, Hash1): SHA-256 over the sorted lines
//! `<hex SHA-256 of the file>  <name>\n`, in base64. `go.sum` uses it for modules; we use it for unpacked toolchains too.

use crate::BuildError;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use camino::{Utf8Path, Utf8PathBuf};
use files::EntryKind;
use std::sync::atomic::{AtomicUsize, Ordering};
use vocab::Sha256;

/// No file of a toolchain or module is larger: zig's program has 186 MB.
const FILE_LIMIT: u64 = 1 << 30;

/// The hash of `(name, digest)` pairs in any order.
pub(crate) fn hash1(mut files: Vec<(String, Sha256)>) -> String {
    files.sort();
    let lines: Vec<String> =
        files.iter().map(|(name, digest)| format!("{digest}  {name}\n")).collect();
    format!("h1:{}", BASE64_STANDARD.encode(Sha256::of(lines.concat().as_bytes()).as_bytes()))
}

/// The SHA-256 inside an `h1:` sum.
pub(crate) fn digest_of(h1: &str) -> Option<Sha256> {
    let bytes = BASE64_STANDARD.decode(h1.strip_prefix("h1:")?).ok()?;
    Some(Sha256::from_bytes(bytes.try_into().ok()?))
}

/// The hash of every file below `folder`, each named `<prefix><path>`. Anything that is neither file nor folder is an
/// error: Go's module archives hold no links, and a link could point at bytes that nobody hashed.
pub(crate) fn hash_tree(folder: &Utf8Path, prefix: &str) -> Result<String, BuildError> {
    let mut paths = Vec::new();
    for entry in files::walk(folder)? {
        if entry.kind != EntryKind::File {
            return Err(files::FileError::NotRegular { path: folder.join(entry.path) }.into());
        }
        paths.push(entry.path);
    }
    Ok(hash1(hash_files(folder, prefix, &paths)?))
}

/// Hashes files on all processors.
pub(crate) fn hash_files(
    folder: &Utf8Path,
    prefix: &str,
    paths: &[Utf8PathBuf],
) -> Result<Vec<(String, Sha256)>, BuildError> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
            let digest = Sha256::of(&files::read(&folder.join(path), FILE_LIMIT)?);
            done.push((format!("{prefix}{path}"), digest));
        }
        Ok::<_, BuildError>(done)
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut all = Vec::with_capacity(paths.len());
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            all.extend(
                worker.join().map_err(|_| std::io::Error::other("a hashing thread stopped"))??,
            );
        }
        Ok(all)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_go_commands() {
        // The module golang.org/fips140@v1.0.0-c2097c7c has thousands of files; a rule this small needs a small witness:
        // h1 of the go.mod of rsc.io/quote v1.5.2, as the checksum database publishes it, is over the one line of its go.mod.
        let go_mod = b"module \"rsc.io/quote\"\n\nrequire \"rsc.io/sampler\" v1.3.0\n";
        let h1 = hash1(vec![("go.mod".to_owned(), Sha256::of(go_mod))]);
        assert_eq!(h1, "h1:LzX7hefJvL54yjefDEDHNONDjII0t9xZLPXsUe+TKr0=");
    }

    #[test]
    fn a_changed_added_removed_or_linked_file_changes_the_hash() {
        let guard = tempfile::tempdir().unwrap();
        let dir = Utf8PathBuf::from_path_buf(guard.path().join("t")).unwrap();
        let write = |name: &str, bytes: &[u8]| {
            files::write(&dir.join(name), bytes, files::Mode::Plain).unwrap();
        };
        write("a/one", b"1");
        write("two", b"2");
        let hash = || hash_tree(&dir, "m@v1/").unwrap();
        let first = hash();
        write("two", b"3");
        assert_ne!(hash(), first);
        write("two", b"2");
        assert_eq!(hash(), first);
        write("three", b"3");
        assert_ne!(hash(), first);
        assert_ne!(hash_tree(&dir, "m@v2/").unwrap(), hash());
        std::os::unix::fs::symlink("two", dir.join("link")).unwrap();
        assert!(hash_tree(&dir, "m@v1/").is_err());
    }

    #[test]
    fn a_sum_that_is_no_sum_has_no_digest() {
        assert!(digest_of("h1:").is_none());
        assert!(digest_of("sha256:AAAA").is_none());
        assert_eq!(digest_of(&hash1(vec![])), Some(Sha256::of(b"")));
    }
}
