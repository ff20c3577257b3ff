//! Which Go packages implement cryptography, and where: in a module, in the standard library, or beside both.
//!
//! The pclntab names a package only when one of its functions is linked, so dead code does not count
//! (facts: every program that speaks TLS links `crypto/md5`, `crypto/rc4`, `crypto/des` and a vendored ChaCha20-Poly1305).

/// Where a package's cryptography runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Implements none: scaffolding, encodings, protocols over the standard library's interfaces.
    None,
    /// A frozen snapshot of the Go Cryptographic Module: `crypto/internal/fips140/<version>/...`.
    Snapshot,
    /// The unversioned sources of the same packages: the toolchain's own, not frozen.
    Unfrozen,
    /// A package of the standard library that calls a module, or implements what modules lack.
    Standard,
    /// A package of the standard library that no module covers: MD5, RC4, DES, vendored ChaCha20-Poly1305.
    StandardOutside,
    /// Cryptography from somewhere else.
    Residual,
}

/// `crypto/...` packages that implement no algorithm. Anything in `crypto/` that is not here counts as cryptography.
const SCAFFOLDING: &[&str] = &[
    "crypto",
    "crypto/fips140",
    "crypto/internal/boring/bbig",
    "crypto/internal/boring/bcache",
    "crypto/internal/boring/sig",
    "crypto/internal/constanttime",
    "crypto/internal/fips140cache",
    "crypto/internal/fips140deps/byteorder",
    "crypto/internal/fips140deps/cpu",
    "crypto/internal/fips140deps/godebug",
    "crypto/internal/fips140deps/time",
    "crypto/internal/fips140only",
    "crypto/internal/impl",
    "crypto/internal/randutil",
    "crypto/subtle",
    "crypto/x509/pkix",
    "crypto/tls/internal/fips140tls",
    "crypto/tls/fipsonly",
];

/// Standard-library packages whose algorithms no module of Go's covers.
const OUTSIDE: &[&str] = &[
    "crypto/des",
    "crypto/dsa",
    "crypto/md5",
    "crypto/rc4",
    "vendor/golang.org/x/crypto/chacha20",
    "vendor/golang.org/x/crypto/chacha20poly1305",
    "vendor/golang.org/x/crypto/internal/poly1305",
];

/// `golang.org/x/crypto` packages that wrap the standard library, speak a protocol over it, or only encode; every other one
/// implements cryptography. What such a package itself needs from elsewhere (SSH's stream cipher, the RC2 of PKCS #12) is a
/// package of its own and judged as one.
const X_CRYPTO_WRAPPERS: &[&str] = &[
    "acme",
    "acme/autocert",
    "acme/autocert/internal/acmetest",
    "cryptobyte",
    "cryptobyte/asn1",
    "ed25519",
    "hkdf",
    "internal/alias",
    "internal/cryptotest",
    "ocsp",
    "pbkdf2",
    "pkcs12",
    "ssh",
    "ssh/agent",
    "ssh/knownhosts",
    "ssh/terminal",
    "x509roots/fallback",
    "x509roots/fallback/bundle",
];

/// Modules and packages outside the standard library that carry their own implementations, from their public sources.
/// What merely combines the standard library (JOSE, PKCS #8, Tink's key management) is not here.
const THIRD_PARTY: &[&str] = &[
    "c2sp.org/CCTV",
    "filippo.io/age",
    "filippo.io/bigmod",
    "filippo.io/edwards25519",
    "filippo.io/mldsa",
    "filippo.io/mlkem768",
    "filippo.io/nistec",
    "github.com/ChainSafe/go-schnorrkel",
    "github.com/ProtonMail/go-crypto",
    "github.com/ProtonMail/go-srp",
    "github.com/RyuaNerin/go-krypto",
    "github.com/Yawning",
    "github.com/aead",
    "github.com/agl/ed25519",
    "github.com/btcsuite/btcd/btcec",
    "github.com/btcsuite/golangcrypto",
    "github.com/bwesterb/go-ristretto",
    "github.com/cloudflare/bn256",
    "github.com/cloudflare/circl",
    "github.com/codahale/chacha20",
    "github.com/coinbase/kryptology",
    "github.com/consensys/gnark-crypto",
    "github.com/cosmos/crypto",
    "github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1/internal",
    "github.com/dchest/bcrypt_pbkdf",
    "github.com/dchest/blake256",
    "github.com/dchest/blake2b",
    "github.com/dchest/blake2s",
    "github.com/dchest/skein",
    "github.com/dchest/threefish",
    "github.com/deatil/go-cryptobin",
    "github.com/decred/dcrd/crypto",
    "github.com/decred/dcrd/dcrec",
    "github.com/drand/kyber",
    "github.com/emmansun/gmsm",
    "github.com/ethereum/go-ethereum/crypto",
    "github.com/flynn/noise",
    "github.com/glycerine/blake2b",
    "github.com/gtank",
    "github.com/hashicorp/vault/shamir",
    "github.com/hdevalence/ed25519consensus",
    "github.com/hyperledger/fabric-amcl",
    "github.com/jcmturner/aescts",
    "github.com/katzenpost",
    "github.com/keybase/go-crypto",
    "github.com/kilic/bls12-381",
    "github.com/kudelskisecurity/crystals-go",
    "github.com/ldsec/lattigo",
    "github.com/mimoo/StrobeGo",
    "github.com/minio/blake2b-simd",
    "github.com/minio/highwayhash",
    "github.com/minio/md5-simd",
    "github.com/minio/sha256-simd",
    "github.com/miracl/core",
    "github.com/oasisprotocol/curve25519-voi",
    "github.com/oasisprotocol/ed25519",
    "github.com/open-quantum-safe/liboqs-go",
    "github.com/opencoff/go-srp",
    "github.com/pion/dtls",
    "github.com/pion/srtp",
    "github.com/refraction-networking/utls",
    "github.com/spacemonkeygo/openssl",
    "github.com/supranational/blst",
    "github.com/tink-crypto/tink-go/v2/aead/subtle",
    "github.com/tink-crypto/tink-go/v2/daead/subtle",
    "github.com/tink-crypto/tink-go/v2/internal/aead",
    "github.com/tjfoc/gmsm",
    "github.com/tuneinsight/lattigo",
    "github.com/xtaci/kcp-go",
    "github.com/zeebo/blake3",
    "gitlab.com/yawning",
    "go.cypherpunks.ru/gogost",
    "go.dedis.ch/kyber",
    "golang.zx2c4.com/wireguard",
    "lukechampine.com/adiantum",
    "lukechampine.com/blake3",
    "lukechampine.com/frand",
    "software.sslmate.com/src/go-pkcs12/internal/rc2",
];

/// The class of a package by its import path.
pub fn classify(package: &str) -> Class {
    if let Some(rest) = package.strip_prefix("crypto/internal/fips140/") {
        return if snapshot_name(rest).is_some() { Class::Snapshot } else { unversioned(rest) };
    }
    if package == "crypto" || package.starts_with("crypto/") {
        return if SCAFFOLDING.contains(&package) {
            Class::None
        } else if OUTSIDE.contains(&package) {
            Class::StandardOutside
        } else {
            Class::Standard
        };
    }
    if OUTSIDE.contains(&package) {
        return Class::StandardOutside;
    }
    if let Some(rest) = package.strip_prefix("golang.org/x/crypto/") {
        return if X_CRYPTO_WRAPPERS.contains(&rest) { Class::None } else { Class::Residual };
    }
    if THIRD_PARTY.iter().any(|prefix| is_below(package, prefix)) {
        Class::Residual
    } else {
        Class::None
    }
}

/// Whether a package is cryptography or is there to use it: what somebody who moves a component looks at first.
pub fn concerns_cryptography(package: &str) -> bool {
    classify(package) != Class::None
        || ["crypto", "golang.org/x/crypto"].iter().any(|path| is_below(package, path))
}

/// The snapshot's name in a package path such as `crypto/internal/fips140/v1.0.0-c2097c7c/sha256`.
pub fn snapshot_of(package: &str) -> Option<&str> {
    snapshot_name(package.strip_prefix("crypto/internal/fips140/")?)
}

fn snapshot_name(rest: &str) -> Option<&str> {
    let first = rest.split('/').next()?;
    let versioned = first.strip_prefix('v')?.starts_with(|c: char| c.is_ascii_digit());
    versioned.then_some(first)
}

/// The unversioned tree holds algorithms and a little scaffolding.
fn unversioned(rest: &str) -> Class {
    match rest {
        "alias" | "check" | "check/checktest" | "subtle" => Class::None,
        _ => Class::Unfrozen,
    }
}

fn is_below(package: &str, prefix: &str) -> bool {
    package.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a shared library's file name is that of a cryptographic library (facts/scanning.md 2.6).
pub fn is_crypto_library(soname: &str) -> bool {
    /// Windows' own: CNG, its key storage, and the older interfaces.
    const WINDOWS: &[&str] = &["bcrypt.dll", "ncrypt.dll", "crypt32.dll"];
    const STEMS: &[&str] = &[
        "libcrypto",
        "libssl",
        "libgnutls",
        "libnettle",
        "libhogweed",
        "libgcrypt",
        "libnss3",
        "libsoftokn3",
        "libfreebl",
        "libmbedcrypto",
        "libmbedtls",
        "libtfpsacrypto",
        "libwolfssl",
        "libsodium",
        "libcryptopp",
        "libcrypto++",
        "libbotan",
        "libaws_lc",
        "libcrypt",
    ];
    // A macOS program names its libraries by their paths.
    let file = soname.rsplit('/').next().unwrap_or(soname);
    if WINDOWS.iter().any(|known| file.eq_ignore_ascii_case(known)) {
        return true;
    }
    let stem = file.split(['.', '-']).next().unwrap_or(file);
    STEMS.iter().any(|known| stem == *known || (stem.starts_with(known) && known.len() > 8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_fall_into_the_class_that_the_facts_give() {
        for (package, class) in [
            ("crypto/internal/fips140/v1.0.0-c2097c7c/sha256", Class::Snapshot),
            ("crypto/internal/fips140/sha256", Class::Unfrozen),
            ("crypto/internal/fips140/check", Class::None),
            ("crypto/sha256", Class::Standard),
            ("crypto/md5", Class::StandardOutside),
            ("vendor/golang.org/x/crypto/chacha20poly1305", Class::StandardOutside),
            ("golang.org/x/crypto/chacha20poly1305", Class::Residual),
            ("golang.org/x/crypto/cryptobyte", Class::None),
            ("golang.org/x/crypto/ssh", Class::None),
            ("golang.org/x/crypto/ssh/internal/bcrypt_pbkdf", Class::Residual),
            ("golang.org/x/crypto/pkcs12/internal/rc2", Class::Residual),
            ("golang.org/x/crypto/something-new", Class::Residual),
            ("github.com/cloudflare/circl/hpke", Class::Residual),
            ("github.com/cloudflare/circles", Class::None),
            ("main", Class::None),
            ("mycrypto/aes", Class::None),
        ] {
            assert_eq!(classify(package), class, "{package}");
        }
        assert_eq!(snapshot_of("crypto/internal/fips140/v1.26.0/aes/gcm"), Some("v1.26.0"));
        assert_eq!(snapshot_of("crypto/internal/fips140/aes"), None);
    }

    #[test]
    fn the_c_library_is_no_cryptographic_library() {
        for (soname, expected) in [
            ("libc.so.6", false),
            ("libcrypto.so.3", true),
            ("libssl-1f2e3d4c.so.3", true),
            ("libcrypt.so.1", true),
            ("libresolv.so.2", false),
            ("/usr/lib/libSystem.B.dylib", false),
            ("/opt/homebrew/lib/libcrypto.3.dylib", true),
            ("bcrypt.dll", true),
            ("KERNEL32.dll", false),
        ] {
            assert_eq!(is_crypto_library(soname), expected, "{soname}");
        }
    }
}
