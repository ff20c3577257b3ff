//! Packed programs of earlier runs, by the digest of the program and of everything else that decides the packed bytes. A
//! release of sixty programs of which one changed compresses one.

use super::Part;
use crate::naming::MTIME;
use crate::scanning::Program;
use crate::workspace::Desk;
use camino::Utf8PathBuf;
use vocab::Sha256;

/// Largest packed program that is read, in bytes.
const LARGEST: u64 = 1 << 30;
const MODE: u32 = 0o755;

/// The folder of packed programs. All of it can be removed and is made again.
pub(super) struct Cache {
    folder: Utf8PathBuf,
}

impl Cache {
    pub(super) fn of(desk: &Desk) -> Self {
        Self { folder: desk.space.state().join("packed") }
    }

    /// A program's packed form: kept, or made now.
    pub(super) fn part<'a>(&self, program: &'a Program<'a>) -> anyhow::Result<Part<'a>> {
        let place = program.place();
        let inside = place.trim_start_matches('/');
        let file = self.folder.join(key(inside, program.scanned().sha256()).to_string());
        let kept = files::read(&file, LARGEST).ok().and_then(pack::Program::taken_up);
        let packed = match kept {
            Some(packed) => packed,
            None => {
                let bytes = program.artifact.read()?;
                let packed = pack::Program::new(inside, MODE, &bytes, MTIME)?;
                drop(bytes);
                files::write(&file, &packed.kept()?, files::Mode::Plain)?;
                packed
            }
        };
        Ok(Part { program, packed })
    }
}

fn key(place: &str, program: Sha256) -> Sha256 {
    let logic = pack::Program::LOGIC;
    Sha256::of(format!("{logic}\n{place}\n{MODE:o}\n{MTIME}\n{program}\n").as_bytes())
}
