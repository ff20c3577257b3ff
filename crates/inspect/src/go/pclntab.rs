//! The function table (`pclntab`) of Go 1.2 and later: where it is, and its parts.
//!
//! Layout, from the Go source `runtime/symtab.go` (`pcHeader`), `debug/gosym/pclntab.go` and
//! `cmd/link/internal/ld/pcln.go`: magic, two zero bytes, instruction quantum, pointer size; then pointer-sized fields,
//! which since Go 1.16 say where the names, compilation units, files, pc tables and functions begin. The table survives
//! stripping, because the runtime needs it. Since Go 1.26 it no longer says where the text begins; `moduledata` does, see
//! [`super::moduledata`].

use crate::bytes::{self, Order};
use crate::image::{Image, Segment};
use crate::problems::Problems;
use memchr::memmem;

/// What the magic number says of the layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// Go 1.2 to 1.15: the function list follows the count, and names lie anywhere.
    Go12,
    /// Go 1.16 and 1.17: parts, and functions by their addresses.
    Go116,
    /// Go 1.18 and later: functions by their distance from the text's beginning.
    Go118,
}

/// By the first four bytes. Go 1.20 changed the number and nothing that is read here.
const MAGICS: [(u32, Layout); 4] = [
    (0xffff_fff1, Layout::Go118),
    (0xffff_fff0, Layout::Go118),
    (0xffff_fffa, Layout::Go116),
    (0xffff_fffb, Layout::Go12),
];
/// Where linkers put the table; position-independent programs up to Go 1.25 need relocations in it. PE files have no
/// section for it.
const SECTIONS: [&[u8]; 3] = [b".gopclntab", b".data.rel.ro.gopclntab", b"__gopclntab"];
/// More tables that look right than this are not read.
const CANDIDATES: usize = 16;

/// A table whose header was validated.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pclntab<'a> {
    /// Where it begins in the file.
    pub(crate) offset: u64,
    /// Where it is mapped.
    pub(crate) address: u64,
    pub(crate) order: Order,
    /// How many functions it lists.
    pub(crate) count: usize,
    /// Offset of the names from the beginning of the table.
    pub(crate) names_at: usize,
    /// Function names, each ended by a NUL.
    pub(crate) names: &'a [u8],
    layout: Layout,
    /// The function list: where each begins, and where its record lies.
    list: &'a [u8],
    /// What the list's offsets of records count from.
    records: &'a [u8],
}

/// One entry of the function list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Function {
    /// Where its code begins, from the beginning of the text; up to Go 1.17, its address.
    pub(crate) entry: u64,
    /// Where the next one begins.
    pub(crate) end: u64,
    /// Offset of its name; nothing when its record lies outside the table.
    pub(crate) name: Option<u32>,
}

impl<'a> Pclntab<'a> {
    /// Reads the header at the start of `data`. `Err` names the first rule that it breaks.
    pub(crate) fn parse(
        data: &'a [u8],
        offset: u64,
        address: u64,
        order: Order,
    ) -> Result<Self, &'static str> {
        let magic = order.u32(data, 0).ok_or("it is shorter than its magic number")?;
        let known = MAGICS.iter().find(|(known, _)| *known == magic);
        let &(_, layout) = known.ok_or("its magic number is not that of Go 1.2 or later")?;
        let pointer = order.pointer_size();
        match data.get(4..8) {
            Some(&[0, 0, 1 | 2 | 4, size]) if usize::from(size) == pointer => {}
            _ => return Err("its quantum and pointer size are not those of this machine"),
        }
        let fields = Self::fields(data, order, layout)
            .ok_or("its header is cut short, or its parts are out of order")?;
        let [count, names_at, names_end, functions_at, records_at] = fields;
        let names = data.get(names_at..names_end).ok_or("its names end outside the file")?;
        let list = data.get(functions_at..).ok_or("its functions begin outside the file")?;
        let records = data.get(records_at..).ok_or("its functions begin outside the file")?;
        let table = Self { offset, address, order, count, names_at, names, layout, list, records };
        let size = count.checked_mul(2 * table.width());
        if count == 0 || size.is_none_or(|s| list.len() < s.saturating_add(table.width())) {
            return Err("it lists no functions, or more than the file holds");
        }
        Ok(table)
    }

    /// How many functions; where the names begin and end, the function list, and what records count from. `None` when a
    /// field is cut short, or when the parts are out of order: the linker writes them in the order of their fields, and
    /// the names end where the compilation units begin.
    fn fields(data: &[u8], order: Order, layout: Layout) -> Option<[usize; 5]> {
        let pointer = order.pointer_size();
        let field = |i: usize| usize::try_from(order.word(data, 8 + i * pointer)?).ok();
        let first = match layout {
            Layout::Go12 => {
                return Some([field(0)?, 0, data.len(), 8 + pointer, 0]);
            }
            Layout::Go116 => 2,
            Layout::Go118 => 3,
        };
        let parts: Vec<usize> = (first..first + 5).map(field).collect::<Option<_>>()?;
        let [names_at, units_at, .., functions_at] = parts[..] else { return None };
        let behind_header = names_at >= 8 + (first + 5) * pointer;
        (parts.is_sorted() && behind_header).then_some([
            field(0)?,
            names_at,
            units_at,
            functions_at,
            functions_at,
        ])
    }

    /// Bytes in a number of the function list.
    fn width(&self) -> usize {
        match self.layout {
            Layout::Go118 => 4,
            Layout::Go12 | Layout::Go116 => self.order.pointer_size(),
        }
    }

    /// Whether functions are listed by their addresses.
    pub(crate) fn is_absolute(&self) -> bool {
        self.layout != Layout::Go118
    }

    /// Whether the names are one block. Otherwise only the functions' records say where they are.
    pub(crate) fn names_are_together(&self) -> bool {
        self.layout != Layout::Go12
    }

    fn number(&self, index: usize) -> Option<u64> {
        let at = index.checked_mul(self.width())?;
        match self.layout {
            Layout::Go118 => self.order.u32(self.list, at).map(u64::from),
            Layout::Go12 | Layout::Go116 => self.order.word(self.list, at),
        }
    }

    /// The functions in address order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Function> {
        (0..self.count).map_while(move |i| {
            let record = usize::try_from(self.number(2 * i + 1)?).ok();
            // `_func` begins with its entry, as wide as in the list, and the offset of its name in four bytes (Go source
            // `runtime2.go`).
            let name = record
                .and_then(|record| record.checked_add(self.width()))
                .and_then(|at| self.order.u32(self.records, at));
            Some(Function { entry: self.number(2 * i)?, end: self.number(2 * i + 2)?, name })
        })
    }

    /// The name at an offset.
    pub(crate) fn name(&self, at: u32) -> Option<&'a [u8]> {
        bytes::c_string(self.names.get(usize::try_from(at).ok()?..)?)
    }

    /// The functions of exactly these names that have code of their own (and were not inlined everywhere).
    pub(crate) fn functions(&self, names: &[&str]) -> Vec<Function> {
        let wanted: Vec<u32> = names.iter().filter_map(|name| self.name_at(name)).collect();
        match wanted.is_empty() {
            true => Vec::new(),
            false => self
                .iter()
                .filter(|f| f.name.is_some_and(|name| wanted.contains(&name)))
                .take(names.len())
                .collect(),
        }
    }

    fn name_at(&self, name: &str) -> Option<u32> {
        if !self.names_are_together() {
            return None;
        }
        let needle = [b"\0", name.as_bytes(), b"\0"].concat();
        u32::try_from(memmem::find(self.names, &needle)? + 1).ok()
    }
}

/// Finds the table: by section name, else by searching what is mapped and not code.
pub(crate) fn find<'a>(image: &Image<'a>, problems: &mut Problems) -> Option<Pclntab<'a>> {
    SECTIONS
        .iter()
        .find_map(|name| by_section(image, name, problems))
        .or_else(|| by_search(image, problems))
}

fn by_section<'a>(image: &Image<'a>, name: &[u8], problems: &mut Problems) -> Option<Pclntab<'a>> {
    let section = image.section(name)?;
    let data = image.section_data(section)?;
    Pclntab::parse(data, section.offset, section.address, image.order)
        .map_err(|why| {
            problems
                .note("function table", format!("the section that should hold it does not: {why}"));
        })
        .ok()
}

fn by_search<'a>(image: &Image<'a>, problems: &mut Problems) -> Option<Pclntab<'a>> {
    let found: Vec<_> =
        image.segments.iter().flat_map(|s| candidates(image, s)).take(CANDIDATES).collect();
    if found.len() > 1 {
        problems.note(
            "function table",
            format!("{} places look like one; the largest was read", found.len()),
        );
    }
    found.into_iter().max_by_key(|table| table.count)
}

/// Tables that begin at an aligned address: the runtime reads their header in words.
fn candidates<'a>(image: &Image<'a>, segment: &Segment) -> Vec<Pclntab<'a>> {
    let data = image.segment_data(segment);
    let step = image.order.pointer_size();
    let table = |at: usize| {
        let place = bytes::offset(at);
        let (offset, address) =
            (segment.offset.checked_add(place)?, segment.address.checked_add(place)?);
        Pclntab::parse(data.get(at..)?, offset, address, image.order).ok()
    };
    let magic = |at: &usize| {
        let number = image.order.u32(data, *at).unwrap_or(0);
        MAGICS.iter().any(|(known, _)| *known == number)
    };
    let (blocks, tail) = data.as_chunks::<BLOCK>();
    let starts = (0..).step_by(BLOCK);
    // All bits but the four that tell the magics apart are set.
    let others = if image.order.little { 0x0000_000f } else { 0x0f00_0000 };
    let busy = blocks.iter().zip(starts).filter(|(block, _)| may_hold_magic(block, others));
    let looks = busy.map(|(_, start)| start..start + BLOCK);
    let rest = data.len() - tail.len()..data.len().saturating_sub(step - 1);
    let places = looks.chain([rest]).flat_map(|range| range.step_by(step)).filter(magic);
    places.filter_map(table).take(CANDIDATES).collect()
}

/// Places looked at between two decisions.
const BLOCK: usize = 128;

/// Whether a block holds a number whose bits are all set when `others` are. Nearly always not.
fn may_hold_magic(block: &[u8; BLOCK], others: u32) -> bool {
    let words = block.as_chunks::<4>().0.iter();
    let full = words.map(|word| u32::from(u32::from_le_bytes(*word) | others == u32::MAX));
    full.fold(0, |any, full| any | full) != 0
}
