//! Which library a loader takes: ld.so(8) of glibc, and musl's.
//!
//! What is absent: `glibc-hwcaps` folders, whose choice depends on the processor, and the `DT_RPATH` of a program for the
//! libraries of its libraries.

use super::Root;
use crate::surroundings::{Neighbour, Surroundings as _};
use inspect::facts::{Machine, ProgramFacts, ProgramType};
use std::collections::BTreeSet;

/// How deep configuration files may include each other, and how many folders they may name.
const DEPTH: usize = 8;
const FOLDERS: usize = 1000;

/// The library that the loader takes when the program at `path` needs `name`.
pub(super) fn library<'r>(
    root: &'r Root,
    path: &str,
    program: &ProgramFacts,
    name: &str,
) -> Option<&'r Neighbour> {
    // ld.so(8): a name with a slash is a path.
    if name.contains('/') {
        return fits(root, name, program);
    }
    let folders = search(root, path, program);
    folders.iter().find_map(|folder| fits(root, &format!("{folder}/{name}"), program))
}

/// The loader passes over a file of another class, byte order or machine (glibc, elf/dl-load.c, `open_verify`).
fn fits<'r>(root: &'r Root, path: &str, program: &ProgramFacts) -> Option<&'r Neighbour> {
    let neighbour = root.neighbour(path)?;
    let library = neighbour.facts.program.as_ref()?;
    let same = library.format == program.format
        && library.machine == program.machine
        && library.bits == program.bits
        && library.little_endian == program.little_endian;
    (same && library.program_type == ProgramType::Dynamic).then_some(neighbour)
}

/// Folders in the order in which they are searched.
fn search(root: &Root, path: &str, program: &ProgramFacts) -> Vec<String> {
    let own = if program.runpath.is_empty() { &program.rpath } else { &program.runpath };
    let own = own
        .iter()
        .flat_map(|list| list.split(':'))
        .flat_map(|folder| expand(path, program, folder));
    let environment = root.environment.iter().cloned();
    let is_musl = match &program.interpreter {
        Some(interpreter) => interpreter.contains("/ld-musl-"),
        None => root.musl.is_some() && !has_glibc(root),
    };
    if is_musl {
        // musl, ldso/dynlink.c: the environment, then DT_RPATH and DT_RUNPATH alike, then the path file or its default.
        let default = ["/lib", "/usr/local/lib", "/usr/lib"].map(str::to_owned).to_vec();
        return environment
            .chain(own)
            .chain(root.musl.clone().filter(|it| !it.is_empty()).unwrap_or(default))
            .collect();
    }
    let system = root.configured.iter().cloned().chain(defaults(program));
    if program.runpath.is_empty() {
        own.chain(environment).chain(system).collect()
    } else {
        environment.chain(own).chain(system).collect()
    }
}

fn has_glibc(root: &Root) -> bool {
    !root.ending("/libc.so.6").is_empty()
}

/// Debian's name for a machine's libraries, what `$PLATFORM` stands for, and the folder of Red Hat.
fn names(program: &ProgramFacts) -> (&'static [&'static str], &'static str, &'static str) {
    // Numbers are those of `e_machine` (System V ABI, gABI registry).
    match (program.machine, program.bits, program.little_endian) {
        (Machine::Amd64, 64, _) => (&["x86_64-linux-gnu"], "x86_64", "lib64"),
        (Machine::Amd64, _, _) => (&["x86_64-linux-gnux32"], "x86_64", "libx32"),
        (Machine::Arm64, _, _) => (&["aarch64-linux-gnu"], "aarch64", "lib64"),
        (Machine::Other(3), _, _) => (&["i386-linux-gnu"], "i686", "lib"),
        (Machine::Other(40), _, _) => (&["arm-linux-gnueabihf", "arm-linux-gnueabi"], "v7l", "lib"),
        (Machine::Other(21), _, true) => (&["powerpc64le-linux-gnu"], "powerpc64le", "lib64"),
        (Machine::Other(22), 64, _) => (&["s390x-linux-gnu"], "s390x", "lib64"),
        (Machine::Other(243), 64, _) => (&["riscv64-linux-gnu"], "riscv64", "lib64"),
        _ => (&[], "", "lib"),
    }
}

fn defaults(program: &ProgramFacts) -> Vec<String> {
    let (debian, _, red_hat) = names(program);
    let mut folders: Vec<String> = debian
        .iter()
        .flat_map(|name| [format!("/lib/{name}"), format!("/usr/lib/{name}")])
        .collect();
    folders.extend([format!("/{red_hat}"), format!("/usr/{red_hat}")]);
    if program.bits == 32 {
        folders.extend(["/lib32", "/usr/lib32"].map(str::to_owned));
    }
    folders.extend(["/lib", "/usr/lib"].map(str::to_owned));
    folders
}

/// ld.so(8), "Dynamic string tokens". `$LIB` differs between distributions: each meaning is a folder of its own.
fn expand(path: &str, program: &ProgramFacts, folder: &str) -> Vec<String> {
    if folder.is_empty() {
        // The current folder: whose, nobody can say.
        return vec![];
    }
    let origin = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let (debian, platform, red_hat) = names(program);
    let replace = |text: &str, token: &str, value: &str| {
        text.replace(&format!("${{{token}}}"), value).replace(&format!("${token}"), value)
    };
    let folder = replace(&replace(folder, "ORIGIN", origin), "PLATFORM", platform);
    if !folder.contains("$LIB") && !folder.contains("${LIB}") {
        return vec![folder];
    }
    let meanings = debian
        .iter()
        .map(|name| format!("lib/{name}"))
        .chain([red_hat.to_owned(), "lib".to_owned()]);
    meanings.map(|lib| replace(&folder, "LIB", &lib)).collect()
}

/// The folders of /etc/ld.so.conf: ldconfig(8) puts their libraries into the cache that the loader reads.
pub(super) fn ld_so_conf(root: &Root) -> Vec<String> {
    let mut folders = Vec::new();
    let mut seen = BTreeSet::new();
    include(root, "/etc/ld.so.conf", 0, &mut seen, &mut folders);
    folders
}

fn include(
    root: &Root,
    path: &str,
    depth: usize,
    seen: &mut BTreeSet<String>,
    folders: &mut Vec<String>,
) {
    if depth > DEPTH || !seen.insert(path.to_owned()) {
        return;
    }
    let Some(text) = root.text(path) else { return };
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if let Some(patterns) =
            line.strip_prefix("include").filter(|rest| rest.starts_with([' ', '\t']))
        {
            for pattern in patterns.split_whitespace() {
                let pattern = if pattern.starts_with('/') {
                    pattern.to_owned()
                } else {
                    format!("/etc/{pattern}")
                };
                for path in matching(root, &pattern) {
                    include(root, &path, depth + 1, seen, folders);
                }
            }
        } else if line.starts_with('/') && folders.len() < FOLDERS {
            // An old form names the library's type behind the folder.
            let folder = line.split('=').next().unwrap_or(line).trim_end();
            folders.push(folder.to_owned());
        }
    }
}

/// glob(7) as far as such files use it: `*` in the last component.
fn matching(root: &Root, pattern: &str) -> Vec<String> {
    let Some((start, end)) = pattern.split_once('*') else { return vec![pattern.to_owned()] };
    let folder = start.rsplit_once('/').map_or("/", |(folder, _)| folder);
    let fits = |path: &String| {
        let middle = path.strip_prefix(start).and_then(|rest| rest.strip_suffix(end));
        middle.is_some_and(|middle| !middle.contains('/'))
    };
    root.below(folder).into_iter().filter(fits).collect()
}

/// musl, ldso/dynlink.c: `/etc/ld-musl-ARCH.path`, separated by line feeds or colons. Empty without the file.
pub(super) fn musl_path(root: &Root) -> Option<Vec<String>> {
    let loader = root.below("/lib").into_iter().find(|path| path.contains("/ld-musl-"))?;
    let base = loader.rsplit('/').next()?.split('.').next()?;
    let text = root.text(&format!("/etc/{base}.path")).unwrap_or_default();
    Some(
        text.split([':', '\n'])
            .map(str::trim)
            .filter(|it| it.starts_with('/'))
            .map(str::to_owned)
            .collect(),
    )
}
