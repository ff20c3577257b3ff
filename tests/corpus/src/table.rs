//! What people see: a line for each case, and the table of what was expected against what was found.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the one file of this program that prints"
)]

use crate::case::Case;
use crate::outcome::Outcome;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use vocab::Verdict;

/// An error of the run itself.
pub(crate) fn complain(error: &anyhow::Error) {
    eprintln!("error: {error:#}");
}

/// One case is done.
pub(crate) fn progress(case: &Case, wrong: &[String]) {
    match wrong {
        [] => eprintln!("ok    {}/{} {}", case.group, case.id, case.verdict),
        wrong => eprintln!("WRONG {}/{}: {}", case.group, case.id, wrong.join("; ")),
    }
}

/// The names of the cases.
pub(crate) fn list(cases: &[Case]) {
    for case in cases {
        println!("{}/{} {}", case.group, case.id, case.verdict);
    }
    println!("{} cases", cases.len());
}

/// The table, and how many cases are wrong.
pub(crate) fn print(outcomes: &[Outcome]) -> usize {
    let wrong = outcomes.iter().filter(|outcome| !outcome.wrong.is_empty()).count();
    println!("{}", confusion(outcomes));
    println!("{} cases, {wrong} wrong", outcomes.len());
    wrong
}

/// Rows: what must be said; columns: what was said.
fn confusion(outcomes: &[Outcome]) -> String {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for outcome in outcomes {
        let said = outcome.found.as_ref().map_or("not built", |found| found.verdict.as_str());
        *counts.entry((outcome.case.verdict.as_str(), said)).or_default() += 1;
    }
    let mut columns: Vec<&str> = Verdict::ALL.iter().map(|verdict| verdict.as_str()).collect();
    if counts.keys().any(|(_, said)| *said == "not built") {
        columns.push("not built");
    }
    let mut text = format!("| expected \\ said | {} |\n", columns.join(" | "));
    let _ = writeln!(text, "|---|{}", "---:|".repeat(columns.len()));
    for expected in Verdict::ALL.iter().map(|verdict| verdict.as_str()) {
        let cell =
            |said: &&str| counts.get(&(expected, *said)).map_or(String::new(), usize::to_string);
        let cells: Vec<String> = columns.iter().map(cell).collect();
        let _ = writeln!(text, "| {expected} | {} |", cells.join(" | "));
    }
    text
}

/// The table and every case, as a document.
pub(crate) fn document(outcomes: &[Outcome]) -> String {
    let wrong = outcomes.iter().filter(|outcome| !outcome.wrong.is_empty()).count();
    let mut text = format!(
        "# Accuracy: the corpus\n\nPrograms and packages whose verdict is known, because we built them or know who did: {} cases, {wrong} wrong, as of {}.\nRows are what must be said, columns what was said. `cargo xtask corpus --write docs/accuracy.md` makes this page; the sources are in\n`tests/corpus/`. [Debian's packages](accuracy-debian.md) are the second witness.\n\n{}\n",
        outcomes.len(),
        crate::place::AS_OF,
        confusion(outcomes)
    );
    let mut groups: BTreeMap<&str, Vec<&Outcome>> = BTreeMap::new();
    for outcome in outcomes {
        groups.entry(&outcome.case.group).or_default().push(outcome);
    }
    for (group, outcomes) in groups {
        let _ =
            writeln!(text, "\n## {group}\n\n| case | expected | said | why |\n|---|---|---|---|");
        for outcome in outcomes {
            let case = &outcome.case;
            let said = match (&outcome.found, outcome.wrong.as_slice()) {
                (Ok(found), []) => found.verdict.to_string(),
                (_, wrong) => format!("**{}**", wrong.join("; ").replace(['|', '\n'], " ")),
            };
            let _ = writeln!(text, "| {} | {} | {said} | {} |", case.id, case.verdict, case.why);
        }
    }
    text
}

/// A finished text.
pub(crate) fn say(text: &str) {
    println!("{text}");
}
