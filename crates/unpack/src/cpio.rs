//! cpio, the "new ASCII" format (`070701` and `070702`): the payload of RPM packages and initial RAM disks.

use crate::decode::Input;
use crate::entry::{self, Content, Entry, Nothing, Stretch, Visit, What};
use crate::limits::{Gauge, Problem};
use std::collections::BTreeMap;
use std::io::Read as _;
use std::ops::ControlFlow;

/// Longest name and longest symlink target, in bytes.
const NAME: u64 = 1 << 16;

/// Whether a file begins with a header of this format.
pub(crate) fn recognise(head: &[u8]) -> bool {
    head.starts_with(b"070701") || head.starts_with(b"070702")
}

/// Names of one file that came before its content: only the last of several hard links carries it.
type Waiting = BTreeMap<(u64, u64, u64), Vec<String>>;

/// Reads the entries up to the trailer. `begun` is the first byte, where somebody read it already.
pub(crate) fn each(
    input: &mut Input,
    mut begun: Option<u8>,
    gauge: &Gauge,
    visit: Visit<'_>,
) -> Result<ControlFlow<()>, Problem> {
    let mut waiting = Waiting::new();
    loop {
        gauge.entry()?;
        let mut header = [0; 110];
        let (first, rest) = header.split_at_mut(usize::from(begun.is_some()));
        first.fill(begun.take().unwrap_or_default());
        input.read_exact(rest)?;
        if !recognise(&header) {
            return Err(Problem::Damaged("a cpio header does not begin as one".to_owned()));
        }
        let [ino, mode, _, _, links, _, size, major, minor, _, _, name_size, _] = fields(&header)?;
        if name_size > NAME {
            return Err(Problem::Limit { what: "bytes in the name of an entry", most: NAME });
        }
        let mut name = Stretch::new(input, name_size);
        let mut bytes = Vec::new();
        name.read_to_end(&mut bytes)?;
        name.finish(pad(110 + name_size))?;
        let name = entry::name(bytes.strip_suffix(b"\0").unwrap_or(&bytes));
        if name == "TRAILER!!!" {
            // Hard links that never got content are empty files.
            for name in waiting.into_values().flatten() {
                if visit(Entry { name, what: What::File, size: 0, content: &mut Nothing })
                    .is_break()
                {
                    return Ok(ControlFlow::Break(()));
                }
            }
            return Ok(ControlFlow::Continue(()));
        }
        let mut content = Stretch::new(input, size);
        let what = what(mode, size, &mut content)?;
        let key = (major, minor, ino);
        if what == What::File && links > 1 && size == 0 {
            waiting.entry(key).or_default().push(name);
            continue;
        }
        let others = if what == What::File { waiting.remove(&key) } else { None };
        let mut flow = visit(Entry { name: name.clone(), what, size, content: &mut content });
        content.finish(pad(size))?;
        for other in others.into_iter().flatten() {
            if flow.is_continue() {
                let what = What::Hardlink(name.clone());
                flow = visit(Entry { name: other, what, size: 0, content: &mut Nothing });
            }
        }
        if flow == ControlFlow::Break(()) {
            return Ok(flow);
        }
    }
}

/// Thirteen numbers of eight hexadecimal digits.
fn fields(header: &[u8; 110]) -> Result<[u64; 13], Problem> {
    let mut fields = [0; 13];
    for (field, digits) in fields.iter_mut().zip(header.get(6..).unwrap_or_default().chunks(8)) {
        let text = std::str::from_utf8(digits).ok();
        let number = text.and_then(|text| u64::from_str_radix(text, 16).ok());
        *field = number
            .ok_or_else(|| Problem::Damaged("a cpio header holds what is no number".to_owned()))?;
    }
    Ok(fields)
}

/// The file type bits of `stat`.
fn what(mode: u64, size: u64, content: &mut dyn Content) -> Result<What, Problem> {
    Ok(match mode & 0o170_000 {
        0o100_000 => What::File,
        0o040_000 => What::Folder,
        0o120_000 if size > NAME => {
            return Err(Problem::Limit { what: "bytes in a symlink", most: NAME });
        }
        0o120_000 => {
            let mut target = Vec::new();
            content.read_to_end(&mut target)?;
            What::Symlink(entry::name(&target))
        }
        _ => What::Other,
    })
}

/// Everything begins at a multiple of four.
fn pad(len: u64) -> u64 {
    len.wrapping_neg() % 4
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;
    use crate::blob::Blob;

    fn one(ino: u32, mode: u32, links: u32, name: &str, content: &[u8]) -> Vec<u8> {
        let fields = [
            ino,
            mode,
            0,
            0,
            links,
            0,
            length(content.len()),
            0,
            0,
            0,
            0,
            length(name.len()) + 1,
            0,
        ];
        let mut bytes = b"070701".to_vec();
        bytes.extend(fields.iter().flat_map(|field| format!("{field:08x}").into_bytes()));
        bytes.extend_from_slice(name.as_bytes());
        bytes.push(0);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes.extend_from_slice(content);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    }

    fn length(bytes: usize) -> u32 {
        u32::try_from(bytes).unwrap()
    }

    fn read(bytes: &[u8]) -> Result<Vec<(String, What, Vec<u8>)>, Problem> {
        let gauge = Gauge::new(Limits::default());
        let mut input = Input::of(&Blob::memory(bytes.to_vec()), &gauge).unwrap();
        let mut seen = Vec::new();
        let _ = each(&mut input, None, &gauge, &mut |entry| {
            let mut content = Vec::new();
            let _ = entry.content.read_to_end(&mut content);
            seen.push((entry.name, entry.what, content));
            ControlFlow::Continue(())
        })?;
        Ok(seen)
    }

    #[test]
    fn files_links_and_hard_links_are_read() {
        let bytes = [
            one(1, 0o040_755, 2, "./usr", b""),
            one(2, 0o100_755, 2, "./usr/first", b""),
            one(2, 0o100_755, 2, "./usr/second", b"content"),
            one(3, 0o120_777, 1, "./bin", b"usr/bin"),
            one(4, 0o100_644, 2, "./usr/empty", b""),
            one(0, 0, 1, "TRAILER!!!", b""),
        ];
        let seen = read(&bytes.concat()).unwrap();
        let expected = [
            ("./usr", What::Folder, &b""[..]),
            ("./usr/second", What::File, b"content"),
            ("./usr/first", What::Hardlink("./usr/second".to_owned()), b""),
            ("./bin", What::Symlink("usr/bin".to_owned()), b""),
            ("./usr/empty", What::File, b""),
        ]
        .map(|(name, what, bytes)| (name.to_owned(), what, bytes.to_vec()));
        assert_eq!(seen, expected);
    }

    #[test]
    fn a_cut_or_lying_archive_is_refused() {
        let whole = one(1, 0o100_644, 1, "file", b"content");
        for cut in [0, 50, 112, whole.len() - 2, whole.len()] {
            assert!(read(&whole[..cut]).is_err(), "{cut}");
        }
        let mut name = whole.clone();
        name[94..102].copy_from_slice(b"ffffffff");
        assert!(matches!(read(&name), Err(Problem::Limit { .. })));
        name[94..102].copy_from_slice(b"0000000-");
        assert!(matches!(read(&name), Err(Problem::Damaged(_))));
    }
}
