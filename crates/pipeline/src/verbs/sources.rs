//! `doctor --sources`: asks again for what could not be had when a recipe was written.

use super::init::{Desk, failed};
use crate::flags::{Doctor, Place};
use report::plural;
use serde::Serialize;
use std::fmt::Write as _;
use std::process::ExitCode;
use vocab::ComponentName;

/// One module that was asked for.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    component: ComponentName,
    module: String,
    version: String,
    available: bool,
    /// What is said today: the module's sum, or why not.
    says: String,
    /// What was said when the recipe was written, and when; nothing for a module that is built from.
    said: Option<String>,
    asked: Option<String>,
}

pub(super) fn run(flags: &Doctor) -> anyhow::Result<ExitCode> {
    let selection = &flags.plan.selection;
    let place = Place { root: selection.root.clone(), state: selection.state.clone() };
    let desk = Desk::open(&place)?;
    let go = desk.go()?;
    let mut answers = Vec::new();
    for name in desk.names()? {
        let Some(recipe) = desk.recipe(&name)? else { continue };
        let written = recipe
            .unavailable
            .iter()
            .map(|gone| (gone.module.clone(), gone.version.to_string(), Some(gone)));
        let pinned = recipe.modules.iter().filter(|_| flags.all && recipe.unavailable.is_empty());
        let pinned = pinned.map(|module| (module.clone(), recipe.version.to_string(), None));
        for (module, version, gone) in written.chain(pinned) {
            crate::edge::say(&format!("asking for {module}@{version}"));
            let answer = build::ask(&name, &module, &version, &go).map_err(failed)?;
            answers.push(Answer {
                component: name.clone(),
                available: answer.is_ok(),
                says: answer.unwrap_or_else(|error| error.to_string()),
                module,
                version,
                said: gone.map(|gone| gone.said.clone()),
                asked: gone.map(|gone| gone.asked.to_string()),
            });
        }
    }
    super::print(flags.plan.output.format, &text(&answers), &answers)?;
    // What a recipe says cannot be had is no failure; a module that is built from and is gone is one.
    let lost = answers.iter().any(|answer| !answer.available && answer.said.is_none());
    Ok(ExitCode::from(u8::from(lost)))
}

fn text(answers: &[Answer]) -> String {
    let mut text = String::new();
    for answer in answers {
        let Answer { component, module, version, says, .. } = answer;
        let _ = match (answer.available, &answer.asked) {
            (true, Some(asked)) => writeln!(
                text,
                "available  {component}: {module}@{version}, refused on {asked}\n           cargo xtask init {module}@{version} --name {component}"
            ),
            (true, None) => writeln!(text, "available  {component}: {module}@{version}"),
            (false, Some(asked)) => writeln!(
                text,
                "refused    {component}: {module}@{version}, as on {asked}\n           {says}"
            ),
            (false, None) => {
                writeln!(text, "gone       {component}: {module}@{version}\n           {says}")
            }
        };
    }
    let refused = answers.iter().filter(|answer| !answer.available).count();
    let _ =
        writeln!(text, "{} asked for, {refused} refused", plural::count(answers.len(), "module"));
    text
}
