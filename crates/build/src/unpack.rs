//! Unpacks the zip archives that toolchains, modules and wheels come in. An archive is hostile until its digest was
//! compared with a pin, and is treated as hostile after that too.

use crate::BuildError;
use camino::{Utf8Component, Utf8Path};
use files::Mode;
use std::io::{Cursor, Read as _};

/// What an honest archive stays below.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) files: usize,
    pub(crate) file_bytes: u64,
    pub(crate) total_bytes: u64,
}

/// The Go toolchain has 12,072 files and 227 MB, the zig wheel 19,540 and 376 MB, its largest file 186 MB.
pub(crate) const TOOLCHAIN: Limits =
    Limits { files: 60_000, file_bytes: 512 << 20, total_bytes: 2 << 30 };

/// Unpacks `bytes` into the empty folder `into`, each name without `strip` before it; names that do not begin with
/// `strip` are refused. `executable` says which of the files get the execute bits.
pub(crate) fn unpack(
    archive: &Utf8Path,
    bytes: &[u8],
    strip: &str,
    into: &Utf8Path,
    limits: Limits,
    executable: &dyn Fn(&str) -> bool,
) -> Result<(), BuildError> {
    let refuse = |why: String| BuildError::Archive { archive: archive.to_owned(), why };
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes))
        .map_err(|e| refuse(format!("it is not a zip archive: {e}")))?;
    if zip.len() > limits.files {
        return Err(refuse(format!(
            "it holds {} files, and {} is the limit",
            zip.len(),
            limits.files
        )));
    }
    let mut left = limits.total_bytes;
    for index in 0..zip.len() {
        let mut entry = zip
            .by_index(index)
            .map_err(|e| refuse(format!("entry {index} cannot be read: {e}")))?;
        let name = entry
            .name()
            .map_err(|e| refuse(format!("entry {index} has no name: {e}")))?
            .into_owned();
        if entry.is_symlink() {
            return Err(refuse(format!("`{}` is a symbolic link", name.escape_default())));
        }
        let Some(path) = name.strip_prefix(strip).filter(|path| is_below(path)) else {
            return Err(refuse(format!("the name `{}` leads outside", name.escape_default())));
        };
        if entry.is_dir() {
            continue;
        }
        let limit = limits.file_bytes.min(left);
        let mut content = Vec::new();
        entry
            .by_ref()
            .take(limit + 1)
            .read_to_end(&mut content)
            .map_err(|e| refuse(format!("`{path}`: {e}")))?;
        left = left
            .checked_sub(content.len() as u64)
            .ok_or_else(|| refuse(format!("it is over its size limit at `{path}`")))?;
        if content.len() as u64 > limit {
            return Err(refuse(format!("`{path}` is over its size limit")));
        }
        let mode = if executable(path) { Mode::Executable } else { Mode::Plain };
        files::write_staged(&into.join(path), &content, mode)?;
    }
    Ok(())
}

/// A relative path of plain names, with `/` between them.
fn is_below(path: &str) -> bool {
    !path.is_empty()
        && !path.contains(['\\', '\0'])
        && Utf8Path::new(path).components().all(|part| matches!(part, Utf8Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use camino::Utf8PathBuf;
    use std::io::Write as _;
    use zip::{ZipWriter, write::SimpleFileOptions};

    const SMALL: Limits = Limits { files: 3, file_bytes: 1000, total_bytes: 1500 };

    fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in entries {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn attempt(bytes: &[u8]) -> Result<Vec<(String, u32)>, String> {
        let guard = tempfile::tempdir().unwrap();
        let into = Utf8PathBuf::from_path_buf(guard.path().join("into")).unwrap();
        files::create_dir_all(&into).unwrap();
        unpack("a.zip".into(), bytes, "m@v1/", &into, SMALL, &|path| path.starts_with("bin/"))
            .map_err(|e| e.to_string())?;
        assert_eq!(
            std::fs::read_dir(guard.path()).unwrap().count(),
            1,
            "nothing beside the folder"
        );
        Ok(files::walk(&into)
            .unwrap()
            .into_iter()
            .map(|e| (e.path.into_string(), e.mode))
            .collect())
    }

    #[test]
    fn programs_get_execute_bits_and_the_prefix_goes() {
        let seen = attempt(&archive(&[("m@v1/bin/go", b"go"), ("m@v1/README", b"")])).unwrap();
        assert_eq!(seen, [("README".to_owned(), 0o644), ("bin/go".to_owned(), 0o755)]);
    }

    #[test]
    fn names_that_lead_outside_are_refused() {
        for name in [
            "m@v1/../x",
            "/etc/passwd",
            "m@v1//etc/x",
            "other/x",
            "m@v1/a/../../x",
            "m@v1/a\\b",
            "m@v1/",
        ] {
            let error = attempt(&archive(&[(name, b"x")]));
            assert!(
                matches!(&error, Err(e) if e.contains("leads outside")) || error == Ok(vec![]),
                "{name}: {error:?}"
            );
        }
    }

    #[test]
    fn a_symbolic_link_is_refused() {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.add_symlink("m@v1/link", "/etc/passwd", SimpleFileOptions::default()).unwrap();
        let error = attempt(&zip.finish().unwrap().into_inner()).unwrap_err();
        assert!(error.contains("is a symbolic link"), "{error}");
    }

    #[test]
    fn a_bomb_stops_at_the_limit_and_garbage_at_the_start() {
        for (bytes, word) in [
            (archive(&[("m@v1/a", &[0; 1001])]), "over its size limit"),
            (archive(&[("m@v1/a", &[0; 900]), ("m@v1/b", &[0; 900])]), "over its size limit"),
            (
                archive(&[("m@v1/a", b""), ("m@v1/b", b""), ("m@v1/c", b""), ("m@v1/d", b"")]),
                "holds 4 files",
            ),
            (b"PK".to_vec(), "not a zip archive"),
        ] {
            let error = attempt(&bytes).unwrap_err();
            assert!(error.contains(word), "{error}");
        }
    }
}
