//! Plans, fetches and builds a profile with the library alone:
//! `cargo run -p build --example build_profile -- PROFILE STATE_FOLDER [--rebuild-check] [--offline] [--no-sandbox] [COMPONENT...]`

use build::{Event, Events, Options, SandboxMode, Selection, Workspace};
use std::process::ExitCode;

/// Prints each event as a line.
struct Lines;

impl Events for Lines {
    #[expect(clippy::print_stderr, reason = "an example talks to a person")]
    fn event(&self, event: Event) {
        match event {
            Event::StepLine { step, line } => eprintln!("[{step}] {}", line.escape_debug()),
            other => eprintln!("{other:?}"),
        }
    }
}

fn main() -> ExitCode {
    if let Some(code) = build::sandbox_entry() {
        return code;
    }
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(&error);
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stderr, reason = "an example talks to a person")]
fn report(error: &str) {
    eprintln!("error: {error}");
}

#[expect(clippy::print_stdout, reason = "an example talks to a person")]
fn run() -> Result<(), String> {
    let (flags, words): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|word| word.starts_with("--"));
    let flag = |name: &str| flags.iter().any(|flag| flag == name);
    let [profile, state, components @ ..] = words.as_slice() else {
        return Err("PROFILE STATE_FOLDER".to_owned());
    };
    let manifests = camino::Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("../../manifests");
    let catalog = catalog::Catalog::load(&manifests).map_err(|problems| problems.to_string())?;
    let workspace = Workspace::new(&manifests, state.as_str().into()).map_err(text)?;
    let name = profile.parse().map_err(|error| format!("{error}"))?;
    let profile = catalog.profiles.get(&name).ok_or("no such profile")?;
    let components = components
        .iter()
        .map(|c| c.parse())
        .collect::<Result<_, _>>()
        .map_err(|error| format!("{error}"))?;
    let selection = Selection { components, targets: vec![] };
    let plan = build::plan(&catalog, profile, &selection, &workspace)
        .map_err(|problems| problems.to_string())?;
    println!("{plan}");
    for missing in build::doctor(&plan, &workspace) {
        println!("{missing:?}");
    }
    let toolbox = build::fetch(&plan, &workspace, flag("--offline"), &Lines).map_err(text)?;
    let sandbox = if flag("--no-sandbox") { SandboxMode::Off } else { SandboxMode::Auto };
    let options = Options { rebuild_check: flag("--rebuild-check"), sandbox, ..Options::default() };
    let built = build::build(&plan, &toolbox, options, &Lines)
        .map_err(|errors| errors.into_iter().map(text).collect::<Vec<_>>().join("\n"))?;
    for built in built {
        for artifact in built.artifacts() {
            println!(
                "{} {} {} {}",
                built.component(),
                built.target(),
                artifact.name,
                artifact.sha256
            );
        }
        println!("  {} modules, {:?}", built.modules().len(), built.record().run);
    }
    Ok(())
}

#[expect(clippy::needless_pass_by_value, reason = "it is mapped over errors")]
fn text(error: build::BuildError) -> String {
    let hint = error.hint().map(|hint| format!("\n\nhint: {hint}")).unwrap_or_default();
    format!("{error}{hint}")
}
