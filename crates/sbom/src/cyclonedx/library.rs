//! What is inside a binary: Go modules, the Go standard library, cryptographic modules.

use super::{
    graph::{Graph, Node},
    group::{files, purl_of},
    licence::licences,
    overlay::{Acknowledgement, Evidence, Extras, Occurrence},
    parts::{Bag, hashes, location, module_ref, organisation, reference, references},
};
use crate::{
    CryptoModule, Description, Ecosystem, LinkedModule, SbomError, Upstream, property, purl,
};
use cyclonedx_bom::models::{
    component::{Classification, Component as Cdx},
    external_reference::{ExternalReference, ExternalReferenceType},
};
use std::collections::{BTreeMap, BTreeSet};
use vocab::{Sha256, Sha512};

/// The bom-ref of a Go module. A package URL is lower-case; this keeps the case, because paths that differ in case only
/// are different modules to the Go command.
pub(super) fn linked_ref(module: &LinkedModule) -> String {
    let kind = match module.ecosystem {
        Ecosystem::Go => "go",
        Ecosystem::Cargo => "cargo",
        Ecosystem::Debian => "deb",
    };
    format!("{kind}/{}@{}", module.path, module.version)
}

/// Adds every Go module and crate that is linked into any binary, once.
pub(super) fn linked_modules(
    graph: &mut Graph,
    description: &Description,
) -> Result<(), SbomError> {
    let mut modules: BTreeMap<String, Linked> = BTreeMap::new();
    for (_, artifact) in files(description) {
        for module in &artifact.linked {
            let reference = linked_ref(module);
            modules.entry(reference.clone()).or_default().merge(module, &reference)?;
        }
    }
    for (reference, linked) in modules {
        if let Some(upstream) = &linked.upstream {
            graph.add(upstream_node(upstream))?;
        }
        graph.add(linked.node(reference))?;
    }
    Ok(())
}

/// What all binaries together know of one Go module: one wrapper may reach it by a `replace` line and another directly.
#[derive(Debug, Default)]
struct Linked {
    ecosystem: Ecosystem,
    path: String,
    version: String,
    h1: Option<String>,
    sha256: Option<Sha256>,
    sha512: Option<Sha512>,
    licences: Option<BTreeSet<String>>,
    replaces: BTreeSet<String>,
    vcs: Option<String>,
    upstream: Option<Upstream>,
}

impl Linked {
    fn merge(&mut self, module: &LinkedModule, reference: &str) -> Result<(), SbomError> {
        self.ecosystem = module.ecosystem;
        (self.path, self.version) = (module.path.clone(), module.version.clone());
        let licences: BTreeSet<_> = module.licences.iter().cloned().collect();
        agree(&mut self.h1, module.h1.clone(), reference)?;
        agree(&mut self.sha256, module.sha256, reference)?;
        agree(&mut self.sha512, module.sha512, reference)?;
        agree(&mut self.vcs, module.vcs.clone(), reference)?;
        agree(&mut self.upstream, module.upstream.clone(), reference)?;
        agree(&mut self.licences, (!licences.is_empty()).then_some(licences), reference)?;
        self.replaces.extend(
            module.replaced_from.iter().map(|from| format!("{}@{}", from.path, from.version)),
        );
        Ok(())
    }

    /// The hashes are those of the module zip, or of the registry's archive.
    fn node(self, reference: String) -> Node {
        let mut node =
            Cdx::new(Classification::Library, &self.path, &self.version, Some(reference));
        let mut bag = Bag::default();
        node.hashes = hashes(self.sha256, self.sha512);
        match self.ecosystem {
            Ecosystem::Go => {
                node.purl = purl_of(&match &self.vcs {
                    Some(vcs) => purl::from_git(&self.path, &self.version, vcs),
                    None => purl::golang(&self.path, &self.version),
                });
                node.supplier = Some(organisation(origin(&self.path)));
                state_hash(&node, &mut bag, "module-zip");
            }
            // A crate's name says nothing of who makes it.
            Ecosystem::Cargo => {
                node.purl = purl_of(&purl::cargo(&self.path, &self.version));
                bag.add(property::UNKNOWN, "supplier");
                state_hash(&node, &mut bag, "crate-archive");
            }
            Ecosystem::Debian => {
                let (name, architecture) = self.path.split_once(':').unwrap_or((&self.path, "all"));
                node.purl = purl_of(&purl::debian(name, &self.version, architecture));
                node.supplier = Some(organisation("Debian"));
                state_hash(&node, &mut bag, "debian-package");
            }
        }
        node.licenses = licences(&self.licences.into_iter().flatten().collect::<Vec<_>>());
        state_licence(&node, &mut bag);
        bag.each(property::H1, &self.h1).each(property::REPLACES, &self.replaces);
        node.properties = bag.properties();
        // Which of the linked modules needs which other is not in the binary, so it is not said.
        let extras =
            Extras { acknowledgement: Some(Acknowledgement::Concluded), ..Extras::default() };
        let depends_on = self.upstream.iter().map(upstream_ref).collect();
        Node { component: node, extras, depends_on, complete: false }
    }
}

fn upstream_ref(upstream: &Upstream) -> String {
    format!("upstream/{}@{}", upstream.name, upstream.version)
}

/// A project under its own name and version, by which advisories know it: the package that carries its sources has others.
fn upstream_node(upstream: &Upstream) -> Node {
    let reference = upstream_ref(upstream);
    let mut node =
        Cdx::new(Classification::Library, &upstream.name, &upstream.version, Some(reference));
    let mut bag = Bag::default();
    node.purl = purl_of(&purl::generic(&upstream.name, &upstream.version, None));
    bag.each(property::UNKNOWN, ["hash", "licence", "supplier"]);
    node.properties = bag.properties();
    Node {
        component: node,
        extras: Extras::default(),
        depends_on: BTreeSet::new(),
        complete: false,
    }
}

/// Takes what is known from either side; two different answers are refused.
fn agree<T: PartialEq>(
    known: &mut Option<T>,
    new: Option<T>,
    reference: &str,
) -> Result<(), SbomError> {
    match (&*known, new) {
        (Some(old), Some(new)) if *old != new => {
            Err(SbomError::Conflict { reference: reference.to_owned() })
        }
        (None, new) => {
            *known = new;
            Ok(())
        }
        _ => Ok(()),
    }
}

/// A hash is of some file: says of which, or that there is none.
pub(super) fn state_hash(node: &Cdx, bag: &mut Bag, of: &str) {
    match node.hashes {
        Some(_) => bag.add(property::DIGEST_OF, of),
        None => bag.add(property::UNKNOWN, "hash"),
    };
}

/// Says that no licence is known, where none is.
pub(super) fn state_licence(node: &Cdx, bag: &mut Bag) {
    if node.licenses.is_none() {
        bag.add(property::UNKNOWN, "licence");
    }
}

/// Where a module comes from, as far as its path says: the owner's folder at a code host, or the host that the path
/// names. It is copied from the path, not looked up.
fn origin(path: &str) -> &str {
    let end = |nth: usize| path.match_indices('/').nth(nth).map_or(path.len(), |(at, _)| at);
    let host = path.get(..end(0)).unwrap_or(path);
    let shared = ["github.com", "gitlab.com", "bitbucket.org", "codeberg.org"].contains(&host);
    path.get(..end(usize::from(shared))).unwrap_or(path)
}

/// `go1.27.4-X:boringcrypto` is version `1.27.4` with an experiment: advisories are written against `1.27.4`.
fn standard_version(go_version: &str) -> &str {
    let version = go_version.strip_prefix("go").unwrap_or(go_version);
    version.split(['-', ' ']).next().unwrap_or(version)
}

/// The bom-ref of the standard library: `stdlib` is its name in the Go vulnerability database.
pub(super) fn standard_library_ref(go_version: &str) -> String {
    format!("go/stdlib@{}", standard_version(go_version))
}

/// Adds one standard library for every Go version; its hash is that of the toolchain that holds its source.
pub(super) fn standard_libraries(
    graph: &mut Graph,
    description: &Description,
) -> Result<(), SbomError> {
    let mut versions: BTreeMap<&str, BTreeSet<Sha256>> = BTreeMap::new();
    for (_, artifact) in files(description) {
        let Some(go_version) = artifact.go_version.as_deref() else { continue };
        let version = standard_version(go_version);
        let tools = artifact.build.iter().flat_map(|build| &build.tools);
        let digests =
            tools.filter(|tool| standard_version(&tool.version) == version && tool.name == "go");
        versions.entry(version).or_default().extend(digests.map(|tool| tool.sha256));
    }
    for (version, digests) in versions {
        graph.add(standard_library(version, &digests))?;
    }
    Ok(())
}

fn standard_library(version: &str, toolchains: &BTreeSet<Sha256>) -> Node {
    let mut node =
        Cdx::new(Classification::Library, "stdlib", version, Some(standard_library_ref(version)));
    let mut bag = Bag::default();
    node.purl = purl_of(&purl::golang("stdlib", version));
    node.description = Some("the Go standard library".into());
    node.supplier = Some(organisation("The Go Authors"));
    node.licenses = licences(&["BSD-3-Clause".to_owned()]);
    // Two toolchains of one version have two digests, and neither is that of the library.
    node.hashes =
        hashes(if toolchains.len() == 1 { toolchains.first().copied() } else { None }, None);
    state_hash(&node, &mut bag, "toolchain");
    node.properties = bag.properties();
    let extras = Extras { acknowledgement: Some(Acknowledgement::Declared), ..Extras::default() };
    Node { component: node, extras, depends_on: BTreeSet::new(), complete: true }
}

/// Adds every cryptographic module of the release.
pub(super) fn crypto_modules(
    graph: &mut Graph,
    description: &Description,
) -> Result<(), SbomError> {
    description.modules.iter().try_for_each(|module| graph.add(crypto_module(module, description)))
}

fn crypto_module(module: &CryptoModule, description: &Description) -> Node {
    let mut node = Cdx::new(
        Classification::Library,
        &module.name,
        &module.version,
        Some(module_ref(&module.id)),
    );
    let mut bag = cmvp_properties(module);
    node.supplier = Some(organisation(&module.vendor));
    node.purl = purl_of(&purl::generic(module.id.as_str(), &module.version, None));
    node.hashes = hashes(module.sha256, None);
    state_hash(&node, &mut bag, "module-object");
    node.licenses = licences(&module.licences);
    state_licence(&node, &mut bag);
    node.external_references = references(certificate(module).into_iter().collect());
    node.properties = bag.properties();
    let extras = Extras {
        tags: vec!["cryptographic-module"],
        acknowledgement: Some(Acknowledgement::Declared),
        evidence: Evidence::of_module(module, occurrences(module, description)),
    };
    Node { component: node, extras, depends_on: BTreeSet::new(), complete: true }
}

/// Not `cryptoProperties.assetType = certificate`: CycloneDX means an X.509 certificate by that. The comment is the name
/// under which other publishers list CMVP certificates in SBOMs.
fn certificate(module: &CryptoModule) -> Option<ExternalReference> {
    let number = module.certificate?;
    let mut report = reference(ExternalReferenceType::CertificationReport, &number.url());
    report.comment = Some(format!("NIST-CMVP-{}", number.0));
    Some(report)
}

fn cmvp_properties(module: &CryptoModule) -> Bag {
    let mut bag = Bag::default();
    bag.add(property::MODULE_ID, &module.id)
        .add(property::STANDARD, &module.standard)
        .add(property::CMVP_STATUS, &module.status)
        .add(property::STATUS_AS_OF, &module.status_as_of)
        .add(property::LINKAGE, module.linkage.as_str())
        .each(property::CERTIFICATE, module.certificate.map(|number| number.0))
        .each(property::LEVEL, module.level)
        .each(property::SUNSET, module.sunset)
        .each(property::SOURCE, &module.sources);
    bag
}

fn occurrences(module: &CryptoModule, description: &Description) -> Vec<Occurrence> {
    let mut list: Vec<_> = files(description)
        .flat_map(|(_, artifact)| {
            let used = artifact.modules.iter().filter(|used| used.id == module.id);
            used.flat_map(|used| &used.evidence).map(|evidence| Occurrence {
                location: location(artifact),
                offset: evidence.offset,
                additional_context: Some(format!("{}: {}", evidence.what, evidence.value)),
            })
        })
        .collect();
    list.sort();
    list.dedup();
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_experiment_is_not_part_of_the_version_that_advisories_name() {
        assert_eq!(standard_library_ref("go1.27.4-X:boringcrypto"), "go/stdlib@1.27.4");
        assert_eq!(standard_library_ref("go1.27.4 X:nocoverageredesign"), "go/stdlib@1.27.4");
    }

    #[test]
    fn a_supplier_is_read_from_the_module_path_and_no_further() {
        for (path, expected) in [
            ("github.com/coredns/coredns", "github.com/coredns"),
            ("go.etcd.io/etcd/server/v3", "go.etcd.io"),
            ("k8s.io/api", "k8s.io"),
            ("github.com", "github.com"),
            ("example", "example"),
        ] {
            assert_eq!(origin(path), expected);
        }
    }
}
