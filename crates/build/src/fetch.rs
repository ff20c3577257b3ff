//! Fetching: toolchains and sources into `target/fipsmith`, each compared with its pin. When everything is there, no
//! network client is started.

use crate::{BuildError, Events, Plan, Step, Workspace, source, toolchain};
use std::collections::BTreeMap;

/// What a plan needs, fetched. Only [`fetch`] makes one.
#[derive(Debug, Clone)]
#[must_use]
pub struct Toolbox {
    workspace: Workspace,
}

impl Toolbox {
    /// Where everything lies.
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }
}

/// Fetches what a plan needs and is not there yet. With `offline`, what is missing is an error that names it.
pub fn fetch(
    plan: &Plan,
    workspace: &Workspace,
    offline: bool,
    events: &dyn Events,
) -> Result<Toolbox, BuildError> {
    std::thread::scope(|scope| {
        // The two downloads come from different places, and neither waits for the other.
        let zig = plan
            .zig()
            .map(|zig| scope.spawn(move || toolchain::zig::fetch(workspace, zig, offline, events)));
        let go = fetch_go_and_sources(plan, workspace, offline, events);
        if let Some(zig) = zig {
            zig.join()
                .map_err(|_| std::io::Error::other("the thread that fetched zig stopped"))??;
        }
        go
    })?;
    Ok(Toolbox { workspace: workspace.clone() })
}

fn fetch_go_and_sources(
    plan: &Plan,
    workspace: &Workspace,
    offline: bool,
    events: &dyn Events,
) -> Result<(), BuildError> {
    let go = toolchain::go::fetch(workspace, plan.go(), offline, events)?;
    let missing: Vec<&Step> = one_of_each_component(plan.steps())
        .into_iter()
        .filter(|step| !source::is_fetched(workspace, step))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    // The fetched toolchain runs now, on this machine and with the network: not before it was compared with its pin.
    toolchain::go::verify(workspace, plan.go(), events)?;
    missing.into_iter().try_for_each(|step| source::fetch(workspace, &go, step, offline, events))
}

/// The first step of each component: the others have the same sources.
pub(crate) fn one_of_each_component<'a>(
    steps: impl IntoIterator<Item = &'a Step>,
) -> Vec<&'a Step> {
    let mut first = BTreeMap::new();
    for step in steps {
        first.entry(step.component()).or_insert(step);
    }
    first.into_values().collect()
}
