//! The trap table: programs that say they are FIPS builds and are not, next to the ones that are. Every lie is caught, and
//! no honest build is refused. All are built here, with the pinned toolchains.

use crate::support::{TOOLCHAINS, fipsmith, json, root, run, scratch, text};
use assert_cmd::Command;
use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;

/// What a fixture is built with.
#[derive(Clone, Copy)]
enum Go {
    /// The pinned toolchain.
    Pinned,
    /// Go 1.22, the last with the FIPS 140-2 module, and without `GOFIPS140`.
    Old,
}

struct Trap {
    name: &'static str,
    go: Go,
    source: &'static str,
    env: &'static [(&'static str, &'static str)],
    args: &'static [&'static str],
    /// Flips one byte this far into the module's text.
    flip: Option<Flip>,
    verdict: &'static str,
    /// A finding that must be there.
    finding: Option<&'static str>,
}

#[derive(Clone, Copy)]
enum Flip {
    /// In the text of BoringCrypto.
    Boring,
    /// In the bytes that `.go.fipsinfo` covers.
    Native,
}

const BORING: &[(&str, &str)] = &[("GOEXPERIMENT", "boringcrypto"), ("CGO_ENABLED", "1")];
const BORING_ARM64: &[(&str, &str)] =
    &[("GOEXPERIMENT", "boringcrypto"), ("CGO_ENABLED", "1"), ("GOARCH", "arm64")];
const NATIVE: &[(&str, &str)] = &[("GOFIPS140", "v1.0.0-c2097c7c"), ("CGO_ENABLED", "0")];
const STATIC: &[&str] =
    &["-tags=osusergo,netgo", "-ldflags=-linkmode=external -extldflags=-static"];
const STATIC_STRIPPED: &[&str] =
    &["-tags=osusergo,netgo", "-ldflags=-s -w -linkmode=external -extldflags=-static"];

const fn trap(
    name: &'static str,
    env: &'static [(&'static str, &'static str)],
    args: &'static [&'static str],
    verdict: &'static str,
    finding: Option<&'static str>,
) -> Trap {
    Trap { name, go: Go::Pinned, source: "probe", env, args, flip: None, verdict, finding }
}

/// The rows. Honest builds pass, or are without cryptography; everything else is a lie or an accident.
const TRAPS: &[Trap] = &[
    trap("boring", BORING, STATIC, "pass", Some("tls-not-restricted")),
    trap("boring_stripped", BORING, STATIC_STRIPPED, "pass", None),
    trap("boring_arm64", BORING_ARM64, STATIC, "pass", None),
    trap(
        "boring_by_experiment_tag",
        &[("CGO_ENABLED", "1")],
        &[
            "-tags=goexperiment.boringcrypto,osusergo,netgo",
            "-ldflags=-linkmode=external -extldflags=-static",
        ],
        "pass",
        None,
    ),
    trap(
        "boring_without_cgo",
        &[("GOEXPERIMENT", "boringcrypto"), ("CGO_ENABLED", "0")],
        &[],
        "not-validated",
        Some("flag-without-module"),
    ),
    trap(
        "boring_arm64_without_compiler",
        &[("GOEXPERIMENT", "boringcrypto"), ("GOARCH", "arm64"), ("CC", "")],
        &[],
        "not-validated",
        Some("flag-without-module"),
    ),
    trap(
        "boring_as_build_tag",
        &[("CGO_ENABLED", "0")],
        &["-tags=boringcrypto"],
        "not-validated",
        Some("flag-without-module"),
    ),
    Trap { source: "hello", ..trap("boring_hello", BORING, STATIC, "no-crypto", None) },
    Trap {
        flip: Some(Flip::Boring),
        ..trap("boring_flipped", BORING, STATIC, "tampered", Some("integrity-mismatch"))
    },
    // The old object needs glibc's fopen64, which musl has no more: it is linked against glibc.
    Trap {
        go: Go::Old,
        ..trap(
            "boring_old_module",
            BORING,
            &["-tags=osusergo,netgo"],
            "historical",
            Some("certificate-historical"),
        )
    },
    trap("ordinary", &[("CGO_ENABLED", "0")], &[], "not-validated", Some("module-absent")),
    trap("native", NATIVE, &[], "pass", None),
    trap("native_stripped", NATIVE, &["-trimpath", "-ldflags=-s -w"], "pass", None),
    trap(
        "native_arm64",
        &[("GOFIPS140", "v1.0.0-c2097c7c"), ("CGO_ENABLED", "0"), ("GOARCH", "arm64")],
        &[],
        "pass",
        None,
    ),
    trap("native_pie", NATIVE, &["-buildmode=pie"], "pass", None),
    Trap { source: "hello", ..trap("native_hello", NATIVE, &[], "no-crypto", None) },
    Trap {
        go: Go::Old,
        ..trap("native_on_old_go", NATIVE, &[], "not-validated", Some("module-absent"))
    },
    Trap {
        source: "off",
        ..trap("native_off_by_source", NATIVE, &[], "inactive", Some("module-inactive"))
    },
    trap(
        "native_off_by_linker",
        NATIVE,
        &["-trimpath", "-ldflags=-X runtime.godebugDefault=fips140=off"],
        "inactive",
        Some("godebug-override"),
    ),
    trap(
        "native_off_by_linker_stripped",
        NATIVE,
        &["-trimpath", "-ldflags=-s -w -X runtime.godebugDefault=fips140=off"],
        "inactive",
        Some("godebug-override"),
    ),
    trap(
        "native_off_by_linker_arm64",
        &[("GOFIPS140", "v1.0.0-c2097c7c"), ("CGO_ENABLED", "0"), ("GOARCH", "arm64")],
        &["-trimpath", "-ldflags=-X runtime.godebugDefault=fips140=off"],
        "inactive",
        Some("godebug-override"),
    ),
    trap(
        "native_latest",
        &[("GOFIPS140", "latest"), ("CGO_ENABLED", "0")],
        &[],
        "not-validated",
        Some("module-not-frozen"),
    ),
    trap(
        "native_in_process",
        &[("GOFIPS140", "v1.26.0"), ("CGO_ENABLED", "0")],
        &[],
        "in-process",
        Some("module-in-process"),
    ),
    Trap {
        flip: Some(Flip::Native),
        ..trap("native_flipped", NATIVE, &[], "tampered", Some("integrity-mismatch"))
    },
];

/// Without it a scanner could be fooled by a flag, or refuse the builds that vendors really ship.
#[test]
fn every_lying_build_is_caught_and_no_honest_one_is_refused() {
    let programs: Vec<Utf8PathBuf> = TRAPS.iter().map(build).collect();
    let mut scan = fipsmith(&["scan", "--format", "json", "--as-of", "2026-11-21"]);
    let report = json(&run(scan.args(&programs), 1));
    let mut wrong = Vec::new();
    for (trap, program) in TRAPS.iter().zip(&programs) {
        let artifact = artifact(&report, program);
        let codes: Vec<&str> = artifact["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| f["code"].as_str().unwrap())
            .collect();
        if artifact["verdict"] != trap.verdict
            || trap.finding.is_some_and(|code| !codes.contains(&code))
        {
            wrong.push(format!(
                "{}: expected {} {:?}, got {} {codes:?}",
                trap.name, trap.verdict, trap.finding, artifact["verdict"]
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} rows are wrong:\n{}",
        wrong.len(),
        TRAPS.len(),
        wrong.join("\n")
    );
}

/// Without it the same bytes would be judged alike before and after the end of FIPS 140-2.
#[test]
fn the_old_module_was_validated_until_the_day_every_140_2_certificate_became_historical() {
    let old = TRAPS.iter().find(|trap| trap.name == "boring_old_module").unwrap();
    let program = build(old);
    for (day, verdict, code) in [("2026-09-21", "pass", 0), ("2026-09-22", "historical", 1)] {
        let report =
            json(&run(fipsmith(&["scan", "--format", "json", "--as-of", day]).arg(&program), code));
        assert_eq!(artifact(&report, &program)["verdict"], verdict, "on {day}");
    }
}

fn artifact<'a>(report: &'a Value, program: &Utf8Path) -> &'a Value {
    let artifacts = report["artifacts"].as_array().unwrap();
    artifacts
        .iter()
        .find(|artifact| artifact["path"] == program.as_str())
        .unwrap_or_else(|| panic!("{program} was not scanned"))
}

fn build(trap: &Trap) -> Utf8PathBuf {
    let program = scratch("traps").join(trap.name);
    if trap.flip.is_some() {
        // The Go command takes an output with the right build id for its own, damaged or not.
        files::remove_tree(&program).unwrap();
    }
    let mut go = go(trap);
    go.args(["build", "-buildvcs=false", "-o", program.as_str()]).args(trap.args).arg(".");
    run(&mut go, 0);
    if let Some(flip) = trap.flip {
        damage(&program, flip);
    }
    program
}

/// The Go command with nothing of the machine's configuration, and zig as the C compiler.
fn go(trap: &Trap) -> Command {
    let pinned = TOOLCHAINS.join("go1.27.4-linux-amd64/bin/go");
    let mut command = match trap.go {
        Go::Pinned => Command::new(&pinned),
        Go::Old => Command::new("go"),
    };
    let arm64 = trap.env.contains(&("GOARCH", "arm64"));
    let target = match trap.go {
        Go::Old => "x86_64-linux-gnu.2.31",
        Go::Pinned if arm64 => "aarch64-linux-musl",
        Go::Pinned => "x86_64-linux-musl",
    };
    let caches = scratch("traps-cache");
    command
        .current_dir(root().join("tests/traps").join(trap.source))
        .env("GOFLAGS", "")
        .env("GOWORK", "off")
        .env("GOENV", "off")
        .env("GOCACHE", caches.join("go"))
        .env("GOMODCACHE", caches.join("mod"))
        .env("ZIG_GLOBAL_CACHE_DIR", caches.join("zig"))
        .env("ZIG_LOCAL_CACHE_DIR", caches.join("zig"))
        .env("GOTOOLCHAIN", if matches!(trap.go, Go::Old) { "go1.22.12" } else { "local" })
        .env("CC", format!("{} cc -target {target}", zig()))
        .envs(trap.env.iter().copied());
    if trap.env.contains(&("CC", "")) {
        command.env_remove("CC");
    }
    command
}

fn zig() -> Utf8PathBuf {
    let folder = TOOLCHAINS.join("zig-0.17.1-linux-amd64");
    let found = files::walk(&folder)
        .unwrap()
        .into_iter()
        .find(|entry| entry.path.file_name() == Some("zig"));
    folder.join(found.unwrap_or_else(|| panic!("no zig below {folder}")).path)
}

/// Flips one bit where the scan of the undamaged program says that the module is.
fn damage(program: &Utf8Path, flip: Flip) {
    let mut bytes = files::read(program, 1 << 30).unwrap();
    let at = match flip {
        Flip::Boring => module_text(program) + 500_000,
        Flip::Native => covered_text(&bytes),
    };
    bytes[at] ^= 0x10;
    files::write(program, &bytes, files::Mode::Executable).unwrap();
}

fn module_text(program: &Utf8Path) -> usize {
    let report = json(&run(fipsmith(&["scan", "--format", "json"]).arg(program), 0));
    let evidence = &artifact(&report, program)["modules"][0]["evidence"];
    evidence.as_array().unwrap().iter().find(|e| e["what"] == "module text").unwrap()["offset"]
        .as_u64()
        .unwrap()
        .try_into()
        .unwrap()
}

/// The `.go.fipsinfo` record lists the ranges that its HMAC covers as addresses (cmd/link/internal/ld/fips140.go): magic,
/// sum, self, then start and end of each. The first is text; a linker's default places it at 0x400000 in the file's beginning.
fn covered_text(bytes: &[u8]) -> usize {
    let magic = b"\xff Go fipsinfo \xff\0";
    let record = bytes
        .windows(magic.len())
        .rposition(|window| window == magic)
        .unwrap_or_else(|| panic!("no record: {}", text(&bytes[..4])));
    let word =
        |at: usize| u64::from_le_bytes(bytes[record + at..record + at + 8].try_into().unwrap());
    let (start, end) = (word(56), word(64));
    assert!(end > start + 64, "the record covers text");
    usize::try_from(start - 0x40_0000).unwrap() + 64
}
