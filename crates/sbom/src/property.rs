//! The names of our properties. What each means is specified in `docs/cyclonedx-properties.md`; a test keeps the two
//! lists equal.

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)+) => {
        $($(#[$doc])* pub const $name: &str = $text;)+
        /// Every name.
        pub const ALL: &[&str] = &[$($name),+];
    };
}

names! {
    /// The digest of the release.
    RELEASE_DIGEST = "fipsmith:release:digest";
    /// Whether example keys sign the release.
    EXAMPLE_KEYS = "fipsmith:keys:example";
    /// The label.
    STATUS = "fipsmith:fips:status";
    /// The verdict of a binary.
    VERDICT = "fipsmith:fips:verdict";
    /// The policy of the gate.
    POLICY = "fipsmith:fips:policy";
    /// The day certificates were judged for.
    AS_OF = "fipsmith:fips:as-of";
    /// The day of the module registry.
    REGISTRY_DATE = "fipsmith:fips:registry-date";
    /// Why the label is what it is.
    REASON = "fipsmith:fips:reason";
    /// A finding of the scan.
    FINDING = "fipsmith:fips:finding";
    /// A finding that the recipe answers.
    ALLOWED = "fipsmith:fips:allowed";
    /// The FIPS toolchain the recipe asks for.
    BACKEND = "fipsmith:fips:backend";
    /// The FIPS toolchain whose module is in the bytes.
    MODE = "fipsmith:fips:mode";
    /// Whether the module is switched on.
    ENFORCEMENT = "fipsmith:fips:enforcement";
    /// The certificate number.
    CERTIFICATE = "fipsmith:cmvp:certificate";
    /// The standard.
    STANDARD = "fipsmith:cmvp:standard";
    /// The security level.
    LEVEL = "fipsmith:cmvp:level";
    /// The status at CMVP.
    CMVP_STATUS = "fipsmith:cmvp:status";
    /// The day of that status.
    STATUS_AS_OF = "fipsmith:cmvp:status-as-of";
    /// The day the certificate ends.
    SUNSET = "fipsmith:cmvp:sunset";
    /// How the module is linked.
    LINKAGE = "fipsmith:cmvp:linkage";
    /// Where the registry's row comes from.
    SOURCE = "fipsmith:cmvp:source";
    /// The registry's id.
    MODULE_ID = "fipsmith:cmvp:id";
    /// What a hash of an aggregate stands for.
    DIGEST_OF = "fipsmith:digest:of";
    /// Size in bytes.
    SIZE = "fipsmith:file:size";
    /// A cryptographic module in a binary, and whether it is switched on.
    MODULE = "fipsmith:fips:module";
    /// The module that holds the main package.
    MAIN_MODULE = "fipsmith:go:main-module";
    /// Import path of the main package.
    MAIN_PACKAGE = "fipsmith:go:main-package";
    /// Go's sum of a module.
    H1 = "fipsmith:go:h1";
    /// The module that a `replace` line took out.
    REPLACES = "fipsmith:go:replaces";
    /// `GOFIPS140` of the build information.
    GOFIPS140 = "fipsmith:go:env:GOFIPS140";
    /// `GOEXPERIMENT` of the build information.
    GOEXPERIMENT = "fipsmith:go:env:GOEXPERIMENT";
    /// One variable of a build's environment.
    BUILD_ENV = "fipsmith:build:env";
    /// That something was not built and only imported.
    IMPORTED = "fipsmith:imported";
    /// The pack a component belongs to.
    PACK = "fipsmith:profile:pack";
    /// The layer of that pack.
    LAYER = "fipsmith:profile:layer";
    /// A field that is not known.
    UNKNOWN = "fipsmith:unknown";
}

/// Names of the CycloneDX property taxonomy, namespace `cdx:gomod`.
pub(crate) mod gomod {
    /// One build tag.
    pub(crate) const TAG: &str = "cdx:gomod:build:tag";
    /// `GOARCH`.
    pub(crate) const GOARCH: &str = "cdx:gomod:build:env:GOARCH";
    /// `GOOS`.
    pub(crate) const GOOS: &str = "cdx:gomod:build:env:GOOS";
    /// `CGO_ENABLED`.
    pub(crate) const CGO_ENABLED: &str = "cdx:gomod:build:env:CGO_ENABLED";
    /// The Go version.
    pub(crate) const GOVERSION: &str = "cdx:gomod:build:env:GOVERSION";
}
