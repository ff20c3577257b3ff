//! The deployment files, for a profile that has Kubernetes in it.

use super::Subject;
use deploy::{Deployment, LOCAL_REPOSITORY, Part};
use vocab::{ComponentName, Label};

/// The files by their place in the release; none for a profile that deploys no cluster.
pub(super) fn files(subject: &Subject<'_>, label: Label) -> Vec<(&'static str, Vec<u8>)> {
    let Some(kubernetes) = part(subject, "kubernetes") else { return vec![] };
    let profile = &subject.desk.profile;
    let repository = profile.image_repository.as_deref().unwrap_or(LOCAL_REPOSITORY);
    let deployment = Deployment {
        release: profile.release_name(),
        label,
        as_of: subject.dates.as_of,
        example_keys: subject.example_keys,
        repository: repository.to_owned(),
        kubernetes,
        etcd: part(subject, "etcd"),
        coredns: part(subject, "coredns"),
    };
    vec![
        ("deploy/COMMANDS.md", deploy::commands(&deployment).into_bytes()),
        ("deploy/kubeadm.yaml", deploy::kubeadm(&deployment).into_bytes()),
    ]
}

/// A component that this release has programs of.
fn part(subject: &Subject<'_>, name: &str) -> Option<Part> {
    let is_it = |component: &ComponentName| component.as_str() == name;
    let step = subject.plan.steps().iter().find(|step| is_it(step.component()))?;
    let number = subject.desk.profile.fips;
    Some(Part { released: step.version().released(number), tag: step.version().tag(number) })
}
