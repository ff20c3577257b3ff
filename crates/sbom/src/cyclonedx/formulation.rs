//! `formulation`: how each component was built, one workflow for each build command.

use super::parts::file_ref;
use crate::{Build, BuildTool, Component, Description, property};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// CycloneDX 1.6, `formula`: what one component was built with, and how.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Formula {
    #[serde(rename = "bom-ref")]
    reference: String,
    components: Vec<Tool>,
    workflows: Vec<Workflow>,
}

/// A toolchain, as a component of the formula.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Tool {
    #[serde(rename = "bom-ref")]
    reference: String,
    #[serde(rename = "type")]
    kind: &'static str,
    name: String,
    version: String,
    hashes: [Hash; 1],
}

#[derive(Debug, Serialize)]
struct Hash {
    alg: &'static str,
    content: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Workflow {
    #[serde(rename = "bom-ref")]
    reference: String,
    uid: String,
    name: String,
    task_types: [&'static str; 1],
    steps: [Step; 1],
    outputs: Vec<Output>,
    properties: Vec<Property>,
}

#[derive(Debug, Serialize)]
struct Step {
    name: &'static str,
    commands: [Command; 1],
}

#[derive(Debug, Serialize)]
struct Command {
    executed: String,
}

#[derive(Debug, Serialize)]
struct Output {
    #[serde(rename = "type")]
    kind: &'static str,
    resource: Resource,
}

#[derive(Debug, Serialize)]
struct Resource {
    #[serde(rename = "ref")]
    reference: String,
}

#[derive(Debug, Serialize)]
struct Property {
    name: &'static str,
    value: String,
}

/// One formula for every component whose build is known, sorted by component.
pub(super) fn of(description: &Description) -> Vec<Formula> {
    let components: BTreeMap<_, _> = description.components.iter().map(|c| (&c.name, c)).collect();
    components.into_values().filter_map(formula).collect()
}

fn formula(component: &Component) -> Option<Formula> {
    let mut builds: BTreeMap<&Build, BTreeSet<String>> = BTreeMap::new();
    for artifact in &component.artifacts {
        if let Some(build) = &artifact.build {
            builds.entry(build).or_default().insert(file_ref(&component.name, artifact));
        }
    }
    let tools: BTreeSet<_> = builds.keys().flat_map(|build| &build.tools).collect();
    (!builds.is_empty()).then(|| Formula {
        reference: format!("formula/{}", component.name),
        components: tools.into_iter().map(|used| tool(component, used)).collect(),
        workflows: builds
            .into_iter()
            .enumerate()
            .map(|(at, (build, files))| workflow(component, at, build, files))
            .collect(),
    })
}

fn tool(component: &Component, tool: &BuildTool) -> Tool {
    Tool {
        // A bom-ref is unique in the document, and two components may use one toolchain.
        reference: format!(
            "formula/{}/tool/{}@{}/{}",
            component.name, tool.name, tool.version, tool.sha256
        ),
        kind: "application",
        name: tool.name.clone(),
        version: tool.version.clone(),
        hashes: [Hash { alg: "SHA-256", content: tool.sha256.to_string() }],
    }
}

fn workflow(component: &Component, at: usize, build: &Build, files: BTreeSet<String>) -> Workflow {
    let reference = format!("formula/{}/build/{at}", component.name);
    let variables = build.environment.iter().map(|(key, value)| format!("{key}={value}"));
    Workflow {
        uid: reference.clone(),
        reference,
        name: format!("build {}", component.name),
        task_types: ["build"],
        steps: [Step {
            name: "compile and link",
            commands: [Command { executed: shell(&build.command) }],
        }],
        outputs: files
            .into_iter()
            .map(|reference| Output { kind: "artifact", resource: Resource { reference } })
            .collect(),
        properties: variables.map(|value| Property { name: property::BUILD_ENV, value }).collect(),
    }
}

/// A command line that a POSIX shell reads back as the same arguments.
fn shell(command: &[String]) -> String {
    command.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./=,:@%+".contains(&byte);
    if !word.is_empty() && word.bytes().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_can_be_pasted_into_a_shell() {
        let command = ["go", "build", "-ldflags=-s -w", "", "it's"].map(str::to_owned);
        assert_eq!(shell(&command), r"go build '-ldflags=-s -w' '' 'it'\''s'");
    }
}
