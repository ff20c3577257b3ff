//! A program laid out as its loader would map it: addresses turned into bytes, whatever the container.
//!
//! What the loader maps is searched for evidence. Names of sections are hints that a hostile or stripped file may lack, and
//! nothing here depends on them alone.

pub(crate) mod dynamic;
mod elf;
mod macho;
mod pe;

pub(crate) use macho::members;

use crate::Limits;
use crate::bytes::{self, Order};
use crate::facts::{FileKind, Format, Machine, ProgramFacts, ProgramType};
use crate::problems::Problems;
use dynamic::Dynamic;
use std::ops::Range;

/// A run of bytes that is mapped, cut to what the file holds: a `PT_LOAD` segment of an ELF file, a section of a PE file or
/// of an object file, a section of a Mach-O file or what lies between two of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Segment {
    /// Where it is mapped.
    pub(crate) address: u64,
    /// Where it begins in the file.
    pub(crate) offset: u64,
    /// Its bytes in the file.
    pub(crate) size: u64,
    /// Its bytes in memory; what the file does not hold is zero.
    pub(crate) memory: u64,
    /// Mapped as code.
    pub(crate) executable: bool,
    /// Mapped as variables.
    pub(crate) writable: bool,
}

impl Segment {
    /// The addresses that the file holds.
    pub(crate) fn in_file(&self) -> Range<u64> {
        self.address..self.address.saturating_add(self.size)
    }
    fn in_memory(&self) -> Range<u64> {
        self.address..self.address.saturating_add(self.memory.max(self.size))
    }
}

/// One section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Section<'a> {
    pub(crate) name: &'a [u8],
    /// `sh_type`; zero outside ELF.
    pub(crate) kind: u32,
    pub(crate) address: u64,
    pub(crate) offset: u64,
    pub(crate) size: u64,
    /// The section that this one refers to: a symbol table's strings.
    pub(crate) link: usize,
}

/// A file laid out as the kernel would map it.
#[derive(Debug)]
pub(crate) struct Image<'a> {
    /// The whole file.
    pub(crate) bytes: &'a [u8],
    pub(crate) format: Format,
    pub(crate) order: Order,
    pub(crate) machine: Machine,
    pub(crate) program_type: ProgramType,
    /// What is mapped, in file order.
    pub(crate) segments: Vec<Segment>,
    pub(crate) sections: Vec<Section<'a>>,
    /// `PT_INTERP`, if any.
    pub(crate) interpreter: Option<String>,
    /// Libraries and relocations: `PT_DYNAMIC`, or the import table.
    pub(crate) dynamic: Dynamic,
    /// Whether there is a symbol table beside that of the dynamic linker.
    pub(crate) has_symbols: bool,
    /// Offset and length of the tables of program and section headers.
    pub(crate) headers: [(u64, u64); 2],
}

impl<'a> Image<'a> {
    /// Reads the headers. What cannot be read becomes a problem; nothing is returned when the container's own header is
    /// unusable, or when it is no container of programs.
    pub(crate) fn load(
        kind: FileKind,
        bytes: &'a [u8],
        limits: &Limits,
        problems: &mut Problems,
    ) -> Option<Self> {
        let image = match kind {
            FileKind::Elf => elf::load(bytes, limits, problems),
            FileKind::Pe => pe::load(bytes, limits, problems),
            FileKind::MachO => macho::load(bytes, limits, problems),
            _ => None,
        }?;
        warn_of_overlap(&image.segments, problems);
        Some(image)
    }

    /// An image of which only the header was read.
    fn new(
        bytes: &'a [u8],
        format: Format,
        order: Order,
        machine: Machine,
        program_type: ProgramType,
    ) -> Self {
        Self {
            bytes,
            format,
            order,
            machine,
            program_type,
            segments: Vec::new(),
            sections: Vec::new(),
            interpreter: None,
            dynamic: Dynamic::default(),
            has_symbols: false,
            headers: [(0, 0); 2],
        }
    }

    /// The facts of the container.
    pub(crate) fn facts(&self) -> ProgramFacts {
        ProgramFacts {
            format: self.format,
            machine: self.machine,
            program_type: self.program_type,
            bits: if self.order.wide { 64 } else { 32 },
            little_endian: self.order.little,
            interpreter: self.interpreter.clone(),
            soname: self.dynamic.soname.clone(),
            needed: self.dynamic.needed.clone(),
            rpath: self.dynamic.rpath.clone(),
            runpath: self.dynamic.runpath.clone(),
            has_symbols: self.has_symbols,
        }
    }

    /// The first section of that name.
    pub(crate) fn section(&self, name: &[u8]) -> Option<&Section<'a>> {
        self.sections.iter().find(|s| s.name == name)
    }

    /// The bytes of a section, when it lies inside the file.
    pub(crate) fn section_data(&self, section: &Section<'a>) -> Option<&'a [u8]> {
        let in_file = section.kind != object::elf::SHT_NOBITS.0;
        if in_file { bytes::slice(self.bytes, section.offset, section.size) } else { None }
    }

    /// The file's bytes of a segment.
    pub(crate) fn segment_data(&self, segment: &Segment) -> &'a [u8] {
        bytes::slice(self.bytes, segment.offset, segment.size).unwrap_or_default()
    }

    /// Everything that is mapped at run time, as (offset, bytes). An object file has no segments yet: there the sections
    /// with content stand for them.
    pub(crate) fn mapped(&self) -> Vec<(u64, &'a [u8])> {
        if !self.segments.is_empty() {
            return self.segments.iter().map(|s| (s.offset, self.segment_data(s))).collect();
        }
        let content = self.sections.iter().filter(|s| s.kind == object::elf::SHT_PROGBITS.0);
        content.filter_map(|s| Some((s.offset, self.section_data(s)?))).collect()
    }

    /// Executable segments.
    pub(crate) fn executable(&self) -> impl Iterator<Item = &Segment> {
        self.segments.iter().filter(|s| s.executable)
    }

    /// Whether an address is that of an initialised variable.
    pub(crate) fn is_writable(&self, address: u64) -> bool {
        self.segments.iter().any(|s| s.writable && s.in_file().contains(&address))
    }

    /// Where an address lies in the file.
    pub(crate) fn offset_of(&self, address: u64) -> Option<u64> {
        let segment = self.segments.iter().find(|s| s.in_file().contains(&address))?;
        segment.offset.checked_add(address - segment.address)
    }

    /// The bytes from an address to the end of what its segment has in the file.
    pub(crate) fn tail(&self, address: u64) -> Option<&'a [u8]> {
        let segment = self.segments.iter().find(|s| s.in_file().contains(&address))?;
        self.segment_data(segment).get(usize::try_from(address - segment.address).ok()?..)
    }

    /// `len` bytes at an address, all in one segment of the file.
    pub(crate) fn at(&self, address: u64, len: u64) -> Option<&'a [u8]> {
        self.tail(address)?.get(..usize::try_from(len).ok()?)
    }

    /// Whether an address is code.
    pub(crate) fn is_code(&self, address: u64) -> bool {
        self.executable().any(|s| s.in_file().contains(&address))
    }

    /// Whether `len` bytes at an address are memory that starts as zero: `.bss`.
    pub(crate) fn is_zero_memory(&self, address: u64, len: u64) -> bool {
        let Some(end) = address.checked_add(len) else { return false };
        self.segments
            .iter()
            .any(|s| s.in_file().end <= address && end <= s.in_memory().end && s.address <= address)
    }

    /// The pointer stored at an address, after the dynamic linker's relative relocation when there is one: in a
    /// position-independent program the file may hold zero there.
    pub(crate) fn pointer(&self, address: u64) -> Option<u64> {
        let stored = self.order.word(self.tail(address)?, 0)?;
        Some(
            dynamic::relative(self, |place, _| place == address)
                .next()
                .map_or(stored, |(_, addend)| addend),
        )
    }
}

/// The first entries of a table, and a problem when there are more than the limit.
fn within_limit<'h, T>(
    entries: &'h [T],
    limits: &Limits,
    what: &'static str,
    problems: &mut Problems,
) -> &'h [T] {
    if entries.len() > limits.elf_entries {
        problems.note(
            what,
            format!("there are {}, only the first {} were read", entries.len(), limits.elf_entries),
        );
    }
    entries.get(..limits.elf_entries).unwrap_or(entries)
}

/// Adds up what is mapped: every segment is searched, so a file that maps the same bytes over and over must not multiply
/// the work.
#[derive(Debug)]
struct Mapped {
    most: u64,
    mapped: u64,
}

impl Mapped {
    fn of(bytes: &[u8]) -> Self {
        Self { most: bytes::offset(bytes.len()).saturating_mul(2), mapped: 0 }
    }

    /// Whether there is room for one more.
    fn add(&mut self, what: &'static str, segment: &Segment, problems: &mut Problems) -> bool {
        if self.mapped > self.most {
            problems
                .note(what, "segments map the file's bytes over and over: the rest were not read");
            return false;
        }
        self.mapped = self.mapped.saturating_add(segment.size);
        true
    }
}

/// As many of the bytes at an offset as the file holds; fewer than stated is a problem.
fn cut(bytes: &[u8], offset: u64, stated: u64, problems: &mut Problems) -> u64 {
    let size = stated.min(bytes::offset(bytes.len()).saturating_sub(offset));
    if size < stated {
        problems.note(
            "segment",
            format!("{stated} bytes at offset {offset}, of which the file holds {size}"),
        );
    }
    size
}

/// The loader maps segments one over the other; a file that relies on that shows us other bytes than it runs.
fn warn_of_overlap(segments: &[Segment], problems: &mut Problems) {
    let mut sorted: Vec<_> = segments.iter().map(Segment::in_memory).collect();
    sorted.sort_by_key(|range| (range.start, range.end));
    let overlap = sorted.iter().zip(sorted.iter().skip(1)).find(|(a, b)| b.start < a.end);
    if let Some((_, b)) = overlap {
        problems.note("segment", format!("two segments overlap at address {:#x}", b.start));
    }
}
