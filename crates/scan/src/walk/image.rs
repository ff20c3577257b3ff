//! One container image on its own, for whoever knows what must be in it: the same walk as that of an image on the command
//! line, with the answers of recipes by program.

use super::{Place, Walk, WalkLimits};
use crate::{ArtifactReport, Scanner};
use catalog::Allow;
use std::collections::BTreeMap;
use unpack::{Blob, Gauge, Opened, Problem};
use vocab::Sha256;

/// What an image was found to be.
#[derive(Debug, Clone)]
pub struct ImageScan {
    /// SHA-256 of its manifest.
    pub manifest: Sha256,
    /// The environment in which it starts programs, `NAME=value`.
    pub environment: Vec<String>,
    /// Every program in it, and what could not be read; sorted by path.
    pub artifacts: Vec<ArtifactReport>,
}

/// Why something is not one container image.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// It is no archive that can be read.
    #[error("it cannot be read as an image: {0}")]
    Unreadable(Problem),
    /// It is something else.
    #[error("it is no container image")]
    NoImage,
    /// It holds more or fewer images than one.
    #[error("it holds {0} images, and one was expected")]
    Number(usize),
}

impl Scanner<'_> {
    /// Scans the bytes of an OCI layout or `docker save` archive with one image. `path` is what reports call it. An answer
    /// holds for the program with the digest that it stands at, and for no other.
    pub fn scan_image(
        &self,
        path: &str,
        bytes: Vec<u8>,
        answers: &BTreeMap<Sha256, Vec<Allow>>,
    ) -> Result<ImageScan, ImageError> {
        let limits = WalkLimits::default();
        let walk = Walk { answers: Some(answers), ..Walk::new(self, &limits, &[]) };
        let gauge = Gauge::new(limits.archive);
        let blob = Blob::memory(bytes);
        let opened = unpack::open(&blob, &gauge).map_err(ImageError::Unreadable)?;
        let Some(Opened::Images(images)) = opened else { return Err(ImageError::NoImage) };
        let [image] = &images.images[..] else {
            return Err(ImageError::Number(images.images.len()));
        };
        // One core: whoever has many images reads as many at once as there are.
        let said = walk.own(path, "image", Some(&blob), &images.problems);
        let found = walk.images(path, &images.images, &gauge, Place::Inside).join(said);
        let mut artifacts = found.artifacts;
        artifacts.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(ImageScan { manifest: image.digest, environment: image.environment.clone(), artifacts })
    }
}
