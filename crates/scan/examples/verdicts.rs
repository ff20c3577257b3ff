//! Prints one line an artifact: verdict, path, codes. `cargo run -p scan --example verdicts -- PATH...`.

use catalog::{Policy, Registry};
use scan::{Scanner, WalkLimits};
use std::collections::BTreeSet;
use std::io::Write as _;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let policy = Policy::embedded(Policy::DEFAULT).ok_or("the built-in policy is missing")?;
    let scanner = Scanner {
        registry: Registry::embedded(),
        policy,
        as_of: vocab::Date::constant(2026, 11, 21),
    };
    let paths: Vec<_> = std::env::args().skip(1).map(Into::into).collect();
    let report = scanner.scan_paths(&paths, &WalkLimits::default(), &[])?;
    let mut out = std::io::stdout().lock();
    for artifact in &report.artifacts {
        let named = artifact.findings.iter().map(|finding| {
            let subject = finding.subject.as_ref().map_or(String::new(), |s| format!(":{s}"));
            format!("{}{subject}", finding.code)
        });
        let codes: Vec<String> = named.collect::<BTreeSet<_>>().into_iter().collect();
        let modules: Vec<&str> = artifact.modules.iter().map(|m| m.version.as_str()).collect();
        writeln!(
            out,
            "{:<15} {} {} {modules:?}",
            artifact.verdict.as_str(),
            artifact.path,
            codes.join(" ")
        )?;
    }
    Ok(())
}
