//! Members to bytes: ustar headers inside one gzip member.

use crate::gzip::Gzip;
use crate::member::{Member, PackError, checked, parents, path_of, shown};
use crate::segment::Segment;
use crate::ustar::{self, Kind};
use std::collections::BTreeSet;
use std::io::Write;

/// A `.tar.gz` that is written while its members come. They come sorted by the bytes of their paths, because one order is
/// as good as another and there must be only one.
pub struct TarGz<W> {
    gzip: Gzip<W>,
    mtime: u64,
    files: BTreeSet<String>,
}

impl<W: Write> TarGz<W> {
    /// An empty archive; `mtime` is the time of every member, in seconds since 1970.
    pub fn new(out: W, mtime: u64) -> Result<Self, PackError> {
        Ok(Self { gzip: Gzip::new(out)?, mtime, files: BTreeSet::new() })
    }

    /// Adds a regular file with permission bits and no others.
    pub fn file(&mut self, path: &str, mode: u32, content: &Segment<'_>) -> Result<(), PackError> {
        path_of(path)?;
        if mode & !0o777 != 0 {
            return Err(PackError::Mode { path: path.to_owned(), mode });
        }
        if self.files.last().is_some_and(|last| last.as_str() > path) {
            return Err(PackError::Order { path: shown(path) });
        }
        if parents(path).any(|folder| self.files.contains(folder))
            || !self.files.insert(path.to_owned())
        {
            return Err(PackError::Duplicate { path: shown(path) });
        }
        let size = content.content_len();
        self.gzip.write(&ustar::header(path, Kind::File, mode, size, self.mtime)?);
        self.gzip.segment(content)?;
        self.gzip.write(ustar::padding(size));
        Ok(())
    }

    /// Ends the archive and gives the writer back.
    pub fn finish(mut self) -> Result<W, PackError> {
        self.gzip.write(&ustar::END);
        self.gzip.finish()
    }
}

/// Packs members that are in memory. They may come in any order.
pub fn tar_gz(members: &[Member<'_>], mtime: u64) -> Result<Vec<u8>, PackError> {
    let members = checked(members)?;
    let mut archive = TarGz::new(Vec::new(), mtime)?;
    for member in members {
        archive.file(&member.path, member.mode, &Segment::of(member.bytes)?)?;
    }
    archive.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn member(path: &str, bytes: &'static [u8]) -> Member<'static> {
        Member { path: path.to_owned(), mode: 0o644, bytes }
    }

    fn unpacked(archive: &[u8]) -> Vec<u8> {
        let mut tar = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(archive), &mut tar).unwrap();
        tar
    }

    #[test]
    fn the_gzip_header_names_no_file_no_time_and_no_system() {
        let archive = tar_gz(&[member("a", b"x")], 1).unwrap();
        assert_eq!(archive.get(..10).unwrap(), [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
    }

    #[test]
    fn the_tar_header_says_nothing_of_who_packed_it() {
        let tar = unpacked(&tar_gz(&[member("a", b"x")], 0o123).unwrap());
        let field = |range: std::ops::Range<usize>| tar.get(range).unwrap();
        assert_eq!(field(100..136), b"0000644\x000000000\x000000000\x0000000000001\0");
        assert_eq!(field(136..148), b"00000000123\0");
        assert_eq!(field(257..265), b"ustar\x0000");
        assert!(field(265..329).iter().all(|b| *b == 0), "owner and group names are empty");
        // One header, one block of content, two zero blocks at the end.
        assert_eq!(tar.len(), 4 * 512);
    }

    #[test]
    fn a_name_that_a_ustar_header_cannot_hold_is_refused_and_not_cut() {
        let long = "n".repeat(101);
        for bad in [long.clone(), format!("{}/x", "f".repeat(156)), format!("d/{long}")] {
            let error = tar_gz(&[member(&bad, b"")], 0).unwrap_err();
            assert!(matches!(error, PackError::Path { .. }), "{error}");
        }
        assert!(
            tar_gz(&[member(&format!("{}/{}", "f".repeat(155), "n".repeat(100)), b"")], 0).is_ok()
        );
    }

    #[test]
    fn a_time_beyond_the_header_is_refused_and_not_wrapped() {
        let one = [member("a", b"")];
        assert!(matches!(tar_gz(&one, 1 << 33), Err(PackError::Number { .. })));
        assert!(tar_gz(&one, (1 << 33) - 1).is_ok());
    }

    #[test]
    fn members_that_come_in_another_order_twice_or_below_a_file_are_refused() {
        let content = Segment::of(b"x").unwrap();
        let second = |one: &str, two: &str| {
            let mut archive = TarGz::new(Vec::new(), 0).unwrap();
            archive.file(one, 0o644, &content).unwrap();
            archive.file(two, 0o644, &content).unwrap_err()
        };
        assert!(matches!(second("b", "a"), PackError::Order { .. }));
        assert!(matches!(second("a", "a"), PackError::Duplicate { .. }));
        assert!(matches!(second("a", "a/b"), PackError::Duplicate { .. }));
    }

    proptest! {
        #[test]
        fn the_order_of_the_members_does_not_show(
            files in proptest::collection::btree_map("[a-z]{1,4}/[a-z]{1,4}", proptest::collection::vec(any::<u8>(), 0..2000), 0..8),
            rotation in 0_usize..8,
        ) {
            let members: Vec<_> = files.iter().map(|(path, bytes)| Member { path: path.clone(), mode: 0o755, bytes }).collect();
            let mut other = members.clone();
            other.reverse();
            let middle = rotation.min(other.len());
            other.rotate_left(middle);
            prop_assert_eq!(tar_gz(&members, 7).unwrap(), tar_gz(&other, 7).unwrap());
        }
    }
}
