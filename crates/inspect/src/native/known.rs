//! Names and texts of known cryptographic libraries (what survives in real builds was measured: facts of each library's
//! Debian package, dynamic and static, stripped and not).

use crate::facts::CryptoLibrary::{self, *};
use crate::hidden::{HiddenText, hidden};

/// Beginnings of names that belong to a library's interface or to its insides. Short and common beginnings are spelled
/// out further, so that a program's own `wc_lines` or `crypto_init` is not taken for a library's.
pub(super) const SYMBOLS: &[(&str, CryptoLibrary)] = &[
    ("aws_lc_fips_", AwsLcFips),
    ("aws_lc_", AwsLc),
    ("awslc_", AwsLc),
    ("BORINGSSL_", BoringSsl),
    ("_ZN4bssl", BoringSsl),
    ("EVP_", OpenSsl),
    ("OSSL_PROVIDER_", OpenSsl),
    ("OSSL_LIB_CTX_", OpenSsl),
    ("ossl_", OpenSsl),
    ("AES_set_encrypt_key", OpenSsl),
    ("AES_set_decrypt_key", OpenSsl),
    ("AES_cbc_encrypt", OpenSsl),
    ("RSA_public_", OpenSsl),
    ("RSA_private_", OpenSsl),
    ("RSA_sign", OpenSsl),
    ("RSA_verify", OpenSsl),
    ("RSA_generate_key", OpenSsl),
    ("EC_KEY_", OpenSsl),
    ("ECDSA_do_", OpenSsl),
    ("HMAC_Init", OpenSsl),
    ("HMAC_CTX_", OpenSsl),
    ("RAND_bytes", OpenSsl),
    ("BN_mod_exp", OpenSsl),
    ("PKCS7_sign", OpenSsl),
    ("PKCS12_parse", OpenSsl),
    ("gnutls_", GnuTls),
    ("_gnutls_", GnuTls),
    ("nettle_", Nettle),
    ("_nettle_", Nettle),
    ("gcry_", Libgcrypt),
    ("_gcry_", Libgcrypt),
    ("PK11_", Nss),
    ("NSS_Init", Nss),
    ("NSS_NoDB_Init", Nss),
    ("SECKEY_", Nss),
    ("NSC_Encrypt", Nss),
    ("NSC_Digest", Nss),
    ("FREEBL_GetVector", Nss),
    ("mbedtls_", MbedTls),
    ("psa_crypto_init", MbedTls),
    ("psa_hash_", MbedTls),
    ("psa_cipher_", MbedTls),
    ("psa_aead_", MbedTls),
    ("psa_sign_", MbedTls),
    ("wolfSSL_", WolfSsl),
    ("wolfCrypt_", WolfSsl),
    ("wc_Sha", WolfSsl),
    ("wc_Aes", WolfSsl),
    ("wc_Init", WolfSsl),
    ("wc_Hmac", WolfSsl),
    ("wc_Rsa", WolfSsl),
    ("wc_ecc_", WolfSsl),
    ("sodium_init", Libsodium),
    ("sodium_misuse", Libsodium),
    ("randombytes_sysrandom", Libsodium),
    ("crypto_aead_", Libsodium),
    ("crypto_auth_", Libsodium),
    ("crypto_box_", Libsodium),
    ("crypto_core_", Libsodium),
    ("crypto_generichash", Libsodium),
    ("crypto_hash_sha", Libsodium),
    ("crypto_pwhash", Libsodium),
    ("crypto_scalarmult", Libsodium),
    ("crypto_secretbox", Libsodium),
    ("crypto_secretstream", Libsodium),
    ("crypto_sign_ed25519", Libsodium),
    ("crypto_stream_", Libsodium),
    ("_ZN8CryptoPP", CryptoPp),
    ("_ZNK8CryptoPP", CryptoPp),
    ("_ZTVN8CryptoPP", CryptoPp),
    ("_ZN5Botan", Botan),
    ("_ZNK5Botan", Botan),
    ("_ZTVN5Botan", Botan),
    ("botan_", Botan),
    ("krb5int_", Kerberos),
    ("krb5_c_", Kerberos),
    ("krb5_k_", Kerberos),
];

/// Whole names.
pub(super) const EXACT: &[(&str, CryptoLibrary)] = &[
    ("crypt", Libcrypt),
    ("crypt_r", Libcrypt),
    ("crypt_rn", Libcrypt),
    ("crypt_ra", Libcrypt),
    ("crypt_checksalt", Libcrypt),
];

/// What a text means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Only the library's own code carries it.
    Code(CryptoLibrary),
    /// It begins a version, and a compiled header is enough to bring it.
    Banner(CryptoLibrary),
    /// It begins the file name of a library that `dlopen` could be given.
    FileName,
    /// It begins a path below the source of the Rust compiler.
    Rustc,
    /// It stands behind the folder of a Rust crate.
    CrateSource,
    /// It names a folder that was compiled into libcrypto.
    OpenSslDir,
    /// It names the folder of providers that was compiled into libcrypto.
    ModulesDir,
    /// It ends the name of a FIPS provider of OpenSSL 3.
    FipsProvider,
    /// A packer's mark.
    Packer,
}

use Meaning::{Banner, Code};

/// Texts and what they mean.
pub(super) const TEXTS: &[(HiddenText, Meaning)] = &[
    (hidden!(b"crypto/evp/digest.c"), Code(OpenSsl)),
    (hidden!(b"crypto/evp/evp_enc.c"), Code(OpenSsl)),
    (hidden!(b"crypto/evp/evp_lib.c"), Code(OpenSsl)),
    (hidden!(b"crypto/evp/p_lib.c"), Code(OpenSsl)),
    (hidden!(b"crypto/evp/evp_cipher.c"), Code(LibreSsl)),
    (hidden!(b"crypto/evp/evp_digest.c"), Code(LibreSsl)),
    (hidden!(b"providers/implementations/ciphers/"), Code(OpenSsl)),
    (hidden!(b"providers/implementations/digests/"), Code(OpenSsl)),
    (hidden!(b"boringssl/crypto/"), Code(BoringSsl)),
    (hidden!(b"boringssl/src/crypto/"), Code(BoringSsl)),
    (hidden!(b"/aws-lc/crypto/"), Code(AwsLc)),
    (hidden!(b"aws_lc_fips_"), Code(AwsLcFips)),
    (hidden!(b"aws_lc_0_"), Code(AwsLc)),
    (hidden!(b", CRYPTOGAMS by "), Code(Cryptogams)),
    (hidden!(b"GNUTLS.RSAPublicKey"), Code(GnuTls)),
    (hidden!(b"NETTLE_FAT_OVERRIDE"), Code(Nettle)),
    (hidden!(b"This is Libgcrypt "), Code(Libgcrypt)),
    (hidden!(b"NSS Generic Crypto Services"), Code(Nss)),
    (hidden!(b"wolfcrypt/src/"), Code(WolfSsl)),
    (hidden!(b"wolfSSL error occurred"), Code(WolfSsl)),
    (hidden!(b"libsodium/crypto_"), Code(Libsodium)),
    (hidden!(b"libsodium/randombytes"), Code(Libsodium)),
    (hidden!(b"N8CryptoPP"), Code(CryptoPp)),
    (hidden!(b"N5Botan"), Code(Botan)),
    (hidden!(b"OpenSSL 0.9."), Banner(OpenSsl)),
    (hidden!(b"OpenSSL 1."), Banner(OpenSsl)),
    (hidden!(b"OpenSSL 3."), Banner(OpenSsl)),
    (hidden!(b"OpenSSL 4."), Banner(OpenSsl)),
    (hidden!(b"LibreSSL 2."), Banner(LibreSsl)),
    (hidden!(b"LibreSSL 3."), Banner(LibreSsl)),
    (hidden!(b"LibreSSL 4."), Banner(LibreSsl)),
    (hidden!(b"AWS-LC FIPS "), Banner(AwsLcFips)),
    (hidden!(b"libcrypto"), Meaning::FileName),
    (hidden!(b"libssl"), Meaning::FileName),
    (hidden!(b"libgnutls"), Meaning::FileName),
    (hidden!(b"libgcrypt"), Meaning::FileName),
    (hidden!(b"libnettle"), Meaning::FileName),
    (hidden!(b"libhogweed"), Meaning::FileName),
    (hidden!(b"libsoftokn3"), Meaning::FileName),
    (hidden!(b"libfreebl"), Meaning::FileName),
    (hidden!(b"libnss3.so"), Meaning::FileName),
    (hidden!(b"libmbedcrypto"), Meaning::FileName),
    (hidden!(b"libwolfssl"), Meaning::FileName),
    (hidden!(b"libsodium.so"), Meaning::FileName),
    (hidden!(b"/rustc/"), Meaning::Rustc),
    (hidden!(b"/src/"), Meaning::CrateSource),
    (hidden!(b"OPENSSLDIR: \""), Meaning::OpenSslDir),
    (hidden!(b"MODULESDIR: \""), Meaning::ModulesDir),
    (hidden!(b"OpenSSL FIPS Provider"), Meaning::FipsProvider),
    (hidden!(b"FIPS Provider for OpenSSL"), Meaning::FipsProvider),
    (hidden!(b"$Info: This file is packed with the UPX"), Meaning::Packer),
];

/// Rust crates whose code is cryptography, or that bring a C library in. What each means is for others to judge.
pub(super) const CRATES: &[&str] = &[
    "aead-gcm-stream", "aes", "aes-gcm", "aes-gcm-siv", "aes-kw", "aes-siv", "aes-soft", "aesni", "argon2", "ascon",
    "ascon-aead", "aws-lc-fips-sys", "aws-lc-rs", "aws-lc-sys", "bcrypt", "bcrypt-pbkdf", "blake2", "blake2b_simd",
    "blake2s_simd", "blake3", "block-modes", "blowfish", "boring", "boring-sys", "botan", "botan-src", "camellia",
    "cast5", "cbc", "ccm", "cfb-mode", "chacha20", "chacha20poly1305", "cmac", "crypto-bigint", "crypto_box",
    "crypto_secretbox", "ctr", "curve25519-dalek", "des", "dryoc", "dsa", "eax", "ecb", "ecdsa", "ed25519-compact",
    "ed25519-dalek", "ed448-goldilocks", "elliptic-curve", "ghash", "graviola", "groestl", "hkdf", "hmac", "hpke",
    "k256", "keccak", "kuznyechik", "libsodium-sys", "libsodium-sys-stable", "magma", "mbedtls", "mbedtls-sys-auto",
    "md-5", "md4", "md5", "ml-dsa", "ml-kem", "num-bigint-dig", "openssl-src", "openssl-sys", "orion", "p224", "p256",
    "p384", "p521", "pbkdf2", "poly1305", "polyval", "primeorder", "pqcrypto", "rc4", "ring", "ripemd", "ripemd160",
    "rsa", "rust-crypto", "rustls-graviola", "salsa20", "schnorrkel", "scrypt", "secp256k1", "secp256k1-sys",
    "serpent", "sha-1", "sha1", "sha1_smol", "sha1-checked", "sha2", "sha3", "slh-dsa", "sm2", "sm3", "sm4", "snow",
    "streebog", "symcrypt", "symcrypt-sys", "threefish", "tiger", "twofish", "whirlpool", "wolfssl-sys",
    "x25519-dalek", "xsalsa20poly1305", "yescrypt",
];
