//! Sets of Debian packages that images hold and programs are linked against: `manifests/packages/NAME.toml`. A person writes
//! what is wanted, the rest is written by `cargo xtask toolchain lock`.

use crate::debian::{DebianPackage, RawDebianPackage};
use crate::raw::{At, DebianName, RawFile, Sink, TreePath, unique};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocab::{ComponentName, Sha256, Target};

/// A set of Debian packages with all that they need, pinned for each target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PackageSet {
    /// The set; also the name of its file.
    pub name: ComponentName,
    /// The targets it is locked for. Never empty.
    pub targets: Vec<Target>,
    /// What was asked for; everything else is what these need.
    pub want: Vec<String>,
    /// Packages that others name as needed and that are left out, with all that only these need.
    pub without: Vec<String>,
    /// Paths and folders of packages that are left out.
    pub leave_out: Vec<String>,
    /// The packages, for each target. Empty before it was locked.
    pub locked: Vec<LockedPackages>,
}

/// The packages of a set for one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LockedPackages {
    /// The target.
    pub target: Target,
    /// Every package, by name, version and digest, sorted.
    pub packages: Vec<DebianPackage>,
}

impl PackageSet {
    /// Reads a file that need not be locked yet: what `cargo xtask toolchain lock` begins with.
    pub fn parse_unlocked(text: &str, file_name: &str) -> Result<Self, crate::Problems> {
        crate::load::parse::<RawPackageSet, _>(file_name, text, RawPackageSet::made)
    }

    /// The packages for a target.
    pub fn locked_for(&self, target: Target) -> Option<&LockedPackages> {
        self.locked.iter().find(|locked| locked.target == target)
    }

    /// One digest for what the set is for a target: its packages, and what of them is left out.
    pub fn digest(&self, target: Target) -> Option<Sha256> {
        let packages = crate::debian::digest_of(&self.locked_for(target)?.packages);
        let left_out = self.leave_out.iter().map(|path| format!("without {path}\n"));
        let text = format!("{packages}\n{}", left_out.collect::<String>());
        Some(Sha256::of(text.as_bytes()))
    }
}

/// A set of Debian packages (manifests/packages/NAME.toml).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(title = "fipsmith set of Debian packages")]
pub(crate) struct RawPackageSet {
    /// The set, which is the file's name without `.toml`.
    pub(crate) name: At<ComponentName>,
    /// The targets it is locked for.
    #[schemars(length(min = 1))]
    targets: Vec<At<Target>>,
    /// The packages that are asked for.
    #[schemars(length(min = 1))]
    want: Vec<At<DebianName>>,
    /// Packages that others name as needed and that are left out, with all that only these need: what maintainer scripts run,
    /// for instance, because none is run here.
    #[serde(default)]
    without: Vec<At<DebianName>>,
    /// Files and folders of packages that are left out, without `/` in front.
    #[serde(default)]
    leave_out: Vec<At<TreePath>>,
    /// The packages for each target; written by `cargo xtask toolchain lock`.
    #[serde(default)]
    locked: Vec<RawLocked>,
}

/// The packages for one target.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct RawLocked {
    /// The target.
    target: At<Target>,
    /// Every package.
    #[schemars(length(min = 1))]
    packages: Vec<RawDebianPackage>,
}

impl RawFile for RawPackageSet {
    const SCHEMA: &'static str = "packages";
}

impl RawPackageSet {
    pub(crate) fn check(&self, sink: &mut Sink) -> PackageSet {
        unique(self.targets.iter().map(|at| (at.value.as_str(), &at.span)), "target", sink);
        unique(self.want.iter().map(|at| (at.value.0.as_str(), &at.span)), "package", sink);
        unique(self.without.iter().map(|at| (at.value.0.as_str(), &at.span)), "package", sink);
        unique(
            self.locked.iter().map(|of| (of.target.value.as_str(), &of.target.span)),
            "target",
            sink,
        );
        let hint = || Some(format!("run `cargo xtask toolchain lock {}`", self.name.value));
        for target in &self.targets {
            match self.locked.iter().find(|of| of.target.value == target.value) {
                None => {
                    let message = format!("no package is pinned for {}", target.value);
                    sink.push_missing(&target.span, message, hint());
                }
                Some(of) => self.check_locked(of, sink),
            }
        }
        for of in &self.locked {
            if self.targets.iter().all(|target| target.value != of.target.value) {
                let message = format!("{} is locked and is not among `targets`", of.target.value);
                sink.push_missing(&of.target.span, message, hint());
            }
        }
        self.made(sink)
    }

    fn check_locked(&self, of: &RawLocked, sink: &mut Sink) {
        unique(of.packages.iter().map(RawDebianPackage::named), "package", sink);
        let has = |name: &DebianName| of.packages.iter().any(|p| p.named().0 == name.0);
        let hint = || Some(format!("run `cargo xtask toolchain lock {}`", self.name.value));
        for want in self.want.iter().filter(|want| !has(&want.value)) {
            let message =
                format!("`{}` is wanted and not pinned for {}", want.value.0, of.target.value);
            sink.push_missing(&want.span, message, hint());
        }
        for without in self.without.iter().filter(|without| has(&without.value)) {
            let message =
                format!("`{}` is left out and pinned for {}", without.value.0, of.target.value);
            sink.push(&without.span, message, hint());
        }
    }

    fn made(&self, _: &mut Sink) -> PackageSet {
        let names = |list: &[At<DebianName>]| list.iter().map(|at| at.value.0.clone()).collect();
        let locked = |of: &RawLocked| {
            let mut packages: Vec<_> = of.packages.iter().map(RawDebianPackage::made).collect();
            packages.sort();
            LockedPackages { target: of.target.value, packages }
        };
        PackageSet {
            name: self.name.value.clone(),
            targets: self.targets.iter().map(|at| at.value).collect(),
            want: names(&self.want),
            without: names(&self.without),
            leave_out: self.leave_out.iter().map(|at| at.value.0.clone()).collect(),
            locked: self.locked.iter().map(locked).collect(),
        }
    }
}
