//! The .xz container (The .xz File Format, version 1.2.1): stream after stream, block after block, every check compared.
//! The LZMA2 inside is left to `lzma-rust2`.
//!
//! What is absent: filters before LZMA2 (delta, branch converters), which packages and images do not use.

use super::WINDOW;
use crypto::Hash as _;
use flate2::Crc;
use lzma_rust2::Lzma2Reader;
use std::io::{self, BufRead, Read};

/// All streams of a file.
pub(super) struct Streams<R> {
    state: State<R>,
}

enum State<R> {
    /// Before a stream's header.
    Between(Source<R>),
    /// Before a block's header or the index.
    Stream(Source<R>, Stream),
    /// Inside a block.
    Block(Box<Block<R>>),
    /// After the last stream, or after an error.
    Done,
}

/// Counts what is taken, because blocks are padded to four bytes.
struct Source<R> {
    inner: R,
    taken: u64,
}

impl<R: Read> Read for Source<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.taken = self.taken.saturating_add(read as u64);
        Ok(read)
    }
}

impl<R: Read> Source<R> {
    fn array<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// Section 2.3 and 3.3: zero bytes up to a multiple of four.
    fn padding(&mut self, since: u64) -> io::Result<()> {
        while !self.taken.saturating_sub(since).is_multiple_of(4) {
            if self.array::<1>()? != [0] {
                return Err(damaged("padding is not zero"));
            }
        }
        Ok(())
    }
}

/// What a stream's header said, and what its blocks added up to.
#[derive(Clone, Copy)]
struct Stream {
    flags: [u8; 2],
    blocks: u64,
    unpadded: u64,
    unpacked: u64,
}

struct Block<R> {
    reader: Lzma2Reader<Source<R>>,
    stream: Stream,
    check: Check,
    /// Where the block began, by the count of the source.
    start: u64,
    unpacked: u64,
    stated: Option<u64>,
}

/// Section 2.1.1.2: the checks that `xz` writes; others are read over.
enum Check {
    Crc32(Crc),
    Crc64(u64),
    Sha256(Box<crypto::Sha256>),
    Other(usize),
}

impl<R: BufRead> Streams<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { state: State::Between(Source { inner, taken: 0 }) }
    }

    /// One step: into a stream, into a block, out of a block, out of a stream.
    fn step(&mut self) -> io::Result<()> {
        self.state = match std::mem::replace(&mut self.state, State::Done) {
            State::Between(source) => between(source)?,
            State::Stream(source, stream) => inside(source, stream)?,
            State::Block(block) => block.end()?,
            State::Done => State::Done,
        };
        Ok(())
    }
}

impl<R: BufRead> Read for Streams<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            match &mut self.state {
                State::Done => return Ok(0),
                State::Block(block) => {
                    let read = block.reader.read(buffer)?;
                    if read > 0 {
                        block.check.update(buffer.get(..read).unwrap_or_default());
                        block.unpacked = block.unpacked.saturating_add(read as u64);
                        return Ok(read);
                    }
                }
                State::Between(_) | State::Stream(..) => {}
            }
            self.step()?;
        }
    }
}

/// Section 2.1.1: the header of a stream, after zero bytes in fours (2.2) when it is not the first.
fn between<R: BufRead>(mut source: Source<R>) -> io::Result<State<R>> {
    let first = source.taken == 0;
    loop {
        if source.inner.fill_buf()?.is_empty() && !first {
            return Ok(State::Done);
        }
        let four = source.array::<4>()?;
        if four == [0; 4] && !first {
            continue;
        }
        let [a, b] = source.array::<2>()?;
        if four != *b"\xfd7zX" || [a, b] != *b"Z\0" {
            return Err(damaged("something else follows the stream"));
        }
        let flags = source.array::<2>()?;
        same_crc(&flags, source.array()?)?;
        let stream = Stream { flags, blocks: 0, unpadded: 0, unpacked: 0 };
        return Ok(State::Stream(source, stream));
    }
}

/// Section 3.1: the header of a block; or the index, whose first byte is the size that no header has.
fn inside<R: BufRead>(mut source: Source<R>, stream: Stream) -> io::Result<State<R>> {
    let start = source.taken;
    let [size] = source.array()?;
    if size == 0 {
        index(&mut source, start, stream)?;
        return Ok(State::Between(source));
    }
    let mut header = vec![0; (usize::from(size) + 1) * 4 - 5];
    source.read_exact(&mut header)?;
    let mut crc = Crc::new();
    crc.update(&[size]);
    crc.update(&header);
    if source.array()? != crc.sum().to_le_bytes() {
        return Err(damaged("the CRC of a block header is wrong"));
    }
    let mut fields = &header[..];
    let [flags] = take(&mut fields)?;
    if flags & 0x40 != 0 {
        number(&mut fields)?;
    }
    let stated = if flags & 0x80 == 0 { None } else { Some(number(&mut fields)?) };
    let lzma2 =
        flags.trailing_zeros() >= 6 && number(&mut fields)? == 0x21 && number(&mut fields)? == 1;
    let [properties] = take(&mut fields)?;
    if !lzma2 {
        return Err(damaged("a filter other than LZMA2 is not read"));
    }
    let dictionary = dictionary(properties)?;
    let memory = u32::try_from(WINDOW >> 10).unwrap_or(u32::MAX);
    let reader = Lzma2Reader::new_mem_limit(source, dictionary, memory, None)?;
    let check = Check::of(stream.flags);
    Ok(State::Block(Box::new(Block { reader, stream, check, start, unpacked: 0, stated })))
}

/// Section 5.3.1: two bits of mantissa, five of exponent.
fn dictionary(properties: u8) -> io::Result<u32> {
    match properties {
        40 => Ok(u32::MAX),
        0..40 => Ok((2 | u32::from(properties) & 1) << (u32::from(properties) / 2 + 11)),
        _ => Err(damaged("the dictionary size is none")),
    }
}

impl<R: BufRead> Block<R> {
    fn end(self) -> io::Result<State<R>> {
        let mut source = self.reader.into_inner();
        let packed = source.taken.saturating_sub(self.start);
        source.padding(self.start)?;
        let check = self.check.read(&mut source)?;
        if self.stated.is_some_and(|stated| stated != self.unpacked) {
            return Err(damaged("a block has another size than it says"));
        }
        let mut stream = self.stream;
        stream.blocks += 1;
        stream.unpadded = stream.unpadded.wrapping_add(packed).wrapping_add(check);
        stream.unpacked = stream.unpacked.wrapping_add(self.unpacked);
        Ok(State::Stream(source, stream))
    }
}

impl Check {
    fn of(flags: [u8; 2]) -> Self {
        match flags[1] & 0x0f {
            0 => Self::Other(0),
            1 => Self::Crc32(Crc::new()),
            4 => Self::Crc64(!0),
            10 => Self::Sha256(Box::new(crypto::Sha256::new())),
            // 2.1.1.2: 4, 8, 16, 32 and 64 bytes, three types each.
            other => Self::Other(4 << ((usize::from(other) - 1) / 3)),
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Crc32(crc) => crc.update(bytes),
            Self::Crc64(crc) => *crc = crc64(*crc, bytes),
            Self::Sha256(hash) => hash.update(bytes),
            Self::Other(_) => {}
        }
    }

    /// Compares with what the file says; gives the number of its bytes.
    fn read<R: Read>(self, source: &mut Source<R>) -> io::Result<u64> {
        let (length, right) = match self {
            Self::Crc32(crc) => (4, source.array()? == crc.sum().to_le_bytes()),
            Self::Crc64(crc) => (8, source.array()? == (!crc).to_le_bytes()),
            Self::Sha256(hash) => (32, source.array::<32>()? == hash.finish()),
            Self::Other(length) => {
                io::copy(&mut Read::by_ref(source).take(length as u64), &mut io::sink())?;
                (length as u64, true)
            }
        };
        if right { Ok(length) } else { Err(damaged("the check of a block is wrong")) }
    }
}

/// Section 4 and 2.1.2: the index lists every block; the footer ends the stream.
fn index<R: Read>(source: &mut Source<R>, start: u64, stream: Stream) -> io::Result<()> {
    let mut hashing = CrcReader { source, crc: Crc::new() };
    hashing.crc.update(&[0]);
    let (mut unpadded, mut unpacked) = (0_u64, 0_u64);
    let blocks = number(&mut hashing)?;
    for _ in 0..blocks.min(stream.blocks) {
        unpadded = unpadded.wrapping_add(number(&mut hashing)?);
        unpacked = unpacked.wrapping_add(number(&mut hashing)?);
    }
    if (blocks, unpadded, unpacked) != (stream.blocks, stream.unpadded, stream.unpacked) {
        return Err(damaged("the index does not list the blocks that are there"));
    }
    while !hashing.source.taken.saturating_sub(start).is_multiple_of(4) {
        hashing.read_exact(&mut [0])?;
    }
    let crc = hashing.crc.sum().to_le_bytes();
    if source.array()? != crc {
        return Err(damaged("the CRC of the index is wrong"));
    }
    let size = source.taken.saturating_sub(start);
    let stated = source.array::<4>()?;
    let backward = source.array::<4>()?;
    let flags = source.array::<2>()?;
    let magic = source.array::<2>()?;
    let mut footer = Crc::new();
    footer.update(&backward);
    footer.update(&flags);
    let real = (u64::from(u32::from_le_bytes(backward)) + 1) * 4;
    if stated != footer.sum().to_le_bytes()
        || real != size
        || flags != stream.flags
        || &magic != b"YZ"
    {
        return Err(damaged("the footer of a stream is wrong"));
    }
    Ok(())
}

struct CrcReader<'a, R> {
    source: &'a mut Source<R>,
    crc: Crc,
}

impl<R: Read> Read for CrcReader<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.crc.update(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}

fn same_crc(bytes: &[u8], stated: [u8; 4]) -> io::Result<()> {
    let mut crc = Crc::new();
    crc.update(bytes);
    if crc.sum().to_le_bytes() == stated { Ok(()) } else { Err(damaged("a CRC is wrong")) }
}

fn take<const N: usize>(reader: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    reader.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Section 1.2: at most nine bytes of seven bits.
fn number(reader: &mut impl Read) -> io::Result<u64> {
    let mut value = 0_u64;
    for shift in (0..63).step_by(7) {
        let [byte] = take(reader)?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(damaged("a number is too long"))
}

/// CRC-64 of ECMA-182, reflected.
fn crc64(mut crc: u64, bytes: &[u8]) -> u64 {
    for byte in bytes {
        let index = (crc ^ u64::from(*byte)) & 0xff;
        let entry = usize::try_from(index).ok().and_then(|index| TABLE.get(index));
        crc = entry.copied().unwrap_or_default() ^ (crc >> 8);
    }
    crc
}

const TABLE: [u64; 256] = {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let mut crc = i as u64;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xc96c_5795_d787_0f42 } else { crc >> 1 };
            bit += 1;
        }
        table[i] = crc;
        i += 1;
    }
    table
};

fn damaged(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the xz stream is damaged: {why}"))
}
