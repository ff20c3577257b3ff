//! zstd (RFC 8878): frame after frame, skippable ones left out, each checksum compared.

use super::WINDOW;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::io::{self, BufRead, Read};

/// All frames of a file.
pub(super) struct Frames<R> {
    source: R,
    decoder: FrameDecoder,
    inside: bool,
}

impl<R: BufRead> Frames<R> {
    pub(super) fn new(source: R) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(WINDOW);
        Self { source, decoder, inside: false }
    }

    /// Begins the next frame with content; `false` at the end of the file.
    fn begin(&mut self) -> io::Result<bool> {
        while !self.source.fill_buf()?.is_empty() {
            match self.decoder.init(&mut self.source) {
                Ok(()) => return Ok(true),
                // RFC 8878, 3.1.2: a skippable frame holds what another program wants to find.
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    let length = u64::from(length);
                    let skipped = io::copy(
                        &mut Read::by_ref(&mut self.source).take(length),
                        &mut io::sink(),
                    )?;
                    if skipped != length {
                        return Err(damaged("a frame ends too early"));
                    }
                }
                Err(error) => return Err(damaged(&error.to_string())),
            }
        }
        Ok(false)
    }

    fn end(&self) -> io::Result<()> {
        // RFC 8878, 3.1.1: the low 32 bits of the XXH64 of the content, when the header announces them.
        match self.decoder.get_checksum_from_data() {
            Some(stated) if Some(stated) != self.decoder.get_calculated_checksum() => {
                Err(damaged("the checksum of a frame is wrong"))
            }
            _ => Ok(()),
        }
    }
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if !self.inside {
                self.inside = self.begin()?;
                if !self.inside {
                    return Ok(0);
                }
            }
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                self.decoder
                    .decode_blocks(&mut self.source, BlockDecodingStrategy::UptoBlocks(1))
                    .map_err(|error| damaged(&error.to_string()))?;
            }
            let read = Read::read(&mut self.decoder, buffer)?;
            if read > 0 {
                return Ok(read);
            }
            self.end()?;
            self.inside = false;
        }
    }
}

fn damaged(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the zstd stream is damaged: {why}"))
}
