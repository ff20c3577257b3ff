//! The words of a scope's file. The permissions and features are Palette VerteX's (Tenant Settings, Platform Settings).

use vocab::words;

words! {
    /// What a scope is.
    ScopeKind {
        /// An organisation with users and settings of its own.
        Tenant = "tenant",
        /// A part of a tenant.
        Project = "project",
        /// A cluster.
        Cluster = "cluster",
    }
}

words! {
    /// Whether clusters of a scope must be FIPS clusters.
    FipsSetting {
        /// They must, and so must those of every scope below.
        Required = "required",
        /// They need not.
        NotRequired = "not-required",
    }
}

words! {
    /// What a tenant lets its users do although it is not FIPS.
    Permission {
        /// "Allow non-FIPS add-on packs".
        AddOnPacks = "non-fips-add-on-packs",
        /// "Allow non-FIPS features".
        Features = "non-fips-features",
        /// "Allow non-FIPS cluster import".
        ClusterImport = "non-fips-cluster-import",
    }
}

words! {
    /// What the platform does for a cluster by means that are not FIPS.
    Feature {
        /// Backups of a cluster.
        Backup = "backup",
        /// A cluster restored from a backup.
        Restore = "restore",
        /// Scans against a benchmark.
        ComplianceScan = "compliance-scan",
        /// Scans for weaknesses.
        SecurityScan = "security-scan",
        /// Scans for conformance with Kubernetes.
        ValidationScan = "validation-scan",
        /// Scans that make a software bill of materials.
        SbomScan = "sbom-scan",
    }
}
