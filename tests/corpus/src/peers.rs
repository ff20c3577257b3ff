//! The time of a scan next to what others do with the same programs, as processes of their own, in one run.

use crate::place::{AS_OF, Place};
use anyhow::bail;
use camino::{Utf8Path, Utf8PathBuf};
use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::Instant;
use xshell::{Shell, cmd};

/// Each peer is run this often, all in turn; the fastest run counts, the others measure what else the machine did.
const REPEAT: usize = 5;

/// One peer: what it is called, and how it is run over all files.
type Peer<'a> = (&'static str, Box<dyn Fn(&Shell) -> anyhow::Result<()> + 'a>);

/// Runs every peer over the programs of a folder.
pub(crate) fn compare(place: &Place, folder: &Utf8Path) -> anyhow::Result<ExitCode> {
    let programs: Vec<Utf8PathBuf> =
        files::walk(folder)?.into_iter().map(|entry| folder.join(entry.path)).collect();
    if programs.is_empty() {
        bail!("`{folder}` holds no program");
    }
    let bytes: u64 = files::walk(folder)?.iter().map(|entry| entry.size).sum();
    let (fipsmith, all) = (&place.fipsmith, &programs);
    let names = |shell: &Shell| {
        for program in all {
            quiet(cmd!(shell, "go tool nm {program}"))?;
        }
        Ok(())
    };
    let peers: Vec<Peer<'_>> = vec![
        (
            "openssl dgst -sha256",
            Box::new(|shell| quiet(cmd!(shell, "openssl dgst -sha256 {all...}"))),
        ),
        ("sha256sum", Box::new(|shell| quiet(cmd!(shell, "sha256sum {all...}")))),
        (
            "fipsmith scan",
            Box::new(move |shell| quiet(cmd!(shell, "{fipsmith} scan --as-of {AS_OF} {all...}"))),
        ),
        ("go version -m", Box::new(|shell| quiet(cmd!(shell, "go version -m {all...}")))),
        ("go tool nm, file by file", Box::new(names)),
    ];
    let shell = Shell::new()?;
    let mut best = vec![f64::INFINITY; peers.len()];
    for _ in 0..REPEAT {
        for ((_, run), best) in peers.iter().zip(&mut best) {
            let start = Instant::now();
            run(&shell)?;
            *best = best.min(start.elapsed().as_secs_f64());
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let megabytes = bytes as f64 / 1e6;
    let mut text = format!("{} files, {megabytes:.1} MB, fastest of {REPEAT}\n", programs.len());
    for ((name, _), seconds) in peers.iter().zip(best) {
        let _ = writeln!(text, "{name:<26} {seconds:>7.3} s {:>7.0} MB/s", megabytes / seconds);
    }
    crate::table::say(text.trim_end());
    Ok(ExitCode::SUCCESS)
}

/// Exit codes are not what is compared: a scan that finds something ends with 1.
fn quiet(command: xshell::Cmd<'_>) -> anyhow::Result<()> {
    command.quiet().ignore_stdout().ignore_stderr().ignore_status().run()?;
    Ok(())
}
