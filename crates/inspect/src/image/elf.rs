//! The ELF container (System V ABI, chapters 4 and 5). The `object` crate knows the field layouts; limits and ranges are
//! ours.

use super::{Image, Mapped, Section, Segment, cut, dynamic, within_limit};
use crate::Limits;
use crate::bytes::{self, Order};
use crate::facts::{Format, Machine, ProgramType};
use crate::problems::Problems;
use object::Endianness;
use object::elf::{FileHeader32, FileHeader64};
use object::read::elf::{FileHeader, ProgramHeader, SectionHeader};

/// Reads either class.
pub(super) fn load<'a>(
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
    let order = Order { little: header.is_little_endian(), wide: header.is_class_64() };
    let machine = machine(header.e_machine(endian).0, order);
    let kind = program_type(header.e_type(endian).0);
    let mut image = Image::new(bytes, Format::Elf, order, machine, kind);
    image.headers = tables(header, endian);
    segments(&mut image, header, endian, limits, problems);
    sections(&mut image, header, endian, limits, problems);
    image.dynamic = dynamic::read(&image, limits, problems);
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

fn machine(number: u16, order: Order) -> Machine {
    match number {
        3 => Machine::X86,
        8 => Machine::Mips,
        21 if order.wide => Machine::Ppc64,
        22 if order.wide => Machine::S390x,
        40 => Machine::Arm,
        62 => Machine::Amd64,
        183 => Machine::Arm64,
        243 if order.wide => Machine::Riscv64,
        258 if order.wide => Machine::Loong64,
        other => Machine::Other(other),
    }
}

fn program_type(number: u16) -> ProgramType {
    match number {
        1 => ProgramType::Object,
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
    let mut mapped = Mapped::of(image.bytes);
    for header in within_limit(headers, limits, "program headers", problems) {
        match header.p_type(endian) {
            object::elf::PT_LOAD => {
                let segment = segment(image.bytes, header, endian, problems);
                if !mapped.add("program headers", &segment, problems) {
                    return;
                }
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

fn segment<P: ProgramHeader<Endian = Endianness>>(
    bytes: &[u8],
    header: &P,
    endian: Endianness,
    problems: &mut Problems,
) -> Segment {
    let (offset, stated) = header.file_range(endian);
    let size = cut(bytes, offset, stated, problems);
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
    let mut mapped = Mapped::of(image.bytes);
    for header in within_limit(&all, limits, "section headers", problems) {
        let section = Section {
            name: table.section_name(endian, header).unwrap_or_default(),
            kind: header.sh_type(endian).0,
            address: header.sh_addr(endian).into(),
            offset: header.sh_offset(endian).into(),
            size: header.sh_size(endian).into(),
            link: usize::try_from(header.sh_link(endian)).unwrap_or(usize::MAX),
        };
        if image.program_type == ProgramType::Object {
            let flags = header.sh_flags(endian).0;
            if let Some(segment) = placed(image.bytes, &section, flags, problems)
                && mapped.add("section headers", &segment, problems)
            {
                image.segments.push(segment);
            }
        }
        image.has_symbols |= section.name == b".symtab" && section.size > 0;
        image.sections.push(section);
    }
}

/// A section of an object file, which nothing maps yet: it is treated as if it were mapped where it lies in the file.
fn placed(
    bytes: &[u8],
    section: &Section<'_>,
    flags: u64,
    problems: &mut Problems,
) -> Option<Segment> {
    // System V ABI, "Sections": SHF_WRITE, SHF_ALLOC, SHF_EXECINSTR.
    let (write, alloc, execute) = (1, 2, 4);
    if flags & alloc == 0 || section.kind == object::elf::SHT_NOBITS.0 {
        return None;
    }
    let size = cut(bytes, section.offset, section.size, problems);
    Some(Segment {
        address: section.offset,
        offset: section.offset,
        size,
        memory: size,
        executable: flags & execute != 0,
        writable: flags & write != 0,
    })
}
