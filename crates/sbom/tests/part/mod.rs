//! What belongs to a release and was not built, for the tests that describe such a one.

use sbom::Imported;
use vocab::Layer;

/// A part that nobody here built.
pub(crate) fn ubuntu() -> Imported {
    Imported {
        name: "ubuntu".parse().unwrap(),
        pack: "ubuntu-pro".parse().unwrap(),
        layer: Some(Layer::OperatingSystem),
        version: "24.04".to_owned(),
        reason: "its vendor makes it | and certifies it".to_owned(),
    }
}
