//! `deploy/kubeadm.yaml`: three documents that `kubeadm init --config` reads.

use crate::{Deployment, Part, SUITES};
use std::fmt::Write as _;

/// SP 800-52 Rev. 2, 3.1: TLS 1.2 is the least that a server may negotiate. In Kubernetes' spelling.
const MINIMUM: &str = "VersionTLS12";
/// The same in etcd's spelling.
const MINIMUM_OF_ETCD: &str = "TLS1.2";

/// Writes the file.
pub fn kubeadm(deployment: &Deployment) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "# {}: for `kubeadm init --config`; COMMANDS.md beside it says how. Made by fipsmith, sealed with the release.",
        deployment.release
    );
    cluster(&mut text, deployment);
    kubelet(&mut text);
    kube_proxy(&mut text);
    text
}

fn cluster(text: &mut String, deployment: &Deployment) {
    let Deployment { repository, kubernetes, etcd, coredns, .. } = deployment;
    let _ = write!(
        text,
        "apiVersion: kubeadm.k8s.io/v1beta4\n\
         kind: ClusterConfiguration\n\
         # kubeadm writes `+` as `_` in the tags of images.\n\
         kubernetesVersion: \"{}\"\n\
         imageRepository: \"{repository}\"\n\
         # Every key and certificate that kubeadm makes.\n\
         encryptionAlgorithm: RSA-3072\n",
        kubernetes.released
    );
    for component in ["apiServer", "controllerManager", "scheduler"] {
        let _ = writeln!(text, "{component}:\n  extraArgs:");
        argument(text, 4, "tls-cipher-suites", &SUITES.join(","));
        argument(text, 4, "tls-min-version", MINIMUM);
    }
    text.push_str("etcd:\n  local:\n    dataDir: /var/lib/etcd\n");
    tag(text, 4, "etcd", etcd.as_ref());
    text.push_str("    extraArgs:\n");
    argument(text, 6, "cipher-suites", &SUITES.join(","));
    argument(text, 6, "tls-min-version", MINIMUM_OF_ETCD);
    text.push_str("dns:\n  disabled: false\n");
    tag(text, 2, "CoreDNS", coredns.as_ref());
}

/// The tag of an image that does not follow Kubernetes' own version.
fn tag(text: &mut String, indent: usize, name: &str, part: Option<&Part>) {
    let _ = match part {
        Some(part) => writeln!(text, "{:indent$}imageTag: \"{}\"", "", part.tag),
        None => writeln!(
            text,
            "{:indent$}# {name} is no component of this release: its image is another's, and its label unknown.",
            ""
        ),
    };
}

fn argument(text: &mut String, indent: usize, name: &str, value: &str) {
    let _ = write!(text, "{:indent$}- name: {name}\n{:indent$}  value: \"{value}\"\n", "", "");
}

fn kubelet(text: &mut String) {
    text.push_str(
        "---\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\ntlsCipherSuites:\n",
    );
    for suite in SUITES {
        let _ = writeln!(text, "- {suite}");
    }
    let _ = writeln!(text, "tlsMinVersion: {MINIMUM}");
}

fn kube_proxy(text: &mut String) {
    text.push_str(
        "---\napiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n\
         # Metrics are served without TLS, so they are served to the node alone.\n\
         metricsBindAddress: \"127.0.0.1:10249\"\n",
    );
}
