//! A toolchain of Debian packages: `manifests/toolchains/NAME.toml`. A person writes what is wanted, the rest is written by
//! `cargo xtask toolchain lock`.

use crate::raw::{At, DebianName, DebianVersion, GoSum, RawFile, Sink, Text, unique};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocab::{Sha256, Target};

/// A root of Debian packages that programs of C and Rust are built in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DebianRoot {
    /// The toolchain; also the name of its file.
    pub name: String,
    /// The machine that it runs on.
    pub host: Target,
    /// What was asked for; everything else is what these need.
    pub want: Vec<String>,
    /// Packages, as apt's preferences take them, of which parts are linked into what we ship: their newest version, security
    /// updates included.
    pub shipped: Vec<String>,
    /// Every package, by name, version and digest, sorted. Empty before it was locked.
    pub packages: Vec<DebianPackage>,
    /// The sum of the unpacked tree: `h1:` (dirhash Hash1), links included as `path -> target`.
    pub tree_h1: String,
}

/// One package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DebianPackage {
    /// The package.
    pub name: String,
    /// Its version.
    pub version: String,
    /// `amd64`, `arm64` or `all`.
    pub architecture: String,
    /// SHA-256 of the `.deb` file.
    pub sha256: Sha256,
}

impl DebianRoot {
    /// Reads a file that need not be locked yet: what `cargo xtask toolchain lock` begins with.
    pub fn parse_unlocked(text: &str, file_name: &str) -> Result<Self, crate::Problems> {
        crate::load::parse::<RawDebian, _>(file_name, text, RawDebian::made)
    }

    /// One digest for all packages, in the form of `sha256sum`.
    pub fn digest(&self) -> Sha256 {
        digest_of(&self.packages)
    }
}

/// One digest for packages, in the form of `sha256sum`.
pub(crate) fn digest_of(packages: &[DebianPackage]) -> Sha256 {
    let line = |package: &DebianPackage| {
        format!(
            "{}  {}_{}_{}.deb\n",
            package.sha256, package.name, package.version, package.architecture
        )
    };
    Sha256::of(packages.iter().map(line).collect::<String>().as_bytes())
}

/// A root of Debian packages that programs of C and Rust are built in (manifests/toolchains/NAME.toml).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(title = "fipsmith Debian root")]
pub(crate) struct RawDebian {
    /// The toolchain, which is the file's name without `.toml`.
    name: At<Text>,
    /// The machine that it runs on.
    host: At<Target>,
    /// The packages that are asked for.
    #[schemars(length(min = 1))]
    want: Vec<At<DebianName>>,
    /// Packages of which parts are linked into what we ship, `*` allowed: their newest version is taken.
    #[serde(default)]
    shipped: Vec<At<Text>>,
    /// The sum of the unpacked tree; written by `cargo xtask toolchain lock`.
    tree_h1: Option<At<GoSum>>,
    /// Every package; written by `cargo xtask toolchain lock`.
    #[serde(default)]
    packages: Vec<RawDebianPackage>,
}

/// A package.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct RawDebianPackage {
    /// The package.
    name: At<DebianName>,
    /// Its version.
    version: At<DebianVersion>,
    /// `amd64`, `arm64` or `all`.
    architecture: At<DebianName>,
    /// SHA-256 of the `.deb` file.
    sha256: At<Sha256>,
}

impl RawDebianPackage {
    pub(crate) fn named(&self) -> (&str, &std::ops::Range<usize>) {
        (self.name.value.0.as_str(), &self.name.span)
    }

    pub(crate) fn made(&self) -> DebianPackage {
        DebianPackage {
            name: self.name.value.0.clone(),
            version: self.version.value.0.clone(),
            architecture: self.architecture.value.0.clone(),
            sha256: self.sha256.value,
        }
    }
}

impl RawFile for RawDebian {
    const SCHEMA: &'static str = "debian";
}

impl RawDebian {
    pub(crate) fn check(&self, sink: &mut Sink) -> DebianRoot {
        unique(self.packages.iter().map(RawDebianPackage::named), "package", sink);
        if self.packages.is_empty() || self.tree_h1.is_none() {
            let hint = format!("run `cargo xtask toolchain lock {}`", self.name.value.0);
            sink.push_missing(&self.name.span, "no package is pinned by digest", Some(hint));
        }
        for want in &self.want {
            if !self.packages.is_empty()
                && !self.packages.iter().any(|p| p.name.value == want.value)
            {
                let message = format!("`{}` is wanted and is not among `packages`", want.value.0);
                let hint = format!("run `cargo xtask toolchain lock {}`", self.name.value.0);
                sink.push_missing(&want.span, message, Some(hint));
            }
        }
        self.made(sink)
    }

    fn made(&self, _: &mut Sink) -> DebianRoot {
        let mut packages: Vec<_> = self.packages.iter().map(RawDebianPackage::made).collect();
        packages.sort();
        DebianRoot {
            name: self.name.value.0.clone(),
            host: self.host.value,
            want: self.want.iter().map(|want| want.value.0.clone()).collect(),
            shipped: self.shipped.iter().map(|name| name.value.0.clone()).collect(),
            packages,
            tree_h1: self.tree_h1.as_ref().map(|sum| sum.value.0.clone()).unwrap_or_default(),
        }
    }
}
