//! The one pass over everything that is mapped, for all short patterns at once: text and the words of algorithms.

use super::grams::Grams;
use super::{symbols, texts, without, words};
use crate::bytes;
use crate::facts::{Constant, NativeFacts, ProgramFacts};
use crate::image::Image;
use std::sync::LazyLock;

static PATTERNS: LazyLock<Grams> =
    LazyLock::new(|| Grams::new(texts::patterns().chain(words::patterns())));

/// Reads all texts into the facts and returns what else they say, and the algorithms whose words lie near each other.
/// `in_go` is code of a Go program that links C: there, Go's own code is passed over, and words say nothing.
pub(super) fn run(
    image: &Image<'_>,
    program: &ProgramFacts,
    in_go: bool,
    facts: &mut NativeFacts,
) -> (texts::Found, Vec<Constant>) {
    let mut found = texts::Found::default();
    let mut algorithms = words::Found::default();
    let texts = texts::patterns().len();
    // Between Go's own functions there is no text, and what a module keeps among its code says nothing about others.
    let code = image.executable().filter(|_| in_go).map(|segment| segment.offset);
    let code: Vec<u64> = code.collect();
    for (offset, data) in image.mapped().into_iter().filter(|(offset, _)| !code.contains(offset)) {
        let parts: Vec<_> = without(symbols::dynamic_names(image), offset, data).collect();
        let mut hits = words::Hits::default();
        PATTERNS.each(data, |index, start| match index.checked_sub(texts) {
            Some(word) if !in_go => hits.add(word, offset, start),
            Some(_) => {}
            None => {
                if let Some((part, from, start)) = inside(&parts, offset, start, index) {
                    texts::read(index, (part, from, start), program, facts, &mut found);
                }
            }
        });
        if !in_go {
            algorithms.look(&hits, image.machine, data, offset);
        }
    }
    (found, algorithms.constants().collect())
}

/// The part that a text stands in as a whole, and where in it.
fn inside<'a>(
    parts: &[(u64, &'a [u8])],
    offset: u64,
    start: usize,
    index: usize,
) -> Option<(&'a [u8], u64, usize)> {
    let at = offset.checked_add(bytes::offset(start))?;
    parts.iter().find_map(|(from, part)| {
        let start = usize::try_from(at.checked_sub(*from)?).ok()?;
        let rest = part.len().checked_sub(start)?;
        (texts::length(index)? <= rest).then_some((*part, *from, start))
    })
}
