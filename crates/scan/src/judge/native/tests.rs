//! Facts made by hand, one situation each, alone and in a root: what would be judged wrong without the rule.

use crate::judge::{Context, Judgement, judge};
use crate::surroundings::{Alone, Library, Neighbour, Surroundings};
use catalog::Registry;
use inspect::BinaryFacts;
use inspect::facts::*;
use std::collections::BTreeMap;
use vocab::{Date, Sha256, Verdict};

/// A root made of what a test puts into it.
#[derive(Default)]
struct Root {
    programs: BTreeMap<String, Neighbour>,
    files: BTreeMap<String, Vec<u8>>,
}

const LIBRARIES: &str = "/usr/lib";

impl Root {
    fn with(mut self, path: &str, facts: BinaryFacts) -> Self {
        let neighbour =
            Neighbour { path: path.to_owned(), sha256: Sha256::of(path.as_bytes()), facts };
        self.programs.insert(path.to_owned(), neighbour);
        self
    }
    fn file(mut self, path: &str, text: &str) -> Self {
        self.files.insert(path.to_owned(), text.as_bytes().to_vec());
        self
    }
}

impl Surroundings for Root {
    fn library(&self, _: &str, _: &ProgramFacts, name: &str) -> Library<'_> {
        self.programs.get(&format!("{LIBRARIES}/{name}")).map_or(Library::Missing, Library::Found)
    }
    fn neighbour(&self, path: &str) -> Option<&Neighbour> {
        self.programs.get(path)
    }
    fn file(&self, path: &str) -> Option<&[u8]> {
        self.files.get(path).map(Vec::as_slice)
    }
    fn ending(&self, end: &str) -> Vec<&str> {
        let all = self.programs.keys().chain(self.files.keys()).map(String::as_str);
        all.filter(|path| path.ends_with(end)).collect()
    }
}

fn facts(needed: &[&str], native: NativeFacts) -> BinaryFacts {
    let program =
        ProgramFacts { program_type: ProgramType::Dynamic, ..crate::judge::tests::elf(needed) };
    BinaryFacts {
        kind: FileKind::Elf,
        program: Some(program),
        native: Some(native),
        ..BinaryFacts::default()
    }
}

fn plain() -> NativeFacts {
    NativeFacts::default()
}

fn names(count: usize) -> Names {
    Names { count, example: "EVP_sha256".to_owned(), offset: 64 }
}

fn with(library: CryptoLibrary, trace: LibraryTrace) -> NativeFacts {
    NativeFacts { libraries: BTreeMap::from([(library, trace)]), ..plain() }
}

fn defines(library: CryptoLibrary, count: usize) -> NativeFacts {
    with(library, LibraryTrace { defined: names(count), ..LibraryTrace::default() })
}

fn of_crate(name: &str) -> NativeFacts {
    let trace = CrateTrace { defined: names(1), ..CrateTrace::default() };
    NativeFacts { crates: BTreeMap::from([(name.to_owned(), trace)]), ..plain() }
}

fn module(version: &str, intact: bool) -> NativeFacts {
    let text = BoringText {
        offset: 0x1000,
        length: 2_000_000,
        text_sha256: Sha256::of(b"text"),
        hmac: Sha256::of(b"hmac"),
        hmac_sha512: None,
        hmac_offset: intact.then_some(0x20_0000),
        fingerprints: vec![],
        version_string: (!version.is_empty()).then(|| version.to_owned()),
    };
    // The module's library brings names and assembly of its family; they are its own.
    let mut facts = defines(CryptoLibrary::AwsLcFips, 1400);
    for (library, count) in [(CryptoLibrary::OpenSsl, 277), (CryptoLibrary::BoringSsl, 7)] {
        facts.libraries.extend(defines(library, count).libraries);
    }
    NativeFacts { boring: Some(text), ..facts }
}

fn judged(facts: &BinaryFacts, root: &dyn Surroundings) -> Judgement {
    let as_of = Date::constant(2026, 11, 21);
    let registry = Registry::embedded();
    judge(facts, &Context { registry, as_of, allow: &[], path: "/usr/bin/program", root })
}

fn expect_in(root: &dyn Surroundings, facts: &BinaryFacts, verdict: Verdict, codes: &[&str]) {
    let found = judged(facts, root);
    let seen: Vec<&str> = found.findings.iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!((found.verdict, seen.as_slice()), (verdict, codes), "{:?}", found.reasons);
}

fn expect(facts: &BinaryFacts, verdict: Verdict, codes: &[&str]) {
    expect_in(&Alone, facts, verdict, codes);
}

#[test]
fn a_program_of_the_c_run_time_alone_has_no_cryptography_and_says_why() {
    let program = facts(&["libm.so.6", "libc.so.6", "libstdc++.so.6"], plain());
    let found = judged(&program, &Alone);
    assert_eq!((found.verdict, found.findings.len()), (Verdict::NoCrypto, 0));
    assert!(found.reasons[0].starts_with("no cryptography: no symbol"), "{:?}", found.reasons);
}

#[test]
fn absence_is_not_proved_where_something_is_hidden_or_unseen() {
    let undetermined = |program: BinaryFacts, code: &str| {
        expect(&program, Verdict::Undetermined, &[code]);
    };
    undetermined(facts(&["libz.so.1"], plain()), "library-unseen");
    undetermined(facts(&["libcrypto.so.3"], plain()), "crypto-library");
    let packed = Some(Packed { by: Some("UPX"), offset: 9 });
    undetermined(BinaryFacts { packed, ..facts(&[], plain()) }, "packed");
    let appended = Some(Appended { offset: 9, size: 9000 });
    undetermined(facts(&[], NativeFacts { appended, ..plain() }), "appended-data");
    let mut table = facts(&[], plain());
    table.constants.push(Constant { algorithm: "SHA-256 K", offset: 9, count: 1 });
    undetermined(table, "unattributed-constants");
    let mut broken = facts(&[], plain());
    broken.problems.push(Problem { what: "symbols", why: "cut off".to_owned() });
    undetermined(broken, "unreadable");
}

#[test]
fn a_librarys_code_in_the_file_is_not_validated_and_its_tables_are_explained() {
    let mut program = facts(&["libc.so.6"], defines(CryptoLibrary::MbedTls, 3));
    program.constants.push(Constant { algorithm: "AES S-box", offset: 9, count: 1 });
    expect(&program, Verdict::NotValidated, &["crypto-implementation"]);
    let code = vec![Text { text: "crypto/evp/digest.c".to_owned(), offset: 9 }];
    let stripped = with(CryptoLibrary::OpenSsl, LibraryTrace { code, ..LibraryTrace::default() });
    expect(&facts(&[], stripped), Verdict::NotValidated, &["crypto-implementation"]);
}

#[test]
fn inline_functions_of_a_header_are_no_code_of_the_library_that_is_loaded() {
    let defined = || defines(CryptoLibrary::Botan, 30);
    expect(&facts(&["libbotan-2.so.19"], defined()), Verdict::Undetermined, &["crypto-library"]);
    expect(&facts(&[], defined()), Verdict::NotValidated, &["crypto-implementation"]);
}

#[test]
fn a_few_names_and_a_version_text_are_only_traces() {
    expect(
        &facts(&[], defines(CryptoLibrary::OpenSsl, 2)),
        Verdict::Undetermined,
        &["crypto-trace"],
    );
    let banners = vec![Text { text: "OpenSSL 3.0.19 27 Jan 2026".to_owned(), offset: 9 }];
    let header = LibraryTrace { banners, ..LibraryTrace::default() };
    let program = facts(&[], with(CryptoLibrary::OpenSsl, header));
    expect(&program, Verdict::Undetermined, &["crypto-trace"]);
    let listed = AuditablePackage { name: "ring".to_owned(), version: "0.17.14".to_owned() };
    let program = facts(&[], NativeFacts { auditable: Some(vec![listed]), ..plain() });
    expect(&program, Verdict::Undetermined, &["crypto-trace"]);
}

#[test]
fn a_rust_crate_is_judged_by_what_it_implements() {
    expect(&facts(&[], of_crate("aes-gcm")), Verdict::NotValidated, &["crypto-implementation"]);
    expect(&facts(&[], of_crate("ring")), Verdict::NotValidated, &["crypto-implementation"]);
    expect(&facts(&[], of_crate("sha2")), Verdict::Undetermined, &["hash-implementation"]);
    expect(&facts(&[], of_crate("openssl-sys")), Verdict::NoCrypto, &[]);
}

#[test]
fn a_static_module_passes_in_the_version_that_its_certificate_names_and_in_no_other() {
    let program = |version| facts(&["libc.so.6"], module(version, true));
    let found = judged(&program("AWS-LC FIPS 3.1.0"), &Alone);
    assert_eq!((found.verdict, found.findings.len()), (Verdict::Pass, 0));
    assert_eq!(found.modules[0].certificate.unwrap().0, 5314);
    for (version, verdict, code) in [
        ("AWS-LC FIPS 3.0.0", Verdict::NotValidated, "version-not-validated"),
        ("AWS-LC FIPS 3.6.0", Verdict::NotValidated, "module-update-stream"),
        ("AWS-LC FIPS 4.2.0", Verdict::NotValidated, "version-not-validated"),
        ("AWS-LC FIPS 4.0.0", Verdict::InProcess, "module-in-process"),
        ("AWS-LC FIPS 9.9.9", Verdict::Undetermined, "module-unknown"),
        ("", Verdict::Undetermined, "module-unknown"),
    ] {
        expect(&program(version), verdict, &[code]);
    }
}

#[test]
fn a_changed_module_is_tampered_and_a_guess_is_none() {
    let changed = facts(&[], module("AWS-LC FIPS 3.1.0", false));
    expect(&changed, Verdict::Tampered, &["integrity-mismatch"]);
    let guess = judged(&facts(&[], module("", false)), &Alone);
    assert_eq!(
        guess.verdict,
        Verdict::Undetermined,
        "the library is there, its module is not seen"
    );
}

#[test]
fn another_implementation_beside_the_module_is_outside_of_it() {
    let mut program = module("AWS-LC FIPS 3.1.0", true);
    program.crates = of_crate("ring").crates;
    let found = judged(&facts(&[], program), &Alone);
    assert_eq!(found.verdict, Verdict::OutsideModule);
    assert_eq!(found.findings[0].subject.as_deref(), Some("ring"));
}

#[test]
fn the_module_in_a_shared_library_has_a_certificate_of_its_own() {
    let library = BoringLibrary {
        text_offset: 0x1000,
        text_length: 1_800_000,
        rodata_offset: 0x20_0000,
        rodata_length: 300_000,
        hmac: Sha256::of(b"hmac"),
        hmac_offset: Some(0x30_0000),
        version_string: Some("AWS-LC FIPS 3.1.0".to_owned()),
    };
    let library = facts(&[], NativeFacts { boring_library: Some(library), ..plain() });
    let root = Root::default().with("/usr/lib/libaws_lc_fips_crypto.so", library);
    let found = judged(&facts(&["libaws_lc_fips_crypto.so"], plain()), &root);
    assert_eq!((found.verdict, found.modules[0].certificate.unwrap().0), (Verdict::Pass, 5298));
}

#[test]
fn libraries_of_the_root_are_judged_with_the_program() {
    let root = Root::default()
        .with("/usr/lib/libz.so.1", facts(&["libc.so.6"], plain()))
        .with("/usr/lib/libtls.so", facts(&["libmbed.so", "libtls.so"], plain()))
        .with("/usr/lib/libmbed.so", facts(&["libtls.so"], defines(CryptoLibrary::MbedTls, 9)));
    expect_in(&root, &facts(&["libz.so.1"], plain()), Verdict::NoCrypto, &[]);
    expect_in(&root, &facts(&["libgone.so"], plain()), Verdict::Undetermined, &["library-missing"]);
    let loops = facts(&["libtls.so"], plain());
    expect_in(&root, &loops, Verdict::NotValidated, &["crypto-implementation"]);
}

#[test]
fn a_library_that_is_loaded_by_name_counts_where_it_is() {
    let named = vec![Text { text: "libmbedcrypto.so.7".to_owned(), offset: 9 }];
    let native = NativeFacts { named_libraries: named, loads_libraries: true, ..plain() };
    let program = facts(&["libc.so.6"], native.clone());
    expect(&program, Verdict::Undetermined, &["crypto-library"]);
    expect_in(&Root::default(), &program, Verdict::NoCrypto, &[]);
    let library = facts(&[], defines(CryptoLibrary::MbedTls, 9));
    let root = Root::default().with("/usr/lib/libmbedcrypto.so.7", library);
    expect_in(&root, &program, Verdict::NotValidated, &["crypto-implementation"]);
    let cannot = NativeFacts { loads_libraries: false, ..native };
    expect(&facts(&["libc.so.6"], cannot), Verdict::NoCrypto, &[]);
}

#[test]
fn libcrypt_counts_when_a_program_calls_it() {
    expect(&facts(&["libcrypt.so.1"], plain()), Verdict::NoCrypto, &["password-hashing"]);
    let trace = LibraryTrace { imported: names(1), ..LibraryTrace::default() };
    let calls = facts(&["libcrypt.so.1"], with(CryptoLibrary::Libcrypt, trace));
    expect(&calls, Verdict::Undetermined, &["crypto-library"]);
}

#[test]
fn a_vendors_library_is_unknown_and_a_changed_one_tampered() {
    let value = Sha256::of(b"hmac");
    let mut library = defines(CryptoLibrary::GnuTls, 900);
    library.integrity_hmac = Some(value);
    let mut gnutls = facts(&[], library);
    gnutls.program.as_mut().unwrap().soname = Some("libgnutls.so.30".to_owned());
    let root = |text: &str| {
        let root = Root::default().with("/usr/lib/libgnutls.so.30", gnutls.clone());
        root.file("/usr/lib/.libgnutls.so.30.hmac", text)
    };
    let program = facts(&["libgnutls.so.30"], plain());
    expect_in(&root(&value.to_string()), &program, Verdict::Undetermined, &["module-unknown"]);
    let listed = format!("[global]\nformat-version = 1\n[libgnutls.so.30]\nhmac = {value}\n");
    expect_in(&root(&listed), &program, Verdict::Undetermined, &["module-unknown"]);
    let other = Sha256::of(b"other").to_string();
    expect_in(&root(&other), &program, Verdict::Tampered, &["integrity-mismatch"]);
    expect_in(&root("?"), &program, Verdict::NotValidated, &["crypto-implementation"]);
    let vendor = Some(Text { text: "Red Hat Enterprise Linux 9 gnutls".to_owned(), offset: 9 });
    let named = facts(&[], NativeFacts { vendor, ..defines(CryptoLibrary::GnuTls, 900) });
    expect(&named, Verdict::Undetermined, &["module-unknown"]);
}

/// OpenSSL 3 in a root.
mod openssl {
    use super::*;

    const MAC: &[u8] = b"fips.so";

    fn libcrypto() -> BinaryFacts {
        let folders = OpenSslFolders {
            configuration: "/etc/ssl".to_owned(),
            modules: Some("/usr/lib/ossl-modules".to_owned()),
        };
        let native =
            NativeFacts { openssl_folders: Some(folders), ..defines(CryptoLibrary::OpenSsl, 900) };
        let mut library = facts(&["libc.so.6"], native);
        library.program.as_mut().unwrap().soname = Some("libcrypto.so.3".to_owned());
        library
    }

    fn provider(name: &str, version: Option<&str>) -> BinaryFacts {
        let provider = Provider {
            name: name.to_owned(),
            offset: 9,
            version: version.map(str::to_owned),
            mac: Sha256::of(MAC),
        };
        let native =
            NativeFacts { provider: Some(provider), ..defines(CryptoLibrary::OpenSsl, 900) };
        facts(&["libc.so.6"], native)
    }

    fn conf() -> String {
        format!(
            "openssl_conf = start\n[start]\nproviders = all\nalg_section = alg\n[all]\nfips = fips_sect\nbase = base_sect\n\
             [base_sect]\nactivate = 1\n[fips_sect]\nactivate = 1\nmodule-mac = {}\n[alg]\ndefault_properties = fips=yes\n",
            Sha256::of(MAC)
        )
    }

    fn root(version: &str, conf: &str) -> Root {
        Root::default()
            .with("/usr/lib/libcrypto.so.3", libcrypto())
            .with("/usr/lib/ossl-modules/fips.so", provider("OpenSSL FIPS Provider", Some(version)))
            .file("/etc/ssl/openssl.cnf", conf)
    }

    fn program() -> BinaryFacts {
        facts(&["libcrypto.so.3", "libc.so.6"], plain())
    }

    #[test]
    fn libcrypto_alone_is_undetermined_and_without_a_provider_not_validated() {
        expect(&libcrypto(), Verdict::Undetermined, &["deployment-unseen"]);
        let bare = Root::default().with("/usr/lib/libcrypto.so.3", libcrypto());
        expect_in(&bare, &program(), Verdict::NotValidated, &["provider-absent"]);
        expect_in(&bare, &libcrypto(), Verdict::NotValidated, &["provider-absent"]);
    }

    #[test]
    fn a_wheels_copy_of_libcrypto_is_judged_by_its_code() {
        let mut copy = libcrypto();
        copy.program.as_mut().unwrap().soname = Some("libcrypto-1f2e3d4c.so.3".to_owned());
        expect(&copy, Verdict::NotValidated, &["crypto-implementation"]);
    }

    #[test]
    fn an_active_provider_of_the_certified_version_passes() {
        let root = root("3.1.2", &conf());
        let found = judged(&program(), &root);
        assert_eq!(
            (found.verdict, found.findings.len()),
            (Verdict::Pass, 0),
            "{:?}",
            found.reasons
        );
        assert_eq!(found.modules[0].certificate.unwrap().0, 4985);
        expect_in(&root, &libcrypto(), Verdict::Pass, &[]);
        let beside = facts(&["libcrypto.so.3"], of_crate("ring"));
        expect_in(&root, &beside, Verdict::OutsideModule, &["residual-crypto"]);
    }

    #[test]
    fn a_provider_of_another_version_or_name_does_not() {
        let historical = root("3.0.9", &conf());
        expect_in(&historical, &program(), Verdict::Historical, &["certificate-historical"]);
        expect_in(&root("3.3.1", &conf()), &program(), Verdict::Undetermined, &["module-unknown"]);
        let renamed = root("3.1.2", &conf()).with(
            "/usr/lib/ossl-modules/fips.so",
            provider("Other FIPS Provider for OpenSSL", Some("3.1.2")),
        );
        expect_in(&renamed, &program(), Verdict::Undetermined, &["module-unknown"]);
        let unread = root("3.1.2", &conf())
            .with("/usr/lib/ossl-modules/fips.so", provider("OpenSSL FIPS Provider", None));
        expect_in(&unread, &program(), Verdict::Undetermined, &["module-unknown"]);
    }

    #[test]
    fn a_changed_provider_is_tampered() {
        let other = Sha256::of(b"other").to_string();
        let root = root("3.1.2", &conf().replace(&Sha256::of(MAC).to_string(), &other));
        expect_in(&root, &program(), Verdict::Tampered, &["integrity-mismatch"]);
    }

    #[test]
    fn a_provider_that_is_not_switched_on_is_inactive() {
        let off = conf().replace("fips = fips_sect\n", "");
        let root = |conf: &str| {
            root("3.1.2", conf).file(
                "/etc/ssl/fipsmodule.cnf",
                &format!("[fips_sect]\nmodule-mac = {}\n", Sha256::of(MAC)),
            )
        };
        expect_in(&root(&off), &program(), Verdict::Inactive, &["provider-inactive"]);
        let open = format!(".include fipsmodule.cnf\n{}", conf());
        expect_in(&root(&open), &program(), Verdict::Inactive, &["provider-inactive"]);
        let elsewhere = root(&off).file("/opt/ssl/openssl.cnf", &conf());
        expect_in(&elsewhere, &program(), Verdict::Undetermined, &["activation-unreadable"]);
    }

    #[test]
    fn a_configuration_in_pieces_is_put_together() {
        let section = format!("[fips_sect]\nactivate = 1\nmodule-mac = {}\n", Sha256::of(MAC));
        let (before, after) =
            conf().split_once("[fips_sect]").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        let after = after.split_once("[alg]").map(|(_, b)| format!("[alg]{b}")).unwrap();
        let text = format!("{before}.include = /etc/ssl/fips.d\n{after}");
        let root = root("3.1.2", &text).file("/etc/ssl/fips.d/fipsmodule.cnf", &section);
        expect_in(&root, &program(), Verdict::Pass, &[]);
    }

    #[test]
    fn another_active_provider_is_a_warning_where_properties_keep_calls_inside() {
        let default =
            conf().replace("base = base_sect\n", "base = base_sect\ndefault = default_sect\n");
        let text = format!("{default}[default_sect]\nactivate = 1\n");
        expect_in(&root("3.1.2", &text), &program(), Verdict::Pass, &["other-provider-active"]);
        let open = text.replace("fips=yes", "");
        expect_in(&root("3.1.2", &open), &program(), Verdict::Inactive, &["provider-inactive"]);
    }

    #[test]
    fn a_provider_given_alone_is_named_and_not_proved_intact() {
        let alone = provider("OpenSSL FIPS Provider", Some("3.1.2"));
        expect(&alone, Verdict::Undetermined, &["integrity-unreadable"]);
        let unstated = conf().replace("module-mac", "other-key");
        expect_in(
            &root("3.1.2", &unstated),
            &alone,
            Verdict::Undetermined,
            &["integrity-unreadable"],
        );
    }

    #[test]
    fn a_provider_beside_the_configuration_that_states_its_value_is_proved_by_it() {
        let file = provider("OpenSSL FIPS Provider", Some("3.1.2"));
        expect_in(&root("3.1.2", &conf()), &file, Verdict::Pass, &[]);
        let other = Sha256::of(b"other").to_string();
        let changed = conf().replace(&Sha256::of(MAC).to_string(), &other);
        expect_in(&root("3.1.2", &changed), &file, Verdict::Tampered, &["integrity-mismatch"]);
    }
}
