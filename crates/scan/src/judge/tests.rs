//! Facts made by hand, one situation each: what would be judged wrong without the rule.

use super::*;
use crate::surroundings::Alone;
use inspect::facts::{
    BoringText, BuildInfo, Constant, FipsInfo, GoFacts, GodebugDefault, Marker, Package, Problem,
    ProgramFacts,
};
use vocab::Sha256;

const SNAPSHOT: &str = "crypto/internal/fips140/v1.0.0-c2097c7c/sha256";

fn elf(needed: &[&str]) -> ProgramFacts {
    ProgramFacts {
        format: inspect::facts::Format::Elf,
        machine: Machine::Amd64,
        program_type: ProgramType::Executable,
        bits: 64,
        little_endian: true,
        interpreter: None,
        soname: None,
        rpath: vec![],
        runpath: vec![],
        needed: needed.iter().map(|&name| name.to_owned()).collect(),
        has_symbols: false,
    }
}

fn go(packages: &[&str]) -> GoFacts {
    let package = |path: &&str| {
        ((*path).to_owned(), Package { functions: 3, offset: 64, example: format!("{path}.F") })
    };
    GoFacts {
        build_info: Some(BuildInfo { go_version: "go1.27.4".to_owned(), ..BuildInfo::default() }),
        packages: packages.iter().map(package).collect(),
        functions_complete: true,
        function_count: 3 * packages.len(),
        fips_info: Some(info(b"same", b"same")),
        godebug_default: on("fips140=on"),
        ..GoFacts::default()
    }
}

fn info(stated: &[u8], computed: &[u8]) -> FipsInfo {
    FipsInfo {
        offset: 8,
        stated: Sha256::of(stated),
        computed: Some(Sha256::of(computed)),
        covered: 100,
    }
}

fn on(text: &str) -> GodebugDefault {
    GodebugDefault::Value { text: text.to_owned(), offset: 16 }
}

fn facts(go: GoFacts) -> BinaryFacts {
    BinaryFacts {
        kind: FileKind::Elf,
        program: Some(elf(&[])),
        go: Some(go),
        native: None,
        constants: vec![],
        problems: vec![],
    }
}

fn judged(facts: &BinaryFacts, allow: &[Allow]) -> (Verdict, Vec<String>) {
    let as_of = Date::constant(2026, 11, 21);
    let judgement = judge(
        facts,
        &Context { registry: Registry::embedded(), as_of, allow, path: "program", root: &Alone },
    );
    (judgement.verdict, judgement.findings.into_iter().map(|finding| finding.code).collect())
}

fn expect(go: GoFacts, verdict: Verdict, code: &str) {
    let (found, codes) = judged(&facts(go), &[]);
    assert!(
        found == verdict && (code.is_empty() || codes.iter().any(|c| c == code)),
        "{found} {codes:?}, not {verdict} {code}"
    );
}

/// The text of the current BoringCrypto as the registry knows it.
fn boring(verified: bool) -> BoringText {
    let (_, known) = Registry::embedded()
        .boring_texts()
        .find(|(module, text)| module.version == "2022061300" && text.arch == vocab::Arch::Amd64)
        .unwrap();
    BoringText {
        offset: 0x4000,
        length: 753_552,
        text_sha256: Sha256::of(b"text"),
        hmac: Sha256::of(b"hmac"),
        hmac_sha512: None,
        hmac_offset: verified.then_some(0xbc000),
        fingerprints: vec![inspect::facts::Fingerprint {
            offset: 0x4008,
            length: known.run_length,
            sha256: known.run_sha256,
        }],
        version_string: None,
    }
}

fn boring_program() -> GoFacts {
    let mut program = go(&["crypto/internal/boring", "crypto/sha256"]);
    program.boring = Some(boring(true));
    program.markers.insert(
        "crypto/internal/boring._Cfunc__goboringcrypto_",
        Marker { functions: 100, offset: 4 },
    );
    program
}

#[test]
fn an_honest_snapshot_passes_and_says_where_it_was_seen() {
    let judgement = judge(
        &facts(go(&[SNAPSHOT, "crypto/sha256"])),
        &Context {
            registry: Registry::embedded(),
            as_of: Date::constant(2026, 11, 21),
            allow: &[],
            path: "program",
            root: &Alone,
        },
    );
    assert_eq!(judgement.verdict, Verdict::Pass);
    let [module] = &judgement.modules[..] else { panic!("{:?}", judgement.modules) };
    assert!(module.active && module.evidence.iter().any(|e| e.offset == Some(8)));
}

#[test]
fn the_last_of_two_settings_counts_as_it_does_in_the_runtime() {
    let with = |text: &str| GoFacts { godebug_default: on(text), ..go(&[SNAPSHOT]) };
    expect(with("fips140=on,fips140=off"), Verdict::Inactive, "module-inactive");
    expect(with("fips140=off,fips140=on"), Verdict::Pass, "");
    expect(with("xfips140=on"), Verdict::Inactive, "module-inactive");
    expect(with("fips140=auto"), Verdict::Inactive, "module-inactive");
}

#[test]
fn a_variable_that_contradicts_build_information_is_the_linkers_lie() {
    let mut program = GoFacts { godebug_default: on("fips140=off"), ..go(&[SNAPSHOT]) };
    program
        .build_info
        .as_mut()
        .unwrap()
        .settings
        .insert("DefaultGODEBUG".to_owned(), "fips140=on".to_owned());
    expect(program, Verdict::Inactive, "godebug-override");
}

#[test]
fn what_cannot_be_read_is_never_a_pass() {
    expect(
        GoFacts { godebug_default: GodebugDefault::NotFound, ..go(&[SNAPSHOT]) },
        Verdict::Undetermined,
        "activation-unreadable",
    );
    expect(
        GoFacts { fips_info: None, ..go(&[SNAPSHOT]) },
        Verdict::Undetermined,
        "integrity-unreadable",
    );
    expect(
        GoFacts { functions_complete: false, ..go(&[SNAPSHOT]) },
        Verdict::Undetermined,
        "unreadable",
    );
    let mut broken = facts(go(&[SNAPSHOT]));
    broken.problems.push(Problem { what: "sections", why: "the table is cut off".to_owned() });
    assert_eq!(judged(&broken, &[]).0, Verdict::Undetermined);
}

#[test]
fn a_changed_module_is_tampered_whatever_else_it_is() {
    expect(
        GoFacts {
            fips_info: Some(info(b"one", b"two")),
            godebug_default: GodebugDefault::Empty,
            ..go(&[SNAPSHOT])
        },
        Verdict::Tampered,
        "integrity-mismatch",
    );
    expect(
        GoFacts { boring: Some(boring(false)), ..boring_program() },
        Verdict::Tampered,
        "integrity-mismatch",
    );
}

#[test]
fn a_snapshot_that_no_row_names_is_unknown() {
    expect(go(&["crypto/internal/fips140/v9.9.9/sha256"]), Verdict::Undetermined, "module-unknown");
}

#[test]
fn boringcrypto_passes_only_where_the_standard_library_calls_it() {
    expect(boring_program(), Verdict::Pass, "");
    let mut idle = boring_program();
    idle.markers.clear();
    expect(idle, Verdict::NotValidated, "flag-without-module");
    let mut beside = boring_program();
    beside
        .markers
        .insert("crypto/internal/boring/sig.StandardCrypto", Marker { functions: 1, offset: 9 });
    expect(beside, Verdict::NotValidated, "flag-without-module");
    let unknown = GoFacts {
        boring: Some(BoringText { fingerprints: vec![], ..boring(true) }),
        ..boring_program()
    };
    expect(unknown, Verdict::Undetermined, "module-unknown");
}

#[test]
fn unrestricted_tls_beside_boringcrypto_is_a_warning_until_fipsonly_is_linked() {
    let mut program = boring_program();
    program.packages.insert(
        "crypto/tls".to_owned(),
        Package { functions: 9, offset: 1, example: "crypto/tls.Dial".to_owned() },
    );
    expect(program.clone(), Verdict::Pass, "tls-not-restricted");
    program
        .markers
        .insert("crypto/internal/boring/sig.FIPSOnly", Marker { functions: 1, offset: 9 });
    assert!(!judged(&facts(program), &[]).1.contains(&"tls-not-restricted".to_owned()));
}

#[test]
fn flags_are_never_evidence() {
    let claims = |key: &str, value: &str| {
        let mut program = go(&["crypto/internal/fips140/sha256", "crypto/sha256"]);
        program.godebug_default = GodebugDefault::Empty;
        program.build_info.as_mut().unwrap().settings.insert(key.to_owned(), value.to_owned());
        program
    };
    expect(claims("GOEXPERIMENT", "boringcrypto"), Verdict::NotValidated, "flag-without-module");
    expect(claims("-tags", "netgo,boringcrypto"), Verdict::NotValidated, "flag-without-module");
    expect(claims("GOFIPS140", "v1.0.0-c2097c7c"), Verdict::NotValidated, "flag-without-module");
    expect(claims("GOFIPS140", "latest"), Verdict::NotValidated, "module-not-frozen");
    expect(claims("GOOS", "linux"), Verdict::NotValidated, "module-absent");
}

fn allow(code: &str, subject: &str) -> Allow {
    Allow {
        code: code.to_owned(),
        subject: subject.to_owned(),
        artifacts: vec![],
        reason: "used for nothing that is protected".to_owned(),
    }
}

#[test]
fn residual_cryptography_is_outside_the_module_until_a_recipe_answers_it() {
    let bcrypt = "golang.org/x/crypto/bcrypt";
    let program = facts(go(&[SNAPSHOT, bcrypt]));
    assert_eq!(judged(&program, &[]), (Verdict::OutsideModule, vec!["residual-crypto".to_owned()]));
    assert_eq!(judged(&program, &[allow("residual-crypto", bcrypt)]).0, Verdict::Pass);
    assert_eq!(
        judged(&program, &[allow("residual-crypto", "golang.org/x/crypto/scrypt")]).0,
        Verdict::OutsideModule,
        "another package's answer"
    );
}

#[test]
fn no_answer_makes_a_module_validated_intact_or_active() {
    let absent = facts(go(&["crypto/sha256"]));
    assert_eq!(judged(&absent, &[allow("module-absent", "")]).0, Verdict::NotValidated);
    let off = facts(GoFacts { godebug_default: GodebugDefault::Empty, ..go(&[SNAPSHOT]) });
    assert_eq!(judged(&off, &[allow("module-inactive", "")]).0, Verdict::Inactive);
}

#[test]
fn a_package_of_which_only_the_initialisation_is_left_implements_nothing() {
    let mut program = go(&[SNAPSHOT]);
    let path = "golang.org/x/crypto/bcrypt";
    program.packages.insert(
        path.to_owned(),
        Package { functions: 1, offset: 1, example: format!("{path}.init") },
    );
    expect(program, Verdict::Pass, "initialised-only");
}

#[test]
fn no_cryptography_has_to_be_proved() {
    expect(go(&["main", "fmt", "crypto/subtle"]), Verdict::NoCrypto, "");
    let mut with_table = facts(go(&["main"]));
    with_table.constants.push(Constant { algorithm: "AES S-box", offset: 9, count: 1 });
    assert_eq!(judged(&with_table, &[]).0, Verdict::Undetermined);
    let mut with_library = facts(go(&["main"]));
    with_library.program = Some(elf(&["libcrypto.so.3"]));
    assert_eq!(judged(&with_library, &[]).0, Verdict::Undetermined);
}

#[test]
fn the_runtimes_own_random_generator_explains_one_chacha_constant_and_no_more() {
    let with = |count| {
        let mut program = facts(go(&["main", "internal/chacha8rand"]));
        program.constants.push(Constant { algorithm: "ChaCha20 or Salsa20", offset: 9, count });
        judged(&program, &[]).0
    };
    assert_eq!((with(1), with(2)), (Verdict::NoCrypto, Verdict::Undetermined));
}

#[test]
fn what_is_no_go_program_is_undetermined() {
    let mut native = facts(go(&[]));
    native.go = None;
    assert_eq!(judged(&native, &[]), (Verdict::Undetermined, vec!["unsupported-kind".to_owned()]));
}
