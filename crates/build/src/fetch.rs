//! Fetching: toolchains and sources into `target/fipsmith`, each compared with its pin. When everything is there, no
//! network client is started.

use crate::{
    BuildError, Events, Plan, Step, Workspace,
    kind::{Needed, Site},
    packages, toolchain,
};
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
        // The downloads come from different places, and none waits for another.
        let zig = plan
            .zig()
            .map(|zig| scope.spawn(move || toolchain::zig::fetch(workspace, zig, offline, events)));
        let debian = plan.debian().map(|root| {
            scope.spawn(move || toolchain::debian::fetch(workspace, root, offline, events))
        });
        let others = go_and_sources(plan, workspace, offline, events);
        if let Some(zig) = zig {
            zig.join().map_err(|_| stopped())??;
        }
        if let Some(debian) = debian {
            debian.join().map_err(|_| stopped())??;
        }
        // apt has one state folder: after the root, not beside it.
        packages::fetch(workspace, plan.packages(), offline, events)?;
        others
    })?;
    Ok(Toolbox { workspace: workspace.clone() })
}

fn stopped() -> std::io::Error {
    std::io::Error::other("a thread that fetched a toolchain stopped")
}

fn go_and_sources(
    plan: &Plan,
    workspace: &Workspace,
    offline: bool,
    events: &dyn Events,
) -> Result<(), BuildError> {
    if let Some(go) = plan.go() {
        toolchain::go::fetch(workspace, go, offline, events)?;
    }
    if let Some(rust) = plan.rust() {
        toolchain::rust::fetch(workspace, rust, events)?;
    }
    let site = |step| Site { workspace, plan, step };
    let missing: Vec<&Step> = one_of_each_component(plan.steps())
        .into_iter()
        .filter(|step| !step.language().is_fetched(site(step)))
        .collect();
    // The fetched toolchain runs now, on this machine and with the network: not before it was compared with its pin.
    if let Some(go) =
        plan.go().filter(|_| missing.iter().any(|step| step.tools().contains(&Needed::Go)))
    {
        toolchain::go::verify(workspace, go, events)?;
    }
    missing.into_iter().try_for_each(|step| step.language().fetch(site(step), offline, events))
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
