//! Facts made by hand, one situation each: what would be judged wrong without the rule.

mod forms;

use super::*;
use crate::surroundings::Alone;
use inspect::facts::{
    BoringText, BuildInfo, Constant, FipsInfo, GoCompiler, GoFacts, GoVersion, GodebugDefault,
    Machine, Marker, Package, Packed, Problem, ProgramFacts,
};
use vocab::Sha256;

const SNAPSHOT: &str = "crypto/internal/fips140/v1.0.0-c2097c7c/sha256";

pub(super) fn elf(needed: &[&str]) -> ProgramFacts {
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
        mislinked: false,
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
        ..BinaryFacts::default()
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

fn java(facts: inspect::facts::JavaFacts) -> (Verdict, Vec<String>) {
    let archive = BinaryFacts { kind: FileKind::Jar, java: Some(facts), ..BinaryFacts::default() };
    judged(&archive, &[])
}

#[test]
fn an_archive_of_bouncy_castles_module_is_named_by_its_own_integrity_value() {
    use inspect::facts::{JarHmac, JavaFacts, JavaImplementation};
    let module = |stated: &str, computed: &str| JavaFacts {
        implementations: vec![JavaImplementation {
            name: "BC-FJA",
            class: "org/bouncycastle/jcajce/provider/BouncyCastleFipsProvider.class".to_owned(),
            relocated: false,
        }],
        bouncy_castle: Some(JarHmac {
            stated: stated.parse().ok(),
            computed: computed.parse().ok(),
        }),
        ..JavaFacts::default()
    };
    let certified = "0f861e85a3fdc00707c9d164f8335bc81d81723944575d5ac80b4273c0d930a5";
    let debug = "3e8334f7fa1afb8caf2f5273a9505015426baf625a648fa8c02d2049c3e9dd8a";
    let old = "9f6751f059ab42f7d83e4e107881438036787e1e1821cd23a53c4b8181cc300f";
    // The certificate's sunset is not known, so its status is not, so neither is the label.
    assert_eq!(java(module(certified, certified)).1, ["certificate-unsourced"]);
    assert_eq!(java(module(old, old)).0, Verdict::Historical);
    assert_eq!(java(module(debug, debug)).0, Verdict::NotValidated);
    assert_eq!(java(module(certified, debug)).0, Verdict::Tampered);
    assert_eq!(java(module(&"ab".repeat(32), &"ab".repeat(32))).1, ["module-unknown"]);
    assert_eq!(java(module("", certified)).1, ["integrity-unreadable"]);
    let mut both = module(old, old);
    both.implementations.push(JavaImplementation {
        name: "Bouncy Castle",
        class: "org/bouncycastle/jce/provider/BouncyCastleProvider.class".to_owned(),
        relocated: false,
    });
    assert_eq!(java(both).0, Verdict::NotValidated);
}

#[test]
fn an_archive_that_asks_the_platform_depends_on_it_and_one_that_asks_nothing_is_no_crypto() {
    use inspect::facts::{JavaFacts, PlatformUse};
    let platform =
        PlatformUse { class: "A".to_owned(), what: "javax/crypto/".to_owned(), classes: 1 };
    let asks = JavaFacts { classes: 3, platform: Some(platform), ..JavaFacts::default() };
    assert_eq!(java(asks).1, ["platform-crypto"]);
    assert_eq!(java(JavaFacts { classes: 3, ..JavaFacts::default() }).0, Verdict::NoCrypto);
    let table = Constant { algorithm: "SHA-256 K", offset: 1, count: 1 };
    let own = JavaFacts { constants: vec![table], ..JavaFacts::default() };
    assert_eq!(java(own).0, Verdict::Undetermined);
}

#[test]
fn a_later_version_is_an_update_of_its_branch_while_that_is_active_and_not_validated_after() {
    let version = "version = \"v1.0.0 without suffix\"";
    let text = include_str!("../../../../manifests/modules.toml").replace(
        version,
        &format!("{version}\nupdate-stream-of = \"go-cryptographic-module-v1.0.0\""),
    );
    let registry = Registry::parse(&text, "test").unwrap_or_else(|problems| panic!("{problems}"));
    let program = facts(go(&["crypto/internal/fips140/v1.0.0/sha256"]));
    let on = |as_of| {
        let context =
            Context { registry: &registry, as_of, allow: &[], path: "program", root: &Alone };
        let judgement = judge(&program, &context);
        (judgement.verdict, judgement.findings[0].code.clone())
    };
    assert_eq!(
        on(Date::constant(2026, 11, 21)),
        (Verdict::NotValidated, "module-update-stream".to_owned())
    );
    assert_eq!(
        on(Date::constant(2031, 4, 27)),
        (Verdict::NotValidated, "version-not-validated".to_owned())
    );
}

#[test]
fn the_environment_of_an_image_switches_a_module_off_and_never_on() {
    let inside = |variable: &str, default: &str| {
        let mut root = crate::root::Root::default();
        root.settle(&[variable.to_owned()]);
        let program = facts(GoFacts { godebug_default: on(default), ..go(&[SNAPSHOT]) });
        let (registry, as_of) = (Registry::embedded(), Date::constant(2026, 11, 21));
        let context = Context { registry, as_of, allow: &[], path: "/program", root: &root };
        judge(&program, &context).verdict
    };
    assert_eq!(inside("GODEBUG=fips140=off", "fips140=on"), Verdict::Inactive);
    assert_eq!(inside("GODEBUG=http2debug=1", "fips140=on"), Verdict::Pass);
    assert_eq!(inside("GODEBUG=fips140=on", "fips140=off"), Verdict::Inactive);
}
