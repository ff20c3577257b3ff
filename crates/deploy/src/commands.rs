//! `deploy/COMMANDS.md`: the command lines that use the release, for kubeadm and for DKP.

use crate::{Deployment, LOCAL_REPOSITORY, images};
use std::fmt::Write as _;

/// Writes the page.
pub fn commands(deployment: &Deployment) -> String {
    let mut text = String::new();
    head(&mut text, deployment);
    where_images_are(&mut text, deployment);
    with_kubeadm(&mut text, deployment);
    with_dkp(&mut text, deployment);
    text
}

fn head(text: &mut String, deployment: &Deployment) {
    let Deployment { release, label, as_of, .. } = deployment;
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        "# Deploying {release}\n\n\
         The release is labelled **{label}** as of {as_of}. Verify it before anything of it runs: `fipsmith verify {release} --trust KEYS`.\n\n\
         A cluster is made as a FIPS cluster and stays one: FIPS can be turned neither on nor off on an existing cluster. The operating \
         system of the nodes is not part of what kubeadm deploys; prepare it as its vendor says.\n",
    );
    if deployment.example_keys {
        text.push_str("\n**Signed with example keys, which anyone has: this release proves nothing about who made it.**\n");
    }
}

fn where_images_are(text: &mut String, deployment: &Deployment) {
    let repository = &deployment.repository;
    let _ = write!(
        text,
        "\n## Images\n\nThe cluster pulls these:\n\n```text\n{}\n```\n\n",
        images(deployment).join("\n")
    );
    if repository == LOCAL_REPOSITORY {
        let _ = writeln!(
            text,
            "The profile names no `image-repository`, so they are looked for under `{repository}`: import the files of `images/` on \
             every node, each under its name (for instance `ctr --namespace k8s.io images import --base-name NAME FILE`). No registry is \
             needed then.",
        );
    } else {
        let _ = writeln!(
            text,
            "Push the files of `images/` there, each under its name and tag; any client for OCI images will do."
        );
    }
    text.push_str(
        "\nkubeadm also asks for `pause`, which keeps a pod's namespaces. It is no component of this release, and its label is unknown: \
         provide it under the same repository with the tag that `kubeadm config images list` prints.\n",
    );
}

fn with_kubeadm(text: &mut String, deployment: &Deployment) {
    let version = &deployment.kubernetes.released;
    let _ = write!(
        text,
        "\n## kubeadm\n\n`kubeadm`, `kubelet` and `kubectl` {version} come from the release's archive of `kubernetes`.\n\n\
         ```sh\n\
         kubeadm config validate --config deploy/kubeadm.yaml\n\
         kubeadm config images list --config deploy/kubeadm.yaml\n\
         kubeadm init --config deploy/kubeadm.yaml\n\
         ```\n\n\
         kubeadm writes the `+` of the version as `_` in the tags of images, so `{version}` runs images tagged `{}`.\n",
        deployment.kubernetes.tag
    );
}

/// DKP's documentation of 2022 (DKP 2.3, "FIPS 140-2 compliance") has these options; NKP's of 2025 (NKP 2.15) has the same.
fn with_dkp(text: &mut String, deployment: &Deployment) {
    let Deployment { repository, kubernetes, etcd, .. } = deployment;
    let bare = |version: &str| version.trim_start_matches('v').to_owned();
    let mut options = vec![
        format!("--kubernetes-version={}", bare(&kubernetes.released)),
        format!("--kubernetes-image-repository={repository}"),
        format!("--etcd-image-repository={repository}"),
    ];
    options.extend(etcd.iter().map(|etcd| format!("--etcd-version={}", bare(&etcd.released))));
    let _ = write!(
        text,
        "\n## DKP and NKP\n\n\
         The table that DKP's documentation prints as \"Supported FIPS builds\", for this release:\n\n\
         | component | repository | version |\n|---|---|---|\n| Kubernetes | {repository} | {} |\n",
        kubernetes.released
    );
    if let Some(etcd) = etcd {
        let _ = writeln!(text, "| etcd | {repository} | {} |", etcd.released);
    }
    let _ = write!(
        text,
        "\nThe options are those of the documentation of DKP 2.3 and NKP 2.15 (there the command is `nkp`); `PROVIDER` is `aws`, \
         `vsphere` or another, with options of its own such as a FIPS machine image:\n\n\
         ```text\ndkp create cluster PROVIDER --cluster-name=NAME \\\n  {}\n```\n\n\
         Not sourced: which versions of DKP or NKP accept this version of Kubernetes. Try it with the one at hand.\n\n\
         Machine images are made by `konvoy-image` with its `overrides/fips.yaml`, whose keys for this release are:\n\n\
         ```yaml\nfips:\n  enabled: true\nk8s_image_registry: \"{repository}\"\nkubernetes_build_metadata: \"{}\"\n```\n",
        options.join(" \\\n  "),
        kubernetes.released.rsplit('+').next().unwrap_or_default()
    );
}
