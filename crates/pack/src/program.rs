//! A program, packed once: the layer of an image that holds it and nothing else, whose compressed content is taken into
//! the archive of its component as it is.

use crate::gzip::Gzip;
use crate::member::{PackError, parents, path_of};
use crate::oci::Layer;
use crate::segment::Segment;
use crate::ustar::{self, Kind};
use serde::{Deserialize, Serialize};
use std::ops::Range;
use vocab::Sha256;

/// What stands before the bytes of a packed program that is kept for later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Label {
    diff_id: Sha256,
    digest: Sha256,
    segment: Range<usize>,
    crc: u32,
    size: u64,
}

/// A packed program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    label: Label,
    /// The layer, as `tar.gz`.
    layer: Vec<u8>,
}

impl Program {
    /// Raise it when other bytes come out for the same program: what was kept under an older name is not used then.
    pub const LOGIC: &'static str = "fipsmith-pack/1";

    /// Packs a program that stands at `path` in an image (without `/` before it), with its folders.
    pub fn new(path: &str, mode: u32, bytes: &[u8], mtime: u64) -> Result<Self, PackError> {
        path_of(path)?;
        let size = bytes.len() as u64;
        let mut before = Vec::new();
        for folder in parents(path) {
            let name = format!("{folder}/");
            before.extend(ustar::header(&name, Kind::Folder, 0o755, 0, mtime)?);
        }
        before.extend(ustar::header(path, Kind::File, mode, size, mtime)?);
        let after = [ustar::padding(size), &ustar::END].concat();
        let (segment, diff_id) =
            rayon::join(|| Segment::of(bytes), || digest_of(&[&before, bytes, &after]));
        let segment = segment?;
        let mut gzip = Gzip::new(Vec::new())?;
        gzip.write(&before);
        let place = gzip.segment(&segment)?;
        gzip.write(&after);
        let layer = gzip.finish()?;
        let start = usize::try_from(place).unwrap_or(usize::MAX);
        let label = Label {
            diff_id,
            digest: Sha256::of(&layer),
            segment: start..start.saturating_add(segment.deflated().len()),
            crc: segment.crc(),
            size,
        };
        Ok(Self { label, layer })
    }

    /// The program's content, for an archive.
    pub fn segment(&self) -> Segment<'_> {
        let deflated = self.layer.get(self.label.segment.clone()).unwrap_or_default();
        Segment::known(deflated, self.label.crc, self.label.size)
    }

    /// The layer that holds the program, for an image.
    pub fn layer(&self) -> Layer<'_> {
        Layer::known(&self.layer, self.label.digest, self.label.diff_id)
    }

    /// As bytes to keep: a line of JSON, then the layer.
    pub fn kept(&self) -> Result<Vec<u8>, PackError> {
        let mut bytes = serde_json::to_vec(&self.label)
            .map_err(|error| PackError::Write(std::io::Error::from(error)))?;
        bytes.push(b'\n');
        bytes.extend_from_slice(&self.layer);
        Ok(bytes)
    }

    /// What was kept, if it still is what it was. The digest covers the layer; that the rest fits is seen when the release is
    /// verified, as everything is.
    pub fn taken_up(mut bytes: Vec<u8>) -> Option<Self> {
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let label: Label = serde_json::from_slice(bytes.get(..end)?).ok()?;
        bytes.drain(..=end);
        let whole = label.segment.start < label.segment.end
            && label.segment.end <= bytes.len()
            && Sha256::of(&bytes) == label.digest;
        whole.then_some(Self { label, layer: bytes })
    }
}

pub(crate) fn digest_of(parts: &[&[u8]]) -> Sha256 {
    use crypto::Hash as _;
    let mut hasher = crypto::Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    Sha256::from_bytes(hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_program_is_taken_up_and_a_changed_one_is_not() {
        let program = Program::new("usr/local/bin/x", 0o755, &vec![7; 100_000], 9).unwrap();
        let kept = program.kept().unwrap();
        assert_eq!(Program::taken_up(kept.clone()), Some(program));
        for at in [kept.len() - 1, kept.len() - 30] {
            let mut changed = kept.clone();
            changed[at] ^= 1;
            assert_eq!(Program::taken_up(changed), None);
        }
        assert_eq!(Program::taken_up(kept[..40].to_vec()), None);
        assert_eq!(Program::taken_up(b"{}\n".to_vec()), None);
    }
}
