//! Debian packages in a container image: each with the label of its own programs, as they were judged in that image.

use super::{
    graph::{Graph, Node},
    group::{labelled, purl_of},
    library::{state_hash, state_licence},
    licence::licences,
    overlay::{Acknowledgement, Extras},
    parts::{hashes, image_ref, organisation},
};
use crate::{DebianPackage, Description, Image, SbomError, property, purl};
use cyclonedx_bom::models::component::{Classification, Component as Cdx};
use std::collections::BTreeSet;

/// The bom-ref of a package. The same package is another thing in another image: what it loads there decides its label.
fn package_ref(image: &Image, package: &DebianPackage) -> String {
    format!("{}/deb/{}@{}", image_ref(image), package.name, package.version)
}

/// The bom-refs of the packages of an image.
pub(super) fn refs(image: &Image) -> impl Iterator<Item = String> {
    image.packages.iter().map(|package| package_ref(image, package))
}

/// Adds the packages of an image.
pub(super) fn add(
    graph: &mut Graph,
    image: &Image,
    description: &Description,
) -> Result<(), SbomError> {
    image.packages.iter().try_for_each(|package| graph.add(node(image, package, description)))
}

fn node(image: &Image, package: &DebianPackage, description: &Description) -> Node {
    let mut node = Cdx::new(
        Classification::Library,
        &package.name,
        &package.version,
        Some(package_ref(image, package)),
    );
    let mut bag = labelled(description, package.label);
    // A verdict is what binaries of the release have, and nothing else claims to be one.
    let verdicts: Vec<&str> = package.verdicts.iter().map(|verdict| verdict.as_str()).collect();
    let reason = match verdicts.is_empty() {
        true => "it holds no program".to_owned(),
        false => {
            format!("its programs, as they load each other in this image: {}", verdicts.join(", "))
        }
    };
    bag.add(property::REASON, &reason);
    node.supplier = Some(organisation("Debian"));
    node.description =
        Some(format!("built from Debian's source package {}", package.source).as_str().into());
    node.hashes = hashes(Some(package.sha256), Some(package.sha512));
    state_hash(&node, &mut bag, "debian-package");
    node.licenses = licences(&package.licences);
    state_licence(&node, &mut bag);
    node.purl = purl_of(&purl::debian(&package.name, &package.version, &package.architecture));
    node.properties = bag.properties();
    let extras = Extras { acknowledgement: Some(Acknowledgement::Declared), ..Extras::default() };
    // Which package needs which other is not read.
    Node { component: node, extras, depends_on: BTreeSet::new(), complete: false }
}
