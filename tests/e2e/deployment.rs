//! The deployment files of a release that has Kubernetes in it: there, sealed, and understood by kubeadm.

use crate::support::{SMOKE, empty, fipsmith, json, root, run, text, xtask};
use assert_cmd::Command;
use camino::Utf8PathBuf;
use std::sync::LazyLock;

fn edited(from: &str, to: &str, changes: &[(&str, &str)]) -> String {
    let mut text = files::read_text(&root().join("manifests").join(from), 1 << 20).unwrap();
    for (old, new) in changes {
        assert!(text.contains(old), "{from} has no `{old}`");
        text = text.replace(old, new);
    }
    assert!(!to.is_empty());
    text
}

/// A release whose component `kubernetes` is a small stand-in: what is deployed follows from names and versions, and the seven
/// real programs take a quarter of an hour.
static RELEASE: LazyLock<Utf8PathBuf> = LazyLock::new(|| {
    let copy = empty("deployment");
    let manifests = copy.join("manifests");
    for folder in ["policies", "toolchains", "wrappers/cni-plugins"] {
        files::copy_tree(&root().join("manifests").join(folder), &manifests.join(folder)).unwrap();
    }
    files::copy_tree(
        &root().join("manifests/wrappers/cni-plugins"),
        &manifests.join("wrappers/kubernetes"),
    )
    .unwrap();
    let write = |file: &str, text: String| {
        files::write(&manifests.join(file), text.as_bytes(), files::Mode::Plain).unwrap();
    };
    for file in ["modules.toml", "toolchains.toml", "components/cni-plugins.toml"] {
        write(file, edited(file, file, &[]));
    }
    let recipe = "components/kubernetes.toml";
    write(
        recipe,
        edited(
            "components/cni-plugins.toml",
            recipe,
            &[("name = \"cni-plugins\"", "name = \"kubernetes\"")],
        ),
    );
    let profile = "profiles/smoke.toml";
    let repository = "image-repository = \"registry.example.mil/fips\"\npolicy";
    write(
        profile,
        edited(
            profile,
            profile,
            &[
                ("component = \"cni-plugins\"", "component = \"kubernetes\""),
                ("policy", repository),
            ],
        ),
    );
    files::copy_tree(&root().join("keys.example"), &copy.join("keys.example")).unwrap();
    let state = root().join("target/fipsmith");
    let mut command =
        xtask(&["release", "--profile", "smoke", "--format", "json", "--state", state.as_str()]);
    let outcome = json(&run(command.env("FIPSMITH_ROOT", copy.as_str()), 0));
    Utf8PathBuf::from(outcome["release"].as_str().unwrap())
});

/// Without it a cluster could be deployed with settings that nobody sealed.
#[test]
fn the_files_are_there_for_kubernetes_alone_and_sealed_like_everything_else() {
    let read = |file: &str| files::read_text(&RELEASE.join(file), 1 << 20).unwrap();
    let kubeadm = read("deploy/kubeadm.yaml");
    for part in [
        "kubernetesVersion: \"v1.9.1+fips.0\"",
        "imageRepository: \"registry.example.mil/fips\"",
        "tlsMinVersion: VersionTLS12",
        "etcd is no component of this release",
    ] {
        assert!(kubeadm.contains(part), "no `{part}` in\n{kubeadm}");
    }
    assert!(
        read("deploy/COMMANDS.md")
            .contains("registry.example.mil/fips/kube-apiserver:v1.9.1_fips.0")
    );
    assert!(!SMOKE.join("deploy").exists(), "a release without Kubernetes deploys no cluster");
    let verify = ["verify", RELEASE.as_str(), "--allow-example-keys"];
    run(&mut fipsmith(&verify), 0);
    let changed = empty("deployment-changed").join(RELEASE.file_name().unwrap());
    files::copy_tree(&RELEASE, &changed).unwrap();
    let weak = kubeadm.replace("VersionTLS12", "VersionTLS10");
    files::write(&changed.join("deploy/kubeadm.yaml"), weak.as_bytes(), files::Mode::Plain)
        .unwrap();
    let output = run(&mut fipsmith(&["verify", changed.as_str(), "--allow-example-keys"]), 1);
    assert!(text(&output.stdout).contains("deploy/kubeadm.yaml [file] Content Invalid"));
}

/// The kubeadm of a Kubernetes that was built here, for this machine.
fn kubeadm() -> Option<Utf8PathBuf> {
    let actions = root().join("target/fipsmith/actions");
    let built =
        files::walk(&actions).unwrap_or_default().into_iter().map(|entry| actions.join(entry.path));
    built.filter(|path| path.file_name() == Some("kubeadm")).find(|path| {
        Command::new(path)
            .args(["version", "--output", "short"])
            .output()
            .is_ok_and(|o| o.status.success())
    })
}

/// Without it the file would be right in our own eyes only. The configuration itself is a snapshot in `crates/deploy`; what is asked
/// here is whether kubeadm reads it, and finds the images that we name. Where no Kubernetes was built there is no kubeadm to ask, and
/// the names are compared alone.
#[test]
fn kubeadm_accepts_the_configuration_and_asks_for_the_images_that_the_page_names() {
    let page = files::read_text(&RELEASE.join("deploy/COMMANDS.md"), 1 << 20).unwrap();
    let block = page.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let named: Vec<&str> = block.lines().collect();
    assert_eq!(named.len(), 4, "{named:?}");
    let Some(kubeadm) = kubeadm() else { return };
    // kubeadm refuses a Kubernetes that is much older than itself: the stand-in takes its version.
    let output = run(Command::new(&kubeadm).args(["version", "--output", "short"]), 0);
    let version = text(&output.stdout).trim().to_owned();
    let yaml = files::read_text(&RELEASE.join("deploy/kubeadm.yaml"), 1 << 20).unwrap();
    let path = empty("deployment-kubeadm").join("kubeadm.yaml");
    let yaml = yaml.replace("v1.9.1+fips.0", &version);
    files::write(&path, yaml.as_bytes(), files::Mode::Plain).unwrap();
    let config = ["--config", path.as_str()];
    run(Command::new(&kubeadm).args(["config", "validate"]).args(config), 0);
    let output = run(Command::new(&kubeadm).args(["config", "images", "list"]).args(config), 0);
    let asked = text(&output.stdout);
    let tag = version.replace('+', "_");
    for image in named.iter().map(|image| image.replace("v1.9.1_fips.0", &tag)) {
        assert!(asked.lines().any(|line| line == image), "no {image} in\n{asked}");
    }
}
