//! Policies: which verdicts a gate accepts.

use crate::nearest::list;
use crate::raw::{At, RawFile, Sink, Text};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::LazyLock;
use vocab::{PolicyName, Verdict};

/// Which verdicts a gate accepts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Policy {
    /// The policy; also the name of its file.
    pub name: PolicyName,
    /// What it accepts and when one would choose it, in one line.
    pub summary: String,
    /// The verdicts it accepts; `pass` and `no-crypto` are always among them.
    pub accept: BTreeSet<Verdict>,
    /// Whether it accepts an artifact whose only fault is that a module is another version of a validated one, in the same
    /// branch and without a certificate of its own.
    pub accept_update_streams: bool,
}

/// Every policy accepts these.
const ALWAYS: [Verdict; 2] = [Verdict::Pass, Verdict::NoCrypto];
/// A policy may accept these as well: what CMVP says of the module. Every other verdict is about the artifact, and a
/// policy that accepted one would pass a tampered file or an unvalidated module.
const STATUSES: [Verdict; 2] = [Verdict::InProcess, Verdict::Historical];

const EMBEDDED: [(&str, &str); 4] = [
    (
        "policies/allow-historical.toml",
        include_str!("../../../manifests/policies/allow-historical.toml"),
    ),
    (
        "policies/allow-in-process.toml",
        include_str!("../../../manifests/policies/allow-in-process.toml"),
    ),
    (
        "policies/fips140-3-active.toml",
        include_str!("../../../manifests/policies/fips140-3-active.toml"),
    ),
    ("policies/update-stream.toml", include_str!("../../../manifests/policies/update-stream.toml")),
];

impl Policy {
    /// The name of the policy that is used when none is named.
    pub const DEFAULT: &'static str = "fips140-3-active";

    /// The policies this program was built with, by name.
    pub fn all_embedded() -> &'static [Self] {
        static ALL: LazyLock<Vec<Policy>> = LazyLock::new(|| {
            // A test loads each of them: in a built program there is none that cannot be read.
            EMBEDDED
                .iter()
                .filter_map(|(file, text)| {
                    crate::load::parse::<RawPolicy, _>(file, text, RawPolicy::check).ok()
                })
                .collect()
        });
        &ALL
    }

    /// The policy of that name this program was built with.
    pub fn embedded(name: &str) -> Option<&'static Self> {
        Self::all_embedded().iter().find(|policy| policy.name.as_str() == name)
    }

    /// Whether the gate opens for the verdict.
    pub fn accepts(&self, verdict: Verdict) -> bool {
        self.accept.contains(&verdict)
    }
}

/// Which verdicts a gate accepts (manifests/policies/NAME.toml).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(title = "fipsmith policy")]
pub(crate) struct RawPolicy {
    /// The policy's name, which is the file's name without `.toml`.
    pub(crate) name: At<PolicyName>,
    /// What it accepts and when one would choose it, in one line.
    summary: At<Text>,
    /// The verdicts it accepts; `pass` and `no-crypto` must be among them.
    accept: Vec<At<Verdict>>,
    /// Whether another version of a validated module, in the same branch and without a certificate of its own, is accepted.
    #[serde(default)]
    accept_update_streams: bool,
}

impl RawFile for RawPolicy {
    const SCHEMA: &'static str = "policy";
}

impl RawPolicy {
    /// The policy, with a problem in the sink for each contradiction within the file.
    pub(crate) fn check(&self, sink: &mut Sink) -> Policy {
        let accept: BTreeSet<Verdict> = self.accept.iter().map(|verdict| verdict.value).collect();
        for always in ALWAYS.into_iter().filter(|always| !accept.contains(always)) {
            let hint = format!("add \"{always}\" to `accept`");
            sink.push_missing(
                &self.name.span,
                format!("a policy accepts `{always}`, and this one does not"),
                Some(hint),
            );
        }
        for verdict in self
            .accept
            .iter()
            .filter(|v| !ALWAYS.contains(&v.value) && !STATUSES.contains(&v.value))
        {
            let statuses = list(ALWAYS.iter().chain(&STATUSES).map(|status| status.as_str()));
            let message = format!("no policy accepts `{}`; it takes {statuses}", verdict.value);
            sink.push(
                &verdict.span,
                message,
                Some("mend the artifact, or waive the finding for its digest".to_owned()),
            );
        }
        Policy {
            name: self.name.value.clone(),
            summary: self.summary.value.0.clone(),
            accept,
            accept_update_streams: self.accept_update_streams,
        }
    }
}
