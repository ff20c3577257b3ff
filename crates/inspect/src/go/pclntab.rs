//! The function table (`pclntab`) of Go 1.18 and later: where it is, and its parts.
//!
//! Layout, from the Go source `runtime/symtab.go` (`pcHeader`) and `cmd/link/internal/ld/pcln.go`: magic, two zero
//! bytes, instruction quantum, pointer size; then eight pointer-sized fields, the last five being offsets from the header
//! to the names, compilation units, files, pc tables and functions. The table survives stripping, because the runtime
//! needs it. Since Go 1.26 it no longer says where the text begins; `moduledata` does, see [`super::moduledata`].

use crate::bytes::{self, Order};
use crate::elf::{Image, Segment};
use crate::problems::Problems;
use memchr::memmem;

/// Go 1.20 and later.
const MAGIC_1_20: u32 = 0xffff_fff1;
/// Go 1.18 and 1.19.
const MAGIC_1_18: u32 = 0xffff_fff0;
/// Where linkers put the table; position-independent programs up to Go 1.25 need relocations in it.
const SECTIONS: [&[u8]; 2] = [b".gopclntab", b".data.rel.ro.gopclntab"];
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
    /// The function list, and what it refers to.
    pub(crate) functions: &'a [u8],
}

/// One entry of the function list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Function {
    /// Where its code begins, from the beginning of the text.
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
        if magic != MAGIC_1_20 && magic != MAGIC_1_18 {
            return Err("its magic number is not that of Go 1.18 or later");
        }
        let pointer = order.pointer_size();
        match data.get(4..8) {
            Some(&[0, 0, 1 | 2 | 4, size]) if usize::from(size) == pointer => {}
            _ => return Err("its quantum and pointer size are not those of this machine"),
        }
        let field =
            |i: usize| order.word(data, 8 + i * pointer).and_then(|v| usize::try_from(v).ok());
        let fields = || Some((field(0)?, [field(3)?, field(4)?, field(5)?, field(6)?, field(7)?]));
        let (count, parts) = fields().ok_or("its header is cut short")?;
        // The linker writes the parts in this order; the names end where the compilation units begin.
        if !parts.is_sorted() || parts.first().is_none_or(|first| *first < 8 + 8 * pointer) {
            return Err("its parts overlap or are out of order");
        }
        let [names_at, units_at, .., functions_at] = parts;
        let names = data.get(names_at..units_at).ok_or("its names end outside the file")?;
        let functions = data.get(functions_at..).ok_or("its functions begin outside the file")?;
        if count == 0
            || count.checked_mul(8).is_none_or(|size| functions.len() < size.saturating_add(4))
        {
            return Err("it lists no functions, or more than the file holds");
        }
        Ok(Self { offset, address, order, count, names_at, names, functions })
    }

    /// The functions in address order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Function> {
        let order = self.order;
        (0..self.count).map_while(move |i| {
            let record = order.u32(self.functions, i * 8 + 4)?;
            // `_func` begins with its entry and the offset of its name, four bytes each (Go source `runtime2.go`).
            let name = usize::try_from(record)
                .ok()?
                .checked_add(4)
                .and_then(|at| order.u32(self.functions, at));
            Some(Function {
                entry: order.u32(self.functions, i * 8)?.into(),
                end: order.u32(self.functions, i * 8 + 8)?.into(),
                name,
            })
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

fn candidates<'a>(image: &Image<'a>, segment: &Segment) -> Vec<Pclntab<'a>> {
    let (data, order) = (image.segment_data(segment), image.order);
    let table = |at: usize| {
        let place = bytes::offset(at);
        let (offset, address) =
            (segment.offset.checked_add(place)?, segment.address.checked_add(place)?);
        Pclntab::parse(data.get(at..)?, offset, address, order).ok()
    };
    let found = [MAGIC_1_20, MAGIC_1_18].into_iter().flat_map(|magic| {
        let [a, b, c, d] = if order.little { magic.to_le_bytes() } else { magic.to_be_bytes() };
        let needle = [a, b, c, d, 0, 0];
        memmem::find_iter(data, &needle).filter_map(table).take(CANDIDATES).collect::<Vec<_>>()
    });
    found.collect()
}
