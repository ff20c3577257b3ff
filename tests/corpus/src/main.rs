//! `cargo xtask corpus`: programs with known verdicts, built from the sources beside this file and from what the
//! registries of five languages serve, scanned by `fipsmith`, and compared. No binary is checked in.

mod case;
mod change;
mod debian;
mod flags;
mod golang;
mod native;
mod outcome;
mod peers;
mod place;
mod served;
mod table;

use anyhow::bail;
use clap::Parser as _;
use rayon::prelude::*;
use std::process::ExitCode;

fn main() -> ExitCode {
    match run(&flags::Corpus::parse()) {
        Ok(code) => code,
        Err(error) => {
            table::complain(&error);
            ExitCode::from(2)
        }
    }
}

fn run(flags: &flags::Corpus) -> anyhow::Result<ExitCode> {
    let place = place::Place::new(flags)?;
    if flags.debian {
        return debian::compare(&place, flags);
    }
    if let Some(folder) = &flags.peers {
        return peers::compare(&place, folder);
    }
    let cases = case::load(&place.sources, flags)?;
    if cases.is_empty() {
        bail!("no case has that name\n\nhint: cargo xtask corpus --list");
    }
    if flags.list {
        table::list(&cases);
        return Ok(ExitCode::SUCCESS);
    }
    native::check_needs(&cases)?;
    let outcomes: Vec<outcome::Outcome> =
        cases.par_iter().map(|case| outcome::of(case, &place)).collect();
    let wrong = table::print(&outcomes);
    if let Some(path) = &flags.write {
        files::write(path, table::document(&outcomes).as_bytes(), files::Mode::Plain)?;
    }
    Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
