//! What deploys a Kubernetes release: `deploy/kubeadm.yaml` and `deploy/COMMANDS.md`.
//!
//! Pure: a [`Deployment`] goes in, text comes out. Every value that is written into YAML or a command line was checked when it was
//! made: versions and repositories hold no quote, no space and no line break.

mod commands;
mod kubeadm;

pub use commands::commands;
pub use kubeadm::kubeadm;

use vocab::{Date, Label};

/// Where images are looked for when a profile names no repository: what was loaded into a node by hand.
pub const LOCAL_REPOSITORY: &str = "localhost/fipsmith";

/// The TLS 1.2 suites that are left of what Kubernetes and etcd know: ECDHE with AES-GCM (SP 800-52 Rev. 2, 3.3.1.1). TLS 1.3
/// has no list to set: `crypto/tls` in FIPS mode offers AES-GCM alone.
pub const SUITES: [&str; 4] = [
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
];

/// A release of a profile that holds Kubernetes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// The release's name.
    pub release: String,
    /// Its label.
    pub label: Label,
    /// The day of the label.
    pub as_of: Date,
    /// Whether it is signed with example keys.
    pub example_keys: bool,
    /// Where the cluster pulls images from.
    pub repository: String,
    /// Kubernetes.
    pub kubernetes: Part,
    /// etcd, if the release has it.
    pub etcd: Option<Part>,
    /// CoreDNS, if the release has it.
    pub coredns: Option<Part>,
}

/// The version of one part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// As it is released: `v1.37.1+fips.0`.
    pub released: String,
    /// As the tag of its image: `v1.37.1_fips.0`.
    pub tag: String,
}

/// The images of the release that a cluster made by kubeadm runs, each with its tag.
pub fn images(deployment: &Deployment) -> Vec<String> {
    let Deployment { repository, kubernetes, etcd, coredns, .. } = deployment;
    let core = ["kube-apiserver", "kube-controller-manager", "kube-proxy", "kube-scheduler"];
    let image = |name: &str, part: &Part| format!("{repository}/{name}:{}", part.tag);
    core.iter()
        .map(|name| image(name, kubernetes))
        .chain(etcd.iter().map(|part| image("etcd", part)))
        .chain(coredns.iter().map(|part| image("coredns", part)))
        .collect()
}
