//! Paths inside a release, checked when they are made.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Why a text is no path inside a release.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not a path inside a release: {rule}", text.escape_debug())]
pub struct BadPath {
    text: String,
    rule: &'static str,
}

/// The longest path, in bytes.
const LONGEST: usize = 240;

fn check(text: &str) -> Result<(), &'static str> {
    if text.is_empty() || text.len() > LONGEST {
        return Err("it takes 1 to 240 bytes");
    }
    if !text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._+-/".contains(&b)) {
        return Err("it takes a-z, A-Z, 0-9, `.`, `_`, `+`, `-` and `/`");
    }
    if text.split('/').any(|segment| segment.is_empty() || segment == "." || segment == "..") {
        return Err("it is relative, and no part of it is empty, `.` or `..`");
    }
    // A shell command of an auditor must not take a file for an option.
    if text.split('/').any(|segment| segment.starts_with('-')) {
        return Err("no part of it begins with `-`");
    }
    Ok(())
}

/// A relative path with `/`, of a strict ASCII grammar: it cannot leave the folder it is joined to, and it is safe to
/// print and to pass to a shell command.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReleasePath(String);

impl ReleasePath {
    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// The last part of the path.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }
    /// The spelling under which two paths are the same on a file system that ignores case.
    pub(crate) fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl FromStr for ReleasePath {
    type Err = BadPath;
    fn from_str(text: &str) -> Result<Self, BadPath> {
        match check(text) {
            Ok(()) => Ok(Self(text.to_owned())),
            Err(rule) => Err(BadPath { text: text.chars().take(LONGEST).collect(), rule }),
        }
    }
}
impl TryFrom<String> for ReleasePath {
    type Error = BadPath;
    fn try_from(text: String) -> Result<Self, BadPath> {
        text.parse()
    }
}
impl From<ReleasePath> for String {
    fn from(path: ReleasePath) -> Self {
        path.0
    }
}
impl fmt::Display for ReleasePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Where a binary belongs on a host or in an image: an absolute path of the same grammar. Inside a name it may hold `~`, as the
/// libraries of some Debian packages do; at the beginning of one, a shell would take it for somebody's home.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct InstallPath(String);

impl InstallPath {
    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for InstallPath {
    type Err = BadPath;
    fn from_str(text: &str) -> Result<Self, BadPath> {
        let bad = |rule| BadPath { text: text.chars().take(LONGEST).collect(), rule };
        let path = text.strip_prefix('/').ok_or_else(|| bad("an install path begins with `/`"))?;
        if path.split('/').any(|part| part.starts_with('~')) {
            return Err(bad("no part of it begins with `~`"));
        }
        check(&path.replace('~', "_")).map_err(bad)?;
        Ok(Self(text.to_owned()))
    }
}
impl TryFrom<String> for InstallPath {
    type Error = BadPath;
    fn try_from(text: String) -> Result<Self, BadPath> {
        text.parse()
    }
}
impl From<InstallPath> for String {
    fn from(path: InstallPath) -> Self {
        path.0
    }
}
impl fmt::Display for InstallPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_that_could_leave_the_folder_or_confuse_a_shell_are_refused() {
        let long = "a/".repeat(150);
        for bad in [
            "",
            "/a",
            "a/",
            "a//b",
            ".",
            "..",
            "a/../b",
            "./a",
            "a\\b",
            "a\0b",
            "a b",
            "\u{202e}a",
            "-a",
            "a/-b",
            "ä",
            &long,
        ] {
            assert!(bad.parse::<ReleasePath>().is_err(), "{bad:?}");
        }
        let path: ReleasePath = "archives/etcd-v3.7.3+fips.0-linux-amd64.tar.gz".parse().unwrap();
        assert_eq!(path.file_name(), "etcd-v3.7.3+fips.0-linux-amd64.tar.gz");
        assert!("usr/bin/x".parse::<InstallPath>().is_err());
        assert!("/usr/bin/x".parse::<InstallPath>().is_ok());
        assert!("//usr".parse::<InstallPath>().is_err());
        assert!("/usr/lib/libdns-9.18~deb12u3.so".parse::<InstallPath>().is_ok());
        assert!("/usr/~root/x".parse::<InstallPath>().is_err());
        assert!("a~b".parse::<ReleasePath>().is_err());
    }

    proptest! {
        #[test]
        fn a_path_that_is_accepted_stays_below_the_folder(text in "[a-zA-Z./_+-]{0,24}") {
            if let Ok(path) = text.parse::<ReleasePath>() {
                let joined = camino::Utf8Path::new("/root").join(path.as_str());
                prop_assert!(joined.starts_with("/root") && joined.components().all(|c| c.as_str() != ".."));
            }
        }
    }
}
