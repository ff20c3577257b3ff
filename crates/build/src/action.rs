//! A build step as data, in the sense of the Remote Execution API (build.bazel.remote.execution.v2, `Action` and
//! `Command`): arguments, environment, the digest of everything it may read, what it must leave behind, and what the
//! machine must be. Its digest is the cache key, the resume key and the provenance.
//!
//! Paths are logical: `{go}/bin/go`, `{out}/`. No path of a host enters an action, so the same action has the same digest
//! everywhere.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use vocab::Sha256;

/// The places an action may name. The executor decides where they are.
pub(crate) const PLACES: [&str; 14] = [
    "go",
    "zig",
    "rust",
    "modcache",
    "crates",
    "src",
    "overlay",
    "gocache",
    "zigcache",
    "cargocache",
    "out",
    "tmp",
    "needs",
    "system",
];

/// A build step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Action {
    /// The command line, logical.
    pub arguments: Vec<String>,
    /// The whole environment.
    pub environment: BTreeMap<String, String>,
    /// Everything the command may read, sorted by path.
    pub inputs: Vec<Input>,
    /// Files it must leave in `{out}`.
    pub outputs: Vec<String>,
    /// What the machine must be, and which build logic made this action.
    pub platform: BTreeMap<String, String>,
}

/// Something an action reads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Input {
    /// Where it stands, logical.
    pub path: String,
    /// SHA-256 of a file, or of a tree by Go's Hash1 (its `h1:` sum in hex).
    pub digest: Sha256,
}

impl Action {
    /// The digest of all inputs together.
    pub fn input_root(&self) -> Sha256 {
        let mut lines: Vec<_> =
            self.inputs.iter().map(|input| format!("{}  {}\n", input.digest, input.path)).collect();
        lines.sort();
        Sha256::of(lines.concat().as_bytes())
    }

    /// The digest of the action: of its command, its input root and its platform, as REAPI's `Action` is made.
    pub fn digest(&self) -> Sha256 {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Digested<'a> {
            arguments: &'a [String],
            environment: &'a BTreeMap<String, String>,
            outputs: &'a [String],
            input_root: Sha256,
            platform: &'a BTreeMap<String, String>,
        }
        let digested = Digested {
            arguments: &self.arguments,
            environment: &self.environment,
            outputs: &self.outputs,
            input_root: self.input_root(),
            platform: &self.platform,
        };
        // Strings, lists and maps of strings: there is nothing in it that JSON could refuse.
        Sha256::of(serde_json::to_string(&digested).unwrap_or_default().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_an_action_changes_its_digest() {
        let base = Action {
            arguments: vec!["{go}/bin/go".into(), "build".into()],
            environment: BTreeMap::from([("CGO_ENABLED".into(), "0".into())]),
            inputs: vec![Input { path: "{go}".into(), digest: Sha256::of(b"go") }],
            outputs: vec!["server".into()],
            platform: BTreeMap::from([("os".into(), "linux".into())]),
        };
        let mut others = vec![base.clone(); 5];
        others[0].arguments.push("-v".into());
        others[1].environment.insert("CGO_ENABLED".into(), "1".into());
        others[2].inputs[0].digest = Sha256::of(b"changed go");
        others[3].outputs.push("client".into());
        others[4].platform.insert("os".into(), "other".into());
        let digests: std::collections::BTreeSet<_> =
            others.iter().chain([&base]).map(Action::digest).collect();
        assert_eq!(digests.len(), 6);
    }

    #[test]
    fn the_order_in_which_inputs_were_found_does_not_matter() {
        let input = |path: &str| Input { path: path.into(), digest: Sha256::of(path.as_bytes()) };
        let action = |inputs| Action {
            arguments: vec![],
            environment: BTreeMap::new(),
            inputs,
            outputs: vec![],
            platform: BTreeMap::new(),
        };
        let (a, b) = (action(vec![input("a"), input("b")]), action(vec![input("b"), input("a")]));
        assert_eq!(a.input_root(), b.input_root());
    }
}
