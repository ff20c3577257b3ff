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

/// `pkg:generic/<name>@<version>`, and the file's digest where there is one file.
pub(crate) fn generic(name: &str, version: &str, checksum: Option<Sha256>) -> String {
    let checksum = checksum.map(|digest| format!("?checksum=sha256:{digest}")).unwrap_or_default();
    format!("pkg:generic/{}@{}{checksum}", encoded(name), encoded(version))
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
