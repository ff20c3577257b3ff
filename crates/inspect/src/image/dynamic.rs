//! The dynamic table (System V ABI, "Dynamic Section"): libraries that are needed, and relative relocations.

use super::Image;
use crate::Limits;
use crate::bytes;
use crate::facts::Machine;
use crate::problems::Problems;

/// What `PT_DYNAMIC` says.
#[derive(Debug, Default)]
pub(crate) struct Dynamic {
    /// Offset and length of the table in the file.
    pub(super) range: Option<(u64, u64)>,
    /// `DT_NEEDED`, in order.
    pub(crate) needed: Vec<String>,
    /// `DT_SONAME`.
    pub(crate) soname: Option<String>,
    /// `DT_RPATH`, taken apart.
    pub(crate) rpath: Vec<String>,
    /// `DT_RUNPATH`, taken apart.
    pub(crate) runpath: Vec<String>,
    /// Address of the symbol table: `DT_SYMTAB`.
    pub(crate) symbols: Option<u64>,
    /// Address and length of the `DT_RELA` table.
    relocations: Option<(u64, u64)>,
}

/// Tags of the entries that are read.
mod tag {
    pub(super) const NULL: u64 = 0;
    pub(super) const NEEDED: u64 = 1;
    pub(super) const STRTAB: u64 = 5;
    pub(super) const SYMTAB: u64 = 6;
    pub(super) const RELA: u64 = 7;
    pub(super) const RELASZ: u64 = 8;
    pub(super) const SONAME: u64 = 14;
    pub(super) const RPATH: u64 = 15;
    pub(super) const RUNPATH: u64 = 29;
}

/// Reads the table of an image whose segments are known.
pub(super) fn read(image: &Image<'_>, limits: &Limits, problems: &mut Problems) -> Dynamic {
    let range = image.dynamic.range;
    let Some((offset, size)) = range else { return Dynamic::default() };
    let Some(table) = bytes::slice(image.bytes, offset, size) else {
        problems
            .note("dynamic table", format!("{size} bytes at offset {offset} lie outside the file"));
        return Dynamic::default();
    };
    let entries = entries(image, table, limits, problems);
    let value = |wanted| entries.iter().find(|(tag, _)| *tag == wanted).map(|(_, value)| *value);
    let strings = value(tag::STRTAB);
    let mut texts = |wanted| {
        let at = entries.iter().filter(|(tag, _)| *tag == wanted).map(|(_, at)| *at);
        at.filter_map(|at| text(image, strings, at, problems)).collect::<Vec<_>>()
    };
    Dynamic {
        range,
        needed: texts(tag::NEEDED),
        soname: texts(tag::SONAME).into_iter().next(),
        rpath: folders(&texts(tag::RPATH)),
        runpath: folders(&texts(tag::RUNPATH)),
        symbols: value(tag::SYMTAB),
        relocations: value(tag::RELA).zip(value(tag::RELASZ)),
    }
}

/// The folders of a search path, which `:` separates.
fn folders(paths: &[String]) -> Vec<String> {
    paths
        .iter()
        .flat_map(|path| path.split(':'))
        .filter(|folder| !folder.is_empty())
        .map(str::to_owned)
        .collect()
}

fn entries(
    image: &Image<'_>,
    table: &[u8],
    limits: &Limits,
    problems: &mut Problems,
) -> Vec<(u64, u64)> {
    let word = image.order.pointer_size();
    let all = table
        .chunks_exact(2 * word)
        .filter_map(|e| Some((image.order.word(e, 0)?, image.order.word(e, word)?)));
    let mut entries: Vec<_> = all
        .take_while(|(tag, _)| *tag != tag::NULL)
        .take(limits.elf_entries.saturating_add(1))
        .collect();
    if entries.len() > limits.elf_entries {
        problems.note(
            "dynamic table",
            format!("more than {} entries, the rest were not read", limits.elf_entries),
        );
        entries.truncate(limits.elf_entries);
    }
    entries
}

fn text(
    image: &Image<'_>,
    strings: Option<u64>,
    at: u64,
    problems: &mut Problems,
) -> Option<String> {
    let address = strings.and_then(|s| s.checked_add(at));
    let name = address.and_then(|a| image.tail(a)).and_then(bytes::c_string);
    if name.is_none() {
        problems.note("dynamic table", format!("a name, string {at}, lies outside the file"));
    }
    name.map(bytes::text)
}

/// `R_*_RELATIVE` of each machine whose relocations carry an addend: the value is load address plus addend.
fn relative_type(machine: Machine) -> Option<u64> {
    match machine {
        Machine::Amd64 => Some(8),
        Machine::Arm64 => Some(1027),
        Machine::Ppc64 => Some(22),
        Machine::Riscv64 | Machine::Loong64 => Some(3),
        Machine::S390x => Some(12),
        Machine::X86 | Machine::Arm | Machine::Mips | Machine::Other(_) => None,
    }
}

/// The relative relocations that `wanted` (place, addend) picks. The table is read where it lies, each time: few
/// pointers are ever asked for, and a hostile table cannot fill memory this way.
pub(crate) fn relative<'i>(
    image: &'i Image<'_>,
    wanted: impl Fn(u64, u64) -> bool + 'i,
) -> impl Iterator<Item = (u64, u64)> + 'i {
    let table = image
        .dynamic
        .relocations
        .and_then(|(address, size)| image.at(address, size))
        .unwrap_or_default();
    let kind = relative_type(image.machine);
    let order = image.order;
    table.chunks_exact(24).filter_map(move |entry| {
        let (place, info, addend) =
            (order.u64(entry, 0)?, order.u64(entry, 8)?, order.u64(entry, 16)?);
        (kind == Some(info & 0xffff_ffff) && wanted(place, addend)).then_some((place, addend))
    })
}
