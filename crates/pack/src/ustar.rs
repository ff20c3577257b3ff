//! ustar headers (POSIX.1-2017, pax, "ustar Interchange Format") that say nothing of who packed them.

use crate::member::{PackError, number, shown};

/// The unit of a tar file, in bytes.
pub(crate) const BLOCK: u64 = 512;

/// The end of a tar file: two blocks of zeros.
pub(crate) const END: [u8; 1024] = [0; 1024];

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind<'a> {
    File,
    Folder,
    /// A symbolic link, with its target.
    Symlink(&'a str),
    /// Another name of a file that came before, with the path of that file.
    Hardlink(&'a str),
}

/// The header of one entry.
pub(crate) fn header(
    path: &str,
    kind: Kind<'_>,
    mode: u32,
    size: u64,
    mtime: u64,
) -> Result<[u8; 512], PackError> {
    number("the time", mtime)?;
    number("a file of size", size)?;
    let mut header = tar::Header::new_ustar();
    // A name of up to 100 bytes, or a folder of up to 155 bytes and a name of up to 100, split at a `/`.
    header.set_path(path).map_err(|_| PackError::Path {
        path: shown(path),
        why: "a ustar header takes a folder of at most 155 bytes and a name of at most 100",
    })?;
    header.set_entry_type(match kind {
        Kind::File => tar::EntryType::Regular,
        Kind::Folder => tar::EntryType::Directory,
        Kind::Symlink(_) => tar::EntryType::Symlink,
        Kind::Hardlink(_) => tar::EntryType::Link,
    });
    if let Kind::Symlink(target) | Kind::Hardlink(target) = kind {
        // Not cut and not cleaned: a link leads where it says.
        header.set_link_name_literal(target).map_err(|_| PackError::Path {
            path: shown(target),
            why: "a ustar header takes a link's target of at most 100 bytes",
        })?;
    }
    header.set_mode(mode);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(mtime);
    header.set_size(size);
    header.set_cksum();
    Ok(*header.as_bytes())
}

/// The zeros that fill the last block of a content.
pub(crate) fn padding(size: u64) -> &'static [u8] {
    let wanted = usize::try_from(size.next_multiple_of(BLOCK) - size).unwrap_or(0);
    END.get(..wanted).unwrap_or_default()
}
