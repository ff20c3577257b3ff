//! Names with a strict grammar, so that a name can be a file name, a JSON key and a URL segment without a second thought.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Why a text is not a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a {what}: {rule}")]
pub struct BadName {
    what: &'static str,
    text: String,
    rule: &'static str,
}

const LOWER: &str = "it takes 1 to 64 of a-z, 0-9, `-`, `_` and `.`, begins with a letter or digit, and holds no `..`";
const FILE: &str = "it takes 1 to 128 of a-z, A-Z, 0-9, `-`, `_`, `+` and `.`, begins with a letter or digit, and holds no `..`";

fn lower(text: &str) -> bool {
    text.len() <= 64
        && text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && !text.contains("..")
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.".contains(&b))
}

fn file(text: &str) -> bool {
    text.len() <= 128
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && !text.contains("..")
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.+".contains(&b))
}

const IMAGE: &str = "it takes 1 to 64 of a-z and 0-9, with single `-`, `_` or `.` between them";

/// distribution specification 1.1, "Pulling manifests", one path component, without doubled separators.
fn image(text: &str) -> bool {
    text.len() <= 64
        && text.split(['-', '_', '.']).all(|part| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        })
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $what:literal, $accepts:expr, $rule:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(try_from = "String", into = "String")]
        #[schemars(with = "String")]
        pub struct $name(String);

        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl FromStr for $name {
            type Err = BadName;
            fn from_str(text: &str) -> Result<Self, BadName> {
                if $accepts(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(BadName { what: $what, text: text.chars().take(80).collect(), rule: $rule })
                }
            }
        }
        impl TryFrom<String> for $name {
            type Error = BadName;
            fn try_from(text: String) -> Result<Self, BadName> {
                text.parse()
            }
        }
        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

name!(
    /// The name of a component, which is also the name of its recipe and its wrapper.
    ComponentName, "component name", lower, LOWER
);
name!(
    /// The name of a profile.
    ProfileName, "profile name", lower, LOWER
);
name!(
    /// The name of a pack: what a profile lists and a person chooses, one component or several.
    PackName, "pack name", lower, LOWER
);
name!(
    /// The name of a scope: a tenant, a project or a cluster.
    ScopeName, "scope name", lower, LOWER
);
name!(
    /// The name of a policy.
    PolicyName, "policy name", lower, LOWER
);
name!(
    /// The id of a row in the module registry, for instance `go-cryptographic-module-v1.0.0`.
    ModuleId, "module id", lower, LOWER
);
name!(
    /// The name of a container image, the last part of its repository.
    ImageName, "image name", image, IMAGE
);
name!(
    /// The file name of an artifact: one path segment, never a path.
    ArtifactName, "artifact name", file, FILE
);

impl From<&ComponentName> for PackName {
    /// A component that names no pack is one by itself.
    fn from(component: &ComponentName) -> Self {
        Self(component.as_str().to_owned())
    }
}

impl From<&PackName> for ComponentName {
    /// What was imported under no name of its own is called like its pack.
    fn from(pack: &PackName) -> Self {
        Self(pack.as_str().to_owned())
    }
}

/// A CMVP certificate number, printed as `#5247`.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct CertificateNumber(pub u32);

impl fmt::Display for CertificateNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

impl CertificateNumber {
    /// The certificate's page at NIST.
    pub fn url(self) -> String {
        format!(
            "https://csrc.nist.gov/projects/cryptographic-module-validation-program/certificate/{}",
            self.0
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_leave_a_folder_are_refused() {
        for bad in
            ["", ".", "..", "a/b", "a..b", "-x", ".x", "a\\b", "a\0", "ä", &"a".repeat(200), "a b"]
        {
            assert!(bad.parse::<ComponentName>().is_err(), "{bad:?}");
            assert!(bad.parse::<ArtifactName>().is_err(), "{bad:?}");
        }
        assert!("Etcd".parse::<ComponentName>().is_err());
        assert!("etcd-v3.7.3+fips.0".parse::<ArtifactName>().is_ok());
    }
}
