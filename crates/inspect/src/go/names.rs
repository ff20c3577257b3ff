//! The package in a Go symbol's name.
//!
//! The linker writes `path.Name`, `path.(*Type).Method`, `path.Name.func1` or `path.Name[...]`, and escapes dots (and
//! bytes that would confuse) in the last element of the path: `gopkg.in/yaml%2ev3.Unmarshal` (Go source
//! `cmd/internal/objabi/path.go`). The rules for taking it apart are those of `debug/gosym.Sym.PackageName`.

use std::borrow::Cow;

/// The package path as the linker wrote it; nothing for names that belong to no package: types' generated functions
/// (`type:.eq.T`), the linker's own (`go:buildid`), C and assembly without one (`_rt0_amd64_linux`).
pub(crate) fn escaped_package(name: &[u8]) -> Option<&[u8]> {
    if [&b"type:"[..], b"go:", b"type..", b"go."].iter().any(|prefix| name.starts_with(prefix)) {
        return None;
    }
    // Type arguments may hold slashes and dots of other packages.
    let plain = memchr::memchr(b'[', name).and_then(|at| name.get(..at)).unwrap_or(name);
    let last_element = memchr::memrchr(b'/', plain).map_or(0, |slash| slash + 1);
    let dot = memchr::memchr(b'.', plain.get(last_element..)?)?;
    name.get(..last_element + dot).filter(|package| !package.is_empty())
}

/// Whether a name is plainly one of a package's, as [`escaped_package`] would find after a longer look.
pub(crate) fn is_in(name: &[u8], package: &[u8]) -> bool {
    let Some(rest) = name.strip_prefix(package).and_then(|rest| rest.strip_prefix(b".")) else {
        return false;
    };
    // A slash makes the path longer, unless it stands in type arguments.
    !package.is_empty()
        && memchr::memchr2(b'/', b'[', rest).is_none_or(|at| rest.get(at) == Some(&b'['))
}

/// The path with its escapes undone. An escape that is none is kept as it is.
pub(crate) fn unescape(path: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'%', path).is_none() {
        return Cow::Borrowed(path);
    }
    let mut out = Vec::with_capacity(path.len());
    let mut rest = path;
    while let Some((&byte, after)) = rest.split_first() {
        match hex_pair(after).filter(|_| byte == b'%') {
            Some((decoded, after)) => {
                out.push(decoded);
                rest = after;
            }
            None => {
                out.push(byte);
                rest = after;
            }
        }
    }
    Cow::Owned(out)
}

fn hex_pair(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let ([high, low], rest) = bytes.split_first_chunk::<2>()?;
    let digit = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    Some((digit(*high)? << 4 | digit(*low)?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str) -> String {
        let path =
            escaped_package(name.as_bytes()).map(|p| unescape(p).into_owned()).unwrap_or_default();
        String::from_utf8(path).unwrap()
    }

    #[test]
    fn the_package_of_every_shape_of_name() {
        let names = [
            ("main.main", "main"),
            ("main.main.func1", "main"),
            ("crypto/sha256.(*digest).Write", "crypto/sha256"),
            (
                "crypto/internal/fips140/v1.0.0-c2097c7c/sha256.block",
                "crypto/internal/fips140/v1.0.0-c2097c7c/sha256",
            ),
            ("vendor/golang.org/x/crypto/chacha20.init.0", "vendor/golang.org/x/crypto/chacha20"),
            ("gopkg.in/yaml%2ev3.Unmarshal", "gopkg.in/yaml.v3"),
            ("github.com/a/b%2ego.F", "github.com/a/b.go"),
            ("slices.SortFunc[go.shape.[]*example.com/x/y.T,go.shape.int]", "slices"),
            ("example.com/a.(*List[...]).Push", "example.com/a"),
            ("sync/atomic.(*Pointer[...]).Load-fm", "sync/atomic"),
            ("crypto/internal/boring._Cfunc__goboringcrypto_AES_encrypt", "crypto/internal/boring"),
            ("glob..func1", "glob"),
        ];
        for (name, expected) in names {
            assert_eq!(package(name), expected, "{name}");
        }
    }

    #[test]
    fn the_short_way_to_a_package_agrees_with_the_long_one() {
        let names = [
            "a.F",
            "a.b/c.F",
            "a.F[b/c.T]",
            "a.(*T).F",
            "ab.F",
            "a",
            "a.",
            "x/a.F",
            "x/a.b.F",
            "type:.eq.a.T",
            "go.shape.int",
            "",
        ];
        for name in names.map(str::as_bytes) {
            for package in ["a", "x/a", "a.b/c", "ab", ""].map(str::as_bytes) {
                let long = !package.is_empty() && escaped_package(name) == Some(package);
                assert_eq!(is_in(name, package), long, "{name:?} {package:?}");
            }
        }
    }

    #[test]
    fn names_of_no_package_are_told_apart() {
        for name in [
            "type:.eq.crypto/x509.Certificate",
            "type..hash.[2]int",
            "go:buildid",
            "go.buildid",
            "_cgo_topofstack",
            "",
            ".x",
        ] {
            assert_eq!(package(name), "", "{name}");
        }
    }

    #[test]
    fn a_broken_escape_is_kept_rather_than_guessed() {
        assert_eq!(&*unescape(b"a%2"), b"a%2");
        assert_eq!(&*unescape(b"a%zz%2e"), b"a%zz.");
    }
}
