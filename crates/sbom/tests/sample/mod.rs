//! A release of the size of a real one: two components and one without cryptography, four binaries, sixty Go modules,
//! two cryptographic modules. Digests are of made-up texts; everything else has the shape of the real thing.

use sbom::{
    Archive, Artifact, Build, BuildTool, Component, CryptoModule, Description, Enforcement,
    Evidence, Finding, Image, Linkage, LinkedModule, MainPackage, ModuleUse, Replaced,
};
use std::collections::{BTreeMap, BTreeSet};
use vocab::{
    Backend, CertificateNumber, Date, Label, ModuleStatus, Sha256, Sha512, Target, Verdict,
};

const GO_MODULE: &str = "go-cryptographic-module-v1.0.0";
const BORING_MODULE: &str = "boringcrypto-2022061300";

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

/// The release.
pub(crate) fn release() -> Description {
    Description {
        product: "quickstart".to_owned(),
        supplier: Some("Example Federal Platform Team".to_owned()),
        profile: "quickstart".parse().unwrap(),
        profile_summary: "etcd, crictl and two CNI plugins".to_owned(),
        release: "1.0.0+fips.0".to_owned(),
        created: "2026-11-21T00:00:00Z".to_owned(),
        as_of: date("2026-11-21"),
        registry_date: date("2026-11-20"),
        policy: "fips140-3-active".parse().unwrap(),
        tool_version: "0.1.0".to_owned(),
        example_keys: true,
        release_digest: Sha256::of(b"release"),
        label: Label::Full,
        image_repository: None,
        layers: vec![],
        imported: vec![],
        components: vec![etcd(), crictl(), loopback()],
        modules: vec![go_module(), boring_module()],
    }
}

fn component(name: &str, version: &str, backend: Backend, artifacts: Vec<Artifact>) -> Component {
    let archives = artifacts
        .iter()
        .map(|artifact| Archive {
            path: artifact.archive.clone(),
            sha256: Sha256::of(artifact.archive.as_bytes()),
            sha512: Sha512::of(artifact.archive.as_bytes()),
        })
        .collect();
    Component {
        name: name.parse().unwrap(),
        version: version.to_owned(),
        released: format!("{version}+fips.0"),
        repository: Some(format!("https://github.com/example/{name}")),
        vcs: None,
        licence: "Apache-2.0".to_owned(),
        summary: format!("what {name} is for"),
        tag: format!("{version}_fips.0"),
        pack: name.parse().unwrap(),
        layer: None,
        backend,
        label: Label::Full,
        artifacts,
        archives,
        images: vec![],
    }
}

fn image(name: &str, contains: &[&str]) -> Image {
    Image {
        path: format!("images/{name}-v3.7.3_fips.0-amd64.oci.tar"),
        name: name.parse().unwrap(),
        tag: "v3.7.3_fips.0".to_owned(),
        target: Target::LinuxAmd64,
        sha256: Sha256::of(b"image"),
        sha512: Sha512::of(b"image"),
        manifest_sha256: Sha256::of(b"image manifest"),
        manifest_sha512: Sha512::of(b"image manifest"),
        label: Label::Full,
        contains: contains.iter().map(|name| name.parse().unwrap()).collect(),
        expected: None,
        packages: vec![],
    }
}

fn etcd() -> Component {
    let artifacts = vec![
        native("etcd", "etcd", Target::LinuxAmd64, 0..45),
        native("etcd", "etcdctl", Target::LinuxAmd64, 5..35),
    ];
    let images = vec![image("etcd", &["etcd", "etcdctl"])];
    Component { images, ..component("etcd", "v3.7.3", Backend::GoNative, artifacts) }
}

fn crictl() -> Component {
    let mut artifact = native("crictl", "crictl", Target::LinuxArm64, 30..60);
    artifact.fips_mode = Some(Backend::GoBoringcrypto);
    artifact.enforcement = Some(Enforcement::Only);
    artifact.go_version = Some("go1.27.4-X:boringcrypto".to_owned());
    artifact.settings.remove("GOFIPS140");
    artifact.settings.insert("GOEXPERIMENT".to_owned(), "boringcrypto".to_owned());
    artifact.settings.insert("-tags".to_owned(), "netgo,osusergo".to_owned());
    artifact.modules = vec![used(BORING_MODULE, "BoringCrypto text", 0x4000)];
    component("crictl", "v1.36.0", Backend::GoBoringcrypto, vec![artifact])
}

fn loopback() -> Component {
    let mut artifact = native("cni-plugins", "loopback", Target::LinuxAmd64, 0..4);
    artifact.verdict = Verdict::NoCrypto;
    artifact.reasons = vec!["no cryptographic function is linked".to_owned()];
    artifact.fips_mode = None;
    artifact.enforcement = None;
    artifact.modules.clear();
    artifact.findings.clear();
    component("cni-plugins", "v1.9.1", Backend::None, vec![artifact])
}

fn native(
    component: &str,
    name: &str,
    target: Target,
    modules: std::ops::Range<usize>,
) -> Artifact {
    let seed = format!("{component} {name} {target}");
    let folder = format!("{component}-{}", target.dashed());
    Artifact {
        name: name.parse().unwrap(),
        target,
        archive: format!("archives/{folder}+fips.0.tar.gz"),
        member: format!("{folder}+fips.0/{name}"),
        sha256: Sha256::of(seed.as_bytes()),
        sha512: Sha512::of(seed.as_bytes()),
        size: 30_000_000,
        verdict: Verdict::Pass,
        label: Label::Full,
        reasons: vec![
            "the fipsinfo HMAC matches the bytes it covers".to_owned(),
            "the default GODEBUG holds fips140=on".to_owned(),
        ],
        findings: vec![Finding {
            code: "residual-crypto".to_owned(),
            subject: Some("golang.org/x/crypto/bcrypt".to_owned()),
            allowed: Some(
                "hashes passwords of etcd users, outside the boundary by design".to_owned(),
            ),
        }],
        fips_mode: Some(Backend::GoNative),
        enforcement: Some(Enforcement::On),
        go_version: Some("go1.27.4".to_owned()),
        settings: settings(target),
        main: Some(MainPackage {
            import: format!("example.com/{component}/cmd/{name}"),
            module: format!("example.com/{component}"),
            version: "v3.7.3".to_owned(),
        }),
        linked_complete: true,
        linked: modules.map(linked).collect(),
        modules: vec![used(GO_MODULE, "fipsinfo HMAC", 0x1000)],
        build: Some(build(component, target)),
    }
}

fn settings(target: Target) -> BTreeMap<String, String> {
    let arch = target.arch().to_string();
    [
        ("GOOS", "linux"),
        ("GOARCH", arch.as_str()),
        ("CGO_ENABLED", "0"),
        ("GOFIPS140", "v1.0.0-c2097c7c"),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .into()
}

fn linked(at: usize) -> LinkedModule {
    let (path, version, licences): (String, &str, &[&str]) = match at {
        0 => ("github.com/BurntSushi/toml".to_owned(), "v1.5.0", &["MIT"]),
        1 => ("github.com/docker/docker".to_owned(), "v28.0.0+incompatible", &["Apache-2.0"]),
        2 => ("github.com/unlicensed/thing".to_owned(), "v0.0.0-20240708192948-52c50467d67d", &[]),
        3 => ("github.com/odd/terms".to_owned(), "v1.0.0", &["Contoso Terms 1"]),
        4 => ("sigs.k8s.io/yaml".to_owned(), "v1.6.0", &["Apache-2.0", "MIT", "BSD-3-Clause"]),
        5 => ("github.com/dual/choice".to_owned(), "v2.0.0", &["Apache-2.0 OR MIT"]),
        _ => (format!("go.example.org/module{at}/v2"), "v2.1.0", &["BSD-3-Clause"]),
    };
    LinkedModule {
        ecosystem: sbom::Ecosystem::Go,
        h1: Some("h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=".to_owned()),
        sha256: (at != 6).then(|| Sha256::of(path.as_bytes())),
        sha512: (at != 6).then(|| Sha512::of(path.as_bytes())),
        licences: licences.iter().map(|text| (*text).to_owned()).collect(),
        vcs: None,
        upstream: None,
        replaced_from: (at == 7).then(|| Replaced {
            path: "go.example.org/gone".to_owned(),
            version: "v1.0.0".to_owned(),
        }),
        version: version.to_owned(),
        path,
    }
}

fn used(id: &str, what: &str, offset: u64) -> ModuleUse {
    let evidence =
        Evidence { what: what.to_owned(), offset: Some(offset), value: "5d1c".to_owned() };
    ModuleUse { id: id.parse().unwrap(), active: true, evidence: vec![evidence] }
}

fn build(component: &str, target: Target) -> Build {
    let command = [
        "go",
        "build",
        "-trimpath",
        "-ldflags=-s -w -X main.version=v3.7.3+fips.0",
        "-o",
        "out/",
        component,
    ];
    let tool = BuildTool {
        name: "go".to_owned(),
        version: "go1.27.4".to_owned(),
        sha256: Sha256::of(b"golang.org/toolchain@v0.0.1-go1.27.4.linux-amd64"),
    };
    Build {
        command: command.map(str::to_owned).to_vec(),
        environment: settings(target),
        tools: BTreeSet::from([tool]),
    }
}

fn go_module() -> CryptoModule {
    CryptoModule {
        id: GO_MODULE.parse().unwrap(),
        name: "Go Cryptographic Module".to_owned(),
        version: "v1.0.0".to_owned(),
        vendor: "Geomys LLC".to_owned(),
        certificate: Some(CertificateNumber(5247)),
        standard: "FIPS 140-3".to_owned(),
        level: Some(1),
        status: ModuleStatus::Active,
        status_as_of: date("2026-11-21"),
        sunset: Some(date("2031-04-26")),
        linkage: Linkage::Source,
        sources: vec!["certificate page".to_owned()],
        licences: vec!["BSD-3-Clause".to_owned()],
        sha256: Some(Sha256::of(b"snapshot")),
    }
}

fn boring_module() -> CryptoModule {
    CryptoModule {
        id: BORING_MODULE.parse().unwrap(),
        name: "BoringCrypto".to_owned(),
        version: "2022061300".to_owned(),
        vendor: "Google LLC".to_owned(),
        certificate: Some(CertificateNumber(4735)),
        sunset: Some(date("2029-01-01")),
        linkage: Linkage::Static,
        licences: Vec::new(),
        sha256: None,
        ..go_module()
    }
}
