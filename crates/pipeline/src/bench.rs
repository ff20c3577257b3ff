//! `bench`: how long a scan takes next to hashing the same bytes, measured in one run on one machine. A ratio can be
//! compared between machines; seconds cannot.

use crate::edge::{self, Stop};
use crate::flags::{Bench, Format};
use camino::Utf8PathBuf;
use catalog::{Policy, Registry};
use files::EntryKind;
use inspect::facts::FileKind;
use scan::Scanner;
use serde::Serialize;
use std::process::ExitCode;
use std::time::Instant;
use vocab::Sha256;

/// Largest program that is measured, in bytes.
const LARGEST: u64 = 2 << 30;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Measured {
    schema: &'static str,
    files: usize,
    bytes: usize,
    repeat: usize,
    hash_seconds: f64,
    inspect_seconds: f64,
    scan_seconds: f64,
    hash_megabytes_per_second: f64,
    scan_megabytes_per_second: f64,
    scan_to_hash: f64,
    peak_memory_megabytes: Option<f64>,
}

impl Bench {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let programs = self.programs()?;
        let measured = measure(&programs, self.repeat.max(1));
        edge::out(&match self.output.format {
            Format::Text => text(&measured),
            Format::Json => serde_json::to_string_pretty(&measured)? + "\n",
        });
        Ok(ExitCode::SUCCESS)
    }

    /// The programs to measure with, read before the clock starts: a disk is not what is measured.
    fn programs(&self) -> anyhow::Result<Vec<Vec<u8>>> {
        let default = [self.root.join("target/fipsmith/actions")];
        let paths = if self.paths.is_empty() { &default[..] } else { &self.paths };
        let mut programs = Vec::new();
        for path in paths {
            let files: Vec<Utf8PathBuf> = match path.is_dir() {
                true => files::walk(path)?
                    .into_iter()
                    .filter(|e| e.kind == EntryKind::File)
                    .map(|e| path.join(e.path))
                    .collect(),
                false => vec![path.clone()],
            };
            for file in files {
                programs.push(files::read(&file, LARGEST)?);
            }
        }
        programs.retain(|bytes| inspect::file_kind(bytes) == FileKind::Elf);
        if programs.is_empty() {
            let hint =
                "build something first (`cargo xtask build --profile smoke`), or name programs";
            return Err(
                Stop::unusable("there is no program to measure", Some(hint.to_owned())).into()
            );
        }
        Ok(programs)
    }
}

fn measure(programs: &[Vec<u8>], repeat: usize) -> Measured {
    let bytes: usize = programs.iter().map(Vec::len).sum();
    let limits = inspect::Limits::default();
    let registry = Registry::embedded();
    let policy = Policy::embedded(Policy::DEFAULT);
    let scanner = policy.map(|policy| Scanner { registry, policy, as_of: registry.date });
    // All three go file by file through the same memory, and take turns, so that the ratio compares the work and nothing
    // else. Of each the fastest run counts: the others measure what else the machine was doing.
    let [mut hash, mut inspect, mut scan] = [f64::INFINITY; 3];
    for _ in 0..repeat {
        hash = hash.min(seconds(programs, |bytes| _ = std::hint::black_box(Sha256::of(bytes))));
        inspect = inspect.min(seconds(programs, |bytes| {
            drop(std::hint::black_box(inspect::inspect(bytes, &limits)));
        }));
        scan = scan.min(seconds(programs, |bytes| {
            drop(std::hint::black_box(scanner.map(|scanner| scanner.scan("bench", bytes, &[]))));
        }));
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let megabytes = bytes as f64 / 1e6;
    Measured {
        schema: "fipsmith-bench/1",
        files: programs.len(),
        bytes,
        repeat,
        hash_seconds: hash,
        inspect_seconds: inspect,
        scan_seconds: scan,
        hash_megabytes_per_second: megabytes / hash,
        scan_megabytes_per_second: megabytes / scan,
        scan_to_hash: scan / hash,
        peak_memory_megabytes: peak_memory(),
    }
}

fn seconds(programs: &[Vec<u8>], work: impl Fn(&[u8])) -> f64 {
    let start = Instant::now();
    for bytes in programs {
        work(bytes);
    }
    start.elapsed().as_secs_f64()
}

/// `VmHWM` of proc(5), in megabytes.
fn peak_memory() -> Option<f64> {
    let status = files::read_text("/proc/self/status".into(), 1 << 16).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok().map(|kilobytes| kilobytes / 1000.0)
}

fn text(measured: &Measured) -> String {
    let peak = measured
        .peak_memory_megabytes
        .map_or(String::new(), |peak| format!(", {peak:.0} MB peak memory"));
    format!(
        "{} programs, {:.1} MB, fastest of {}\nSHA-256   {:.3} s  {:>7.0} MB/s\ninspect   {:.3} s\nscan      {:.3} s  {:>7.0} MB/s (hash, read and judge)\nscan / SHA-256 = {:.2}{peak}\n",
        measured.files,
        measured.hash_megabytes_per_second * measured.hash_seconds,
        measured.repeat,
        measured.hash_seconds,
        measured.hash_megabytes_per_second,
        measured.inspect_seconds,
        measured.scan_seconds,
        measured.scan_megabytes_per_second,
        measured.scan_to_hash,
    )
}
