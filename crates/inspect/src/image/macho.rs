//! The Mach-O container (Apple's `mach-o/loader.h` and `mach-o/fat.h`). Segments mix code and tables, so sections are laid
//! out one by one, and what lies in a segment between its sections as well.

use super::{Image, Mapped, Section, Segment, cut};
use crate::Limits;
use crate::bytes::{self, Order};
use crate::facts::{Format, Machine, ProgramType};
use crate::problems::Problems;
use object::Endianness;
use object::macho;
use object::read::macho::{
    FatArch as _, LoadCommandVariant, MachHeader, MachOFatFile32, MachOFatFile64, Section as _,
};

/// More programs than this are in no file for several machines.
const MEMBERS: usize = 64;

/// Reads either width and byte order.
pub(super) fn load<'a>(
    bytes: &'a [u8],
    limits: &Limits,
    problems: &mut Problems,
) -> Option<Image<'a>> {
    match bytes.first_chunk() {
        Some(b"\xfe\xed\xfa\xce" | b"\xce\xfa\xed\xfe") => {
            read::<macho::MachHeader32<Endianness>>(bytes, limits, problems)
        }
        Some(b"\xfe\xed\xfa\xcf" | b"\xcf\xfa\xed\xfe") => {
            read::<macho::MachHeader64<Endianness>>(bytes, limits, problems)
        }
        _ => {
            problems.note(
                "mach-o header",
                "a file for several machines: each program is read by itself",
            );
            None
        }
    }
}

/// The programs of a file for several machines.
pub(crate) fn members(bytes: &[u8]) -> Option<Vec<(String, &[u8])>> {
    let ranges: Vec<_> = match bytes.first_chunk()? {
        b"\xca\xfe\xba\xbe" => {
            let fat = MachOFatFile32::parse(bytes).ok()?;
            fat.arches().iter().map(|arch| (arch.cputype().0, arch.file_range())).collect()
        }
        b"\xca\xfe\xba\xbf" => {
            let fat = MachOFatFile64::parse(bytes).ok()?;
            fat.arches().iter().map(|arch| (arch.cputype().0, arch.file_range())).collect()
        }
        _ => return None,
    };
    // A Java class begins with the same four bytes; what follows there is a version, which would be many programs.
    if ranges.is_empty() || ranges.len() > MEMBERS {
        return None;
    }
    ranges
        .into_iter()
        .map(|(cpu, (offset, size))| Some((name(cpu), bytes::slice(bytes, offset, size)?)))
        .collect()
}

/// What Apple's tools call the machine.
fn name(cpu: u32) -> String {
    match machine(cpu) {
        Machine::Amd64 => "x86_64".to_owned(),
        Machine::Arm64 => "arm64".to_owned(),
        Machine::X86 => "i386".to_owned(),
        Machine::Arm => "arm".to_owned(),
        _ => format!("cpu-{cpu}"),
    }
}

/// `CPU_TYPE_*` of Apple's `mach/machine.h`.
fn machine(cpu: u32) -> Machine {
    match cpu {
        7 => Machine::X86,
        12 => Machine::Arm,
        0x0100_0007 => Machine::Amd64,
        0x0100_000c => Machine::Arm64,
        _ => Machine::Other(0),
    }
}

fn read<'a, H: MachHeader<Endian = Endianness>>(
    bytes: &'a [u8],
    limits: &Limits,
    problems: &mut Problems,
) -> Option<Image<'a>> {
    let mut refused =
        |error: object::read::Error| problems.note("mach-o header", error.to_string());
    let header = H::parse(bytes, 0).map_err(&mut refused).ok()?;
    let endian = header.endian().map_err(&mut refused).ok()?;
    let mut commands = header.load_commands(endian, bytes, 0).map_err(&mut refused).ok()?;
    let order = Order { little: header.is_little_endian(), wide: header.is_type_64() };
    let kind = match header.filetype(endian) {
        macho::MH_EXECUTE => ProgramType::Executable,
        macho::MH_DYLIB | macho::MH_BUNDLE => ProgramType::Dynamic,
        macho::MH_OBJECT => ProgramType::Object,
        other => ProgramType::Other(u16::try_from(other.0).unwrap_or(u16::MAX)),
    };
    let machine = machine(header.cputype(endian).0);
    let mut image = Image::new(bytes, Format::MachO, order, machine, kind);
    let mut mapped = Mapped::of(bytes);
    for _ in 0..limits.elf_entries {
        match commands.next() {
            Ok(Some(command)) => match command.variant() {
                Ok(LoadCommandVariant::Segment32(segment, sections)) => {
                    segment_of(
                        &mut image,
                        segment,
                        sections,
                        endian,
                        &mut mapped,
                        limits,
                        problems,
                    );
                }
                Ok(LoadCommandVariant::Segment64(segment, sections)) => {
                    segment_of(
                        &mut image,
                        segment,
                        sections,
                        endian,
                        &mut mapped,
                        limits,
                        problems,
                    );
                }
                Ok(LoadCommandVariant::Dylib(dylib)) => {
                    let name = command.string(endian, dylib.dylib.name).map(bytes::text);
                    image.dynamic.needed.extend(name.ok());
                }
                Ok(LoadCommandVariant::IdDylib(dylib)) => {
                    let name = command.string(endian, dylib.dylib.name).map(bytes::text);
                    image.dynamic.soname = name.ok();
                }
                Ok(LoadCommandVariant::Rpath(path)) => {
                    let folder = command.string(endian, path.path).map(bytes::text);
                    image.dynamic.rpath.extend(folder.ok());
                }
                Ok(LoadCommandVariant::Symtab(symbols)) => {
                    image.has_symbols = symbols.nsyms.get(endian) > 0;
                }
                Ok(_) => {}
                Err(error) => problems.note("load commands", error.to_string()),
            },
            Ok(None) => return Some(image),
            Err(error) => {
                problems.note("load commands", error.to_string());
                return Some(image);
            }
        }
    }
    problems.note("load commands", format!("only the first {} were read", limits.elf_entries));
    Some(image)
}

/// The sections of a segment, and the gaps between them.
fn segment_of<'a, S: object::read::macho::Segment<Endian = Endianness>>(
    image: &mut Image<'a>,
    segment: &S,
    sections: &'a [u8],
    endian: Endianness,
    mapped: &mut Mapped,
    limits: &Limits,
    problems: &mut Problems,
) {
    let (offset, stated) = segment.file_range(endian);
    // Debug information has no place in memory, and only what has one is mapped.
    let memory: u64 = segment.vmsize(endian).into();
    let whole = Segment {
        address: segment.vmaddr(endian).into(),
        offset,
        size: cut(image.bytes, offset, stated.min(memory), problems),
        memory,
        executable: segment.initprot(endian).contains(macho::VM_PROT_EXECUTE),
        writable: segment.initprot(endian).contains(macho::VM_PROT_WRITE),
    };
    let sections = segment.sections(endian, sections).unwrap_or_else(|error| {
        problems.note("section table", error.to_string());
        &[]
    });
    let mut pieces: Vec<Segment> = Vec::new();
    for section in super::within_limit(sections, limits, "section table", problems) {
        let Some(piece) = piece(&whole, section, endian) else { continue };
        image.sections.push(Section {
            name: section.name(),
            kind: 0,
            address: piece.address,
            offset: piece.offset,
            size: piece.size,
            link: 0,
        });
        pieces.push(piece);
    }
    for piece in with_gaps(&whole, pieces) {
        if !mapped.add("load commands", &piece, problems) {
            return;
        }
        image.segments.push(piece);
    }
}

/// A section as far as its segment has it in the file; nothing for one that begins as zeros.
fn piece<S: object::read::macho::Section<Endian = Endianness>>(
    whole: &Segment,
    section: &S,
    endian: Endianness,
) -> Option<Segment> {
    let (address, size): (u64, u64) = (section.addr(endian).into(), section.size(endian).into());
    let before = address.checked_sub(whole.address).filter(|before| *before < whole.size)?;
    let size = size.min(whole.size - before);
    let instructions = macho::S_ATTR_PURE_INSTRUCTIONS.0 | macho::S_ATTR_SOME_INSTRUCTIONS.0;
    Some(Segment {
        address,
        offset: whole.offset.checked_add(before)?,
        size,
        memory: size,
        executable: whole.executable && section.flags(endian).0 & instructions != 0,
        writable: whole.writable,
    })
}

/// The pieces in their order, and the rest of the segment between them and behind them.
fn with_gaps(whole: &Segment, mut pieces: Vec<Segment>) -> Vec<Segment> {
    pieces.sort_by_key(|piece| piece.address);
    let gap = |from: u64, to: u64| Segment {
        address: from,
        offset: whole.offset.saturating_add(from.saturating_sub(whole.address)),
        size: to.saturating_sub(from),
        memory: to.saturating_sub(from),
        ..*whole
    };
    let mut all = Vec::new();
    let mut at = whole.address;
    for piece in pieces {
        if piece.address > at {
            all.push(gap(at, piece.address));
        }
        at = at.max(piece.address.saturating_add(piece.size));
        all.push(piece);
    }
    let end = whole.address.saturating_add(whole.size);
    let rest = Segment {
        memory: whole.address.saturating_add(whole.memory.max(whole.size)).saturating_sub(at),
        ..gap(at, end)
    };
    if rest.memory > 0 {
        all.push(rest);
    }
    all
}
