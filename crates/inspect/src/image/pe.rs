//! The Portable Executable container ("PE Format", Microsoft). Each section is mapped at its place behind the image base;
//! relocations change nothing as long as the program is read at the base it asks for.

use super::{Image, Mapped, Section, Segment, cut, within_limit};
use crate::Limits;
use crate::bytes::{self, Order};
use crate::facts::{Format, Machine, ProgramType};
use crate::problems::Problems;
use object::LittleEndian as LE;
use object::pe;
use object::read::coff::SectionTable;
use object::read::pe::{DataDirectories, ImageNtHeaders, ImageOptionalHeader};

/// Reads either width. A DOS program without the newer header is no program that we can read.
pub(super) fn load<'a>(
    bytes: &'a [u8],
    limits: &Limits,
    problems: &mut Problems,
) -> Option<Image<'a>> {
    match object::read::pe::optional_header_magic(bytes) {
        Ok(pe::IMAGE_NT_OPTIONAL_HDR32_MAGIC) => {
            read::<pe::ImageNtHeaders32>(bytes, limits, problems)
        }
        Ok(pe::IMAGE_NT_OPTIONAL_HDR64_MAGIC) => {
            read::<pe::ImageNtHeaders64>(bytes, limits, problems)
        }
        Ok(_) => {
            problems.note("pe header", "the optional header is neither PE32 nor PE32+");
            None
        }
        Err(error) => {
            problems.note("pe header", error.to_string());
            None
        }
    }
}

fn read<'a, H: ImageNtHeaders>(
    bytes: &'a [u8],
    limits: &Limits,
    problems: &mut Problems,
) -> Option<Image<'a>> {
    let mut refused = |error: object::read::Error| problems.note("pe header", error.to_string());
    let dos = pe::ImageDosHeader::parse(bytes).map_err(&mut refused).ok()?;
    let mut offset = dos.nt_headers_offset().into();
    let (header, directories) = H::parse(bytes, &mut offset).map_err(&mut refused).ok()?;
    let sections = header.sections(bytes, offset).map_err(&mut refused).ok()?;
    let file = header.file_header();
    let order = Order { little: true, wide: header.is_type_64() };
    let library = file.characteristics.get(LE).contains(pe::IMAGE_FILE_DLL);
    let kind = if library { ProgramType::Dynamic } else { ProgramType::Executable };
    let mut image = Image::new(bytes, Format::Pe, order, machine(file.machine.get(LE).0), kind);
    image.has_symbols = file.number_of_symbols.get(LE) > 0;
    segments(&mut image, header.optional_header().image_base(), &sections, limits, problems);
    image.dynamic.needed = imports(bytes, &directories, &sections, limits, problems);
    Some(image)
}

fn machine(number: u16) -> Machine {
    match number {
        0x014c => Machine::X86,
        0x01c0 | 0x01c4 => Machine::Arm,
        0x8664 => Machine::Amd64,
        0xaa64 => Machine::Arm64,
        _ => Machine::Other(0),
    }
}

fn segments<'a>(
    image: &mut Image<'a>,
    base: u64,
    table: &SectionTable<'a>,
    limits: &Limits,
    problems: &mut Problems,
) {
    let all: Vec<_> = table.iter().collect();
    let mut mapped = Mapped::of(image.bytes);
    for header in within_limit(&all, limits, "section table", problems) {
        let address = base.saturating_add(header.virtual_address.get(LE).into());
        let memory = u64::from(header.virtual_size.get(LE));
        let offset = header.pointer_to_raw_data.get(LE).into();
        // What is in the file beyond the virtual size is padding, and not mapped.
        let stated = u64::from(header.size_of_raw_data.get(LE)).min(memory);
        let size = cut(image.bytes, offset, stated, problems);
        let flags = header.characteristics.get(LE);
        let segment = Segment {
            address,
            offset,
            size,
            memory,
            executable: flags.contains(pe::IMAGE_SCN_MEM_EXECUTE),
            writable: flags.contains(pe::IMAGE_SCN_MEM_WRITE),
        };
        if !mapped.add("section table", &segment, problems) {
            return;
        }
        image.segments.push(segment);
        let name = header.raw_name();
        image.sections.push(Section { name, kind: 0, address, offset, size, link: 0 });
    }
}

/// The libraries of the import table, in its order.
fn imports(
    bytes: &[u8],
    directories: &DataDirectories<'_>,
    sections: &SectionTable<'_>,
    limits: &Limits,
    problems: &mut Problems,
) -> Vec<String> {
    let mut names = Vec::new();
    let mut read = || -> object::read::Result<()> {
        let Some(table) = directories.import_table(bytes, sections)? else { return Ok(()) };
        for descriptor in table.descriptors()?.take(limits.elf_entries) {
            names.push(bytes::text(table.name(descriptor?.name.get(LE))?));
        }
        Ok(())
    };
    if let Err(error) = read() {
        problems.note("import table", error.to_string());
    }
    names
}
