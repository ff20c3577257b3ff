//! One case made, scanned and compared.

use crate::case::{Case, Make};
use crate::place::Place;
use anyhow::{Context as _, ensure};
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeSet;
use vocab::Verdict;

/// What became of a case.
pub(crate) struct Outcome {
    pub(crate) case: Case,
    /// What the scan said.
    pub(crate) found: Result<Found, String>,
    /// What is not as it must be; empty when all is.
    pub(crate) wrong: Vec<String>,
}

/// What the scan said of one case.
pub(crate) struct Found {
    /// The worst verdict of its files.
    pub(crate) verdict: Verdict,
    codes: BTreeSet<String>,
    members: Vec<(String, Verdict)>,
}

/// Makes and scans one case.
pub(crate) fn of(case: &Case, place: &Place) -> Outcome {
    let found =
        made(case, place).and_then(|path| scan(&path, place)).map_err(|error| format!("{error:#}"));
    let wrong = match &found {
        Ok(found) => compare(case, found),
        Err(why) => vec![why.clone()],
    };
    crate::table::progress(case, &wrong);
    Outcome { case: case.clone(), found, wrong }
}

/// The finished file: the one of an earlier run, when the case and its sources are the same.
fn made(case: &Case, place: &Place) -> anyhow::Result<Utf8PathBuf> {
    let folder = place.built.join(&case.group).join(&case.id);
    let path = folder.join(file_name(case));
    let stamp = folder.join("stamp");
    let wanted = format!("{:?} {:?} {}", case.make, case.after, sources(case, place)?);
    if path.exists() && files::read_text(&stamp, 1 << 20).is_ok_and(|stamp| stamp == wanted) {
        return Ok(path);
    }
    files::remove_tree(&folder)?;
    files::create_dir_all(&folder)?;
    match &case.make {
        Make::Go(go) => go.build(place, &path)?,
        Make::Native(native) => native.build(place, &path)?,
        Make::Served(served) => served.fetch(&path)?,
    }
    if !case.after.is_empty() {
        change(case, &path, place)?;
    }
    files::write(&stamp, wanted.as_bytes(), files::Mode::Plain)?;
    Ok(path)
}

/// Digest of the sources of a case.
fn sources(case: &Case, place: &Place) -> anyhow::Result<String> {
    let folder = match &case.make {
        Make::Served(_) => return Ok(String::new()),
        Make::Go(_) => place.sources.join("go"),
        Make::Native(native) => native.folder(place),
    };
    let mut all = Vec::new();
    for entry in files::walk(&folder)? {
        all.extend_from_slice(entry.path.as_str().as_bytes());
        all.extend(files::read(&folder.join(&entry.path), 16 << 20)?);
    }
    Ok(vocab::Sha256::of(&all).to_string())
}

/// Packages keep the end of their name: a scan opens by content, and a person looks at names.
fn file_name(case: &Case) -> String {
    match &case.make {
        Make::Served(crate::served::Served::Maven(_)) => format!("{}.jar", case.id),
        Make::Served(crate::served::Served::Pip(_)) => format!("{}.whl", case.id),
        Make::Served(crate::served::Served::Debian(_)) => format!("{}.deb", case.id),
        Make::Go(_) | Make::Native(_) => case.id.clone(),
    }
}

fn change(case: &Case, path: &Utf8Path, place: &Place) -> anyhow::Result<()> {
    let honest = place.scan(path)?;
    let text = honest["artifacts"][0]["modules"][0]["evidence"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|evidence| evidence["what"] == "module text")
        .and_then(|evidence| evidence["offset"].as_u64())
        .and_then(|offset| usize::try_from(offset).ok());
    let mut bytes = files::read(path, 1 << 30)?;
    for change in &case.after {
        change.apply(&mut bytes, text)?;
    }
    files::write(path, &bytes, files::Mode::Executable)?;
    Ok(())
}

fn scan(path: &Utf8Path, place: &Place) -> anyhow::Result<Found> {
    let report = place.scan(path)?;
    let mut found =
        Found { verdict: Verdict::NoCrypto, codes: BTreeSet::new(), members: Vec::new() };
    let artifacts = report["artifacts"].as_array().context("the scan lists no artifacts")?;
    ensure!(!artifacts.is_empty(), "the scan found no artifact");
    for artifact in artifacts {
        let verdict: Verdict = artifact["verdict"].as_str().unwrap_or_default().parse()?;
        if severity(verdict) > severity(found.verdict) {
            found.verdict = verdict;
        }
        let path = artifact["path"].as_str().unwrap_or_default();
        found.members.push((path.to_owned(), verdict));
        let findings = artifact["findings"].as_array().into_iter().flatten();
        found
            .codes
            .extend(findings.filter_map(|finding| finding["code"].as_str().map(str::to_owned)));
    }
    Ok(found)
}

/// Graver verdicts are higher: what is proved wrong, then what is not known, then what is right.
fn severity(verdict: Verdict) -> usize {
    const ORDER: [Verdict; 9] = [
        Verdict::NoCrypto,
        Verdict::Pass,
        Verdict::Undetermined,
        Verdict::OutsideModule,
        Verdict::InProcess,
        Verdict::Historical,
        Verdict::Inactive,
        Verdict::NotValidated,
        Verdict::Tampered,
    ];
    ORDER.iter().position(|known| *known == verdict).unwrap_or_default()
}

fn compare(case: &Case, found: &Found) -> Vec<String> {
    let mut wrong = Vec::new();
    if found.verdict != case.verdict {
        wrong.push(format!("verdict {}, not {}", found.verdict, case.verdict));
    }
    for code in case.codes.iter().filter(|code| !found.codes.contains(*code)) {
        let others: Vec<_> = found.codes.iter().map(String::as_str).collect();
        wrong.push(format!("no finding {code} among {}", others.join(", ")));
    }
    for (end, expected) in &case.members {
        let here: Vec<_> =
            found.members.iter().filter(|(path, _)| path.ends_with(end.as_str())).collect();
        if here.is_empty() {
            wrong.push(format!("no file ends with {end}"));
        }
        for (path, verdict) in here.iter().filter(|(_, verdict)| verdict != expected) {
            wrong.push(format!("{path} is {verdict}, not {expected}"));
        }
    }
    wrong
}
