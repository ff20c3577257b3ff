//! ar: the archives of static libraries and of Debian packages (System V / GNU and BSD variants).

use crate::blob::Blob;
use crate::entry;
use crate::limits::{Gauge, Problem};

/// What every ar archive begins with.
pub(crate) const MAGIC: &[u8] = b"!<arch>\n";

/// Longest table of long names, in bytes.
const NAMES: u64 = 16 << 20;

/// Calls `visit` with the name and the bytes of every member, in order; two members may have one name.
pub(crate) fn each(
    blob: &Blob,
    gauge: &Gauge,
    visit: &mut dyn FnMut(String, Blob) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let mut long_names = Vec::new();
    let mut at = MAGIC.len() as u64;
    while at < blob.len() {
        gauge.entry()?;
        let header = blob.slice(at, 60).ok_or_else(crate::blob::cut)?.read(60)?;
        let field = |from: usize, to: usize| {
            std::str::from_utf8(header.get(from..to).unwrap_or_default())
                .unwrap_or("?")
                .trim_ascii_end()
        };
        let size: u64 = field(48, 58)
            .parse()
            .map_err(|_| Problem::Damaged("the size of a member is no number".to_owned()))?;
        if header.get(58..60) != Some(b"`\n") {
            return Err(Problem::Damaged("the header of a member does not end as one".to_owned()));
        }
        let start = at + 60;
        let mut member = blob.slice(start, size).ok_or_else(crate::blob::cut)?;
        // Members begin at even places.
        at = start.saturating_add(size).saturating_add(size % 2);
        let raw = header.get(..16).unwrap_or_default().trim_ascii_end();
        let name = match raw {
            // The symbol tables of 32 and 64 bits, and those of BSD.
            b"/" | b"/SYM64/" | b"__.SYMDEF" | b"__.SYMDEF SORTED" => continue,
            b"//" => {
                long_names = member.read(NAMES)?;
                continue;
            }
            [b'/', offset @ ..] => long_name(&long_names, offset)?,
            [b'#', b'1', b'/', length @ ..] => {
                // BSD: the name is the beginning of the content.
                let length = decimal(length).filter(|length| *length <= member.len().min(1 << 16));
                let length = length.ok_or_else(bad_name)?;
                let name = member.head(usize::try_from(length).unwrap_or_default())?;
                member = member.slice(length, member.len() - length).ok_or_else(bad_name)?;
                let end = name.iter().position(|byte| *byte == 0).unwrap_or(name.len());
                entry::name(name.get(..end).unwrap_or_default())
            }
            plain => entry::name(plain.strip_suffix(b"/").unwrap_or(plain)),
        };
        if name.starts_with("__.SYMDEF") {
            continue;
        }
        visit(name, member)?;
    }
    Ok(())
}

/// GNU: `/123` is a place in the table of names, where a name ends with `/` and a line feed.
fn long_name(names: &[u8], offset: &[u8]) -> Result<String, Problem> {
    let from = decimal(offset).and_then(|offset| usize::try_from(offset).ok());
    let rest = from.and_then(|from| names.get(from..)).ok_or_else(bad_name)?;
    let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    let name = rest.get(..end).unwrap_or_default();
    Ok(entry::name(name.strip_suffix(b"/").unwrap_or(name)))
}

fn decimal(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn bad_name() -> Problem {
    Problem::Damaged("the name of a member is nowhere".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;

    pub(crate) fn member(name: &str, content: &[u8]) -> Vec<u8> {
        let header =
            format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", 0, 0, 0, 644, content.len());
        let mut bytes = [header.as_bytes(), content].concat();
        if content.len() % 2 == 1 {
            bytes.push(b'\n');
        }
        bytes
    }

    fn read(members: &[Vec<u8>]) -> Result<Vec<(String, Vec<u8>)>, Problem> {
        let bytes = [MAGIC.to_vec(), members.concat()].concat();
        let mut seen = Vec::new();
        each(&Blob::memory(bytes), &Gauge::new(Limits::default()), &mut |name, blob| {
            seen.push((name, blob.read(100)?));
            Ok(())
        })?;
        Ok(seen)
    }

    #[test]
    fn short_long_and_bsd_names_are_read_and_tables_left_out() {
        let seen = read(&[
            member("/", b"symbols"),
            member("//", b"a_rather_long_name.o/\nanother_long_name.o/\n"),
            member("short.o/", b"1"),
            member("/0", b"22"),
            member("/22", b"333"),
            member("#1/8", b"bsd.o\x00\x00\x004444"),
            member("debian-binary", b"2.0\n"),
        ])
        .unwrap();
        let names: Vec<_> = seen.iter().map(|(name, _)| name.as_str()).collect();
        let expected =
            ["short.o", "a_rather_long_name.o", "another_long_name.o", "bsd.o", "debian-binary"];
        assert_eq!(names, expected);
        assert_eq!(seen[3].1, b"4444");
    }

    #[test]
    fn members_that_reach_out_and_names_that_are_nowhere_are_refused() {
        let mut long = member("long.o/", b"1234");
        long.truncate(62);
        assert_eq!(read(&[long]), Err(crate::blob::cut()));
        for name in ["/7", "#1/9", "#1/x", "/99999999999999"] {
            assert_eq!(read(&[member(name, b"12")]), Err(bad_name()), "{name}");
        }
        let mut bad = member("x/", b"");
        bad[48..58].copy_from_slice(b"-1        ");
        assert!(read(&[bad]).is_err());
        assert_eq!(read(&[vec![b'x'; 10]]), Err(crate::blob::cut()));
    }
}
