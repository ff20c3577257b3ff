//! Plans of the real manifests: nothing is fetched, built or run.

use build::{Plan, Selection, Workspace};
use camino::{Utf8Path, Utf8PathBuf};
use catalog::Catalog;
use std::collections::BTreeSet;
use vocab::Backend;

fn manifests() -> Utf8PathBuf {
    Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("../../manifests")
}

fn try_plan(manifests: &Utf8Path, profile: &str, selection: &Selection) -> Result<Plan, String> {
    let catalog = Catalog::load(manifests).map_err(|problems| problems.to_string())?;
    let workspace = Workspace::new(manifests, Utf8Path::new("/nowhere/state")).unwrap();
    let profile = catalog.profiles.get(&profile.parse().unwrap()).unwrap();
    build::plan(&catalog, profile, selection, &workspace).map_err(|problems| problems.to_string())
}

fn quickstart(manifests: &Utf8Path) -> Plan {
    try_plan(manifests, "quickstart", &Selection::default()).unwrap()
}

/// A copy of the manifests with one file edited.
fn edited(file: &str, from: &str, to: &str) -> (tempfile::TempDir, Utf8PathBuf) {
    let guard = tempfile::tempdir().unwrap();
    let copy = Utf8PathBuf::from_path_buf(guard.path().join("manifests")).unwrap();
    files::copy_tree(&manifests(), &copy).unwrap();
    let text = files::read_text(&copy.join(file), 1 << 20).unwrap();
    assert!(text.contains(from), "{file} no longer holds {from}");
    files::write(&copy.join(file), text.replace(from, to).as_bytes(), files::Mode::Plain).unwrap();
    (guard, copy)
}

/// Without it a plan could miss a target, or two steps could share a cache key.
#[test]
fn every_component_is_planned_for_every_target_under_its_own_digest() {
    let plan = quickstart(&manifests());
    let labels: Vec<String> = plan.steps().iter().map(build::Step::label).collect();
    assert_eq!(
        labels,
        [
            "etcd linux/amd64",
            "etcd linux/arm64",
            "crictl linux/amd64",
            "crictl linux/arm64",
            "cni-plugins linux/amd64",
            "cni-plugins linux/arm64"
        ]
    );
    let digests: BTreeSet<_> = plan.steps().iter().map(|step| *step.digest()).collect();
    assert_eq!(digests.len(), labels.len());
}

/// Without it a boring build could silently lack BoringCrypto (no cgo), TLS restriction, or static linking.
#[test]
fn a_boring_step_sets_cgo_links_static_and_restricts_tls() {
    let plan = quickstart(&manifests());
    for step in plan.steps().iter().filter(|step| step.backend() == Backend::GoBoringcrypto) {
        let environment = &step.action().environment;
        assert_eq!(environment["CGO_ENABLED"], "1");
        assert_eq!(environment["GOEXPERIMENT"], "boringcrypto");
        assert!(!environment.contains_key("GOFIPS140"), "the Go command refuses both together");
        let command = step.action().arguments.join(" ");
        assert!(command.contains("-overlay {overlay}/overlay.json"), "{command}");
        assert!(command.contains("-linkmode=external -extldflags \"-static"), "{command}");
        assert!(command.contains("-tags netgo,osusergo"), "{command}");
        assert!(
            step.action().inputs.iter().any(|input| input.path == "{overlay}/fipsmith_fipsonly.go")
        );
        assert!(step.action().inputs.iter().any(|input| input.path == "{zig}"));
    }
}

/// Without it a native build could take whichever snapshot the toolchain calls certified.
#[test]
fn a_native_step_names_the_snapshot_in_full_and_its_tree_is_an_input() {
    let plan = quickstart(&manifests());
    for step in plan.steps().iter().filter(|step| step.backend() == Backend::GoNative) {
        let environment = &step.action().environment;
        assert_eq!(environment["GOFIPS140"], "v1.0.0-c2097c7c");
        assert_eq!(environment["CGO_ENABLED"], "0");
        let snapshot = "{modcache}/golang.org/fips140@v1.0.0-c2097c7c";
        assert!(step.action().inputs.iter().any(|input| input.path == snapshot));
    }
}

/// Without it an action would have another digest on another machine, and a record would tell where it was built.
#[test]
fn no_host_path_is_in_a_plan() {
    let json = serde_json::to_string(&quickstart(&manifests())).unwrap();
    for host in ["/nowhere", env!("CARGO_MANIFEST_DIR"), "/usr", "/tmp", "/home"] {
        assert!(!json.contains(host), "{host}");
    }
}

/// Without it a change of a pin would be answered from the cache.
#[test]
fn a_change_of_any_pin_changes_the_action() {
    let before = quickstart(&manifests());
    for (file, from, to, component) in [
        ("wrappers/etcd/go.sum", "h1:KcTZ/aEZ", "h1:LcTZ/aEZ", "etcd"),
        ("wrappers/crictl/go.mod", "go 1.26.2", "go 1.26.3", "crictl"),
        ("components/cni-plugins.toml", "{released}", "{version}", "cni-plugins"),
        ("toolchains.toml", "8Tl0rBb7KdISSdPkZBjlpZxsUBb+", "9Tl0rBb7KdISSdPkZBjlpZxsUBb+", "etcd"),
        (
            "toolchains.toml",
            "KY2GxFcwDlFZjBnDt30ssDSCmtUeTByh8cTXFNaBTgs",
            "LY2GxFcwDlFZjBnDt30ssDSCmtUeTByh8cTXFNaBTgs",
            "crictl",
        ),
    ] {
        let (_guard, copy) = edited(file, from, to);
        let after = quickstart(&copy);
        for (one, two) in before.steps().iter().zip(after.steps()) {
            if one.component().as_str() == component {
                assert_ne!(one.digest(), two.digest(), "{file}: {}", one.label());
            }
        }
    }
}

/// Without it a summary's comma would build everything again.
#[test]
fn a_change_that_reaches_no_command_changes_no_action() {
    let (_guard, copy) = edited("components/etcd.toml", "summary = \"", "summary = \"The ");
    let digests = |plan: &Plan| plan.steps().iter().map(|step| *step.digest()).collect::<Vec<_>>();
    assert_eq!(digests(&quickstart(&manifests())), digests(&quickstart(&copy)));
}

/// Without it a typing error in a selection would release less than was meant.
#[test]
fn a_component_that_is_not_in_the_profile_is_refused_with_the_valid_ones() {
    let selection = Selection { components: vec!["etdc".parse().unwrap()], targets: vec![] };
    let error = try_plan(&manifests(), "quickstart", &selection).unwrap_err();
    assert!(
        error.contains("`etdc` is no component") && error.contains("cni-plugins, crictl, etcd"),
        "{error}"
    );
}

/// Without it a change of our own code could build everything again that is built, or, worse, take what is built for what
/// would be built now. Who changes the recipe or the toolchain takes the new digest; who changes only code must not.
#[test]
fn the_action_of_a_component_of_go_has_the_digest_that_it_always_had() {
    let plan = quickstart(&manifests());
    let digest = |label: &str| {
        plan.steps().iter().find(|step| step.label() == label).map(|step| step.digest().to_string())
    };
    let expected = [
        (
            "cni-plugins linux/amd64",
            "c0897301449b9268d069235a033d110c9c8f64235386842d04de4dabbf84fe87",
        ),
        ("crictl linux/arm64", "fcc1897a0bf8b830a7206765a8b300703ee80a046f727aacac78f59627e663cc"),
    ];
    for (label, expected) in expected {
        assert_eq!(digest(label).as_deref(), Some(expected), "{label}");
    }
}

/// Without it C could be compiled by what a host happens to have, or against an OpenSSL that nobody pinned.
#[test]
fn a_step_of_c_names_its_root_its_sources_and_what_it_needs_by_digest() {
    let plan = try_plan(&manifests(), "fips-edge", &Selection::default()).unwrap();
    let step = |name: &str| plan.steps().iter().find(|s| s.component().as_str() == name).unwrap();
    let (openssl, nginx) = (step("openssl"), step("nginx"));
    let inputs = |step: &build::Step| -> std::collections::BTreeMap<String, String> {
        let inputs = step.action().inputs.iter();
        inputs.map(|input| (input.path.clone(), input.digest.to_string())).collect()
    };
    let of_openssl = inputs(openssl);
    assert_eq!(
        of_openssl["{src}/openssl-src-300.1.3+3.1.2.crate"],
        "cd2c101a165fff9935e34def4669595ab1c7847943c42be86e21503e482be107"
    );
    assert!(of_openssl.contains_key("/") && of_openssl.contains_key("{src}/openssl.cnf"));
    assert_eq!(inputs(nginx)["{needs}/openssl"], openssl.digest().to_string());
    assert!(plan.go().is_none(), "nothing of Go is fetched for components of C");
    assert_eq!(plan.tools(nginx)[0].name, "debian-packages");
    for (file, from, to) in [
        ("wrappers/openssl/openssl.cnf", "Groups = P-256:P-384", "Groups = P-256"),
        ("toolchains/debian-12-c.toml", "tree-h1 = \"h1:m", "tree-h1 = \"h1:n"),
    ] {
        let (_guard, copy) = edited(file, from, to);
        let after = try_plan(&copy, "fips-edge", &Selection::default()).unwrap();
        let of = |plan: &Plan| plan.steps().iter().map(|step| *step.digest()).collect::<Vec<_>>();
        assert!(of(&plan).iter().zip(of(&after)).all(|(one, two)| *one != two), "{file}");
    }
}

/// Without it a profile would promise what no root can compile, or a recipe what cannot be built first.
#[test]
fn what_c_cannot_be_built_for_or_after_is_said_with_a_remedy() {
    for (file, from, to, said) in [
        (
            "profiles/fips-edge.toml",
            "\"linux/amd64\"",
            "\"linux/arm64\"",
            "is built for linux/amd64 only",
        ),
        (
            "components/nginx.toml",
            "needs = [\"openssl\"]",
            "needs = [\"etcd\"]",
            "`etcd` is no component of C",
        ),
        (
            "components/nginx.toml",
            "needs = [\"openssl\"]",
            "needs = [\"nginx\"]",
            "`nginx` needs itself",
        ),
        (
            "components/nginx.toml",
            "needs = [\"openssl\"]",
            "needs = [\"openssll\"]",
            "unknown component `openssll`",
        ),
        (
            "components/nginx.toml",
            "\"c-openssl-fips\"",
            "\"go-native\"",
            "`go-native` does not build this language",
        ),
        (
            "toolchains.toml",
            "default-debian",
            "# default-debian",
            "no root of Debian packages is pinned",
        ),
    ] {
        let (_guard, copy) = edited(file, from, to);
        let error = try_plan(&copy, "fips-edge", &Selection::default()).unwrap_err();
        assert!(error.contains(said), "{file}: {error}");
    }
}

/// Without it a program could be linked against libraries that nobody pinned, or against musl and glibc at once.
#[test]
fn a_step_that_links_libraries_of_debian_names_their_set_by_digest() {
    let only = Selection { components: vec!["longhorn-engine".parse().unwrap()], targets: vec![] };
    let plan = |manifests: &Utf8Path| try_plan(manifests, "palette-vertex", &only).unwrap();
    let before = plan(&manifests());
    let sets: Vec<_> =
        before.packages().iter().map(|set| format!("{} {}", set.name, set.target)).collect();
    assert_eq!(
        sets,
        ["glibc linux/amd64", "glibc linux/arm64", "libqcow linux/amd64", "libqcow linux/arm64"]
    );
    for step in before.steps() {
        let environment = &step.action().environment;
        assert!(environment["CC"].ends_with("-linux-gnu.2.36"), "{}", environment["CC"]);
        assert!(environment["CGO_LDFLAGS"].starts_with("-L{system}/usr/lib/"));
        assert!(!step.action().arguments.join(" ").contains("-static"));
        let set = before
            .packages()
            .iter()
            .find(|set| (set.name.as_str(), set.target) == ("libqcow", step.target()));
        let input = step.action().inputs.iter().find(|input| input.path == "{system}").unwrap();
        assert_eq!(input.digest, set.unwrap().sha256);
    }
    let digests = |plan: &Plan| plan.steps().iter().map(|step| *step.digest()).collect::<Vec<_>>();
    // What an image holds is no input of a build; what is linked is.
    let (_guard, copy) =
        edited("packages/glibc.toml", "leave-out = [", "leave-out = [\"usr/share/x\", ");
    assert_eq!(digests(&plan(&copy)), digests(&before));
    let (_guard, copy) =
        edited("packages/libqcow.toml", "leave-out = [", "leave-out = [\"usr/share/x\", ");
    assert!(digests(&plan(&copy)).iter().zip(digests(&before)).all(|(one, two)| *one != two));
    let (_guard, copy) = edited(
        "packages/libqcow.toml",
        "targets = [\"linux/amd64\", \"linux/arm64\"]",
        "targets = [\"linux/amd64\"]",
    );
    let error = try_plan(&copy, "palette-vertex", &only).unwrap_err();
    assert!(error.contains("linux/arm64 is locked and is not among `targets`"), "{error}");
}
