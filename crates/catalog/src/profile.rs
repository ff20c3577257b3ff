//! Profiles: what is released and labelled together.

use crate::raw::{At, RawFile, Semver, Sink, Text, unique};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocab::{Backend, ComponentName, PolicyName, ProfileName, ReleaseNumber, Target};

/// What is released and labelled together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// The profile; also the name of its file.
    pub name: ProfileName,
    /// What the profile is for, in one line.
    pub summary: String,
    /// The profile's own version, for instance `1.0.0`.
    pub version: String,
    /// The `n` of `+fips.<n>` in every name of the release.
    pub fips: ReleaseNumber,
    /// Who supplies the release, as the SBOM names it; without it the SBOM says that this is unknown.
    pub supplier: Option<String>,
    /// The policy its artifacts must meet.
    pub policy: PolicyName,
    /// The targets every member is built for, unless it names its own. Never empty.
    pub targets: Vec<Target>,
    /// The components. Never empty.
    pub components: Vec<Member>,
}

/// A component of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// The component.
    pub component: ComponentName,
    /// The backend, when it is not the recipe's default.
    pub backend: Option<Backend>,
    /// Its targets, when they are fewer than the profile's.
    pub targets: Option<Vec<Target>>,
}

/// What is released and labelled together (manifests/profiles/NAME.toml).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(title = "fipsmith profile")]
pub(crate) struct RawProfile {
    /// The profile's name, which is the file's name without `.toml`.
    pub(crate) name: At<ProfileName>,
    /// What the profile is for, in one line.
    summary: At<Text>,
    /// The profile's own version, for instance `1.0.0`.
    version: At<Semver>,
    /// The `n` of `+fips.<n>`: counts our builds of the same upstream versions.
    #[serde(default)]
    #[schemars(with = "u32")]
    fips: ReleaseNumber,
    /// Who supplies the release, as the SBOM names it (NTIA's minimum elements ask for a supplier).
    supplier: Option<At<Text>>,
    /// The policy its artifacts must meet.
    pub(crate) policy: At<PolicyName>,
    /// The targets every member is built for, unless it names its own.
    #[schemars(length(min = 1))]
    targets: Vec<At<Target>>,
    /// The components.
    #[schemars(length(min = 1))]
    pub(crate) components: Vec<RawMember>,
}

/// A component of the profile.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct RawMember {
    /// The component's name.
    pub(crate) component: At<ComponentName>,
    /// The backend, when it is not the recipe's default.
    pub(crate) backend: Option<At<Backend>>,
    /// Its targets, when they are fewer than the profile's.
    #[schemars(length(min = 1))]
    targets: Option<Vec<At<Target>>>,
}

impl RawFile for RawProfile {
    const SCHEMA: &'static str = "profile";
}

impl RawProfile {
    /// The profile, with a problem in the sink for each contradiction within the file.
    pub(crate) fn check(&self, sink: &mut Sink) -> Profile {
        unique(self.targets.iter().map(|at| (at.value.as_str(), &at.span)), "target", sink);
        unique(
            self.components.iter().map(|m| (m.component.value.as_str(), &m.component.span)),
            "component",
            sink,
        );
        self.components.iter().for_each(|member| self.check_targets(member, sink));
        Profile {
            name: self.name.value.clone(),
            summary: self.summary.value.0.clone(),
            version: self.version.value.0.clone(),
            fips: self.fips,
            supplier: self.supplier.as_ref().map(|supplier| supplier.value.0.clone()),
            policy: self.policy.value.clone(),
            targets: self.targets.iter().map(|target| target.value).collect(),
            components: self.components.iter().map(RawMember::made).collect(),
        }
    }

    fn check_targets(&self, member: &RawMember, sink: &mut Sink) {
        let own = member.targets.as_deref().unwrap_or_default();
        unique(own.iter().map(|at| (at.value.as_str(), &at.span)), "target", sink);
        for target in
            own.iter().filter(|own| self.targets.iter().all(|target| target.value != own.value))
        {
            let message = format!("the target `{}` is not one of the profile's", target.value);
            sink.push_missing(
                &target.span,
                message,
                Some("add it to the profile's `targets`".to_owned()),
            );
        }
    }
}

impl RawMember {
    fn made(&self) -> Member {
        Member {
            component: self.component.value.clone(),
            backend: self.backend.as_ref().map(|backend| backend.value),
            targets: self
                .targets
                .as_ref()
                .map(|targets| targets.iter().map(|target| target.value).collect()),
        }
    }
}
