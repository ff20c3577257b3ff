//! Key folders: what is written opens with `openssl`, and what is weak, open or strange is refused.

use crate::common::{Folder, KEYS, example_folder, example_keys, folder, passphrase, run, succeed};
use camino::Utf8Path;
use manifest::{Role, TrustError};
use seal::{EXAMPLE_PASSPHRASE, KeyError, KeyRing, Refused};
use std::os::unix::fs::PermissionsExt as _;
use std::sync::LazyLock;

fn chmod(path: &Utf8Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// Two plain keys with their public halves, made once by `openssl`.
static PLAIN: LazyLock<Folder> = LazyLock::new(|| {
    let folder = folder();
    for role in Role::ALL {
        let (plain, public) =
            (folder.path.join(role.as_str()), folder.path.join(role.public_file()));
        succeed("openssl", &["genrsa", "-out", plain.as_str(), "4096"], &[]);
        succeed(
            "openssl",
            &["pkey", "-in", plain.as_str(), "-pubout", "-out", public.as_str()],
            &[],
        );
    }
    folder
});

/// A key folder as somebody else makes it: with `openssl pkcs8` and these options.
fn with_openssl(options: &[&str]) -> Folder {
    let folder = folder();
    for role in Role::ALL {
        let (plain, key) =
            (PLAIN.path.join(role.as_str()), folder.path.join(seal::private_file(role)));
        let arguments =
            [&["pkcs8", "-topk8", "-in", plain.as_str(), "-out", key.as_str()], options].concat();
        succeed("openssl", &arguments, &[]);
        chmod(&key, 0o600);
        let public = files::read(&PLAIN.path.join(role.public_file()), 1 << 16).unwrap();
        files::write(&folder.path.join(role.public_file()), &public, files::Mode::Plain).unwrap();
    }
    folder
}

fn refusal(folder: &Utf8Path, words: &str) -> KeyError {
    KeyRing::load(folder, &passphrase(words)).unwrap_err()
}

/// Without it our key files would be ours alone.
#[test]
fn openssl_opens_a_new_key_with_its_passphrase_and_with_no_other() {
    let folder = folder();
    let trust = seal::generate(&folder.path, &passphrase("three words here")).unwrap();
    assert!(!trust.has_example_key());
    for role in Role::ALL {
        let key = folder.path.join(seal::private_file(role));
        assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o7777, 0o600);
        let open = |password: &str| {
            run(
                "openssl",
                &["pkey", "-in", key.as_str(), "-pubout", "-passin", &format!("pass:{password}")],
                &[],
            )
        };
        let opened = open("three words here");
        assert_eq!(String::from_utf8(opened.stdout).unwrap(), trust.key(role).pem());
        assert!(!open("three words").status.success());
        let parsed = succeed("openssl", &["asn1parse", "-in", key.as_str()], &[]);
        for part in ["PBES2", "PBKDF2", "hmacWithSHA256", "aes-256-cbc", ":0927C0"] {
            assert!(parsed.contains(part), "{part}: {parsed}");
        }
    }
    // Wrong passphrase, open modes, a symlink, a second generation: each on the same good keys.
    assert!(matches!(
        refusal(&folder.path, "wrong"),
        KeyError::Refused { source: Refused::WrongPassphrase, .. }
    ));
    assert!(matches!(seal::generate(&folder.path, &passphrase("x")), Err(KeyError::Exists { .. })));
    let key = folder.path.join("seal.key.pem");
    for mode in [0o644, 0o640, 0o400, 0o700, 0o4600] {
        chmod(&key, mode);
        let error = refusal(&folder.path, "three words here");
        assert!(matches!(error, KeyError::Mode { .. }), "{mode:o}: {error}");
        assert_eq!(error.hint().unwrap(), format!("chmod 600 {key}"));
    }
    chmod(&key, 0o600);
    std::fs::hard_link(&key, folder.path.join("moved")).unwrap();
    files::remove_tree(&key).unwrap();
    std::os::unix::fs::symlink("moved", &key).unwrap();
    assert!(matches!(refusal(&folder.path, "three words here"), KeyError::Symlink { .. }));
}

/// Without it two readers could take two keys for the same id, or one key under two.
#[test]
fn the_key_id_is_what_ssh_keygen_prints() {
    let folder = folder();
    let file = folder.path.join("k");
    let ssh = succeed(
        "ssh-keygen",
        &["-i", "-m", "PKCS8", "-f", example_folder().join("seal.pub").as_str()],
        &[],
    );
    files::write(&file, ssh.as_bytes(), files::Mode::Plain).unwrap();
    let printed = succeed("ssh-keygen", &["-lf", file.as_str()], &[]);
    let id = example_keys().trust().key(Role::Seal).id().to_string();
    assert_eq!(printed.split(' ').nth(1), Some(id.as_str()));
}

/// Without it a key that falls to a guesser, or that a validated module would not open, would sign releases.
#[test]
fn weak_and_missing_encryption_is_refused_with_a_remedy() {
    let cases: [(&str, &[&str]); 6] = [
        ("not encrypted", &["-nocrypt"]),
        ("scrypt", &["-scrypt", "-passout", "pass:x"]),
        (
            "PBES1",
            &[
                "-v1",
                "PBE-MD5-DES",
                "-provider",
                "legacy",
                "-provider",
                "default",
                "-passout",
                "pass:x",
            ],
        ),
        (
            "PBKDF2 over HMAC-SHA-1",
            &["-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA1", "-passout", "pass:x"],
        ),
        (
            "AES-256",
            &[
                "-v2",
                "aes-128-cbc",
                "-v2prf",
                "hmacWithSHA256",
                "-iter",
                "600000",
                "-passout",
                "pass:x",
            ],
        ),
        // OpenSSL 3.0 writes 2048 iterations and a salt of 8 bytes; newer ones write 16 bytes.
        ("", &["-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA256", "-passout", "pass:x"]),
    ];
    for (words, options) in cases {
        let folder = with_openssl(options);
        let error = refusal(&folder.path, "x");
        let KeyError::Refused { source, .. } = &error else { panic!("{words}: {error}") };
        assert!(source.to_string().contains(words), "{words}: {source}");
        assert!(!matches!(source, Refused::WrongPassphrase | Refused::NotRsa), "{source}");
        assert!(error.hint().unwrap().contains("keys new"));
    }
}

/// Without it the exemption of the example keys from mode 0600 could be borrowed by a real key.
#[test]
fn the_example_keys_need_no_mode_and_lend_that_to_no_other_key() {
    let folder = folder();
    files::copy_tree(&example_folder(), &folder.path).unwrap();
    let key = folder.path.join("seal.key.pem");
    for mode in [0o644, 0o444] {
        chmod(&key, mode);
        assert!(KeyRing::load(&folder.path, &passphrase(EXAMPLE_PASSPHRASE)).is_ok(), "{mode:o}");
    }
    files::write(
        &key,
        &files::read(&folder.path.join("artifact.key.pem"), 1 << 16).unwrap(),
        files::Mode::Plain,
    )
    .unwrap();
    assert!(matches!(refusal(&folder.path, EXAMPLE_PASSPHRASE), KeyError::Mismatch { .. }));
}

/// Without it one key could do both works, and a signature over a file would be a seal.
#[test]
fn one_key_for_both_roles_is_refused() {
    let folder = folder();
    for role in Role::ALL {
        for (from, to) in [
            ("seal.pub", role.public_file().to_owned()),
            ("seal.key.pem", seal::private_file(role)),
        ] {
            let bytes = files::read(&example_folder().join(from), 1 << 16).unwrap();
            files::write(&folder.path.join(to), &bytes, files::Mode::Private).unwrap();
        }
    }
    assert!(matches!(
        refusal(&folder.path, EXAMPLE_PASSPHRASE),
        KeyError::Trust(TrustError::SameKey)
    ));
}

/// Without it garbage, other keys and endless files would give a panic or a riddle.
#[test]
fn files_that_are_no_keys_are_refused() {
    let folder = folder();
    files::copy_tree(&example_folder(), &folder.path).unwrap();
    let key = folder.path.join("seal.key.pem");
    let good = files::read_text(&key, 1 << 16).unwrap();
    for (what, text) in [
        ("nothing", String::new()),
        ("half", good[..good.len() / 2].to_owned()),
        ("a certificate", good.replace("ENCRYPTED PRIVATE KEY", "CERTIFICATE")),
        (
            "garbage in PEM",
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n"
                .to_owned(),
        ),
    ] {
        files::write(&key, text.as_bytes(), files::Mode::Private).unwrap();
        let error = refusal(&folder.path, EXAMPLE_PASSPHRASE);
        assert!(matches!(error, KeyError::Refused { .. }), "{what}: {error}");
    }
    files::write(&key, &vec![b'x'; 1 << 20], files::Mode::Private).unwrap();
    assert!(matches!(refusal(&folder.path, EXAMPLE_PASSPHRASE), KeyError::File(_)));
    files::remove_tree(&key).unwrap();
    assert!(matches!(refusal(&folder.path, EXAMPLE_PASSPHRASE), KeyError::File(_)));
    for (bits, exponent) in [("2048", "65537"), ("4096", "3")] {
        let plain = folder.path.join("plain");
        let option = format!("rsa_keygen_pubexp:{exponent}");
        let size = format!("rsa_keygen_bits:{bits}");
        let arguments = [
            "genpkey",
            "-algorithm",
            "RSA",
            "-pkeyopt",
            &size,
            "-pkeyopt",
            &option,
            "-out",
            plain.as_str(),
        ];
        succeed("openssl", &arguments, &[]);
        let public = folder.path.join("seal.pub");
        succeed(
            "openssl",
            &["pkey", "-in", plain.as_str(), "-pubout", "-out", public.as_str()],
            &[],
        );
        assert!(
            matches!(refusal(&folder.path, "x"), KeyError::Trust(TrustError::BadKey { .. })),
            "{bits} {exponent}"
        );
    }
}

/// Without it a debug print would show what must not be shown.
#[test]
fn private_keys_are_never_printed() {
    let printed = format!("{:?}", *KEYS);
    assert!(printed.contains("ArtifactKey(SHA256:"), "{printed}");
    // The fields of an RSA private key as `rsa` would print them: its primes and the exponent `d`.
    assert!(!printed.contains("primes") && !printed.contains(" d: "), "{printed}");
}
