//! tar and tar.gz, read in memory member by member: a bomb is stopped by limits, and nothing is ever unpacked to disk.

use super::WalkLimits;
use flate2::read::MultiGzDecoder;
use std::io::Read;

/// An archive that can be read.
pub(super) enum Members<'a> {
    Tar(&'a [u8]),
    TarGz(&'a [u8]),
}

/// Recognises tar and tar.gz; other archives are not read yet.
pub(super) fn open(bytes: &[u8]) -> Option<Members<'_>> {
    if is_tar(bytes) {
        return Some(Members::Tar(bytes));
    }
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return None;
    }
    let mut first = [0; 512];
    MultiGzDecoder::new(bytes).read_exact(&mut first).ok()?;
    is_tar(&first).then_some(Members::TarGz(bytes))
}

/// POSIX.1-2017, pax: `ustar` stands at offset 257 of the first header.
fn is_tar(bytes: &[u8]) -> bool {
    bytes.get(257..262).is_some_and(|magic| magic == b"ustar")
}

impl Members<'_> {
    /// Calls `visit` with the name and the bytes of every regular file. The error says what stopped the reading.
    pub(super) fn each(
        self,
        limits: &WalkLimits,
        visit: &mut dyn FnMut(&str, &[u8]),
    ) -> Result<(), String> {
        match self {
            Self::Tar(bytes) => walk(bytes, limits, visit),
            Self::TarGz(bytes) => walk(MultiGzDecoder::new(bytes), limits, visit),
        }
    }
}

fn walk(
    reader: impl Read,
    limits: &WalkLimits,
    visit: &mut dyn FnMut(&str, &[u8]),
) -> Result<(), String> {
    let broken = |error: std::io::Error| format!("the archive is damaged: {error}");
    // One byte more than allowed tells a full archive from one that is cut off by the limit.
    let mut archive = tar::Archive::new(reader.take(limits.unpacked.saturating_add(1)));
    let mut taken = 0_u64;
    for (index, entry) in archive.entries().map_err(broken)?.enumerate() {
        let entry = entry.map_err(broken)?;
        if index >= limits.members {
            return Err(format!("the archive holds more than {} members", limits.members));
        }
        taken = taken.saturating_add(entry.size());
        if entry.size() > limits.file || taken > limits.unpacked {
            return Err(format!(
                "the archive unpacks to more than {} bytes",
                limits.unpacked.min(limits.file)
            ));
        }
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let mut bytes = Vec::new();
        entry.take(limits.file).read_to_end(&mut bytes).map_err(broken)?;
        visit(&name, &bytes);
    }
    Ok(())
}
