//! Which main packages are meant, and whether they are there.

use super::{GoCommand, Request, Upstream, WrapError};
use camino::Utf8Path;
use serde::Serialize;

/// A main package of the component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MainProgram {
    /// Its import path.
    pub import: String,
    /// The name the Go command gives its program.
    pub program: String,
    /// The first sentence of its documentation; may be empty.
    pub doc: String,
}

/// What a line of `go list` holds. A tab is in none of them.
const FIELDS: &str = "{{if eq .Name \"main\"}}{{.ImportPath}}\t{{.Doc}}{{end}}";

/// The packages asked for, or the only one there is.
pub(super) fn resolve(
    request: &Request,
    upstream: &[Upstream],
    go: &GoCommand<'_>,
    folder: &Utf8Path,
) -> Result<Vec<MainProgram>, WrapError> {
    let wanted: Vec<String> = request
        .packages
        .iter()
        .map(|package| absolute(package, upstream))
        .collect::<Result<_, _>>()?;
    if !wanted.is_empty() {
        let found = list(go, folder, &wanted)?;
        if wanted.iter().all(|import| found.iter().any(|main| main.import == *import)) {
            return Ok(wanted
                .iter()
                .filter_map(|import| found.iter().find(|m| m.import == *import).cloned())
                .collect());
        }
    }
    let everything: Vec<String> =
        upstream.iter().map(|module| format!("{}/...", module.path)).collect();
    let mut there = list(go, folder, &everything)?;
    there.sort_by(|one, two| one.import.cmp(&two.import));
    let imports: Vec<String> = there.iter().map(|main| main.import.clone()).collect();
    let missing: Vec<String> =
        wanted.into_iter().filter(|import| !imports.contains(import)).collect();
    if !missing.is_empty() {
        return Err(WrapError::NoSuchPackage { missing, there: imports });
    }
    // Many modules hold helpers for their own development beside the one program they are for.
    if there.len() == 1 { Ok(there) } else { Err(WrapError::WhichPackages { there: imports }) }
}

/// `./cmd/x` and `.` stand below the first module.
fn absolute(package: &str, upstream: &[Upstream]) -> Result<String, WrapError> {
    let main = upstream.first().map(|module| module.path.as_str()).unwrap_or_default();
    let import = match package.strip_prefix("./") {
        Some(rest) => format!("{main}/{}", rest.trim_end_matches('/')),
        None if package == "." => main.to_owned(),
        None => package.to_owned(),
    };
    let import = import.trim_end_matches('/').to_owned();
    let inside = |module: &Upstream| {
        import
            .strip_prefix(module.path.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if upstream.iter().any(inside) {
        return Ok(import);
    }
    let modules = upstream.iter().map(|module| module.path.clone()).collect();
    Err(WrapError::PackageOutside { package: package.to_owned(), modules })
}

/// Main packages among patterns. `-find` resolves no imports, so this is quick and needs no sums but the module's own.
fn list(
    go: &GoCommand<'_>,
    folder: &Utf8Path,
    patterns: &[String],
) -> Result<Vec<MainProgram>, WrapError> {
    let fixed = ["list", "-mod=mod", "-e", "-find", "-f", FIELDS];
    let arguments = fixed.into_iter().chain(patterns.iter().map(String::as_str));
    // With cgo on, a package whose files all need it is there too.
    let lines =
        go.network(folder, arguments)?.with("CGO_ENABLED", "1").lines("listing main packages")?;
    let program = |line: &String| {
        let (import, doc) = line.split_once('\t')?;
        Some(MainProgram {
            import: import.to_owned(),
            program: crate::backend::output_name(import).to_owned(),
            doc: doc.trim().to_owned(),
        })
    };
    Ok(lines.iter().filter_map(program).collect())
}
