//! What is built, for which machine, by which backend.

use crate::words;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A word that is not in its list; the message names the list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a {what}: it is one of {valid}")]
pub struct UnknownWord {
    what: &'static str,
    text: String,
    valid: String,
}

impl UnknownWord {
    /// `text` is none of the `valid` words of a `what`.
    pub fn new<'a>(what: &'static str, text: &str, valid: impl Iterator<Item = &'a str>) -> Self {
        Self {
            what,
            text: text.chars().take(80).collect(),
            valid: valid.collect::<Vec<_>>().join(", "),
        }
    }
}

words! {
    /// An instruction set, by Go's names.
    Arch {
        /// x86-64.
        Amd64 = "amd64",
        /// 64-bit Arm.
        Arm64 = "arm64",
    }
}

words! {
    /// A FIPS toolchain, or the knowing absence of one.
    Backend {
        /// Go's own module, the certified snapshot (`GOFIPS140`).
        GoNative = "go-native",
        /// Go with BoringCrypto (`GOEXPERIMENT=boringcrypto`).
        GoBoringcrypto = "go-boringcrypto",
        /// C against OpenSSL with the validated FIPS provider, which is a file of its own (`fips.so`).
        COpensslFips = "c-openssl-fips",
        /// Rust with the validated AWS-LC FIPS module, linked statically.
        RustAwsLcFips = "rust-aws-lc-fips",
        /// No cryptographic module: the component must contain no cryptography, or is knowingly not FIPS.
        None = "none",
    }
}

words! {
    /// What a file of a component is for.
    OutputKind {
        /// A program: it is scanned, signed and labelled.
        Program = "program",
        /// A library or module that programs load: it is judged with them.
        Library = "library",
        /// Configuration and other files.
        Data = "data",
        /// What other components are built with; it is never shipped.
        Development = "development",
    }
}

words! {
    /// The operating system and architecture an artifact runs on. fipsmith builds for Linux.
    Target {
        /// Linux on x86-64.
        LinuxAmd64 = "linux/amd64",
        /// Linux on 64-bit Arm.
        LinuxArm64 = "linux/arm64",
    }
}

impl Target {
    /// The operating system, by Go's name.
    pub fn os(self) -> &'static str {
        "linux"
    }
    /// The instruction set.
    pub fn arch(self) -> Arch {
        match self {
            Self::LinuxAmd64 => Arch::Amd64,
            Self::LinuxArm64 => Arch::Arm64,
        }
    }
    /// The target as part of a file name: `linux-amd64`.
    pub fn dashed(self) -> String {
        format!("{}-{}", self.os(), self.arch())
    }
}

/// Why a text is not a version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an upstream version: {rule}")]
pub struct BadVersion {
    text: String,
    rule: &'static str,
}

/// An upstream version as the Go command spells it: `v3.7.3`, or a pseudo-version.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Version(String);

impl Version {
    /// The version as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// The version under which fipsmith ships it: `v3.7.3+fips.0`, as Konvoy named its builds.
    pub fn released(&self, number: ReleaseNumber) -> String {
        format!("{}+fips.{}", self.0, number.0)
    }
    /// The same as the tag of an image, where `+` is not allowed (OCI distribution-spec 1.1, `<reference>`): `v3.7.3_fips.0`.
    pub fn tag(&self, number: ReleaseNumber) -> String {
        self.released(number).replace('+', "_")
    }
}

impl FromStr for Version {
    type Err = BadVersion;
    fn from_str(text: &str) -> Result<Self, BadVersion> {
        let bad = |rule| BadVersion { text: text.chars().take(80).collect(), rule };
        let rest =
            text.strip_prefix('v').ok_or_else(|| bad("it begins with `v`, as in `v3.7.3`"))?;
        let core: Vec<&str> =
            rest.split(['-', '+']).next().unwrap_or_default().split('.').collect();
        if core.len() != 3
            || core.iter().any(|part| part.is_empty() || part.bytes().any(|b| !b.is_ascii_digit()))
        {
            return Err(bad("it takes three numbers, as in `v3.7.3`"));
        }
        if text.len() > 100
            || text.bytes().any(|b| !(b.is_ascii_alphanumeric() || b"-.+".contains(&b)))
        {
            return Err(bad("it takes letters, digits, `-`, `.` and `+`, at most 100 of them"));
        }
        Ok(Self(text.to_owned()))
    }
}
impl TryFrom<String> for Version {
    type Error = BadVersion;
    fn try_from(text: String) -> Result<Self, BadVersion> {
        text.parse()
    }
}
impl From<Version> for String {
    fn from(version: Version) -> Self {
        version.0
    }
}
impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The `n` of `+fips.<n>`: counts our builds of one upstream version.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(transparent)]
pub struct ReleaseNumber(pub u32);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_the_go_command_would_not_take_are_refused() {
        for bad in ["3.7.3", "v3", "v3.7", "v3.7.x", "v1.2.3/..", "v1.2.3 ", "", "v1..3", "latest"]
        {
            assert!(bad.parse::<Version>().is_err(), "{bad:?}");
        }
        let version: Version = "v0.0.0-20240708192948-52c50467d67d".parse().unwrap();
        assert_eq!(version.released(ReleaseNumber(2)), "v0.0.0-20240708192948-52c50467d67d+fips.2");
    }

    #[test]
    fn a_target_knows_its_parts() {
        let target: Target = "linux/arm64".parse().unwrap();
        assert_eq!(
            (target.os(), target.arch(), target.dashed()),
            ("linux", Arch::Arm64, "linux-arm64".to_owned())
        );
    }
}
