//! What kind of archive a blob is, and its entries whichever it is.

use crate::blob::{Blob, BlobReader};
use crate::decode::{Codec, Input};
use crate::entry::{Entry, Visit, What};
use crate::limits::{Gauge, Problem};
use crate::{ar, cpio, rpm, tar, zip};
use std::io::{self, Read as _};
use std::ops::ControlFlow;
use vocab::Sha256;

/// A format of archives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// tar, compressed or not.
    Tar,
    /// zip, also behind a script or a program.
    Zip,
    /// cpio, compressed or not.
    Cpio,
    /// A Debian package: an ar archive with two tar archives in it.
    Deb,
    /// An RPM package.
    Rpm,
    /// A static library.
    Library,
    /// One compressed file.
    Packed,
}

/// Whether a file that begins with these bytes (512 or more, where it has them) is one that [`crate::open`] takes apart.
/// A zip archive behind a script or a program is seen only from its end.
pub fn recognise(head: &[u8]) -> bool {
    plain(head).is_some() || Codec::of(head).is_some()
}

fn plain(head: &[u8]) -> Option<Form> {
    if tar::recognise(head) {
        return Some(Form::Tar);
    }
    match head {
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Form::Zip),
        _ if cpio::recognise(head) => Some(Form::Cpio),
        _ if head.starts_with(rpm::MAGIC) => Some(Form::Rpm),
        // Deb(5): the first member is `debian-binary`.
        _ if head.strip_prefix(ar::MAGIC)?.starts_with(b"debian-binary") => Some(Form::Deb),
        _ => Some(Form::Library),
    }
}

/// The form of a blob.
pub(crate) fn form(blob: &Blob, gauge: &Gauge) -> io::Result<Option<Form>> {
    let head = blob.head(512)?;
    if let Some(form) = plain(&head) {
        return Ok(Some(form));
    }
    if Codec::of(&head).is_some() {
        // What cannot be unpacked even at its beginning is found out by whoever reads it.
        let mut inner = Vec::new();
        let _ = Input::of(blob, &gauge.again())?.take(512).read_to_end(&mut inner);
        return Ok(match plain(&inner) {
            Some(form @ (Form::Tar | Form::Cpio)) => Some(form),
            _ => Some(Form::Packed),
        });
    }
    let runs = [&b"#!"[..], b"\x7fELF", b"MZ"].iter().any(|magic| head.starts_with(magic));
    Ok(if runs && zip::has_directory(&blob.tail(zip::END)?) { Some(Form::Zip) } else { None })
}

/// One archive with paths.
#[derive(Debug, Clone)]
pub(crate) enum Archive {
    /// tar, compressed or not, and the digest that the unpacked bytes should have.
    Tar(Blob, Option<Sha256>),
    Zip(Blob),
    Cpio(Blob),
    Deb(Blob),
    Rpm(Blob),
    /// A file that stands for itself: a layer that is no archive.
    File(String, Blob),
}

impl Archive {
    /// Reads the entries. The second time counts only what the first time could not, and compares nothing again. What is
    /// wrong with the whole is returned; an error means that there may be more entries.
    pub(crate) fn each(
        &self,
        gauge: &Gauge,
        first: bool,
        visit: Visit<'_>,
    ) -> Result<Vec<Problem>, Problem> {
        let again = if first { gauge.clone() } else { gauge.again() };
        match self {
            Self::Tar(blob, digest) => tar_layer(blob, digest.filter(|_| first), &again, visit),
            Self::Zip(blob) => {
                // The first time reads no content of a zip archive.
                let gauge = if first { gauge.clone() } else { gauge.recount() };
                zip::each(blob, &gauge, first, visit)
            }
            Self::Cpio(blob) => cpio_archive(blob, &again, visit),
            Self::Deb(blob) => deb(blob, &again, visit),
            Self::Rpm(blob) => cpio_archive(&rpm::payload(blob)?, &again, visit),
            Self::File(name, blob) => {
                let mut content = blob.reader();
                let size = blob.len();
                let _ = visit(Entry {
                    name: name.clone(),
                    what: What::File,
                    size,
                    content: &mut content,
                });
                Ok(vec![])
            }
        }
    }
}

fn tar_layer(
    blob: &Blob,
    digest: Option<Sha256>,
    gauge: &Gauge,
    visit: Visit<'_>,
) -> Result<Vec<Problem>, Problem> {
    let input = Input::of(blob, gauge)?;
    let input = if digest.is_some() { input.hashed() } else { input };
    let tar::End { input, mut problems } = tar::each(input, gauge, visit)?;
    if let Some(found) = input.finish()?
        && Some(found) != digest
    {
        problems.push(Problem::Damaged(format!(
            "a layer unpacks to bytes with SHA-256 {found}, not to those that its image names"
        )));
    }
    Ok(problems)
}

/// An initial RAM disk is several archives behind each other, with zeros between, each compressed or not (the kernel's
/// `Documentation/driver-api/early-userspace/buffer-format.rst`): all of them are unpacked into one root.
fn cpio_archive(blob: &Blob, gauge: &Gauge, visit: Visit<'_>) -> Result<Vec<Problem>, Problem> {
    let mut rest = blob.clone();
    loop {
        let mut input = Input::of(&rest, gauge)?;
        let mut begun = None;
        loop {
            if cpio::each(&mut input, begun, gauge, visit)?.is_break() {
                return Ok(vec![]);
            }
            begun = after_zeros(&mut input)?;
            match begun {
                None => return Ok(vec![]),
                Some(b'0') => {}
                Some(_) => break,
            }
        }
        // Each part is counted as an entry: the smallest is longer than its own trailer.
        gauge.entry()?;
        let next = match &input {
            Input::Plain(reader) => reader.position().checked_sub(1).and_then(|at| {
                let next = rest.slice(at, rest.len().checked_sub(at)?)?;
                Codec::of(&next.head(8).ok()?).map(|_| next)
            }),
            Input::Packed(_) | Input::Hashed(_) => None,
        };
        let Some(next) = next else {
            let why = "something follows the cpio archive, which was not read";
            return Ok(vec![Problem::Damaged(why.to_owned())]);
        };
        rest = next;
    }
}

/// The first byte that is not zero.
fn after_zeros(input: &mut Input) -> io::Result<Option<u8>> {
    for byte in io::BufReader::with_capacity(1, input).bytes() {
        match byte? {
            0 => {}
            other => return Ok(Some(other)),
        }
    }
    Ok(None)
}

/// Deb(5): `debian-binary`, `control.tar`, `data.tar`, the last two compressed. What belongs to the package manager is
/// shown below `DEBIAN/`, where `dpkg-deb --raw-extract` puts it.
fn deb(blob: &Blob, gauge: &Gauge, visit: Visit<'_>) -> Result<Vec<Problem>, Problem> {
    let mut parts = Vec::new();
    ar::each(blob, gauge, &mut |name, member| {
        parts.push((name, member));
        Ok(())
    })?;
    let mut problems = Vec::new();
    let mut flow = ControlFlow::Continue(());
    let mut data = false;
    for (name, member) in parts {
        let prefix = match name.as_str() {
            "debian-binary" => continue,
            _ if name.starts_with("data.tar") => "",
            _ if name.starts_with("control.tar") => "DEBIAN/",
            // Deb(5): members whose names begin with an underscore may be left out by any reader.
            _ if name.starts_with('_') => continue,
            _ => {
                problems.push(Problem::Damaged(format!("`{name}` is no part of a package")));
                continue;
            }
        };
        data |= prefix.is_empty();
        if let Some(form) = form(&member, gauge)?.filter(|form| *form != Form::Tar) {
            problems.push(Problem::Damaged(format!("`{name}` is no tar archive but {form:?}")));
            continue;
        }
        let input = Input::of(&member, gauge)?;
        let end = tar::each(input, gauge, &mut |mut entry| {
            let (name, _) = crate::path::clean(&entry.name);
            if !prefix.is_empty() {
                entry.name = format!("{prefix}{name}");
            }
            flow = visit(entry);
            flow
        })?;
        problems.extend(end.problems);
        if flow.is_break() {
            break;
        }
    }
    if !data && flow.is_continue() {
        problems.push(Problem::Damaged("the package holds no `data.tar`".to_owned()));
    }
    Ok(problems)
}

/// A reader of what a compressed file unpacks to.
pub struct Unpacked {
    input: Input,
}

impl Unpacked {
    pub(crate) fn new(blob: &Blob, gauge: &Gauge) -> io::Result<Self> {
        Ok(Self { input: Input::of(blob, gauge)? })
    }
}

impl io::Read for Unpacked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.input.read(buffer)
    }
}

impl crate::entry::Content for Unpacked {
    fn whole(&self) -> Option<Blob> {
        None
    }
}

impl crate::entry::Content for BlobReader {
    fn whole(&self) -> Option<Blob> {
        Some(self.source().clone())
    }
}
