//! `init --check`: whether every committed wrapper is what would be made today.

use super::{Desk, Told, failed, told::Status};
use crate::edge::Stop;
use crate::flags::Init;
use crate::verbs::print;
use build::Request;
use report::plural;
use serde::Serialize;
use std::fmt::Write as _;
use std::process::ExitCode;
use vocab::ComponentName;

/// What became of one component.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    component: ComponentName,
    /// `same`, `changed`, `new` or `failed`.
    status: String,
    difference: Vec<String>,
    error: Option<String>,
    seconds: f64,
}

pub(super) fn run(desk: &Desk, flags: &Init) -> anyhow::Result<ExitCode> {
    let named = flags.what.iter().chain(&flags.packages);
    let mut names: Vec<ComponentName> =
        named.map(|name| name.parse()).collect::<Result<_, _>>().map_err(|error| {
            Stop::unusable(format!("{error}"), Some("--check takes names of recipes".to_owned()))
        })?;
    if names.is_empty() {
        names = desk.names()?;
    }
    let go = desk.go()?;
    let mut lines = Vec::new();
    for name in names {
        let recipe = desk.recipe(&name)?.ok_or_else(|| desk.no_recipe(&name))?;
        // Not every component has a wrapper.
        if recipe.modules.is_empty() || recipe.source.is_some() {
            continue;
        }
        let clock = std::time::Instant::now();
        let request = Request::from(&recipe);
        let made = build::wrap(&request, &go, &desk.reporter).map_err(failed);
        let seconds = clock.elapsed().as_secs_f64();
        lines.push(match made {
            Ok(wrap) => {
                let told = Told::of(&desk.paths, &request, &wrap, None)?;
                let status = match told.status {
                    Status::Same => "same",
                    Status::Changed => "changed",
                    Status::New => "new",
                };
                Line {
                    component: name,
                    status: status.to_owned(),
                    difference: told.difference,
                    error: None,
                    seconds,
                }
            }
            Err(stop) => Line {
                component: name,
                status: "failed".to_owned(),
                difference: vec![],
                error: Some(stop.message),
                seconds,
            },
        });
    }
    let bad = lines.iter().filter(|line| line.status != "same").count();
    let mut text = String::new();
    for line in &lines {
        let _ = writeln!(text, "{:<8} {} ({:.1} s)", line.status, line.component, line.seconds);
        for detail in line.difference.iter().take(20).chain(&line.error) {
            let _ = writeln!(text, "         {detail}");
        }
    }
    let _ = writeln!(
        text,
        "{} of {} as committed",
        lines.len() - bad,
        plural::count(lines.len(), "wrapper")
    );
    print(flags.output.format, &text, &lines)?;
    Ok(ExitCode::from(u8::from(bad > 0 || lines.is_empty())))
}
