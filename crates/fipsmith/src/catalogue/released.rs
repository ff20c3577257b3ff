//! The release of a profile: is it there, may it be believed, and what are its binaries today.

use super::Reader;
use anyhow::Context as _;
use camino::Utf8Path;
use catalog::Profile;
use manifest::{Check, CheckKind, Fips, Reason, Release, Verification};
use std::collections::BTreeMap;
use vocab::{ComponentName, Verdict};

/// What was found.
pub(super) enum Released {
    /// No folder of that name.
    Missing,
    /// A folder that cannot be believed, and why.
    Refused(String),
    /// A sealed release.
    Sealed(Box<Sealed>),
}

/// A sealed release with the judgement of each binary on the day that was asked for.
pub(super) struct Sealed {
    pub(super) release: Release,
    judged: BTreeMap<String, Fips>,
    /// What only images have, with the component that each is of.
    own: Vec<(ComponentName, Fips)>,
}

impl Sealed {
    /// What a binary is today.
    pub(super) fn fips(&self, id: &str) -> Option<&Fips> {
        self.judged.get(id)
    }

    /// What the programs are today that only images of a component have.
    pub(super) fn own(&self, component: &ComponentName) -> impl Iterator<Item = &Fips> {
        self.own.iter().filter(move |(of, _)| of == component).map(|(_, fips)| fips)
    }
}

impl Released {
    pub(super) fn read(
        reader: &Reader<'_>,
        profile: &Profile,
        folder: &Utf8Path,
    ) -> anyhow::Result<Self> {
        if !folder.exists() {
            return Ok(Self::Missing);
        }
        let context = || format!("cannot look at `{folder}`");
        let sealed = if reader.verify {
            verified(
                &manifest::verify(folder, reader.trust, &reader.options).with_context(context)?,
            )
        } else {
            let glance =
                manifest::glance(folder, reader.trust, &reader.options).with_context(context)?;
            glance.manifest().map(|manifest| at_a_glance(reader, manifest.release())).map_err(told)
        };
        Ok(match sealed {
            Err(why) => Self::Refused(why),
            Ok(sealed) => sealed.of(profile),
        })
    }

    pub(super) fn there(&self) -> bool {
        !matches!(self, Self::Missing)
    }

    pub(super) fn refused(&self) -> bool {
        matches!(self, Self::Refused(_))
    }

    pub(super) fn example_keys(&self) -> bool {
        matches!(self, Self::Sealed(sealed) if sealed.release.example_keys)
    }

    /// Why nothing is known, if nothing is.
    pub(super) fn reason(&self) -> Option<String> {
        match self {
            Self::Missing => Some("not released yet".to_owned()),
            Self::Refused(why) => Some(why.clone()),
            Self::Sealed(_) => None,
        }
    }
}

impl Sealed {
    /// A release under another name than its own is no release of this profile.
    fn of(self, profile: &Profile) -> Released {
        let (expected, found) = (profile.release_name(), self.release.release.as_str());
        if found == expected && self.release.profile == profile.name {
            return Released::Sealed(Box::new(self));
        }
        Released::Refused(format!("its folder holds the release `{found}`, not `{expected}`"))
    }
}

fn at_a_glance(reader: &Reader<'_>, release: &Release) -> Sealed {
    let day = |fips: &Fips| {
        let verdict = fips.verdict_on(reader.options.as_of, reader.options.registry);
        if verdict == fips.verdict {
            return fips.clone();
        }
        let why = format!(
            "sealed as `{}` on {}, and `{verdict}` on {}",
            fips.verdict, release.as_of, reader.options.as_of
        );
        Fips { verdict, label: verdict.label(), reasons: vec![why], modules: fips.modules.clone() }
    };
    let judged = release.binaries().map(|binary| (binary.id.to_string(), day(&binary.fips)));
    let own = own_programs(release).map(|(component, fips)| (component, day(&fips))).collect();
    Sealed { judged: judged.collect(), own, release: release.clone() }
}

/// The programs that only images have, as they were sealed. Why they are what they are is what the recipe says of the image.
fn own_programs(release: &Release) -> impl Iterator<Item = (ComponentName, Fips)> {
    release.images().flat_map(|image| {
        image.own_programs().map(|program| {
            let label = program.verdict.label();
            let reason = match &image.expected {
                Some(expected) => format!("image `{}`: {}", image.name, expected.reason),
                None => format!("`{}` of the image `{}`", program.path, image.name),
            };
            let fips = Fips {
                verdict: program.verdict,
                label,
                modules: program.modules.clone(),
                reasons: vec![reason],
            };
            (image.component.clone(), fips)
        })
    })
}

/// Every byte was read: what the bytes show today counts. That they show something else than was sealed is no reason to
/// disbelieve them; that a file is not the sealed one is.
fn verified(verification: &Verification) -> Result<Sealed, String> {
    let judgement = [CheckKind::Label, CheckKind::Policy, CheckKind::Rollup];
    let wrong: Vec<&Check> = verification
        .checks()
        .iter()
        .filter(|check| check.refuses() && !judgement.contains(&check.kind))
        .collect();
    let Some(release) = verification.release().filter(|_| wrong.is_empty()) else {
        return Err(told(wrong));
    };
    let fresh = |id: &str| match verification.report(id) {
        Some(report) => Fips::of(report),
        None => unknown(),
    };
    let judged = release.binaries().map(|b| (b.id.to_string(), fresh(b.id.as_str()))).collect();
    // An image whose label changed is not what was sealed; of what only it has, no more is known then.
    let changed = |component: &ComponentName| {
        verification.checks().iter().any(|check| {
            check.reason == Reason::LabelChanged
                && release
                    .images()
                    .any(|it| it.component == *component && it.path.as_str() == check.path)
        })
    };
    let own = own_programs(release).map(|(component, fips)| {
        let fips = if changed(&component) { unknown() } else { fips };
        (component, fips)
    });
    Ok(Sealed { own: own.collect(), release: release.clone(), judged })
}

fn unknown() -> Fips {
    Fips {
        verdict: Verdict::Undetermined,
        label: Verdict::Undetermined.label(),
        modules: vec![],
        reasons: vec!["it could not be read, or is judged differently now".to_owned()],
    }
}

/// The first thing that is wrong, and how many more there are.
fn told(wrong: Vec<&Check>) -> String {
    let first = wrong.first().map_or("its seal could not be opened".to_owned(), |check| {
        format!("{}: {}", check.path, check.message)
    });
    match wrong.len() {
        0 | 1 => format!("not believed: {first}"),
        more => {
            format!("not believed: {first}; and {} more (`fipsmith verify` lists them)", more - 1)
        }
    }
}
