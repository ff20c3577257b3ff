//! the release described in CycloneDX 1.6 with FIPS labels: pure and reproducible
