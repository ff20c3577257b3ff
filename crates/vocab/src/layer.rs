//! The layers that a cluster is made of, as Palette's cluster profiles have them.

use crate::words;

words! {
    /// A layer of a profile, from the machine up.
    Layer {
        /// The operating system of the nodes.
        OperatingSystem = "operating-system",
        /// Kubernetes itself, with what runs containers.
        Kubernetes = "kubernetes",
        /// The container network interface.
        Cni = "cni",
        /// The container storage interface.
        Csi = "csi",
        /// Everything else.
        AddOn = "add-on",
    }
}

impl Layer {
    /// Whether a cluster cannot be without it. Infrastructure is held to FIPS wherever FIPS is required; only an add-on can be
    /// excepted.
    pub fn is_infrastructure(self) -> bool {
        self != Self::AddOn
    }
}
