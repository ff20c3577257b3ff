//! Pinned toolchains: what is fetched to build with, by digest.

use crate::DebianRoot;
use crate::raw::{At, DebianName, GoSum, GoVersion, RawFile, RegistryVersion, Sink, Text};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocab::{Sha256, Target};

/// The toolchains a build may use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Toolchains {
    /// The Go release that builds, unless something else is asked for. It is one of `go`.
    pub default_go: String,
    /// The zig release whose `zig cc` compiles and links cgo. It is one of `zig`.
    pub default_zig: String,
    /// The root of Debian packages in which C and Rust are built: a file of `toolchains/`.
    pub default_debian: Option<String>,
    /// The Rust release that builds. It is one of `rust`.
    pub default_rust: Option<String>,
    /// Go releases.
    pub go: Vec<GoToolchain>,
    /// zig releases.
    pub zig: Vec<ZigToolchain>,
    /// The roots of Debian packages that are named.
    pub debian: Vec<DebianRoot>,
    /// Rust releases.
    pub rust: Vec<RustToolchain>,
}

/// A Go release for one host, as the module `golang.org/toolchain`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GoToolchain {
    /// The release, for instance `go1.27.4`.
    pub version: String,
    /// The machine it runs on.
    pub host: Target,
    /// Module and version, as the Go command takes it.
    pub module: String,
    /// The module's `h1:` sum, the one the checksum database vouches for.
    pub h1: String,
    /// SHA-256 of the module zip.
    pub zip_sha256: Sha256,
    /// `h1:` sum of the unpacked tree. It equals `h1`, because that sum is over file content.
    pub tree_h1: String,
}

/// A zig release for one host, as the Python wheel `ziglang`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ZigToolchain {
    /// The release, for instance `0.17.1`.
    pub version: String,
    /// The machine it runs on.
    pub host: Target,
    /// The Python package.
    pub package: String,
    /// The wheel's file name.
    pub file: String,
    /// SHA-256 of the wheel.
    pub sha256: Sha256,
    /// `h1:` sum (dirhash Hash1) of the unpacked wheel, names relative to its root.
    pub tree_h1: String,
}

/// A Rust release for one host: the part of it that a build needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RustToolchain {
    /// The release, for instance `1.95.0`.
    pub version: String,
    /// The machine it runs on.
    pub host: Target,
    /// The `h1:` sum of what is copied of it.
    pub tree_h1: String,
}

impl Toolchains {
    /// Reads the pins on their own; `file_name` is what problems call the file.
    pub fn parse(text: &str, file_name: &str) -> Result<Self, crate::Problems> {
        crate::load::parse::<RawToolchains, _>(file_name, text, RawToolchains::check)
    }
    /// The default Go release for a host.
    pub fn default_go(&self, host: Target) -> Option<&GoToolchain> {
        self.go.iter().find(|go| go.version == self.default_go && go.host == host)
    }
    /// The default zig release for a host.
    pub fn default_zig(&self, host: Target) -> Option<&ZigToolchain> {
        self.zig.iter().find(|zig| zig.version == self.default_zig && zig.host == host)
    }
    /// The default Rust release for a host.
    pub fn default_rust(&self, host: Target) -> Option<&RustToolchain> {
        let version = self.default_rust.as_ref()?;
        self.rust.iter().find(|rust| rust.version == *version && rust.host == host)
    }
    /// The default root of Debian packages for a host.
    pub fn default_debian(&self, host: Target) -> Option<&DebianRoot> {
        let name = self.default_debian.as_ref()?;
        self.debian.iter().find(|root| root.name == *name && root.host == host)
    }
}

/// The toolchains a build may use (manifests/toolchains.toml).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(title = "fipsmith toolchains")]
pub(crate) struct RawToolchains {
    /// The Go release that builds, one of `[[go]]`.
    default_go: At<GoVersion>,
    /// The zig release that compiles and links cgo, one of `[[zig]]`.
    default_zig: At<Text>,
    /// Go releases.
    go: Vec<RawGo>,
    /// zig releases.
    #[serde(default)]
    zig: Vec<RawZig>,
    /// The root of Debian packages in which C and Rust are built: `toolchains/NAME.toml`.
    default_debian: Option<At<DebianName>>,
    /// The Rust release that builds, one of `[[rust]]`.
    default_rust: Option<At<RegistryVersion>>,
    /// Rust releases, as rustup installs them.
    #[serde(default)]
    rust: Vec<RawRust>,
}

/// A Go release for one host.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct RawGo {
    /// The release, for instance `go1.27.4`.
    version: At<GoVersion>,
    /// The machine it runs on.
    host: At<Target>,
    /// Module and version: `golang.org/toolchain@v0.0.1-go1.27.4.linux-amd64`.
    module: At<Text>,
    /// The module's `h1:` sum.
    h1: At<GoSum>,
    /// SHA-256 of the module zip.
    zip_sha256: At<Sha256>,
    /// The `h1:` sum of the unpacked tree.
    tree_h1: At<GoSum>,
}

/// A zig release for one host.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct RawZig {
    /// The release, for instance `0.17.1`.
    version: At<Text>,
    /// The machine it runs on.
    host: At<Target>,
    /// The Python package.
    package: At<Text>,
    /// The wheel's file name.
    file: At<Text>,
    /// SHA-256 of the wheel.
    sha256: At<Sha256>,
    /// The `h1:` sum of the unpacked wheel.
    tree_h1: At<GoSum>,
}

/// A Rust release for one host.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct RawRust {
    /// The release, for instance `1.95.0`.
    version: At<RegistryVersion>,
    /// The machine it runs on.
    host: At<Target>,
    /// The `h1:` sum of what is copied of it.
    tree_h1: At<GoSum>,
}

impl RawFile for RawToolchains {
    const SCHEMA: &'static str = "toolchains";
}

impl RawToolchains {
    /// The toolchains, with a problem in the sink for each contradiction.
    pub(crate) fn check(&self, sink: &mut Sink) -> Toolchains {
        self.check_defaults(sink);
        self.go.iter().for_each(|go| go.check(sink));
        Toolchains {
            default_go: self.default_go.value.0.clone(),
            default_zig: self.default_zig.value.0.clone(),
            default_debian: self.default_debian.as_ref().map(|name| name.value.0.clone()),
            go: self.go.iter().map(RawGo::made).collect(),
            zig: self.zig.iter().map(RawZig::made).collect(),
            debian: Vec::new(),
            default_rust: self.default_rust.as_ref().map(|version| version.value.0.clone()),
            rust: self.rust.iter().map(RawRust::made).collect(),
        }
    }

    fn check_defaults(&self, sink: &mut Sink) {
        if !self.go.iter().any(|go| go.version.value == self.default_go.value) {
            let message =
                format!("the default `{}` is not among `[[go]]`", self.default_go.value.0);
            sink.push_missing(&self.default_go.span, message, None);
        }
        if !self.zig.iter().any(|zig| zig.version.value == self.default_zig.value) {
            let message =
                format!("the default `{}` is not among `[[zig]]`", self.default_zig.value.0);
            sink.push_missing(&self.default_zig.span, message, None);
        }
        if let Some(default) = &self.default_rust
            && !self.rust.iter().any(|rust| rust.version.value == default.value)
        {
            let message = format!("the default `{}` is not among `[[rust]]`", default.value.0);
            sink.push_missing(&default.span, message, None);
        }
    }
}

impl RawRust {
    fn made(&self) -> RustToolchain {
        RustToolchain {
            version: self.version.value.0.clone(),
            host: self.host.value,
            tree_h1: self.tree_h1.value.0.clone(),
        }
    }
}

impl RawGo {
    fn check(&self, sink: &mut Sink) {
        let module = format!(
            "golang.org/toolchain@v0.0.1-{}.{}",
            self.version.value.0,
            self.host.value.dashed()
        );
        if self.module.value.0 != module {
            let message = format!(
                "`{}` is not the module of this release for this host",
                self.module.value.0
            );
            sink.push(&self.module.span, message, Some(format!("it is `{module}`")));
        }
        // dirhash Hash1 is over names and content, and the names in the zip are the unpacked ones.
        if self.tree_h1.value != self.h1.value {
            sink.push(
                &self.tree_h1.span,
                "the sum of the unpacked tree differs from the module's sum",
                None,
            );
        }
    }

    fn made(&self) -> GoToolchain {
        GoToolchain {
            version: self.version.value.0.clone(),
            host: self.host.value,
            module: self.module.value.0.clone(),
            h1: self.h1.value.0.clone(),
            zip_sha256: self.zip_sha256.value,
            tree_h1: self.tree_h1.value.0.clone(),
        }
    }
}

impl RawZig {
    fn made(&self) -> ZigToolchain {
        ZigToolchain {
            version: self.version.value.0.clone(),
            host: self.host.value,
            package: self.package.value.0.clone(),
            file: self.file.value.0.clone(),
            sha256: self.sha256.value,
            tree_h1: self.tree_h1.value.0.clone(),
        }
    }
}
