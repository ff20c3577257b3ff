//! Prints the facts of a file as JSON: `cargo run -p inspect --example facts -- FILE`.

use std::io::Write as _;

fn main() -> std::io::Result<()> {
    let runs = [
        (vocab::Arch::Amd64, 753_545),
        (vocab::Arch::Amd64, 778_889),
        (vocab::Arch::Arm64, 544_232),
    ];
    let boring_runs = runs.map(|(arch, length)| inspect::Run { arch, start: 8, length }).to_vec();
    let limits = inspect::Limits { boring_runs, ..inspect::Limits::default() };
    for path in std::env::args_os().skip(1) {
        #[expect(
            clippy::disallowed_methods,
            reason = "a developer's tool, outside the shipped programs"
        )]
        let bytes = std::fs::read(path)?;
        let facts = inspect::inspect(&bytes, &limits);
        let mut out = std::io::stdout().lock();
        serde_json::to_writer_pretty(&mut out, &facts)?;
        writeln!(out)?;
    }
    Ok(())
}
