//! One entry of an archive, as the archive says it.

use crate::blob::{Blob, read_up_to};
use crate::decode::Input;
use crate::limits::{Gauge, Problem};
use std::io::{self, Read};
use std::ops::ControlFlow;

/// What an archive says stands at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    File,
    Folder,
    /// The target, as it is written.
    Symlink(String),
    /// Another path of the archive, with the same content.
    Hardlink(String),
    /// A device, FIFO or socket.
    Other,
}

/// An entry while it passes.
pub(crate) struct Entry<'a> {
    /// As the archive has it; not clean.
    pub(crate) name: String,
    pub(crate) what: What,
    pub(crate) size: u64,
    pub(crate) content: &'a mut dyn Content,
}

/// What takes entries. `Break` ends the reading before the archive does.
pub(crate) type Visit<'a> = &'a mut dyn FnMut(Entry<'_>) -> ControlFlow<()>;

/// The bytes of an entry: read on the way, or given as a blob where they can be reached again.
pub trait Content: Read {
    /// All the bytes as a blob, however many were read, where they lie unpacked: nothing is copied.
    fn whole(&self) -> Option<Blob>;

    /// The bytes as a blob, from the beginning if none were read yet: unpacked to memory or to a temporary file where they
    /// do not lie unpacked.
    fn blob(&mut self, gauge: &Gauge) -> Result<Blob, Problem> {
        self.whole().map_or_else(|| Blob::spool(self, gauge), Ok)
    }
}

/// The next bytes of an archive's input.
pub(crate) struct Stretch<'a> {
    input: &'a mut Input,
    left: u64,
    whole: u64,
}

impl<'a> Stretch<'a> {
    pub(crate) fn new(input: &'a mut Input, len: u64) -> Self {
        Self { input, left: len, whole: len }
    }

    /// Leaves out what was not read, and `padding` bytes more.
    pub(crate) fn finish(self, padding: u64) -> Result<(), Problem> {
        self.input.skip(self.left.saturating_add(padding))
    }
}

impl Read for Stretch<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let Some(buffer) = buffer.get_mut(..wanted) else { return Ok(0) };
        if wanted == 0 {
            return Ok(0);
        }
        let read = self.input.read(buffer)?;
        if read == 0 {
            return Err(crate::blob::cut().into());
        }
        self.left = self.left.saturating_sub(read as u64);
        Ok(read)
    }
}

impl Content for Stretch<'_> {
    fn whole(&self) -> Option<Blob> {
        self.input.stretch(self.whole.saturating_sub(self.left), self.whole)
    }
}

/// Bytes of which some were read already, to find out what they are.
pub struct Peeked<'a> {
    head: Vec<u8>,
    at: usize,
    rest: &'a mut dyn Content,
}

impl<'a> Peeked<'a> {
    /// Reads at most `len` bytes ahead.
    pub fn new(content: &'a mut dyn Content, len: usize) -> io::Result<Self> {
        let head = read_up_to(content, len)?;
        Ok(Self { head, at: 0, rest: content })
    }

    /// What was read ahead.
    pub fn head(&self) -> &[u8] {
        &self.head
    }
}

impl Read for Peeked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let ahead = self.head.get(self.at..).unwrap_or_default();
        if ahead.is_empty() {
            return self.rest.read(buffer);
        }
        let read = ahead.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..read), ahead.get(..read)) {
            to.copy_from_slice(from);
        }
        self.at += read;
        Ok(read)
    }
}

impl Content for Peeked<'_> {
    fn whole(&self) -> Option<Blob> {
        self.rest.whole()
    }
}

/// No bytes.
pub(crate) struct Nothing;

impl Read for Nothing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Ok(0)
    }
}

impl Content for Nothing {
    fn whole(&self) -> Option<Blob> {
        Some(Blob::memory(Vec::new()))
    }
}

pub(crate) use files::spelled as name;
