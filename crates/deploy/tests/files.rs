//! The files of a release, as people and kubeadm read them. `tests/e2e/deployment.rs` asks kubeadm itself.

use deploy::{Deployment, LOCAL_REPOSITORY, Part, commands, images, kubeadm};
use vocab::Label;

fn part(version: &str) -> Part {
    Part { released: format!("{version}+fips.0"), tag: format!("{version}_fips.0") }
}

fn release() -> Deployment {
    Deployment {
        release: "kubernetes-1.0.0+fips.0".to_owned(),
        label: Label::Partial,
        as_of: "2026-11-21".parse().unwrap(),
        example_keys: false,
        repository: "registry.example.mil/fips".to_owned(),
        kubernetes: part("v1.37.1"),
        etcd: Some(part("v3.7.3")),
        coredns: Some(part("v1.14.3")),
    }
}

#[test]
fn the_configuration_of_a_whole_control_plane() {
    insta::assert_snapshot!(kubeadm(&release()));
}

#[test]
fn the_commands_of_a_whole_control_plane() {
    insta::assert_snapshot!(commands(&release()));
}

/// Without it a cluster would be told that an image is ours which nobody here has built.
#[test]
fn what_the_release_does_not_have_is_given_no_tag_of_ours() {
    let bare = Deployment { etcd: None, coredns: None, ..release() };
    let text = kubeadm(&bare);
    assert!(!text.contains("imageTag"), "{text}");
    assert!(text.contains("etcd is no component of this release"), "{text}");
    assert_eq!(images(&bare).len(), 4);
    let text = commands(&bare);
    assert!(!text.contains("--etcd-version") && !text.contains("| etcd |"), "{text}");
}

#[test]
fn without_a_repository_the_page_says_how_images_come_to_a_node_and_demos_are_called_demos() {
    let local =
        Deployment { repository: LOCAL_REPOSITORY.to_owned(), example_keys: true, ..release() };
    let text = commands(&local);
    assert!(
        text.contains("images import") && text.contains("localhost/fipsmith/etcd:v3.7.3_fips.0"),
        "{text}"
    );
    assert!(text.contains("Signed with example keys"), "{text}");
    assert!(!commands(&release()).contains("example keys"));
}
