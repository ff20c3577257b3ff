//! The operating systems of a scan as text: one line for each, and one for each thing it says of FIPS mode.

use crate::{escape, plural};
use scan::os::Package;
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

/// A package that the registry names, and its certificate.
fn known(package: &Package) -> Option<String> {
    let module = package.module.as_ref()?;
    let certificate = module.certificate.map_or_else(
        || "no certificate".to_owned(),
        |number| format!("certificate {number} ({})", module.standard),
    );
    let sunset = module.sunset.map_or(String::new(), |sunset| format!(", sunset {sunset}"));
    let (name, version) = (&package.name, &package.version);
    Some(format!(
        "package {name} {version} is `{}`: {certificate}, {}{sunset}",
        module.id, module.status
    ))
}

fn lines(os: &OperatingSystem) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(os.fips_vendor.as_ref().map(|vendor| {
        format!("validated modules for this system come from {vendor}; whether they are installed is another question")
    }));
    if !os.fips_packages.is_empty() {
        let others = os.fips_packages.iter().filter(|it| it.module.is_none());
        let others: Vec<String> = others.map(|it| format!("{} {}", it.name, it.version)).collect();
        if !others.is_empty() {
            lines.push(format!(
                "packages of FIPS mode that no row of the registry names: {}",
                others.join(", ")
            ));
        }
        lines.extend(os.fips_packages.iter().filter_map(known));
    }
    for database in &os.package_databases {
        let packages = plural::count(database.packages, "package");
        let read = match (&database.problem, database.read) {
            (_, true) => packages,
            (None, false) => "recognised, not read".to_owned(),
            (Some(why), false) => format!("{packages} before what could not be read: {why}"),
        };
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
