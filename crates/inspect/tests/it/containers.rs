//! A program's segments in the containers of Windows and macOS: just enough headers for a loader.

use crate::elf::{EXECUTE, Segment, WRITE};
use crate::program::Program;

/// Where the body begins in a file.
const BODY: usize = 0x1000;
/// The address that a PE file's own addresses count from.
const BASE: u64 = 0x40_0000;

/// Bytes, and the offset of each segment in them.
fn body(segments: &[Segment]) -> (Vec<u8>, Vec<usize>) {
    let mut bytes = vec![0; BODY];
    let mut offsets = Vec::new();
    for segment in segments {
        offsets.push(bytes.len());
        bytes.extend_from_slice(&segment.bytes);
    }
    (bytes, offsets)
}

fn u32_of(value: u64) -> [u8; 4] {
    u32::try_from(value).unwrap().to_le_bytes()
}

/// A PE32+ file ("PE Format", Microsoft): DOS header, COFF header, optional header, section table.
pub(crate) fn pe(program: &Program, machine: u16) -> Vec<u8> {
    let segments = program.elf().segments;
    let (mut bytes, offsets) = body(&segments);
    let mut header = b"MZ".to_vec();
    header.resize(0x3c, 0);
    header.extend(0x80_u32.to_le_bytes());
    header.resize(0x80, 0);
    header.extend(b"PE\0\0");
    header.extend(machine.to_le_bytes());
    header.extend(u16::try_from(segments.len()).unwrap().to_le_bytes());
    header.extend([0; 12]);
    header.extend(240_u16.to_le_bytes());
    header.extend(0x22_u16.to_le_bytes());
    let optional = header.len();
    header.extend(0x20b_u16.to_le_bytes());
    header.resize(optional + 24, 0);
    header.extend(BASE.to_le_bytes());
    header.resize(optional + 108, 0);
    header.extend(16_u32.to_le_bytes());
    header.resize(optional + 240, 0);
    for (segment, offset) in segments.iter().zip(offsets) {
        let size = segment.bytes.len() as u64;
        header.extend(b".any\0\0\0\0");
        header.extend(u32_of(size + segment.bss));
        header.extend(u32_of(segment.address - BASE));
        header.extend(u32_of(size));
        header.extend(u32_of(offset as u64));
        header.extend([0; 12]);
        let execute = if segment.flags & EXECUTE != 0 { 0x2000_0000_u32 } else { 0 };
        let write = if segment.flags & WRITE != 0 { 0x8000_0000 } else { 0 };
        header.extend((0x4000_0000 | execute | write).to_le_bytes());
    }
    bytes[..header.len()].copy_from_slice(&header);
    bytes
}

/// A 64-bit Mach-O file (`mach-o/loader.h`): each segment with one section, which covers all of it but `gap` bytes.
pub(crate) fn macho(program: &Program, cpu: u32, gap: u64) -> Vec<u8> {
    let segments = program.elf().segments;
    let (mut bytes, offsets) = body(&segments);
    let mut header = Vec::new();
    for word in [0xfeed_facf, cpu, 0, 2, 3, 3 * 152, 0, 0] {
        header.extend(u32::to_le_bytes(word));
    }
    for (segment, offset) in segments.iter().zip(offsets) {
        let size = segment.bytes.len() as u64;
        let execute = segment.flags & EXECUTE != 0;
        let protection = 1 | (u64::from(segment.flags & WRITE != 0) << 1) | u64::from(execute) << 2;
        header.extend([u32_of(0x19), u32_of(152)].concat());
        header.extend(b"__SEGMENT\0\0\0\0\0\0\0");
        for value in [segment.address, size + segment.bss, offset as u64, size] {
            header.extend(value.to_le_bytes());
        }
        header.extend([protection, protection, 1, 0].map(u32_of).concat());
        header.extend(b"__section\0\0\0\0\0\0\0__SEGMENT\0\0\0\0\0\0\0");
        header.extend([segment.address + gap, size - gap].map(u64::to_le_bytes).concat());
        let instructions = if execute { 0x8000_0400 } else { 0 };
        let fields = [offset as u64 + gap, 0, 0, 0, instructions, 0, 0, 0];
        header.extend(fields.map(u32_of).concat());
    }
    bytes[..header.len()].copy_from_slice(&header);
    bytes
}

/// A file for several machines (`mach-o/fat.h`), big-endian.
pub(crate) fn fat(programs: &[(u32, &[u8])]) -> Vec<u8> {
    let mut bytes = 0xcafe_babe_u32.to_be_bytes().to_vec();
    bytes.extend(u32::try_from(programs.len()).unwrap().to_be_bytes());
    let mut offset = 0x1000;
    for (cpu, program) in programs {
        let size = u32::try_from(program.len()).unwrap();
        for word in [*cpu, 0, offset, size, 12] {
            bytes.extend(u32::to_be_bytes(word));
        }
        offset += size;
    }
    bytes.resize(0x1000, 0);
    for (_, program) in programs {
        bytes.extend_from_slice(program);
    }
    bytes
}
