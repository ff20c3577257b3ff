//! Why a document could not be made.

/// Why a document could not be made. Each is a fault of what the caller described, never of the file system.
#[derive(Debug, thiserror::Error)]
pub enum SbomError {
    /// Two different things under one name: the document could point at either.
    #[error("the SBOM cannot describe `{reference}` twice with different content")]
    Conflict {
        /// The bom-ref both would carry.
        reference: String,
    },
    /// A reference to something that is not described.
    #[error("the SBOM cannot point from `{from}` to `{missing}`: it is not described")]
    Dangling {
        /// The bom-ref of what points.
        from: String,
        /// The bom-ref that nothing carries.
        missing: String,
    },
    /// The time is not RFC 3339 in UTC and whole seconds.
    #[error(
        "the SBOM's time cannot be `{text}`: it takes RFC 3339 in UTC and whole seconds, as in `2026-11-21T00:00:00Z`"
    )]
    Created {
        /// What was given.
        text: String,
    },
    /// The finished core broke a rule of CycloneDX 1.5.
    #[error("the SBOM breaks CycloneDX: {problems}")]
    Invalid {
        /// Every broken rule, by the place in the document.
        problems: String,
    },
    /// The core could not be written as JSON.
    #[error("the SBOM could not be written as JSON")]
    Write(#[from] cyclonedx_bom::errors::JsonWriteError),
    /// The overlay could not be written as JSON.
    #[error("the SBOM could not be written as JSON")]
    Json(#[from] serde_json::Error),
}
