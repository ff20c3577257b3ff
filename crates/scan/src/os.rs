//! The operating system of a root: which distribution, which FIPS packages, whether its kernel starts in FIPS mode, which
//! policy its cryptographic libraries follow.
//!
//! These are statements of files about themselves. They explain a report; no verdict rests on them: a package's name and
//! version say which certificate was meant for it, and the bytes of its files say the rest.

mod packages;

use crate::Scanner;
use crate::root::Root;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocab::{CertificateNumber, Date, ModuleId, ModuleStatus};

/// A root that holds an operating system, or part of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RootReport {
    /// The folder, archive or image.
    pub path: String,
    /// What its files say.
    pub os: OperatingSystem,
}

/// What the files of a root say of its operating system.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OperatingSystem {
    /// `ID` of os-release(5), for instance `ubuntu`.
    pub id: Option<String>,
    /// `VERSION_ID`.
    pub version: Option<String>,
    /// `VARIANT_ID`: Bottlerocket names its FIPS variants there.
    pub variant: Option<String>,
    /// `PRETTY_NAME`.
    pub name: Option<String>,
    /// The vendor whose validated modules belong to this distribution, where there is one.
    pub fips_vendor: Option<String>,
    /// Installed packages that have to do with FIPS mode.
    pub fips_packages: Vec<Package>,
    /// The package databases that were found, and whether they were read.
    pub package_databases: Vec<PackageDatabase>,
    /// Settings of `fips=` on kernel command lines.
    pub kernel_command_lines: Vec<Setting>,
    /// The system-wide policy of Red Hat's crypto-policies(7).
    pub crypto_policy: Vec<Setting>,
    /// Whether there is an `/etc/system-fips`.
    pub system_fips: bool,
    /// Settings of the image's environment that change which cryptography runs.
    pub environment: Vec<String>,
}

/// An installed package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version; with its release, and its epoch where it has one.
    pub version: String,
    /// Who built it, where the database says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<String>,
    /// The module that the registry knows under this name and version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<PackagedModule>,
}

/// What the registry says of the module that a package is known to carry. That the files are still the package's is another
/// question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PackagedModule {
    /// The registry's id.
    pub id: ModuleId,
    /// The certificate, if there is one.
    pub certificate: Option<CertificateNumber>,
    /// `FIPS 140-2` or `FIPS 140-3`.
    pub standard: String,
    /// The certificate's status on the as-of date.
    pub status: ModuleStatus,
    /// The day the certificate leaves the active list.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub sunset: Option<Date>,
}

/// A package database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PackageDatabase {
    /// Where it stands.
    pub path: String,
    /// `dpkg`, `apk` or `rpm`.
    pub kind: String,
    /// Whether it was read, to its end.
    pub read: bool,
    /// How many installed packages it lists.
    pub packages: usize,
    /// Why it was not read, or not to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// A setting, and the file in which it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Setting {
    /// The file.
    pub path: String,
    /// What stands there.
    pub value: String,
}

/// Longest value that is taken from a file, in characters.
const VALUE: usize = 200;

impl OperatingSystem {
    /// Reads a root. Nothing when no file says anything.
    pub(crate) fn of(root: &Root, environment: &[String], by: &Scanner<'_>) -> Option<Self> {
        let mut os = Self::default();
        // os-release(5): /etc/os-release comes first.
        let release = ["/etc/os-release", "/usr/lib/os-release", "/lib/os-release"];
        if let Some(text) = release.iter().find_map(|path| root.text(path)) {
            os.release(&text);
        }
        packages::read(root, &mut os, by);
        os.kernel_command_lines = kernel(root);
        os.crypto_policy = policy(root);
        os.system_fips = root.has("/etc/system-fips");
        os.environment = environment.iter().filter(|pair| matters(pair)).cloned().collect();
        (os != Self::default()).then_some(os)
    }

    fn release(&mut self, text: &str) {
        let value = |key: &str| {
            let line = text
                .lines()
                .rev()
                .find_map(|line| line.trim().strip_prefix(key)?.strip_prefix('='));
            line.map(|value| short(value.trim().trim_matches(['"', '\''])))
        };
        self.id = value("ID");
        self.version = value("VERSION_ID");
        self.variant = value("VARIANT_ID");
        self.name = value("PRETTY_NAME");
        let like = value("ID_LIKE").unwrap_or_default();
        let mut ids = self.id.as_deref().into_iter().chain(like.split_whitespace().take(1));
        self.fips_vendor = ids.find_map(vendor).map(str::to_owned);
    }
}

/// Distributions that have validated modules of their own, by `ID`. Whether they are installed is another question.
fn vendor(id: &str) -> Option<&'static str> {
    Some(match id {
        "ubuntu" => "Canonical (Ubuntu Pro FIPS)",
        "rhel" | "redhat" => "Red Hat",
        "rocky" => "Rocky Linux (CIQ)",
        "almalinux" => "AlmaLinux (TuxCare)",
        "ol" => "Oracle",
        "sles" | "sled" | "sle-micro" | "suse" => "SUSE",
        "amzn" => "Amazon Linux",
        "bottlerocket" => "Amazon Bottlerocket",
        "azurelinux" | "mariner" => "Microsoft",
        "chainguard" | "wolfi" => "Chainguard",
        "photon" => "VMware",
        _ => return None,
    })
}

/// Where kernel command lines are configured: Boot Loader Specification, kernel-install(8), GRUB.
fn kernel(root: &Root) -> Vec<Setting> {
    let single = [
        "/etc/kernel/cmdline",
        "/usr/lib/kernel/cmdline",
        "/etc/default/grub",
        "/boot/grub/grub.cfg",
    ];
    let single = single.into_iter().chain([
        "/boot/grub2/grub.cfg",
        "/boot/grub/grubenv",
        "/boot/grub2/grubenv",
    ]);
    let mut paths: Vec<String> = single.map(str::to_owned).collect();
    paths.extend(root.below("/boot/loader/entries"));
    paths.extend(root.below("/etc/default/grub.d"));
    let mut settings = Vec::new();
    for path in paths {
        let text = root.text(&path).unwrap_or_default();
        let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
        let words =
            lines.flat_map(|line| line.split(|c: char| c.is_whitespace() || "\"'".contains(c)));
        // The last of several settings on a line counts, so each different one is told.
        let mut values: Vec<&str> = words.filter_map(fips).collect();
        values.dedup();
        settings.extend(
            values.into_iter().map(|value| Setting { path: path.clone(), value: value.to_owned() }),
        );
    }
    settings
}

/// `fips=1`, also behind the name of a variable, as in `GRUB_CMDLINE_LINUX=fips=1`.
fn fips(word: &str) -> Option<&'static str> {
    let value = if let Some(value) = word.strip_prefix("fips=") {
        value
    } else {
        word.rsplit_once("=fips=")?.1
    };
    match value {
        "1" => Some("fips=1"),
        "0" => Some("fips=0"),
        _ => None,
    }
}

/// crypto-policies(7): what is configured, and what is in force.
fn policy(root: &Root) -> Vec<Setting> {
    ["/etc/crypto-policies/config", "/etc/crypto-policies/state/current"]
        .into_iter()
        .filter_map(|path| {
            let text = root.text(path)?;
            let line = text
                .lines()
                .map(str::trim)
                .find(|line| !line.is_empty() && !line.starts_with('#'))?;
            Some(Setting { path: path.to_owned(), value: short(line) })
        })
        .collect()
}

/// Variables that choose, configure or switch cryptography.
fn matters(pair: &str) -> bool {
    const NAMES: &[&str] = &[
        "GODEBUG",
        "GOLANG_FIPS",
        "JAVA_TOOL_OPTIONS",
        "JDK_JAVA_OPTIONS",
        "LD_LIBRARY_PATH",
        "LD_PRELOAD",
        "LIBGCRYPT_FORCE_FIPS_MODE",
        "GNUTLS_FORCE_FIPS_MODE",
        "NSS_FIPS",
        "OPENSSL_CONF",
        "OPENSSL_FIPS",
        "OPENSSL_FORCE_FIPS_MODE",
        "OPENSSL_MODULES",
    ];
    pair.split_once('=').is_some_and(|(name, _)| NAMES.contains(&name))
}

fn short(text: &str) -> String {
    text.chars().take(VALUE).collect()
}

#[cfg(test)]
mod tests;
