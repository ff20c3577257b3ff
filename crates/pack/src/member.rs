//! What may stand in an archive, and why anything else is refused.

use std::collections::BTreeSet;

/// One regular file of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member<'a> {
    /// Where the file stands in the archive: relative, `/` between segments, for instance
    /// `etcd-v3.7.3+fips.0-linux-amd64/etcd`.
    pub path: String,
    /// Permission bits, for instance `0o755`. Only the nine bits of owner, group and others are taken.
    pub mode: u32,
    /// The content.
    pub bytes: &'a [u8],
}

/// Why an archive was not made.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// The path could leave the folder it is unpacked in, or means different files to different readers.
    #[error("the archive cannot hold `{path}`: {why}")]
    Path {
        /// The path, escaped for printing.
        path: String,
        /// The rule it breaks.
        why: &'static str,
    },
    /// Two members with one path, or a file that another member needs as a folder.
    #[error("the archive cannot hold `{path}` twice")]
    Duplicate {
        /// The path, escaped for printing.
        path: String,
    },
    /// Members that are not sorted: another order would be other bytes.
    #[error("the archive cannot hold `{path}` here: members come sorted by their paths")]
    Order {
        /// The path, escaped for printing.
        path: String,
    },
    /// A setting that an image cannot have.
    #[error("the image cannot have {what} `{value}`: {why}")]
    Setting {
        /// What it is, for instance `the user`.
        what: &'static str,
        /// Its value, escaped for printing.
        value: String,
        /// The rule it breaks.
        why: &'static str,
    },
    /// A link that leads nowhere, or out of the image.
    #[error("the layer cannot hold the link `{path}` to `{target}`: {why}")]
    Link {
        /// The path, escaped for printing.
        path: String,
        /// The target, escaped for printing.
        target: String,
        /// The rule it breaks.
        why: &'static str,
    },
    /// A mode with more than permission bits.
    #[error(
        "the archive cannot hold `{path}` with mode {mode:o}: set-uid, set-gid, sticky and file type bits are refused"
    )]
    Mode {
        /// The path.
        path: String,
        /// The mode that was asked for.
        mode: u32,
    },
    /// A number that the header's octal field cannot hold.
    #[error("the archive cannot hold {what} {value}: a ustar header takes at most {MAX_NUMBER}")]
    Number {
        /// What the number is.
        what: &'static str,
        /// The number.
        value: u64,
    },
    /// Compression or formatting failed; with memory as the target that is a lack of memory.
    #[error("the archive could not be written")]
    Write(#[source] std::io::Error),
}

impl From<PackError> for std::io::Error {
    fn from(error: PackError) -> Self {
        match error {
            PackError::Write(error) => error,
            other => Self::other(other),
        }
    }
}

/// POSIX.1-2017, pax, "ustar Interchange Format": size and mtime are eleven octal digits.
pub(crate) const MAX_NUMBER: u64 = 0o777_7777_7777;

/// Checks every member, and gives them back in the order in which they are written: by the bytes of their paths.
pub(crate) fn checked<'m, 'b>(members: &'m [Member<'b>]) -> Result<Vec<&'m Member<'b>>, PackError> {
    let mut sorted: Vec<_> = members.iter().collect();
    sorted.sort_by(|a, b| a.path.cmp(&b.path));
    let mut files = BTreeSet::new();
    let mut folders = BTreeSet::new();
    for member in &sorted {
        check(member)?;
        folders.extend(parents(&member.path));
        if !files.insert(member.path.as_str()) {
            return Err(PackError::Duplicate { path: shown(&member.path) });
        }
    }
    match files.intersection(&folders).next() {
        Some(path) => Err(PackError::Duplicate { path: shown(path) }),
        None => Ok(sorted),
    }
}

/// Refuses a path that could leave its folder or has two readings.
pub(crate) fn path_of(path: &str) -> Result<(), PackError> {
    match path_problem(path) {
        Some(why) => Err(PackError::Path { path: shown(path), why }),
        None => Ok(()),
    }
}

fn check(member: &Member<'_>) -> Result<(), PackError> {
    path_of(&member.path)?;
    if member.mode & !0o777 != 0 {
        return Err(PackError::Mode { path: shown(&member.path), mode: member.mode });
    }
    number("a file of size", member.bytes.len() as u64)
}

/// Refuses what eleven octal digits cannot hold.
pub(crate) fn number(what: &'static str, value: u64) -> Result<(), PackError> {
    if value > MAX_NUMBER { Err(PackError::Number { what, value }) } else { Ok(()) }
}

fn path_problem(path: &str) -> Option<&'static str> {
    let segments = || path.split('/');
    match path {
        "" => Some("the path is empty"),
        _ if path.starts_with('/') => Some("the path is absolute"),
        _ if segments().any(|s| s == "..") => Some("`..` leaves the folder it is unpacked in"),
        _ if segments().any(|s| s.is_empty() || s == ".") => {
            Some("an empty or `.` segment gives one file two names")
        }
        // Beyond printable ASCII, what a name looks like and how it sorts depends on who reads it.
        _ if path.bytes().any(|b| !b.is_ascii_graphic()) => {
            Some("it takes printable ASCII without spaces")
        }
        _ if path.contains('\\') => Some("`\\` separates folders for some readers"),
        _ if path.contains(':') => Some("`:` names a drive or a remote host for some readers"),
        _ => None,
    }
}

pub(crate) fn parents(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').filter_map(|(end, _)| path.get(..end))
}

/// A foreign text made safe to print, and short.
pub(crate) fn shown(path: &str) -> String {
    path.chars().take(200).flat_map(char::escape_default).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(path: &str) -> Member<'static> {
        Member { path: path.to_owned(), mode: 0o644, bytes: b"" }
    }

    #[test]
    fn a_path_that_leaves_its_folder_or_has_two_readings_is_refused() {
        for bad in [
            "",
            "/etc/passwd",
            "../x",
            "a/../b",
            "a/..",
            "a//b",
            "./a",
            "a/.",
            "a/",
            "a b",
            "a\nb",
            "a\0",
            "ä",
            "a\\b",
            "c:x",
        ] {
            assert!(matches!(checked(&[member(bad)]), Err(PackError::Path { .. })), "{bad:?}");
        }
        assert!(checked(&[member("etcd-v3.7.3+fips.0/LICENSES/..a"), member("x/...")]).is_ok());
    }

    #[test]
    fn one_name_for_two_files_or_for_a_file_and_a_folder_is_refused() {
        for paths in [["a", "a"], ["a", "a/b"], ["a/b/c", "a/b"]] {
            let error = checked(&paths.map(member)).unwrap_err();
            assert!(matches!(error, PackError::Duplicate { .. }), "{paths:?}: {error}");
        }
        assert!(checked(&[member("a-b"), member("a/b"), member("ab")]).is_ok());
    }

    #[test]
    fn only_permission_bits_are_taken() {
        for mode in [0o4755, 0o2755, 0o1777, 0o10_0644] {
            let bad = Member { mode, ..member("a") };
            assert!(matches!(checked(&[bad]), Err(PackError::Mode { .. })), "{mode:o}");
        }
    }

    #[test]
    fn a_refused_path_cannot_paint_the_terminal() {
        let error = checked(&[member("a\u{1b}[2J")]).unwrap_err().to_string();
        assert!(error.contains("a\\u{1b}[2J"), "{error}");
    }
}
