//! The Go version string, taken apart. Toolchains write many forms of it, and it has changed over the years: Go 1.26 put a
//! dash before the experiments where there had been a space.

use serde::Serialize;

/// A version string that was understood.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct GoVersion {
    /// The `22` of `go1.22.10`. There is no Go 2.
    pub minor: u16,
    /// The `10` of `go1.22.10`; zero when there is none.
    pub patch: u16,
    /// `rc2`, `beta1`: not a release yet.
    pub pre_release: Option<String>,
    /// Built from a source tree between releases: `devel go1.24-0123abc ...`.
    pub devel: bool,
    /// The `7` of `go1.16.7b7`: a release of the branch dev.boringcrypto, before Go 1.19 took it in.
    pub boring_branch: Option<u16>,
    /// What `X:` names: the experiments that differ from the toolchain's own.
    pub experiments: Vec<String>,
    /// Who made the toolchain, when it says so.
    pub vendor: Option<GoVendor>,
    /// What else stands there, as it is: a distribution's own words.
    pub suffix: String,
}

/// Who made a Go toolchain that is not upstream's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum GoVendor {
    /// Red Hat's, with the patches of golang-fips: `go1.22.5 (Red Hat 1.22.5-1.el9)`.
    RedHat,
    /// Microsoft's: `go1.24.1-microsoft`.
    Microsoft,
}

impl GoVersion {
    /// Reads a version string; nothing when it is none. `devel` without a number is Go before 1.21, which did not say of
    /// which version it was.
    pub fn parse(text: &str) -> Option<Self> {
        let mut version = Self::default();
        let rest = match text.strip_prefix("devel") {
            Some(rest) => {
                version.devel = true;
                rest.trim_start()
            }
            None => text,
        };
        let Some(rest) = rest.strip_prefix("go1") else {
            return version.devel.then(|| Self { suffix: rest.to_owned(), ..version });
        };
        let rest = version.numbers(rest)?;
        version.suffixes(rest);
        Some(version)
    }

    /// `.22.10`, `.21rc2`, `.16.7b7`; what follows them.
    fn numbers<'a>(&mut self, text: &'a str) -> Option<&'a str> {
        let mut rest = text;
        if let Some(after) = rest.strip_prefix('.') {
            (self.minor, rest) = number(after)?;
        }
        if let Some(after) = rest.strip_prefix('.') {
            (self.patch, rest) = number(after)?;
        }
        if rest.starts_with("rc") || rest.starts_with("beta") {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
            let (pre_release, after) = rest.split_at_checked(end)?;
            self.pre_release = Some(pre_release.to_owned());
            rest = after;
        } else if let Some(after) = rest.strip_prefix('b') {
            let (number, after) = number(after)?;
            self.boring_branch = Some(number);
            rest = after;
        }
        // Whatever follows is set off.
        (rest.is_empty() || rest.starts_with([' ', '-', '+', '('])).then_some(rest)
    }

    fn suffixes(&mut self, text: &str) {
        let mut rest = text.to_owned();
        if let Some(at) = rest.find("X:") {
            let named = rest.split_off(at);
            let (experiments, after) = named.split_once([' ', '(']).unwrap_or((&named, ""));
            let experiments = experiments.strip_prefix("X:").unwrap_or_default();
            self.experiments =
                experiments.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
            rest.truncate(rest.trim_end_matches([' ', '-']).len());
            if !after.is_empty() {
                rest = format!("{rest} {after}");
            }
        }
        self.vendor = if rest.contains("Red Hat") {
            Some(GoVendor::RedHat)
        } else if rest.contains("microsoft") {
            Some(GoVendor::Microsoft)
        } else {
            None
        };
        rest.trim().clone_into(&mut self.suffix);
    }

    /// Whether an experiment is named.
    pub fn has_experiment(&self, name: &str) -> bool {
        self.experiments.iter().any(|experiment| experiment == name)
    }
}

/// Decimal digits at the beginning of a text, and what follows.
fn number(text: &str) -> Option<(u16, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    Some((digits.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn version(minor: u16, patch: u16) -> GoVersion {
        GoVersion { minor, patch, ..GoVersion::default() }
    }

    #[test]
    fn every_form_that_toolchains_write_is_understood() {
        let boring = || vec!["boringcrypto".to_owned()];
        let suffix = |text: &str| text.to_owned();
        let forms = [
            ("go1.22.10", version(22, 10)),
            ("go1.18", version(18, 0)),
            ("go1", version(0, 0)),
            ("go1.22.10 X:boringcrypto", GoVersion { experiments: boring(), ..version(22, 10) }),
            ("go1.26.6-X:boringcrypto", GoVersion { experiments: boring(), ..version(26, 6) }),
            (
                "go1.25.5 X:boringcrypto,nodwarf5",
                GoVersion {
                    experiments: vec!["boringcrypto".to_owned(), "nodwarf5".to_owned()],
                    ..version(25, 5)
                },
            ),
            (
                "go1.22.5 (Red Hat 1.22.5-1.el9)",
                GoVersion {
                    vendor: Some(GoVendor::RedHat),
                    suffix: suffix("(Red Hat 1.22.5-1.el9)"),
                    ..version(22, 5)
                },
            ),
            (
                "go1.21.9 (Red Hat 1.21.9-1.el9_4) X:strictfipsruntime",
                GoVersion {
                    vendor: Some(GoVendor::RedHat),
                    experiments: vec!["strictfipsruntime".to_owned()],
                    suffix: suffix("(Red Hat 1.21.9-1.el9_4)"),
                    ..version(21, 9)
                },
            ),
            (
                "go1.26.2-X:strictfipsruntime (Red Hat 1.26.2-1.el10)",
                GoVersion {
                    vendor: Some(GoVendor::RedHat),
                    experiments: vec!["strictfipsruntime".to_owned()],
                    suffix: suffix("(Red Hat 1.26.2-1.el10)"),
                    ..version(26, 2)
                },
            ),
            (
                "go1.24.1-microsoft",
                GoVersion {
                    vendor: Some(GoVendor::Microsoft),
                    suffix: suffix("-microsoft"),
                    ..version(24, 1)
                },
            ),
            (
                "go1.23.4-1-microsoft X:systemcrypto",
                GoVersion {
                    vendor: Some(GoVendor::Microsoft),
                    experiments: vec!["systemcrypto".to_owned()],
                    suffix: suffix("-1-microsoft"),
                    ..version(23, 4)
                },
            ),
            ("go1.21rc2", GoVersion { pre_release: Some("rc2".to_owned()), ..version(21, 0) }),
            (
                "go1.27beta1-X:boringcrypto",
                GoVersion {
                    pre_release: Some("beta1".to_owned()),
                    experiments: boring(),
                    ..version(27, 0)
                },
            ),
            ("go1.16.7b7", GoVersion { boring_branch: Some(7), ..version(16, 7) }),
            (
                "devel go1.24-0123abc Tue Mar 4 10:00:00 2025 +0000",
                GoVersion {
                    devel: true,
                    suffix: suffix("-0123abc Tue Mar 4 10:00:00 2025 +0000"),
                    ..version(24, 0)
                },
            ),
            (
                "devel +0123abc Mon Jun 1 2020",
                GoVersion {
                    devel: true,
                    suffix: suffix("+0123abc Mon Jun 1 2020"),
                    ..version(0, 0)
                },
            ),
            ("go1.19.8-1+deb12u1", GoVersion { suffix: suffix("-1+deb12u1"), ..version(19, 8) }),
            ("go1.22.2-fips", GoVersion { suffix: suffix("-fips"), ..version(22, 2) }),
        ];
        for (text, expected) in forms {
            assert_eq!(GoVersion::parse(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_version_is_refused() {
        for text in [
            "",
            "go",
            "go2.0",
            "1.22",
            "go1.",
            "go1.x",
            "go1.22.",
            "go1.99999",
            "go1.22x",
            "unknown",
        ] {
            assert_eq!(GoVersion::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(devel )?(go1)?[.0-9a-zX: (),+-]{0,40}") {
            let _ = GoVersion::parse(&text);
        }
    }
}
