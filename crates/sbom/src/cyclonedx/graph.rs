//! The nodes of the document by bom-ref, and the edges between them. One name stands for one thing.

use super::overlay::Extras;
use crate::SbomError;
use cyclonedx_bom::models::component::Component;
use std::collections::{BTreeMap, BTreeSet};

/// One component of the document: the 1.5 part, what 1.6 adds, and what it depends on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    /// The 1.5 part. Its bom-ref is the node's name.
    pub(super) component: Component,
    /// What 1.6 adds.
    pub(super) extras: Extras,
    /// The bom-refs it depends on.
    pub(super) depends_on: BTreeSet<String>,
    /// Whether `depends_on` is known to be everything.
    pub(super) complete: bool,
}

/// All nodes, by bom-ref.
#[derive(Debug, Default)]
pub(super) struct Graph(BTreeMap<String, Node>);

impl Graph {
    /// Adds a node. The same node twice is one node; two different nodes of one name are refused.
    pub(super) fn add(&mut self, node: Node) -> Result<(), SbomError> {
        let name = node.component.bom_ref.clone().unwrap_or_default();
        match self.0.get(&name) {
            Some(known) if *known != node => Err(SbomError::Conflict { reference: name }),
            Some(_) => Ok(()),
            None => {
                self.0.insert(name, node);
                Ok(())
            }
        }
    }

    /// All nodes, sorted by bom-ref.
    pub(super) fn nodes(&self) -> impl Iterator<Item = (&str, &Node)> {
        self.0.iter().map(|(name, node)| (name.as_str(), node))
    }

    /// The node of that name.
    pub(super) fn get(&self, name: &str) -> Option<&Node> {
        self.0.get(name)
    }

    /// Every edge ends at a node.
    pub(super) fn check(&self) -> Result<(), SbomError> {
        for (name, node) in &self.0 {
            if let Some(missing) =
                node.depends_on.iter().find(|target| !self.0.contains_key(*target))
            {
                return Err(SbomError::Dangling { from: name.clone(), missing: missing.clone() });
            }
        }
        Ok(())
    }
}
