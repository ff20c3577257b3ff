//! The ELF container (System V ABI, chapters 4 and 5): its segments, its sections, and addresses turned into bytes.
//!
//! Segments are what the kernel maps, so evidence is looked for in them; sections are hints that a hostile or stripped
//! file may lack, and nothing here depends on them alone.

pub(crate) mod dynamic;
mod load;

use crate::Limits;
use crate::bytes::{self, Order};
use crate::facts::{Format, Machine, ProgramFacts, ProgramType};
use crate::problems::Problems;
use dynamic::Dynamic;
use std::ops::Range;

/// One `PT_LOAD` segment, cut to what the file holds.
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
    /// `PF_X`.
    pub(crate) executable: bool,
    /// `PF_W`.
    pub(crate) writable: bool,
}

impl Segment {
    fn in_file(&self) -> Range<u64> {
        self.address..self.address.saturating_add(self.size)
    }
    fn in_memory(&self) -> Range<u64> {
        self.address..self.address.saturating_add(self.memory.max(self.size))
    }
}

/// One section that occupies bytes of the file, or none (`SHT_NOBITS`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Section<'a> {
    pub(crate) name: &'a [u8],
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
    pub(crate) order: Order,
    pub(crate) machine: Machine,
    pub(crate) program_type: ProgramType,
    /// `PT_LOAD` segments in file order.
    pub(crate) segments: Vec<Segment>,
    pub(crate) sections: Vec<Section<'a>>,
    /// `PT_INTERP`, if any.
    pub(crate) interpreter: Option<String>,
    /// What `PT_DYNAMIC` says.
    pub(crate) dynamic: Dynamic,
    /// Offset and length of the tables of program and section headers.
    pub(crate) headers: [(u64, u64); 2],
}

impl<'a> Image<'a> {
    /// Reads the headers. What cannot be read becomes a problem; nothing is returned only when the ELF header itself is
    /// unusable.
    pub(crate) fn load(bytes: &'a [u8], limits: &Limits, problems: &mut Problems) -> Option<Self> {
        let mut image = load::headers(bytes, limits, problems)?;
        load::warn_of_overlap(&image.segments, problems);
        image.dynamic = dynamic::read(&image, limits, problems);
        Some(image)
    }

    /// The facts of the container.
    pub(crate) fn facts(&self) -> ProgramFacts {
        ProgramFacts {
            format: Format::Elf,
            machine: self.machine,
            program_type: self.program_type,
            bits: if self.order.wide { 64 } else { 32 },
            little_endian: self.order.little,
            interpreter: self.interpreter.clone(),
            soname: self.dynamic.soname.clone(),
            needed: self.dynamic.needed.clone(),
            rpath: self.dynamic.rpath.clone(),
            runpath: self.dynamic.runpath.clone(),
            has_symbols: self.section(b".symtab").is_some_and(|s| s.size > 0),
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

    /// Segments that hold initialised variables.
    pub(crate) fn writable(&self) -> impl Iterator<Item = &Segment> {
        self.segments.iter().filter(|s| s.writable)
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
