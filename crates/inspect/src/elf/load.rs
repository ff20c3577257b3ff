//! Headers into an [`Image`]. The `object` crate knows the field layouts; limits and ranges are ours.

use super::{Dynamic, Image, Section, Segment};
use crate::Limits;
use crate::bytes::{self, Order};
use crate::facts::{Machine, ProgramType};
use crate::problems::Problems;
use object::Endianness;
use object::elf::{FileHeader32, FileHeader64};
use object::read::elf::{FileHeader, ProgramHeader, SectionHeader};

/// Reads either class.
pub(super) fn headers<'a>(
    bytes: &'a [u8],
    limits: &Limits,
    problems: &mut Problems,
) -> Option<Image<'a>> {
    // System V ABI, "ELF Identification": byte 4 is the class.
    match bytes.get(4) {
        Some(1) => read::<FileHeader32<Endianness>>(bytes, limits, problems),
        Some(2) => read::<FileHeader64<Endianness>>(bytes, limits, problems),
        _ => {
            problems.note("elf header", "the class is neither 32 nor 64 bits");
            None
        }
    }
}

fn read<'a, H: FileHeader<Endian = Endianness>>(
    bytes: &'a [u8],
    limits: &Limits,
    problems: &mut Problems,
) -> Option<Image<'a>> {
    let header = H::parse(bytes).map_err(|e| problems.note("elf header", e.to_string())).ok()?;
    let endian = header.endian().map_err(|e| problems.note("elf header", e.to_string())).ok()?;
    let mut image = Image {
        bytes,
        order: Order { little: header.is_little_endian(), wide: header.is_class_64() },
        machine: machine(header.e_machine(endian).0),
        program_type: program_type(header.e_type(endian).0),
        segments: Vec::new(),
        sections: Vec::new(),
        interpreter: None,
        dynamic: Dynamic::default(),
        headers: tables(header, endian),
    };
    segments(&mut image, header, endian, limits, problems);
    sections(&mut image, header, endian, limits, problems);
    Some(image)
}

/// Where the tables of headers lie. A section header table that counts its entries in its first entry is larger than
/// stated here, which only the size of what follows a file could show.
fn tables<H: FileHeader<Endian = Endianness>>(header: &H, endian: Endianness) -> [(u64, u64); 2] {
    let table = |at: u64, count: u16, size: u16| (at, u64::from(count) * u64::from(size));
    [
        table(header.e_phoff(endian).into(), header.e_phnum(endian), header.e_phentsize(endian)),
        table(header.e_shoff(endian).into(), header.e_shnum(endian), header.e_shentsize(endian)),
    ]
}

fn machine(number: u16) -> Machine {
    match number {
        62 => Machine::Amd64,
        183 => Machine::Arm64,
        other => Machine::Other(other),
    }
}

fn program_type(number: u16) -> ProgramType {
    match number {
        2 => ProgramType::Executable,
        3 => ProgramType::Dynamic,
        other => ProgramType::Other(other),
    }
}

fn segments<H: FileHeader<Endian = Endianness>>(
    image: &mut Image<'_>,
    header: &H,
    endian: Endianness,
    limits: &Limits,
    problems: &mut Problems,
) {
    let headers = match header.program_headers(endian, image.bytes) {
        Ok(headers) => headers,
        Err(error) => return problems.note("program headers", error.to_string()),
    };
    // Every segment is searched: a file that maps the same bytes over and over must not multiply the work.
    let most = bytes::offset(image.bytes.len()).saturating_mul(2);
    let mut mapped = 0_u64;
    for header in within_limit(headers, limits, "program headers", problems) {
        if mapped > most {
            return problems.note(
                "program headers",
                "segments map the file's bytes over and over: the rest were not read",
            );
        }
        match header.p_type(endian) {
            object::elf::PT_LOAD => {
                let segment = segment(image.bytes, header, endian, problems);
                mapped = mapped.saturating_add(segment.size);
                image.segments.push(segment);
            }
            object::elf::PT_INTERP => {
                image.interpreter = interpreter(image.bytes, header, endian, problems);
            }
            object::elf::PT_DYNAMIC => image.dynamic.range = Some(header.file_range(endian)),
            _ => {}
        }
    }
}

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

fn segment<P: ProgramHeader<Endian = Endianness>>(
    bytes: &[u8],
    header: &P,
    endian: Endianness,
    problems: &mut Problems,
) -> Segment {
    let (offset, stated) = header.file_range(endian);
    let size = stated.min(bytes::offset(bytes.len()).saturating_sub(offset));
    if size < stated {
        problems.note(
            "segment",
            format!("{stated} bytes at offset {offset}, of which the file holds {size}"),
        );
    }
    let flags = header.p_flags(endian).0;
    Segment {
        address: header.p_vaddr(endian).into(),
        offset,
        size,
        memory: header.p_memsz(endian).into(),
        executable: flags & 1 != 0,
        writable: flags & 2 != 0,
    }
}

fn interpreter<P: ProgramHeader<Endian = Endianness>>(
    file: &[u8],
    header: &P,
    endian: Endianness,
    problems: &mut Problems,
) -> Option<String> {
    let (offset, size) = header.file_range(endian);
    let name = bytes::slice(file, offset, size).and_then(bytes::c_string).map(bytes::text);
    if name.is_none() {
        problems
            .note("interpreter", format!("no terminated text of {size} bytes at offset {offset}"));
    }
    name
}

fn sections<H: FileHeader<Endian = Endianness>>(
    image: &mut Image<'_>,
    header: &H,
    endian: Endianness,
    limits: &Limits,
    problems: &mut Problems,
) {
    let table = match header.sections(endian, image.bytes) {
        Ok(table) => table,
        Err(error) => return problems.note("section headers", error.to_string()),
    };
    let all: Vec<_> = table.iter().take(limits.elf_entries.saturating_add(1)).collect();
    for section in within_limit(&all, limits, "section headers", problems) {
        image.sections.push(Section {
            name: table.section_name(endian, section).unwrap_or_default(),
            kind: section.sh_type(endian).0,
            address: section.sh_addr(endian).into(),
            offset: section.sh_offset(endian).into(),
            size: section.sh_size(endian).into(),
            link: usize::try_from(section.sh_link(endian)).unwrap_or(usize::MAX),
        });
    }
}

/// The kernel maps segments one over the other; a file that relies on that shows us other bytes than it runs.
pub(super) fn warn_of_overlap(segments: &[Segment], problems: &mut Problems) {
    let mut sorted: Vec<_> = segments.iter().map(Segment::in_memory).collect();
    sorted.sort_by_key(|range| (range.start, range.end));
    let overlap = sorted.iter().zip(sorted.iter().skip(1)).find(|(a, b)| b.start < a.end);
    if let Some((_, b)) = overlap {
        problems.note("segment", format!("two segments overlap at address {:#x}", b.start));
    }
}
