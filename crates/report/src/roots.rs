//! The operating systems of a scan as text: one line for each, and one for each thing it says of FIPS mode.

use crate::{escape, plural};
use scan::{OperatingSystem, RootReport};
use std::fmt::Write as _;

/// Adds every root that holds an operating system.
pub(crate) fn push(text: &mut String, roots: &[RootReport]) {
    for root in roots {
        let _ = writeln!(text, "system  {} ({})", escape(&root.path), escape(&name(&root.os)));
        for line in lines(&root.os) {
            let _ = writeln!(text, "    {}", escape(&line));
        }
    }
}

fn name(os: &OperatingSystem) -> String {
    let id = || [&os.id, &os.version].into_iter().flatten().map(String::as_str).collect::<Vec<_>>();
    let named = os.name.clone().or_else(|| Some(id().join(" ")).filter(|it| !it.is_empty()));
    let variant = os.variant.as_ref().map(|variant| format!(", variant {variant}"));
    named.unwrap_or_else(|| "no os-release".to_owned()) + &variant.unwrap_or_default()
}

fn lines(os: &OperatingSystem) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(os.fips_vendor.as_ref().map(|vendor| {
        format!("validated modules for this system come from {vendor}; whether they are installed is another question")
    }));
    if !os.fips_packages.is_empty() {
        let packages = os.fips_packages.iter().map(|it| format!("{} {}", it.name, it.version));
        lines.push(format!("packages of FIPS mode: {}", packages.collect::<Vec<_>>().join(", ")));
    }
    for database in &os.package_databases {
        let read = plural::count(database.packages, "package");
        let read = if database.read { read } else { "recognised, not read".to_owned() };
        lines.push(format!("package database {} ({}): {read}", database.path, database.kind));
    }
    let settings = |what: &str, settings: &[scan::os::Setting]| {
        let line = |it: &scan::os::Setting| format!("{what} {}: {}", it.path, it.value);
        settings.iter().map(line).collect::<Vec<_>>()
    };
    lines.extend(settings("kernel command line in", &os.kernel_command_lines));
    lines.extend(settings("crypto policy in", &os.crypto_policy));
    if os.system_fips {
        lines.push("/etc/system-fips is there".to_owned());
    }
    lines.extend(os.environment.iter().map(|pair| format!("programs start with {pair}")));
    lines
}
