//! What a Go program says of itself, and what its bytes say.

pub(crate) mod blocking;
pub(crate) mod buildinfo;
pub(crate) mod compiler;
pub(crate) mod fipsinfo;
pub(crate) mod functions;
pub(crate) mod godebug;
pub(crate) mod modinfo;
pub(crate) mod moduledata;
pub(crate) mod names;
pub(crate) mod pclntab;
pub(crate) mod sig;
pub(crate) mod version;

use crate::Limits;
use crate::boring;
use crate::facts::{GoCompiler, GoFacts};
use crate::image::Image;
use crate::problems::Problems;
use crate::search::{Hits, Wanted};

/// Everything of Go in an image; nothing when there is no trace of Go.
pub(crate) fn read(
    image: &Image<'_>,
    limits: &Limits,
    hits: &Hits,
    problems: &mut Problems,
) -> Option<GoFacts> {
    let mut go = GoFacts {
        build_info: buildinfo::find(image, hits, limits, problems),
        fips_info: fipsinfo::find(image, hits, problems),
        ..GoFacts::default()
    };
    let table = pclntab::find(image, problems);
    if table.is_none() {
        go.compiler = compiler::find(image, hits);
    }
    if table.is_none() && go == GoFacts::default() {
        return None;
    }
    match &table {
        Some(table) => {
            functions::read(table, limits, &mut go, problems);
            go.godebug_default = godebug::read(image, table, problems);
        }
        // Other compilers write none.
        None if go.compiler != GoCompiler::Gc => {}
        None => problems.note("function table", "a Go program without a readable pclntab"),
    }
    go.signatures = sig::read(image, hits);
    go.self_blocking = blocking::read(image, hits);
    if hits.count(Wanted::BoringText) > 0 || boring::named(&go) {
        go.boring = boring::find(image, table.as_ref(), limits);
    }
    Some(go)
}
