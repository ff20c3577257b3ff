//! Go in its other forms: other platforms, other toolchains, other compilers.

use super::*;
use inspect::facts::Format;

/// A program of a toolchain that names itself, with build settings.
fn made_by(version: &str, settings: &[(&str, &str)], packages: &[&str]) -> GoFacts {
    let mut program = go(packages);
    if !packages.contains(&SNAPSHOT) {
        program.godebug_default = GodebugDefault::Empty;
    }
    let info = program.build_info.as_mut().unwrap();
    info.go_version = version.to_owned();
    info.version = GoVersion::parse(version);
    info.settings = settings.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    program
}

const RED_HAT: &str = "go1.24.3 (Red Hat 1.24.3-1.el9)";
const OPENSSL: &str = "vendor/github.com/golang-fips/openssl/v2";

#[test]
fn openssl_of_the_host_is_neither_validated_nor_refuted() {
    let program = made_by(RED_HAT, &[], &[OPENSSL, "crypto/sha256"]);
    let (verdict, codes) = judged(&facts(program), &[]);
    assert_eq!(verdict, Verdict::Undetermined);
    assert_eq!(codes, ["host-openssl", "host-fallback"], "and not that a module is absent");
}

#[test]
fn red_hats_go_before_1_22_calls_openssl_from_the_package_of_boringcrypto() {
    let mut program = made_by(
        "go1.20.12 (Red Hat 1.20.12-1.el9) X:strictfipsruntime",
        &[],
        &["crypto/internal/boring", "crypto/sha256"],
    );
    for marker in [
        "crypto/internal/boring._Cfunc__goboringcrypto_",
        "crypto/internal/boring._Cfunc__goboringcrypto_DLOPEN_OPENSSL",
    ] {
        program.markers.insert(marker, Marker { functions: 1, offset: 4 });
    }
    let (verdict, codes) = judged(&facts(program), &[]);
    assert_eq!((verdict, codes), (Verdict::Undetermined, vec!["host-openssl".to_owned()]));
}

#[test]
fn a_program_that_stops_outside_fips_mode_does_not_fall_back() {
    for settings in [
        [("GOEXPERIMENT", "strictfipsruntime")],
        [("-tags", "netgo,strictfipsruntime")],
        [("-tags", "requirefips")],
        [("-tags", "goexperiment.strictfipsruntime")],
    ] {
        let program = made_by(RED_HAT, &settings, &[OPENSSL, "crypto/sha256"]);
        let (_, codes) = judged(&facts(program), &[]);
        assert_eq!(codes, ["host-openssl"], "{settings:?}");
    }
}

#[test]
fn red_hats_tag_that_leaves_openssl_out_leaves_ordinary_go() {
    let settings = [("-tags", "no_openssl")];
    expect(made_by(RED_HAT, &settings, &["crypto/sha256"]), Verdict::NotValidated, "module-absent");
    let strict = [("-tags", "no_openssl"), ("GOEXPERIMENT", "strictfipsruntime")];
    expect(
        made_by(RED_HAT, &strict, &["crypto/sha256"]),
        Verdict::NotValidated,
        "flag-without-module",
    );
}

#[test]
fn the_hosts_fips_mode_decides_under_auto_and_only_red_hats_go_knows_it() {
    let auto = |version| GoFacts {
        godebug_default: on("fips140=auto"),
        ..made_by(version, &[], &[SNAPSHOT])
    };
    expect(auto("go1.27.2 (Red Hat 1.27.2-1.el10)"), Verdict::Undetermined, "activation-by-host");
    expect(auto("go1.27.2"), Verdict::Inactive, "module-inactive");
}

#[test]
fn microsofts_backends_are_the_hosts() {
    for (package, code) in [
        ("vendor/github.com/golang-fips/openssl/v2/internal/ossl", "host-openssl"),
        ("vendor/github.com/microsoft/go-crypto-openssl/openssl", "host-openssl"),
        ("vendor/github.com/microsoft/go-crypto-winnative/cng", "host-platform-crypto"),
        ("vendor/github.com/microsoft/go-crypto-darwin/xcrypto", "host-platform-crypto"),
    ] {
        let settings = [("microsoft_systemcrypto", "1"), ("-tags", "requirefips")];
        let program = made_by("go1.25.3-microsoft", &settings, &[package, "crypto/sha256"]);
        expect(program, Verdict::Undetermined, code);
    }
}

#[test]
fn a_claim_of_microsofts_systemcrypto_without_its_code_is_a_flag_without_a_module() {
    for settings in [
        [("microsoft_systemcrypto", "1")],
        [("GOEXPERIMENT", "systemcrypto")],
        [("GOEXPERIMENT", "nodwarf5,opensslcrypto")],
        [("-tags", "requirefips")],
    ] {
        expect(
            made_by("go1.25.3-microsoft", &settings, &["crypto/sha256"]),
            Verdict::NotValidated,
            "flag-without-module",
        );
    }
}

#[test]
fn gos_module_is_not_validated_where_it_refuses_to_work() {
    for settings in [
        [("GOOS", "openbsd")],
        [("GOOS", "aix")],
        [("GOARCH", "wasm")],
        [("-tags", "netgo,purego")],
        [("-asan", "true")],
    ] {
        let program = made_by("go1.27.4", &settings, &[SNAPSHOT]);
        expect(program, Verdict::NotValidated, "platform-unsupported");
    }
    let mut windows = facts(go(&[SNAPSHOT]));
    let program = windows.program.as_mut().unwrap();
    (program.format, program.machine) = (Format::Pe, Machine::X86);
    assert_eq!(judged(&windows, &[]).0, Verdict::NotValidated);
    program_of(&mut windows).machine = Machine::Amd64;
    assert_eq!(judged(&windows, &[]).0, Verdict::Pass, "windows/amd64");
}

fn program_of(facts: &mut BinaryFacts) -> &mut ProgramFacts {
    facts.program.as_mut().unwrap()
}

#[test]
fn windows_and_macos_verify_certificates_for_go() {
    for (format, warned) in [(Format::Elf, false), (Format::Pe, true), (Format::MachO, true)] {
        let mut program = facts(go(&[SNAPSHOT, "crypto/x509"]));
        program_of(&mut program).format = format;
        let (verdict, codes) = judged(&program, &[]);
        assert_eq!(verdict, Verdict::Pass);
        assert_eq!(codes.contains(&"platform-verifier".to_owned()), warned, "{format:?}");
    }
}

#[test]
fn machines_are_judged_alike() {
    for machine in [Machine::S390x, Machine::X86, Machine::Mips, Machine::Other(9)] {
        let mut program = facts(go(&[SNAPSHOT]));
        program_of(&mut program).machine = machine;
        assert_eq!(judged(&program, &[]).0, Verdict::Pass, "{machine:?}");
    }
}

#[test]
fn an_object_file_has_no_integrity_value_yet() {
    let object = |packages: &[&str]| {
        let mut program = facts(go(packages));
        program_of(&mut program).program_type = ProgramType::Object;
        program.go.as_mut().unwrap().fips_info = Some(info(&[0; 32], b"covered"));
        judged(&program, &[])
    };
    let (verdict, codes) = object(&[SNAPSHOT]);
    assert_eq!((verdict, codes), (Verdict::Undetermined, vec!["integrity-unreadable".to_owned()]));
    assert_eq!(object(&["crypto/sha256"]).0, Verdict::NotValidated);
    assert_eq!(object(&["main"]).0, Verdict::NoCrypto);
}

#[test]
fn what_another_compiler_made_is_not_read() {
    for compiler in [GoCompiler::Gccgo, GoCompiler::TinyGo] {
        let program = GoFacts { compiler, functions_complete: false, ..GoFacts::default() };
        let (verdict, codes) = judged(&facts(program), &[]);
        assert_eq!((verdict, codes), (Verdict::Undetermined, vec!["unread-compiler".to_owned()]));
    }
}

#[test]
fn packed_code_is_never_passed() {
    for by in [None, Some("UPX")] {
        let mut program = facts(go(&[]));
        program.go = None;
        program.packed = Some(Packed { by, offset: 0x1000 });
        let (verdict, codes) = judged(&program, &[]);
        assert_eq!(verdict, Verdict::Undetermined);
        assert!(codes.contains(&"packed".to_owned()), "{codes:?}");
    }
}

#[test]
fn a_package_that_blocks_itself_counts_as_blocked_only_in_the_mode_that_blocks_it() {
    let chacha = "golang.org/x/crypto/chacha20poly1305";
    let with = |mode: &str, blocks: bool| {
        let mut program = GoFacts { godebug_default: on(mode), ..go(&[SNAPSHOT, chacha]) };
        program.self_blocking.extend(blocks.then(|| chacha.to_owned()));
        program
    };
    expect(with("fips140=only", true), Verdict::Pass, "blocked-by-mode");
    expect(with("fips140=only", true), Verdict::Pass, "strict-mode");
    expect(with("fips140=only", false), Verdict::OutsideModule, "residual-crypto");
    expect(with("fips140=on", true), Verdict::OutsideModule, "residual-crypto");
}

#[test]
fn a_release_of_the_boringcrypto_branch_claims_boringcrypto() {
    expect(
        made_by("go1.16.7b7", &[], &["crypto/sha256"]),
        Verdict::NotValidated,
        "flag-without-module",
    );
}

#[test]
fn a_value_that_the_linker_took_from_the_wrong_bytes_is_no_tampering_and_no_validation() {
    let mislinked = |packages: &[&str]| GoFacts {
        fips_info: Some(FipsInfo { mislinked: true, ..info(b"one", b"two") }),
        ..go(packages)
    };
    expect(mislinked(&[SNAPSHOT]), Verdict::NotValidated, "integrity-mislinked");
    expect(mislinked(&["main"]), Verdict::NoCrypto, "");
}
