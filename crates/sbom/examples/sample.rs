//! Prints the SBOM, or with `--builds` the table, of the tests' sample release, for a look or for an outside validator:
//! `cargo run -p sbom --example sample`.

#![expect(clippy::print_stdout, reason = "an example prints")]

#[path = "../tests/sample/mod.rs"]
mod sample;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let release = sample::release();
    if std::env::args().any(|argument| argument == "--builds") {
        print!("{}", sbom::builds_table(&release));
    } else {
        print!("{}", String::from_utf8(sbom::cyclonedx(&release)?)?);
    }
    Ok(())
}
