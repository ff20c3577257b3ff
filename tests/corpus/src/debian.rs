//! Debian's packages as an outside witness: `dpkg-shlibdeps` enters a dependency for every shared library that a
//! package's programs are linked with, so what a package depends on says what the scan must have read in its programs.

use crate::flags::Corpus;
use crate::place::Place;
use crate::served::Served;
use anyhow::Context as _;
use rayon::prelude::*;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::process::ExitCode;
use xshell::{Shell, cmd};

/// The library packages of Debian 12 that hold cryptography, and the libraries in each by the front of their name.
const LIBRARIES: &[(&str, &[&str])] = &[
    ("libssl3", &["libssl.so.3", "libcrypto.so.3"]),
    ("libgnutls30", &["libgnutls.so.30"]),
    ("libgcrypt20", &["libgcrypt.so.20"]),
    ("libnettle8", &["libnettle.so.8"]),
    ("libhogweed6", &["libhogweed.so.6"]),
    ("libnss3", &["libnss3.so", "libnssutil3.so", "libsmime3.so", "libssl3.so"]),
    ("libsodium23", &["libsodium.so.23"]),
    ("libmbedcrypto7", &["libmbedcrypto.so.7"]),
    ("libwolfssl35", &["libwolfssl.so.35"]),
    ("libcrypto++8", &["libcryptopp.so.8", "libcrypto++.so.8"]),
    ("libbotan-2-19", &["libbotan-2.so.19"]),
];

/// What one package showed.
struct Package {
    name: String,
    /// Programs and libraries that were read.
    programs: usize,
    depends: BTreeSet<&'static str>,
    linked: BTreeSet<&'static str>,
}

/// Fetches, scans and compares.
pub(crate) fn compare(place: &Place, flags: &Corpus) -> anyhow::Result<ExitCode> {
    let list = files::read_text(&place.sources.join("debian-packages.txt"), 1 << 20)?;
    let names: Vec<&str> = list
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .take(flags.packages)
        .collect();
    let read: Vec<anyhow::Result<Package>> =
        names.par_iter().map(|name| package(place, name)).collect();
    let mut packages = Vec::new();
    for (name, package) in names.iter().zip(read) {
        match package {
            Ok(package) => packages.push(package),
            Err(error) => crate::table::complain(&error.context(format!("package `{name}`"))),
        }
    }
    let text = document(&packages, names.len());
    crate::table::say(&text);
    if let Some(path) = &flags.write {
        files::write(path, text.as_bytes(), files::Mode::Plain)?;
    }
    let right = packages.len() == names.len() && packages.iter().all(Package::linked_is_declared);
    Ok(if right { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn package(place: &Place, name: &str) -> anyhow::Result<Package> {
    let path = place.built.join("debian").join(format!("{name}.deb"));
    if !path.exists() {
        files::create_dir_all(path.parent().unwrap_or(&place.built))?;
        Served::Debian(name.to_owned()).fetch(&path)?;
    }
    let shell = Shell::new()?;
    let control = cmd!(shell, "dpkg-deb --field {path} Depends Pre-Depends").quiet().read()?;
    let declared: BTreeSet<&str> = control
        .split([',', '|', '\n', ':'])
        .filter_map(|relation| relation.split_whitespace().next())
        .collect();
    let report = place.scan(&path)?;
    let artifacts = report["artifacts"].as_array().context("no artifacts")?;
    let needed: BTreeSet<&str> = artifacts.iter().flat_map(needed).collect();
    let of = |wanted: &dyn Fn(&str, &[&str]) -> bool| {
        LIBRARIES.iter().filter(|(p, l)| wanted(p, l)).map(|(package, _)| *package).collect()
    };
    Ok(Package {
        name: name.to_owned(),
        programs: artifacts.iter().filter(|artifact| artifact["kind"] == "elf").count(),
        depends: of(&|package, _| declared.contains(package)),
        linked: of(&|_, libraries| libraries.iter().any(|library| needed.contains(library))),
    })
}

/// The cryptographic libraries that an artifact needs, as its findings give them.
fn needed(artifact: &Value) -> impl Iterator<Item = &str> {
    artifact["findings"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|finding| finding["evidence"].as_array().into_iter().flatten())
        .filter(|evidence| evidence["what"] == "DT_NEEDED")
        .filter_map(|evidence| evidence["value"].as_str())
}

impl Package {
    /// What a program of the package is linked with, the package depends on, unless it brings the library itself.
    fn linked_is_declared(&self) -> bool {
        self.linked.iter().all(|library| self.depends.contains(library) || self.name == *library)
    }
}

fn document(packages: &[Package], asked: usize) -> String {
    let programs: usize = packages.iter().map(|package| package.programs).sum();
    let mut text = format!(
        "# Accuracy: Debian's packages\n\n`dpkg-shlibdeps` enters a dependency for every shared library that a package's programs are linked with, so the\ndependencies of a package say what a scan must have read in it. {} of {asked} packages of Debian 12, {programs} programs and libraries.\nA pair is a package and one of the library packages that hold cryptography.\n`cargo xtask corpus --debian --write docs/accuracy-debian.md` makes this page.\n\n",
        packages.len()
    );
    let count = |wanted: &dyn Fn(&Package, &&'static str) -> bool| {
        packages
            .iter()
            .map(|p| LIBRARIES.iter().filter(|(library, _)| wanted(p, library)).count())
            .sum::<usize>()
    };
    let both = count(&|p, l| p.depends.contains(l) && p.linked.contains(l));
    let declared = count(&|p, l| p.depends.contains(l) && !p.linked.contains(l));
    let linked = count(&|p, l| !p.depends.contains(l) && p.linked.contains(l));
    let neither = count(&|p, l| !p.depends.contains(l) && !p.linked.contains(l));
    let _ = writeln!(
        text,
        "| | scan says linked | scan says not linked |\n|---|---:|---:|\n| package depends on it | {both} | {declared} |\n| package does not | {linked} | {neither} |\n"
    );
    for package in packages {
        let only_declared: Vec<_> = package.depends.difference(&package.linked).copied().collect();
        let only_linked: Vec<_> = package.linked.difference(&package.depends).copied().collect();
        if !only_declared.is_empty() {
            let _ = writeln!(
                text,
                "- `{}` depends on {} and no program of it is linked with it",
                package.name,
                only_declared.join(", ")
            );
        }
        if !only_linked.is_empty() {
            let _ = writeln!(
                text,
                "- `{}` is linked with {} and does not depend on it",
                package.name,
                only_linked.join(", ")
            );
        }
    }
    text
}
