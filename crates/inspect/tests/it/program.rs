//! A small program as the Go linker lays one out: just enough of each table for every fact to be there.

use crate::elf::{AMD64, ARM64, EXECUTE, Elf, Format, READ, Section, Segment, WRITE};
use crypto::{HmacSha256, Mac as _};

pub(crate) const TEXT: u64 = 0x40_1000;
pub(crate) const RODATA: u64 = 0x60_0000;
pub(crate) const DATA: u64 = 0x70_0000;
/// Where the function table begins.
pub(crate) const TABLE: u64 = RODATA + 0x1000;
/// Where the build information begins.
pub(crate) const BUILD_INFO: u64 = DATA;
/// Where the integrity record begins.
pub(crate) const FIPS_INFO: u64 = DATA + 0x8000;
/// Where the module data begins.
pub(crate) const MODULE_DATA: u64 = DATA + 0x8100;
/// Where `runtime.godebugDefault` lies when it is initialised, and where when it is not.
pub(crate) const VARIABLE: u64 = DATA + 0x8200;
pub(crate) const ZERO_VARIABLE: u64 = DATA + 0x9000 + 0x100;
/// Another string that `reparsedebugvars` loads.
pub(crate) const OTHER_VARIABLE: u64 = DATA + 0x8210;
/// The text of the variable.
pub(crate) const SETTING: u64 = RODATA + 0x10;
/// The size of each function.
const FUNCTION: u64 = 0x40;

/// What the program is to be.
#[derive(Clone)]
pub(crate) struct Program {
    pub(crate) format: Format,
    pub(crate) names: Vec<String>,
    pub(crate) module_text: String,
    /// The value of `runtime.godebugDefault`.
    pub(crate) setting: &'static str,
    /// Position-independent: pointers are in relocations, and the file holds zero in their place.
    pub(crate) pie: bool,
    pub(crate) sections: bool,
    /// Bytes of code at the beginning of the text, before the functions.
    pub(crate) code: Vec<u8>,
}

impl Program {
    pub(crate) fn new(format: Format) -> Self {
        let names = [
            "go:buildid",
            "main.main",
            "runtime.godebugNotify",
            "runtime.reparsedebugvars",
            "crypto/sha256.New",
        ];
        Self {
            format,
            names: names.map(str::to_owned).to_vec(),
            module_text: "path\tcmd\nbuild\tCGO_ENABLED=0\n".to_owned(),
            setting: "fips140=on",
            pie: false,
            sections: true,
            code: Vec::new(),
        }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.elf().build()
    }

    pub(crate) fn elf(&self) -> Elf {
        let mut elf = Elf::new(self.format);
        elf.kind = if self.pie { 3 } else { 2 };
        let mut pointers = Vec::new();
        let data = self.data(&mut pointers);
        let (dynamic, rodata) = self.rodata(&pointers);
        elf.dynamic = dynamic;
        elf.segments = vec![
            Segment { address: TEXT, flags: READ | EXECUTE, bytes: self.text(), bss: 0 },
            Segment { address: RODATA, flags: READ, bytes: rodata, bss: 0 },
            Segment { address: DATA, flags: READ | WRITE, bytes: data, bss: 0x1000 },
        ];
        if self.sections {
            let table = self.table().len() as u64;
            elf.sections = vec![
                Section { name: ".gopclntab", address: TABLE, size: table },
                Section { name: ".go.buildinfo", address: BUILD_INFO, size: 0x200 },
                Section { name: ".go.fipsinfo", address: FIPS_INFO, size: 120 },
            ];
        }
        seal(&mut elf);
        elf
    }

    /// Where the code of the `index`th function begins.
    fn entry(&self, index: usize) -> u64 {
        self.code.len().next_multiple_of(16) as u64 + index as u64 * FUNCTION
    }

    fn text(&self) -> Vec<u8> {
        let mut text = self.code.clone();
        for (index, name) in self.names.iter().enumerate() {
            let entry = self.entry(index);
            text.resize(usize::try_from(entry).unwrap(), 0xcc);
            let variable = if self.setting.is_empty() { ZERO_VARIABLE } else { VARIABLE };
            match name.as_str() {
                "runtime.godebugNotify" => text.extend(self.load(TEXT + entry, &[variable])),
                "runtime.reparsedebugvars" => {
                    text.extend(self.load(TEXT + entry, &[variable, OTHER_VARIABLE]));
                }
                _ => text.push(0xc3),
            }
        }
        text.resize(usize::try_from(self.entry(self.names.len())).unwrap(), 0xcc);
        text
    }

    /// Code that loads the string at each address.
    fn load(&self, at: u64, variables: &[u64]) -> Vec<u8> {
        let mut code = Vec::new();
        for &variable in variables {
            let here = at + code.len() as u64;
            if self.format.machine == ARM64.machine {
                code.extend(arm64_load(here, variable));
            } else {
                code.extend(amd64_load(here, variable));
                code.extend(amd64_load(here + 7, variable + 8));
            }
        }
        code
    }

    /// The function table (Go source `runtime/symtab.go`, `pcHeader`).
    pub(crate) fn table(&self) -> Vec<u8> {
        let f = self.format;
        let names = self.names.iter().flat_map(|name| name.bytes().chain([0]));
        let names: Vec<u8> = names.collect();
        let header = 8 + 8 * f.word_size();
        let functions_at = (header + names.len()).next_multiple_of(8);
        let count = self.names.len();
        let mut table =
            [f.u32(0xffff_fff1), vec![0, 0, 1, u8::try_from(f.word_size()).unwrap()]].concat();
        let units_at = header + names.len();
        for field in [count, 0, 0, header, units_at, units_at, units_at, functions_at] {
            table.extend(f.word(field as u64));
        }
        table.extend(names);
        table.resize(functions_at, 0);
        let mut name_at = 0_u32;
        let mut records = Vec::new();
        for (index, name) in self.names.iter().enumerate() {
            let entry = u32::try_from(self.entry(index)).unwrap();
            let record = count * 8 + 8 + records.len();
            table.extend([f.u32(entry), f.u32(u32::try_from(record).unwrap())].concat());
            records.extend([f.u32(entry), f.u32(name_at)].concat());
            name_at += u32::try_from(name.len()).unwrap() + 1;
        }
        table.extend(f.u32(u32::try_from(self.entry(count)).unwrap()));
        table.extend([0; 4]);
        table.extend(records);
        table
    }

    fn rodata(&self, pointers: &[(u64, u64)]) -> (Option<(u64, u64)>, Vec<u8>) {
        let mut rodata = vec![0; 0x10];
        rodata.extend_from_slice(self.setting.as_bytes());
        rodata.resize(0x1000, 0);
        rodata.extend(self.table());
        if !self.pie {
            return (None, rodata);
        }
        let f = self.format;
        rodata.resize(rodata.len().next_multiple_of(8), 0);
        let relocations_at = RODATA + rodata.len() as u64;
        let kind: u64 = if f.machine == AMD64.machine { 8 } else { 1027 };
        for &(place, value) in pointers {
            rodata.extend([f.word(place), f.word(kind), f.word(value)].concat());
        }
        let dynamic_at = RODATA + rodata.len() as u64;
        let entries = [(7, relocations_at), (8, pointers.len() as u64 * 24), (0, 0)];
        for (tag, value) in entries {
            rodata.extend([f.word(tag), f.word(value)].concat());
        }
        (Some((dynamic_at, 48)), rodata)
    }

    /// Variables. Each pointer goes to `pointers` when the program is position-independent, and is zero in the file.
    fn data(&self, pointers: &mut Vec<(u64, u64)>) -> Vec<u8> {
        let mut data = build_info("go1.27.4", &self.module_text);
        data.resize(0x8000, 0);
        let header = 8 + 8 * self.format.word_size() as u64;
        let mut put = |data: &mut Vec<u8>, value: u64| {
            let place = DATA + data.len() as u64;
            let stored = if self.pie { 0 } else { value };
            data.extend(self.format.word(stored));
            if self.pie {
                pointers.push((place, value));
            }
        };
        data.extend_from_slice(b"\xff Go fipsinfo \xff\0");
        data.extend([0; 32]);
        put(&mut data, FIPS_INFO);
        for address in [TEXT, TEXT + 0x10, RODATA, RODATA + 4, DATA, DATA + 1, DATA + 2, DATA + 3] {
            put(&mut data, address);
        }
        data.resize(0x8100, 0);
        put(&mut data, TABLE);
        put(&mut data, TABLE + header);
        data.resize(0x8100 + 22 * self.format.word_size(), 0);
        put(&mut data, TEXT);
        data.resize(0x8200, 0);
        for _ in 0..2 {
            put(&mut data, SETTING);
            data.extend(self.format.word(self.setting.len() as u64));
        }
        data.resize(0x9000, 0);
        data
    }
}

/// Writes the integrity value, as the linker does last.
fn seal(elf: &mut Elf) {
    let mut mac = HmacSha256::new(&[0; 32]);
    mac.update(b"go fips object v1\n");
    for (segment, start, end) in [(0, 0, 0x10), (1, 0, 4), (2, 0, 1), (2, 2, 3)] {
        let covered = &elf.segments[segment].bytes[start..end];
        mac.update(&(covered.len() as u64).to_be_bytes());
        mac.update(covered);
    }
    elf.segments[2].bytes[0x8010..0x8030].copy_from_slice(&mac.finish());
}

/// `mov rax, [rip+d]`.
fn amd64_load(at: u64, target: u64) -> Vec<u8> {
    let distance = i32::try_from(target.cast_signed() - at.cast_signed() - 7).unwrap();
    [&[0x48, 0x8b, 0x05][..], &distance.to_le_bytes()].concat()
}

/// `adrp x27; add x27, x27, #low; ldp x0, x1, [x27]`.
fn arm64_load(at: u64, target: u64) -> Vec<u8> {
    let pages = u32::try_from((target >> 12) - (at >> 12)).unwrap();
    let adrp = 0x9000_001b | (pages & 3) << 29 | (pages >> 2) << 5;
    let add = 0x9100_037b | u32::try_from(target & 0xfff).unwrap() << 10;
    [adrp, add, 0xa940_0760].into_iter().flat_map(u32::to_le_bytes).collect()
}

/// The build information record with inline strings (Go source `debug/buildinfo`).
pub(crate) fn build_info(version: &str, module_text: &str) -> Vec<u8> {
    let mut record = b"\xff Go buildinf:\x08\x02".to_vec();
    record.resize(32, 0);
    record.extend(varint(version.len()));
    record.extend_from_slice(version.as_bytes());
    let framed = [&[b'<'; 16][..], module_text.as_bytes(), &[b'>'; 16]].concat();
    record.extend(varint(framed.len()));
    record.extend(framed);
    record
}

pub(crate) fn varint(mut value: usize) -> Vec<u8> {
    let mut out = Vec::new();
    while value >= 0x80 {
        out.push(u8::try_from(value & 0x7f).unwrap() | 0x80);
        value >>= 7;
    }
    out.push(u8::try_from(value).unwrap());
    out
}
