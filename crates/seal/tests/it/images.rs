//! Images whose makers were careless or lied, validly sealed: what the packed bytes show wins.

use crate::common::{self, KEYS, PROGRAMS, SEALED_ON, date, folder, path, refusals};
use catalog::{Expected, Registry};
use manifest::{Digests, Image, ImageProgram, Options, Reason};
use pack::{ImageSpec, Layer, Platform, Thing, layer_of};
use seal::{ReleaseFolder, Signed};
use std::collections::BTreeMap;
use std::sync::LazyLock;
use vocab::{Label, Sha256, Target, Verdict};

const MTIME: u64 = 315_532_800;
const PLACE: &str = "usr/local/bin/native";

/// A change of the claims, and the words that answer it.
type Lie = (fn(&mut Image), &'static str);

fn honest() -> ImageSpec {
    ImageSpec {
        platform: Platform::from(Target::LinuxAmd64),
        tag: "v1.0.0_fips.0".to_owned(),
        created: "1980-01-01T00:00:00Z".to_owned(),
        user: "65532:65532".to_owned(),
        entrypoint: vec![format!("/{PLACE}")],
        environment: vec!["GODEBUG=fips140=on".to_owned()],
        workdir: "/".to_owned(),
        ports: vec![],
        labels: BTreeMap::new(),
        notes: BTreeMap::new(),
    }
}

/// What the manifest claims of every image here.
fn claims(written: &seal::Written, image: &pack::Image<'_>, spec: &ImageSpec) -> Image {
    Image {
        path: written.path().clone(),
        name: "native".parse().unwrap(),
        tag: spec.tag.clone(),
        component: "native".parse().unwrap(),
        version: "v1.0.0".parse().unwrap(),
        target: Target::LinuxAmd64,
        size: written.size(),
        digest: written.digest(),
        manifest: Digests::of(image.manifest()),
        config: Sha256::of(image.config()),
        user: spec.user.clone(),
        entrypoint: spec.entrypoint.clone(),
        environment: spec.environment.clone(),
        programs: vec![ImageProgram {
            path: format!("/{PLACE}").parse().unwrap(),
            sha256: Sha256::of(&PROGRAMS.native),
            binary: Some(path("native-v1.0.0+fips.0-linux-amd64/native")),
            verdict: Verdict::Pass,
            modules: vec![],
            allow: vec![],
        }],
        label: Label::Full,
        expected: None,
    }
}

/// A release with one image, changed before it was packed or before it was sealed; gives what refuses it.
fn refused(
    spec: impl FnOnce(&mut ImageSpec),
    more: &[(&str, &[u8])],
    claim: impl FnOnce(&mut Image),
) -> Vec<(Reason, String)> {
    let folder = folder();
    let place = ReleaseFolder::beside(&folder.path.join("release")).unwrap();
    let mut contents = common::contents(&place, date(SEALED_ON), Registry::embedded()).unwrap();
    let mut own = honest();
    spec(&mut own);
    let mut things: BTreeMap<String, (u32, Thing<'_>)> =
        BTreeMap::from([("tmp".to_owned(), (0o1777, Thing::Folder))]);
    things
        .extend(more.iter().map(|(path, bytes)| ((*path).to_owned(), (0o755, Thing::File(bytes)))));
    let program = pack::Program::new(PLACE, 0o755, &PROGRAMS.native, MTIME).unwrap();
    let layers: Vec<Layer<'_>> = vec![layer_of(&things, MTIME).unwrap(), program.layer()];
    let image = pack::Image::new(&own, &layers, MTIME).unwrap();
    let target = "native".parse().unwrap();
    let file = manifest::image_path(&target, &own.tag, Target::LinuxAmd64).unwrap();
    let written = place
        .write(file, |out| {
            image.write(out)?;
            Ok(())
        })
        .unwrap();
    let mut claimed = claims(&written, &image, &own);
    claim(&mut claimed);
    contents.images = vec![claimed];
    let sealed = match Signed::new(contents, &KEYS).unwrap().seal(&KEYS) {
        Ok(sealed) => sealed,
        Err(error) => {
            let why = std::error::Error::source(&error).unwrap().to_string();
            return vec![(Reason::Manifest, why)];
        }
    };
    let staged = sealed.stage(place).unwrap();
    let options = Options {
        as_of: date(SEALED_ON),
        registry: Registry::embedded(),
        policy: None,
        allow_example_keys: false,
    };
    let verification = manifest::verify(staged.path(), KEYS.trust(), &options).unwrap();
    refusals(&verification).into_iter().map(|check| (check.reason, check.message.clone())).collect()
}

#[track_caller]
fn says(found: &[(Reason, String)], words: &str) {
    assert!(found.iter().any(|(_, message)| message.contains(words)), "no `{words}` in {found:?}");
}

/// Without it nothing below means anything.
#[test]
fn an_honest_image_is_accepted() {
    assert_eq!(refused(|_| {}, &[], |_| {}), []);
}

/// Without it an image could switch off, for all that run it, the module that its program was labelled for.
#[test]
fn an_image_whose_environment_switches_the_module_off_is_refused() {
    let found =
        refused(|spec| spec.environment = vec!["GODEBUG=fips140=off".to_owned()], &[], |_| {});
    says(&found, "in this image and `pass` in its archive");
}

/// Without it a program that nobody labelled could ride along, or stand in for one that somebody did.
#[test]
fn a_program_that_is_not_sealed_and_one_that_is_missing_are_refused() {
    let found = refused(|_| {}, &[("usr/bin/other", &PROGRAMS.plain)], |_| {});
    says(&found, "usr/bin/other");
    let found = refused(
        |_| {},
        &[],
        |image| {
            image.programs[0].path = "/usr/local/bin/other".parse().unwrap();
        },
    );
    says(&found, "`/usr/local/bin/other` is not in it");
}

/// Without it the manifest could promise a user, a command or a digest that the image does not have.
#[test]
fn claims_that_the_image_does_not_bear_out_are_refused() {
    let changes: [Lie; 6] = [
        (|image| image.user = "65532".to_owned(), "its user is not as sealed"),
        (|image| image.entrypoint.push("--debug".to_owned()), "its entrypoint is not as sealed"),
        (|image| image.environment.clear(), "its environment is not as sealed"),
        (|image| image.tag = "v1.0.1_fips.0".to_owned(), "its tag is not as sealed"),
        (|image| image.config = Sha256::of(b"x"), "the digest of its configuration"),
        (|image| image.manifest = Digests::of(b"x"), "the SHA-256 of its manifest"),
    ];
    for (claim, words) in changes {
        says(&refused(|_| {}, &[], claim), words);
    }
}

/// Without it a manifest could contradict itself about an image, and each reader believe another half.
#[test]
fn a_manifest_that_contradicts_itself_about_an_image_is_not_sealed() {
    let changes: [Lie; 4] = [
        (|image| image.label = Label::Not, "rolls up to `full`"),
        (|image| image.programs[0].verdict = Verdict::NoCrypto, "the same digest, verdict"),
        (|image| image.target = Target::LinuxArm64, "the same digest, verdict and target"),
        (|image| image.programs.clear(), "holds no program"),
    ];
    for (claim, words) in changes {
        let found = refused(|_| {}, &[], claim);
        assert!(matches!(&found[..], [(Reason::Manifest, _)]), "{found:?}");
        says(&found, words);
    }
}

/// A program with ordinary cryptography of Go's, as a distribution brings some.
static UTILITY: LazyLock<Vec<u8>> =
    LazyLock::new(|| common::compile(&folder().path, "native", "off"));

const UTILITY_PLACE: &str = "usr/bin/utility";

fn with_utility(image: &mut Image, expected: Option<(Label, &str)>) {
    image.programs.push(ImageProgram {
        path: format!("/{UTILITY_PLACE}").parse().unwrap(),
        sha256: Sha256::of(&UTILITY),
        binary: None,
        verdict: Verdict::NotValidated,
        modules: vec![],
        allow: vec![],
    });
    image.label = Label::Partial;
    image.expected = expected.map(|(label, reason)| Expected { label, reason: reason.to_owned() });
}

fn with(claim: impl FnOnce(&mut Image)) -> Vec<(Reason, String)> {
    refused(|_| {}, &[(UTILITY_PLACE, &UTILITY)], claim)
}

/// Without it packages that are not validated could either not be shipped at all, or be shipped without a word.
#[test]
fn programs_of_packages_miss_the_policy_unless_the_seal_says_what_the_image_is_and_why() {
    let reason = "its utilities are those of a distribution";
    assert_eq!(with(|image| with_utility(image, Some((Label::Partial, reason)))), []);
    let found = with(|image| with_utility(image, None));
    assert!(found.iter().all(|(reason, _)| *reason == Reason::PolicyRefused), "{found:?}");
    says(&found, "does not accept `not-validated` of `/usr/bin/utility`");
    // What it is said to be must be what it is, today as on the day of the seal.
    let found = with(|image| {
        with_utility(image, Some((Label::Full, reason)));
        image.programs[1].verdict = Verdict::NoCrypto;
        image.label = Label::Full;
    });
    says(&found, "judged differently than when it was sealed");
}

#[test]
fn an_expectation_that_the_manifest_does_not_bear_out_is_not_sealed() {
    for (expected, words) in [
        (
            (Label::Not, "its utilities are those of a distribution"),
            "is expected to be `not`, and is `partial`",
        ),
        ((Label::Partial, " "), "no reason is given"),
    ] {
        let found = with(|image| with_utility(image, Some(expected)));
        assert!(matches!(&found[..], [(Reason::Manifest, _)]), "{found:?}");
        says(&found, words);
    }
    let found = refused(
        |_| {},
        &[],
        |image| {
            image.expected =
                Some(Expected { label: Label::Full, reason: "nothing else is in it".to_owned() });
        },
    );
    says(&found, "has no program of its own");
}
