//! Changes to a finished file: what a hostile or careless hand does after the build.

use anyhow::{Context as _, bail};
use object::{Object as _, ObjectSegment as _};
use serde::{Deserialize, Serialize};

/// One change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Change {
    /// `e_shoff`, `e_shnum` and `e_shstrndx` become zero.
    DropSectionHeaders,
    /// The magic of Go's build information becomes zero.
    BlankBuildInfo,
    /// One bit of the text that Go's record of its module covers.
    FlipNativeText,
    /// One bit of BoringCrypto's text.
    FlipBoringText,
}

impl Change {
    /// Changes the file's bytes. `text` is where the scan of the honest file saw a module's text.
    pub(crate) fn apply(self, bytes: &mut [u8], text: Option<usize>) -> anyhow::Result<()> {
        match self {
            Self::DropSectionHeaders => {
                // Elf64_Ehdr (System V ABI, figure 4-3).
                for field in [0x28..0x30, 0x3c..0x3e, 0x3e..0x40] {
                    bytes.get_mut(field).context("no ELF header")?.fill(0);
                }
            }
            Self::BlankBuildInfo => {
                let at = find(bytes, b"\xff Go buildinf:").context("no build information")?;
                bytes.get_mut(at..at + 16).context("cut off")?.fill(0);
            }
            Self::FlipNativeText => {
                let at = native_text(bytes)?;
                *bytes.get_mut(at + 64).context("the text lies outside the file")? ^= 1;
            }
            Self::FlipBoringText => {
                let at = text.context("the scan of the honest file saw no module text")?;
                *bytes.get_mut(at + 300_000).context("the text lies outside the file")? ^= 1;
            }
        }
        Ok(())
    }
}

/// Where the text begins that the record of cmd/link/internal/ld/fips140.go covers: magic, sum, pointer to itself, then
/// the first of four pairs of pointers.
fn native_text(bytes: &[u8]) -> anyhow::Result<usize> {
    let record = find(bytes, b"\xff Go fipsinfo \xff\0").context("no record of Go's module")?;
    let file = object::File::parse(bytes)?;
    let start = bytes.get(record + 56..record + 64).context("the record is cut off")?;
    let address = u64::from_le_bytes(start.try_into()?);
    for segment in file.segments() {
        let (offset, size) = segment.file_range();
        if (segment.address()..segment.address() + size).contains(&address) {
            return Ok(usize::try_from(offset + address - segment.address())?);
        }
    }
    bail!("the record's text {address:#x} is in no segment")
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).position(|window| window == needle)
}
