//! Package URLs (purl-spec, ECMA-427): the name by which vulnerability databases find a component.

use std::fmt::Write as _;
use vocab::Sha256;

/// `pkg:golang/<module path>@<version>`. The type's definition asks for a lower-case namespace and name.
pub(crate) fn golang(path: &str, version: &str) -> String {
    let path = path.to_lowercase();
    let segments: Vec<_> = path.split('/').map(encoded).collect();
    format!("pkg:golang/{}@{}", segments.join("/"), encoded(version))
}

/// `pkg:cargo/<crate>@<version>`. The name keeps its case.
pub(crate) fn cargo(name: &str, version: &str) -> String {
    format!("pkg:cargo/{}@{}", encoded(name), encoded(version))
}

/// `pkg:deb/debian/<name>@<version>?arch=<architecture>&distro=debian-12`. The type's definition: the namespace is the vendor, an epoch
/// is part of the version.
pub(crate) fn debian(name: &str, version: &str, architecture: &str) -> String {
    format!(
        "pkg:deb/debian/{}@{}?arch={}&distro=debian-12",
        encoded(name),
        encoded(version),
        encoded(architecture)
    )
}

/// `pkg:generic/<name>@<version>`, and the file's digest where there is one file.
pub(crate) fn generic(name: &str, version: &str, checksum: Option<Sha256>) -> String {
    let checksum = checksum.map(|digest| format!("?checksum=sha256:{digest}")).unwrap_or_default();
    format!("pkg:generic/{}@{}{checksum}", encoded(name), encoded(version))
}

/// `pkg:oci/<name>@sha256:<digest>?arch=...&tag=...`. The type's definition: the name is the last part of the repository,
/// the version is the digest of the image manifest.
pub(crate) fn oci(name: &str, manifest: Sha256, arch: &str, tag: &str) -> String {
    format!("pkg:oci/{}@sha256:{manifest}?arch={arch}&tag={}", encoded(name), encoded(tag))
}

/// The same for something that was built from a commit: `?vcs_url=git+https://host/repository@commit` (purl-spec, "Known
/// qualifiers"; the form is that of SPDX 2.3, 7.7).
pub(crate) fn from_git(name: &str, version: &str, vcs: &str) -> String {
    let segments: Vec<_> = name.split('/').map(encoded).collect();
    format!("pkg:generic/{}@{}?vcs_url={}", segments.join("/"), encoded(version), encoded(vcs))
}

/// purl-spec, "Character encoding": everything but letters, digits, `.`, `-`, `_`, `~` and `:` is percent-encoded; a
/// `+` in a version would otherwise be read as a space by some.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b".-_~:".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plus_is_encoded_and_a_path_keeps_its_slashes() {
        assert_eq!(
            golang("go.etcd.io/etcd/server/v3", "v3.7.3"),
            "pkg:golang/go.etcd.io/etcd/server/v3@v3.7.3"
        );
        assert_eq!(
            golang("github.com/docker/docker", "v28.0.0+incompatible"),
            "pkg:golang/github.com/docker/docker@v28.0.0%2Bincompatible"
        );
        assert_eq!(generic("etcd", "v3.7.3+fips.0", None), "pkg:generic/etcd@v3.7.3%2Bfips.0");
    }

    #[test]
    fn a_debian_package_is_named_with_its_epoch() {
        assert_eq!(
            debian("libstdc++6", "1:2.6.2-4+deb12u1", "arm64"),
            "pkg:deb/debian/libstdc%2B%2B6@1:2.6.2-4%2Bdeb12u1?arch=arm64&distro=debian-12"
        );
    }

    #[test]
    fn a_commit_is_part_of_the_name_of_what_was_built_from_it() {
        assert!(
            from_git("e.org/x", "v1.0.0", "git+https://e.org/x@88d8")
                .starts_with("pkg:generic/e.org/x@v1.0.0?")
        );
        assert_eq!(
            from_git("tool", "v1.0.0", "git+https://e.org/x.git@88d8"),
            "pkg:generic/tool@v1.0.0?vcs_url=git%2Bhttps:%2F%2Fe.org%2Fx.git%4088d8"
        );
    }

    #[test]
    fn a_go_module_is_found_whatever_the_case_upstream_writes() {
        assert_eq!(
            golang("github.com/BurntSushi/toml", "v1.5.0"),
            "pkg:golang/github.com/burntsushi/toml@v1.5.0"
        );
    }

    #[test]
    fn a_name_cannot_add_a_qualifier_of_its_own() {
        assert_eq!(generic("a?x=y#z", "1@2/é", None), "pkg:generic/a%3Fx%3Dy%23z@1%402%2F%C3%A9");
    }
}
