//! Function names counted by package.

use super::names;
use super::pclntab::Pclntab;
use crate::Limits;
use crate::bytes::{self, text};
use crate::facts::{GoFacts, MARKERS, Marker, Package};
use crate::problems::Problems;
use std::collections::{BTreeMap, HashMap};

/// Fills in packages and counts from the table.
pub(crate) fn read(
    table: &Pclntab<'_>,
    limits: &Limits,
    go: &mut GoFacts,
    problems: &mut Problems,
) {
    let mut packages = HashMap::new();
    let named = names(table, limits, &mut packages, go, problems);
    go.functions_complete = named && every_function_is_named(table, problems);
    for (path, package) in packages {
        let path = text(&names::unescape(path));
        merge(go.packages.entry(path).or_default(), package);
    }
}

/// Two spellings of one path, or two that were cut to the same text, become one.
fn merge(into: &mut Package, from: Package) {
    let functions = into.functions + from.functions;
    if into.functions == 0 || from.offset < into.offset {
        *into = from;
    }
    into.functions = functions;
}

/// Walks the names; whether they were read to the end.
fn names<'a>(
    table: &Pclntab<'a>,
    limits: &Limits,
    packages: &mut HashMap<&'a [u8], Package>,
    go: &mut GoFacts,
    problems: &mut Problems,
) -> bool {
    let mut start = 0;
    let together = memchr::memchr_iter(0, table.names).map_while(|end| {
        let at = std::mem::replace(&mut start, end + 1);
        Some((at, table.names.get(at..end)?))
    });
    if !table.names_are_together() {
        let each = table.iter().filter_map(|function| {
            let at = function.name?;
            Some((usize::try_from(at).ok()?, table.name(at)?))
        });
        return walk(table, each, limits, packages, go, problems);
    }
    let read = walk(table, together, limits, packages, go, problems);
    let complete = table.names.get(start..).is_some_and(|rest| rest.iter().all(|&b| b == 0));
    if read && !complete {
        problems.note("function table", "the last name has no end");
    }
    read && complete
}

/// Names come in the order of the code, so nearly all belong to the package of the one before: only the others are taken
/// apart and looked up.
fn walk<'a>(
    table: &Pclntab<'a>,
    names: impl Iterator<Item = (usize, &'a [u8])>,
    limits: &Limits,
    packages: &mut HashMap<&'a [u8], Package>,
    go: &mut GoFacts,
    problems: &mut Problems,
) -> bool {
    let (mut last, mut same): (&[u8], usize) = (b"", 0);
    let mut within = true;
    for (at, name) in names {
        go.function_count += 1;
        if go.function_count > limits.functions || packages.len() > limits.packages {
            problems.note(
                "function table",
                "more functions or packages than the limits allow: the rest were not read",
            );
            within = false;
            break;
        }
        if names::is_in(name, last) {
            same += 1;
        } else if let Some(path) = names::escaped_package(name) {
            add(packages, last, same);
            packages.entry(path).or_insert_with(|| first(table, at, name));
            (last, same) = (path, 1);
        } else {
            continue;
        }
        // All markers lie below these: the other names, nearly all, are not compared.
        if last.starts_with(b"crypto/") {
            mark(table, at, name, &mut go.markers);
        }
    }
    add(packages, last, same);
    within
}

fn add(packages: &mut HashMap<&[u8], Package>, path: &[u8], functions: usize) {
    if let Some(package) = packages.get_mut(path) {
        package.functions += functions;
    }
}

fn first(table: &Pclntab<'_>, at: usize, name: &[u8]) -> Package {
    Package { functions: 0, offset: offset(table, at), example: text(name) }
}

/// Where a name stands in the file.
fn offset(table: &Pclntab<'_>, at: usize) -> u64 {
    table.offset.saturating_add(bytes::offset(table.names_at)).saturating_add(bytes::offset(at))
}

/// Counts the name if it is one of [`MARKERS`].
fn mark(table: &Pclntab<'_>, at: usize, name: &[u8], markers: &mut BTreeMap<&'static str, Marker>) {
    let is = |marker: &&&str| match marker.ends_with('_') {
        true => name.starts_with(marker.as_bytes()),
        false => name == marker.as_bytes(),
    };
    for marker in MARKERS.iter().filter(is) {
        let found =
            markers.entry(marker).or_insert(Marker { functions: 0, offset: offset(table, at) });
        found.functions += 1;
    }
}

/// Whether each function's name is one of the names that were read: a table that points elsewhere hides functions.
fn every_function_is_named(table: &Pclntab<'_>, problems: &mut Problems) -> bool {
    let is_name = |at: usize| match table.names_are_together() {
        true => at < table.names.len() && (at == 0 || table.names.get(at - 1) == Some(&0)),
        false => u32::try_from(at).is_ok_and(|at| table.name(at).is_some()),
    };
    let named = table
        .iter()
        .filter(|f| f.name.and_then(|at| usize::try_from(at).ok()).is_some_and(is_name))
        .count();
    if named < table.count {
        problems.note(
            "function table",
            format!("{} of {} functions have no readable name", table.count - named, table.count),
        );
    }
    named == table.count
}
