//! What kind of file it is, from its first bytes.

use crate::facts::FileKind;
use crate::{java, python};

/// Magic numbers, in the order in which they are tried.
const MAGIC: &[(&[u8], FileKind)] = &[
    (b"\x7fELF", FileKind::Elf),
    (b"MZ", FileKind::Pe),
    (b"\xfe\xed\xfa\xce", FileKind::MachO),
    (b"\xfe\xed\xfa\xcf", FileKind::MachO),
    (b"\xce\xfa\xed\xfe", FileKind::MachO),
    (b"\xcf\xfa\xed\xfe", FileKind::MachO),
    (b"\xca\xfe\xba\xbe", FileKind::MachO),
    (b"\x1f\x8b", FileKind::Archive),
    (b"PK\x03\x04", FileKind::Archive),
    (b"PK\x05\x06", FileKind::Archive),
    (b"!<arch>\n", FileKind::Archive),
    (b"\x28\xb5\x2f\xfd", FileKind::Archive),
    (b"\xfd7zXZ\0", FileKind::Archive),
    (b"BZh", FileKind::Archive),
    (b"#!", FileKind::Script),
];

/// How much of a file is looked at to call it text.
const SAMPLE: usize = 64 << 10;

/// The kind of `bytes`.
pub(crate) fn kind(bytes: &[u8]) -> FileKind {
    let by_magic = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, kind)| *kind);
    match by_magic {
        Some(FileKind::Archive) if java::is_jar(bytes) => FileKind::Jar,
        Some(FileKind::MachO) if java::is_class(bytes) => FileKind::JavaClass,
        Some(kind) => kind,
        // POSIX.1-1988 ustar interchange format: the magic stands at offset 257 of the first header.
        None if bytes.get(257..262) == Some(b"ustar") => FileKind::Archive,
        None if python::read(bytes).is_some() => FileKind::PythonPackage,
        None if is_text(bytes.get(..SAMPLE).unwrap_or(bytes)) => FileKind::Text,
        None => FileKind::Other,
    }
}

fn is_text(sample: &[u8]) -> bool {
    let whole = match std::str::from_utf8(sample) {
        Ok(_) => true,
        // A character may be cut in two at the end of the sample.
        Err(error) => error.error_len().is_none() && sample.len() == SAMPLE,
    };
    whole && memchr::memchr(0, sample).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_told_by_its_first_bytes() {
        let mut tar = vec![b'a'; 512];
        tar[257..262].copy_from_slice(b"ustar");
        let kinds: &[(&[u8], FileKind)] = &[
            (b"\x7fELF\x02", FileKind::Elf),
            (b"MZ\x90", FileKind::Pe),
            (b"\xcf\xfa\xed\xfe", FileKind::MachO),
            (b"\x1f\x8b\x08", FileKind::Archive),
            (&tar, FileKind::Archive),
            (b"#!/bin/sh\n", FileKind::Script),
            (b"", FileKind::Text),
            ("gr\u{fc}n\n".as_bytes(), FileKind::Text),
            (b"a\0b", FileKind::Other),
            (b"\xff\xff", FileKind::Other),
        ];
        for (bytes, expected) in kinds {
            assert_eq!(kind(bytes), *expected, "{bytes:?}");
        }
    }

    #[test]
    fn text_whose_last_character_the_sample_cuts_is_still_text() {
        let text = "\u{20ac}".repeat(SAMPLE);
        assert_eq!(kind(text.as_bytes()), FileKind::Text);
        assert_eq!(
            kind(b"ab\xe2\x82"),
            FileKind::Other,
            "a short file that ends inside a character is no text"
        );
    }
}
