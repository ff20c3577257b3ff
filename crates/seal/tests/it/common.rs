//! One small real release, made once: two Go programs, two archives, an SBOM, a document.

use camino::{Utf8Path, Utf8PathBuf};
use catalog::{Imported, Policy, Registry};
use manifest::{Check, InstallPath, Options, ReleasePath, Trust, Verification};
use scan::Scanner;
use seal::{
    Contents, EXAMPLE_PASSPHRASE, File, Header, KeyRing, Passphrase, ReleaseFolder, ScannedBinary,
    ScannedProgram, SealError, Signed, StagedRelease,
};
use std::process::{Command, Output};
use std::sync::LazyLock;
use vocab::{Date, ReleaseNumber, Sha256, Target, Verdict};

/// A folder that vanishes with its guard.
pub(crate) struct Folder {
    _guard: tempfile::TempDir,
    pub(crate) path: Utf8PathBuf,
}

pub(crate) fn folder() -> Folder {
    let guard = tempfile::tempdir().unwrap();
    let path = files::utf8(guard.path().to_owned()).unwrap();
    Folder { _guard: guard, path }
}

/// Runs an outside program: what strangers have, and what makes our fixtures.
#[expect(clippy::disallowed_methods, reason = "tests run outside programs: openssl, go, sh")]
pub(crate) fn run(program: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    Command::new(program).args(arguments).envs(variables.iter().copied()).output().unwrap()
}

/// As [`run`], and the program must succeed.
pub(crate) fn succeed(program: &str, arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let output = run(program, arguments, variables);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    text
}

/// Real programs, built by the Go command: one without cryptography, one with Go's certified module.
pub(crate) struct Programs {
    pub(crate) plain: Vec<u8>,
    pub(crate) native: Vec<u8>,
}

/// Names a folder with the programs, for a process that is too limited to build them.
pub(crate) const PROGRAMS_IN: &str = "FIPSMITH_TEST_PROGRAMS";

pub(crate) static PROGRAMS: LazyLock<Programs> = LazyLock::new(|| {
    if let Ok(built) = std::env::var(PROGRAMS_IN) {
        let read = |name| files::read(&Utf8Path::new(&built).join(name), 64 << 20).unwrap();
        return Programs { plain: read("plain"), native: read("native") };
    }
    let folder = folder();
    let build = |name: &str, module: &str| compile(&folder.path, name, module);
    Programs { plain: build("plain", "off"), native: build("native", "v1.0.0-c2097c7c") }
});

/// One of the programs, built in a folder with a module of Go's, or with none.
pub(crate) fn compile(folder: &Utf8Path, name: &str, module: &str) -> Vec<u8> {
    let source = |path: &str, text: &str| {
        files::write(&folder.join(path), text.as_bytes(), files::Mode::Plain).unwrap();
    };
    source("go.mod", "module example.test/programs\n\ngo 1.24\n");
    source(
        "plain/main.go",
        "package main\n\nimport \"os\"\n\nfunc main() { os.Stdout.WriteString(\"plain\\n\") }\n",
    );
    source(
        "native/main.go",
        "package main\n\nimport (\n\t\"crypto/sha256\"\n\t\"os\"\n)\n\nfunc main() {\n\tsum := sha256.Sum256([]byte(\"x\"))\n\tos.Stdout.Write(sum[:])\n}\n",
    );
    let out = folder.join(format!("{name}.out"));
    let package = format!("./{name}");
    let variables = [
        ("CGO_ENABLED", "0"),
        ("GOFIPS140", module),
        ("GOOS", "linux"),
        ("GOARCH", "amd64"),
        ("GOFLAGS", ""),
    ];
    let arguments = [
        "-C",
        folder.as_str(),
        "build",
        "-trimpath",
        "-ldflags=-s -w",
        "-o",
        out.as_str(),
        &package,
    ];
    succeed("go", &arguments, &variables);
    files::read(&out, 64 << 20).unwrap()
}

/// Keys of our own: what a vendor has.
pub(crate) static KEYS: LazyLock<KeyRing> = LazyLock::new(|| {
    let folder = folder();
    let passphrase = passphrase("own");
    seal::generate(&folder.path, &passphrase).unwrap();
    KeyRing::load(&folder.path, &passphrase).unwrap()
});

pub(crate) fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(text.to_owned()).unwrap()
}

pub(crate) fn example_folder() -> Utf8PathBuf {
    Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("../../keys.example")
}

pub(crate) fn example_keys() -> KeyRing {
    KeyRing::load(&example_folder(), &passphrase(EXAMPLE_PASSPHRASE)).unwrap()
}

pub(crate) fn date(text: &str) -> Date {
    text.parse().unwrap()
}

pub(crate) const SEALED_ON: &str = "2026-11-21";

pub(crate) fn policy() -> &'static Policy {
    Policy::embedded(Policy::DEFAULT).unwrap()
}

pub(crate) fn path(text: &str) -> ReleasePath {
    text.parse().unwrap()
}

/// The archive of a program, as the packer makes it.
pub(crate) fn archive(name: &str, program: &[u8]) -> Vec<u8> {
    let stem = format!("{name}-v1.0.0+fips.0-linux-amd64");
    let members = [
        pack::Member { path: format!("{stem}/{name}"), mode: 0o755, bytes: program },
        pack::Member { path: format!("{stem}/LICENSE"), mode: 0o644, bytes: b"no conditions\n" },
    ];
    pack::tar_gz(&members, 1_700_000_000).unwrap()
}

fn binary(name: &str, bytes: &[u8], scanner: &Scanner<'_>) -> ScannedBinary<'static> {
    let stem = format!("{name}-v1.0.0+fips.0-linux-amd64");
    let again = bytes.to_vec();
    ScannedBinary {
        bytes: Box::new(move || Ok(again.clone())),
        program: ScannedProgram::new(scanner, name, bytes, &[]).unwrap(),
        archive: path(&format!("archives/{stem}.tar.gz")),
        member: path(&format!("{stem}/{name}")),
        install: format!("/usr/local/bin/{name}").parse::<InstallPath>().unwrap(),
        component: name.parse().unwrap(),
        version: "v1.0.0".parse().unwrap(),
        target: Target::LinuxAmd64,
        backend: if name == "native" { vocab::Backend::GoNative } else { vocab::Backend::None },
        allow: vec![],
        expected: None,
    }
}

/// What binds an SBOM to its release, and no more of it.
fn sbom(binaries: &[ScannedBinary<'_>], imported: &[Imported]) -> Vec<u8> {
    let property = |name: &str, value: &str| serde_json::json!([{ "name": name, "value": value }]);
    let imported = imported.iter().map(|part| {
        serde_json::json!({
            "type": "application",
            "name": part.component,
            "version": part.version,
            "properties": property("fipsmith:imported", &part.reason),
        })
    });
    let components: Vec<_> = binaries
        .iter()
        .map(|binary| {
            serde_json::json!({
                "type": "application",
                "hashes": [{ "alg": "SHA-256", "content": binary.program.digests().sha256 }],
                "properties": property("fipsmith:fips:verdict", binary.program.scanned().report().verdict.as_str()),
            })
        })
        .chain(imported)
        .collect();
    let ids: Vec<(Sha256, ReleasePath)> = binaries
        .iter()
        .map(|binary| {
            let id = manifest::binary_id(&binary.archive, &binary.member).unwrap();
            (binary.program.digests().sha256, id)
        })
        .collect();
    let digest = manifest::release_digest(ids.iter().map(|(sha256, id)| (*sha256, id.as_str())));
    let metadata = serde_json::json!({ "properties": property("fipsmith:release:digest", &digest.to_string()) });
    serde_json::to_vec(&serde_json::json!({ "bomFormat": "CycloneDX", "metadata": metadata, "components": components })).unwrap()
}

pub(crate) fn header(as_of: Date, registry_date: Date) -> Header {
    Header {
        product: "small".parse().unwrap(),
        profile: "small".parse().unwrap(),
        version: "1.0.0".to_owned(),
        fips: ReleaseNumber(0),
        policy: policy().name.clone(),
        as_of,
        registry_date,
        created: "2026-11-21T00:00:00Z".parse().unwrap(),
        imported: vec![],
        build: serde_json::json!({ "actions": [] }),
    }
}

/// The contents of the small release; its archives are written to `folder`.
pub(crate) fn contents(
    folder: &ReleaseFolder,
    as_of: Date,
    registry: &Registry,
) -> Result<Contents<'static>, SealError> {
    contents_with(folder, as_of, registry, vec![])
}

/// The same beside parts that nobody built.
pub(crate) fn contents_with(
    folder: &ReleaseFolder,
    as_of: Date,
    registry: &Registry,
    imported: Vec<Imported>,
) -> Result<Contents<'static>, SealError> {
    let scanner = Scanner { registry, policy: policy(), as_of };
    let programs = &*PROGRAMS;
    let binaries = vec![
        binary("native", &programs.native, &scanner),
        binary("plain", &programs.plain, &scanner),
    ];
    let archives = [("native", &programs.native), ("plain", &programs.plain)]
        .into_iter()
        .map(|(name, program)| {
            let bytes = archive(name, program);
            let path = path(&format!("archives/{name}-v1.0.0+fips.0-linux-amd64.tar.gz"));
            let file = folder.write(path, |out| out.write_all(&bytes))?;
            Ok(file.archive(manifest::members(&bytes, 1 << 30).unwrap()))
        })
        .collect::<Result<_, SealError>>()?;
    let sbom = sbom(&binaries, &imported).into();
    let documents = vec![File { path: path("BUILDS.md"), bytes: b"| component |\n"[..].into() }];
    let header = Header { imported, ..header(as_of, registry.date) };
    Ok(Contents { header, binaries, archives, images: vec![], sbom, documents })
}

/// The small release, signed, sealed and staged.
pub(crate) fn staged(
    keys: &KeyRing,
    target: &Utf8Path,
    as_of: Date,
    registry: &Registry,
) -> Result<StagedRelease, SealError> {
    let folder = ReleaseFolder::beside(target)?;
    let contents = contents(&folder, as_of, registry)?;
    Signed::new(contents, keys)?.seal(keys)?.stage(folder)
}

/// Seals, stages, verifies and commits: the whole chain, as the pipeline does it.
pub(crate) fn release(keys: &KeyRing, target: &Utf8Path, as_of: Date, registry: &Registry) {
    let staged = staged(keys, target, as_of, registry).unwrap();
    let options = Options { as_of, registry, policy: None, allow_example_keys: true };
    let verification = manifest::verify(staged.path(), keys.trust(), &options).unwrap();
    let proof =
        verification.into_verified().unwrap_or_else(|failed| panic!("{:#?}", refusals(&failed)));
    staged.commit(&proof).unwrap();
}

static SMALL: LazyLock<Folder> = LazyLock::new(|| {
    let folder = folder();
    release(&KEYS, &folder.path.join("release"), date(SEALED_ON), Registry::embedded());
    folder
});

/// A copy of the small release, for a test to spoil.
pub(crate) fn copy() -> Folder {
    let folder = folder();
    files::copy_tree(&SMALL.path.join("release"), &folder.path).unwrap();
    folder
}

pub(crate) fn verify_with(folder: &Utf8Path, trust: &Trust) -> Verification {
    let options = Options {
        as_of: date(SEALED_ON),
        registry: Registry::embedded(),
        policy: None,
        allow_example_keys: false,
    };
    manifest::verify(folder, trust, &options).unwrap()
}

pub(crate) fn verify(folder: &Utf8Path) -> Verification {
    verify_with(folder, KEYS.trust())
}

/// What refuses a release.
pub(crate) fn refusals(verification: &Verification) -> Vec<&Check> {
    verification.checks().iter().filter(|check| check.refuses()).collect()
}

/// The programs are what the tests take them for.
#[test]
fn the_programs_are_no_crypto_and_pass() {
    let scanner =
        Scanner { registry: Registry::embedded(), policy: policy(), as_of: date(SEALED_ON) };
    let verdict = |bytes| scanner.scan("x", bytes, &[]).report().verdict;
    assert_eq!(verdict(&PROGRAMS.plain), Verdict::NoCrypto);
    assert_eq!(verdict(&PROGRAMS.native), Verdict::Pass);
}
