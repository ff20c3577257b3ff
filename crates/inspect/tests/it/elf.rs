//! A minimal ELF writer (System V ABI, chapters 4 and 5), of either class and byte order.

/// Class, byte order and machine of a file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Format {
    pub(crate) wide: bool,
    pub(crate) little: bool,
    pub(crate) machine: u16,
}

pub(crate) const AMD64: Format = Format { wide: true, little: true, machine: 62 };
pub(crate) const ARM64: Format = Format { wide: true, little: true, machine: 183 };
pub(crate) const PPC: Format = Format { wide: false, little: false, machine: 20 };

impl Format {
    pub(crate) fn word_size(self) -> usize {
        if self.wide { 8 } else { 4 }
    }
    pub(crate) fn u16(self, value: u16) -> Vec<u8> {
        self.ordered(&value.to_be_bytes())
    }
    pub(crate) fn u32(self, value: u32) -> Vec<u8> {
        self.ordered(&value.to_be_bytes())
    }
    /// A pointer-sized integer.
    pub(crate) fn word(self, value: u64) -> Vec<u8> {
        let big = value.to_be_bytes();
        self.ordered(if self.wide { &big } else { &big[4..] })
    }
    fn ordered(self, big: &[u8]) -> Vec<u8> {
        let mut bytes = big.to_vec();
        if self.little {
            bytes.reverse();
        }
        bytes
    }
}

pub(crate) const READ: u32 = 4;
pub(crate) const WRITE: u32 = 2;
pub(crate) const EXECUTE: u32 = 1;

/// A `PT_LOAD` segment to be.
#[derive(Clone)]
pub(crate) struct Segment {
    pub(crate) address: u64,
    pub(crate) flags: u32,
    pub(crate) bytes: Vec<u8>,
    /// Zero bytes in memory after those of the file.
    pub(crate) bss: u64,
}

/// A section to be: part of a segment.
#[derive(Clone)]
pub(crate) struct Section {
    pub(crate) name: &'static str,
    pub(crate) address: u64,
    pub(crate) size: u64,
}

/// A file to be.
#[derive(Clone)]
pub(crate) struct Elf {
    pub(crate) format: Format,
    pub(crate) kind: u16,
    pub(crate) segments: Vec<Segment>,
    /// Section headers are written when there is any.
    pub(crate) sections: Vec<Section>,
    pub(crate) interpreter: Option<&'static str>,
    /// Address and length of the dynamic table, inside a segment.
    pub(crate) dynamic: Option<(u64, u64)>,
}

/// Offset of the first segment's bytes: a round number behind the headers.
const BODY: u64 = 0x1000;

impl Elf {
    pub(crate) fn new(format: Format) -> Self {
        Self {
            format,
            kind: 2,
            segments: Vec::new(),
            sections: Vec::new(),
            interpreter: None,
            dynamic: None,
        }
    }

    /// Where an address will lie in the file.
    pub(crate) fn offset(&self, address: u64) -> u64 {
        let mut offset = BODY;
        for segment in &self.segments {
            let length = segment.bytes.len() as u64;
            if (segment.address..segment.address + length).contains(&address) {
                return offset + address - segment.address;
            }
            offset += length;
        }
        panic!("{address:#x} is in no segment");
    }

    pub(crate) fn build(&self) -> Vec<u8> {
        let mut programs = Vec::new();
        let mut body = Vec::new();
        for segment in &self.segments {
            let size = segment.bytes.len() as u64;
            let offset = BODY + body.len() as u64;
            programs.push(self.program(
                1,
                segment.flags,
                offset,
                segment.address,
                size,
                size + segment.bss,
            ));
            body.extend_from_slice(&segment.bytes);
        }
        if let Some((address, size)) = self.dynamic {
            programs.push(self.program(2, READ, self.offset(address), address, size, size));
        }
        if let Some(interpreter) = self.interpreter {
            let size = interpreter.len() as u64 + 1;
            programs.push(self.program(3, READ, BODY + body.len() as u64, 0, size, size));
            body.extend_from_slice(interpreter.as_bytes());
            body.push(0);
        }
        let (strings, headers) = self.section_headers(BODY + body.len() as u64);
        body.extend(strings);
        let section_offset = if headers.is_empty() { 0 } else { BODY + body.len() as u64 };
        let mut file = self.header(programs.len(), section_offset, headers.len());
        file.extend(programs.concat());
        assert!(file.len() as u64 <= BODY, "too many program headers");
        file.resize(usize::try_from(BODY).unwrap(), 0);
        [file, body, headers.concat()].concat()
    }

    fn header(&self, programs: usize, section_offset: u64, sections: usize) -> Vec<u8> {
        let f = self.format;
        let (header, program, section) = if f.wide { (64, 56, 64) } else { (52, 32, 40) };
        let ident = [
            0x7f,
            b'E',
            b'L',
            b'F',
            1 + u8::from(f.wide),
            2 - u8::from(f.little),
            1,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
        ];
        let count = |n: usize| u16::try_from(n).unwrap();
        [
            ident.to_vec(),
            f.u16(self.kind),
            f.u16(f.machine),
            f.u32(1),
            f.word(0),
            f.word(header),
            f.word(section_offset),
            f.u32(0),
            f.u16(u16::try_from(header).unwrap()),
            f.u16(program),
            f.u16(count(programs)),
            f.u16(section),
            f.u16(count(sections)),
            f.u16(count(sections.saturating_sub(1))),
        ]
        .concat()
    }

    fn program(
        &self,
        kind: u32,
        flags: u32,
        offset: u64,
        address: u64,
        size: u64,
        memory: u64,
    ) -> Vec<u8> {
        let f = self.format;
        let (offset, address) = (f.word(offset), f.word(address));
        let (size, memory, align) = (f.word(size), f.word(memory), f.word(1));
        if f.wide {
            [f.u32(kind), f.u32(flags), offset, address.clone(), address, size, memory, align]
                .concat()
        } else {
            [f.u32(kind), offset, address.clone(), address, size, memory, f.u32(flags), align]
                .concat()
        }
    }

    /// The string table, which will lie at `strings_at`, and the headers: null, the sections, the string table.
    fn section_headers(&self, strings_at: u64) -> (Vec<u8>, Vec<Vec<u8>>) {
        if self.sections.is_empty() {
            return (Vec::new(), Vec::new());
        }
        let mut strings = vec![0];
        let mut headers = vec![self.section(0, 0, 0, 0, 0)];
        for section in &self.sections {
            let name = u32::try_from(strings.len()).unwrap();
            strings.extend_from_slice(section.name.as_bytes());
            strings.push(0);
            headers.push(self.section(
                name,
                1,
                section.address,
                self.offset(section.address),
                section.size,
            ));
        }
        headers.push(self.section(0, 3, 0, strings_at, strings.len() as u64));
        (strings, headers)
    }

    fn section(&self, name: u32, kind: u32, address: u64, offset: u64, size: u64) -> Vec<u8> {
        let f = self.format;
        let tail = [
            f.word(0),
            f.word(address),
            f.word(offset),
            f.word(size),
            f.u32(0),
            f.u32(0),
            f.word(1),
            f.word(0),
        ];
        [f.u32(name), f.u32(kind), tail.concat()].concat()
    }
}
