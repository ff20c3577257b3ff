//! A program that is no Go program: symbols, constants and code, and nothing else.

use crate::elf::{AMD64, EXECUTE, Elf, Format, READ, Section, Segment};

pub(crate) const TEXT: u64 = 0x40_0000;
pub(crate) const DATA: u64 = 0x50_0000;

/// A program with these symbols (name, defined) and these constants.
#[derive(Clone)]
pub(crate) struct Native {
    pub(crate) format: Format,
    pub(crate) symbols: Vec<(&'static str, bool, u64)>,
    /// `SHT_SYMTAB` or `SHT_DYNSYM`.
    pub(crate) table: u32,
    pub(crate) constants: Vec<u8>,
    pub(crate) code: Vec<u8>,
}

impl Native {
    pub(crate) fn new(format: Format) -> Self {
        Self { format, symbols: vec![], table: 2, constants: vec![], code: vec![0x90; 64] }
    }

    pub(crate) fn with(symbols: &[(&'static str, bool)]) -> Self {
        let symbols = symbols.iter().map(|(name, defined)| (*name, *defined, TEXT)).collect();
        Self { symbols, ..Self::new(AMD64) }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let f = self.format;
        let (mut names, mut entries) = (vec![0], vec![0; if f.wide { 24 } else { 16 }]);
        for (name, defined, value) in &self.symbols {
            let at = f.u32(u32::try_from(names.len()).unwrap());
            names.extend(name.bytes().chain([0]));
            let (info, index) = (vec![0x12, 0], f.u16(u16::from(*defined)));
            let (value, size) = (f.word(*value), f.word(0));
            let entry = match f.wide {
                true => [at, info, index, value, size].concat(),
                false => [at, value, size, info, index].concat(),
            };
            entries.extend(entry);
        }
        let mut elf = Elf::new(f);
        let data = [entries.as_slice(), &names, &self.constants].concat();
        let section = |name, address, size: usize| Section { name, address, size: size as u64 };
        elf.segments = vec![
            Segment { address: TEXT, flags: READ | EXECUTE, bytes: self.code.clone(), bss: 0 },
            Segment { address: DATA, flags: READ, bytes: data, bss: 0 },
        ];
        elf.sections = vec![
            section(".symtab", DATA, entries.len()),
            section(".strtab", DATA + entries.len() as u64, names.len()),
        ];
        let mut file = elf.build();
        self.retype(&mut file);
        file
    }

    /// Makes the first section a symbol table with the second one's names.
    fn retype(&self, file: &mut [u8]) {
        let f = self.format;
        let (table_at, size, kind_at, link_at) =
            if f.wide { (40, 64, 4, 40) } else { (32, 40, 4, 24) };
        let field = &file[table_at..table_at + f.word_size()];
        let mut big = field.to_vec();
        if f.little {
            big.reverse();
        }
        let table = big.iter().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
        let first = table + size;
        file[first + kind_at..first + kind_at + 4].copy_from_slice(&f.u32(self.table));
        file[first + link_at..first + link_at + 4].copy_from_slice(&f.u32(2));
    }
}
