//! How long inspection takes next to hashing: `cargo run --release -p inspect --example speed -- FILE...`.

use std::io::Write as _;
use std::time::Instant;

/// Rounds; the fastest counts, because the others measure what else the machine was doing.
const ROUNDS: usize = 9;

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let (mut hash, mut inspect, mut bytes) = (0.0, 0.0, 0);
    for path in std::env::args_os().skip(1) {
        #[expect(
            clippy::disallowed_methods,
            reason = "a developer's tool, outside the shipped programs"
        )]
        let file = std::fs::read(&path)?;
        let (mut h, mut i) = (f64::INFINITY, f64::INFINITY);
        let limits = inspect::Limits::default();
        // Turn by turn, so that a busy moment hits both.
        for _ in 0..ROUNDS {
            h = h.min(seconds(|| _ = std::hint::black_box(vocab::Sha256::of(&file))));
            i = i.min(seconds(|| drop(std::hint::black_box(inspect::inspect(&file, &limits)))));
        }
        writeln!(
            out,
            "{:6.1} MB  hash {:6.1} ms  inspect {:6.1} ms  {:.2}  {}",
            megabytes(file.len()),
            h * 1e3,
            i * 1e3,
            i / h,
            path.display()
        )?;
        (hash, inspect, bytes) = (hash + h, inspect + i, bytes + file.len());
    }
    let rate = |seconds: f64| megabytes(bytes) / seconds;
    writeln!(
        out,
        "{:.1} MB: hash {:.0} MB/s, inspect {:.0} MB/s, inspect / hash = {:.2}",
        megabytes(bytes),
        rate(hash),
        rate(inspect),
        inspect / hash
    )
}

fn seconds(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

#[expect(clippy::cast_precision_loss, reason = "a rate for people")]
fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}
