//! The images of a component: put together from layers of packed programs, and scanned as images before anything is signed.

mod contents;

pub(crate) use contents::Package;

use super::{Part, Scanned};
use crate::edge::Stop;
use crate::naming::{self, CREATED, MTIME};
use crate::scanning::Program;
use crate::workspace::{Dates, Desk};
use build::{Built, PackageFiles, Plan};
use catalog::{ImageRecipe, Recipe};
use contents::place;
use manifest::{Digests, Fips, Image, ImageProgram, InstallPath};
use pack::{ImageSpec, Layer, Platform, Thing, layer_of};
use scan::{ArtifactReport, Scanner};
use seal::{ReleaseFolder, Written};
use std::collections::{BTreeMap, BTreeSet};
use vocab::{Backend, CertificateNumber, Label, Sha256, Verdict};

/// What the predicate's type begins with, as annotations write it (annotations.md, "Rules": reverse domain notation).
const OWN: &str = "dev.fipsmith";
const OCI: &str = "org.opencontainers.image";

/// Where programs are looked for, the usual value: kubeadm starts programs by their names.
const PATH: &str = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// The image's programs, and what all images of one run share.
struct Maker<'a> {
    desk: &'a Desk,
    dates: Dates,
    recipe: &'a Recipe,
    image: &'a ImageRecipe,
    parts: Vec<&'a Part<'a>>,
    built: &'a Built,
    packages: Option<PackageFiles>,
}

/// The images of one component for one target.
pub(super) fn images(
    (desk, plan): (&Desk, &Plan),
    dates: Dates,
    scanner: &Scanner<'_>,
    folder: &ReleaseFolder,
    parts: &[Part<'_>],
) -> anyhow::Result<Vec<Scanned>> {
    let Some(first) = parts.first() else { return Ok(vec![]) };
    let (recipe, built) = (first.program.recipe, first.program.built);
    let make = |image: &ImageRecipe| {
        let maker = Maker {
            desk,
            dates,
            recipe,
            image,
            parts: parts
                .iter()
                .filter(|part| image.artifacts.contains(part.program.name()))
                .collect(),
            built,
            packages: contents::packages(desk, plan, built, image)?,
        };
        maker.make(scanner, folder)
    };
    recipe.images.iter().map(make).collect()
}

impl<'a> Maker<'a> {
    fn make(mut self, scanner: &Scanner<'_>, folder: &ReleaseFolder) -> anyhow::Result<Scanned> {
        let layers = self.layers()?;
        let tag = naming::tag(&self.recipe.version, self.desk.profile.fips);
        let path = manifest::image_path(&self.image.name, &tag, self.built.target())?;
        let label = self.label(scanner, &layers, path.as_str())?;
        let spec = self.spec(tag, label);
        let image = pack::Image::new(&spec, &layers, MTIME)?;
        let file = folder.write(path, |out| {
            image.write(out)?;
            Ok(())
        })?;
        let reports = self.scan(scanner, file.path().as_str(), folder.read(&file)?)?;
        let sealed = self.sealed(&spec, &image, (&file, &reports))?;
        let packages = self.packages.take();
        let inside = inside(&reports, sealed.path.as_str());
        let packages = packages.map(|files| contents::judged(files, &inside)).unwrap_or_default();
        Ok(Scanned { image: sealed, packages, reports })
    }

    /// The distribution's packages, the base, the tree of a component of C, then a layer for each program: registries keep a
    /// layer once, whatever image it is of.
    fn layers(&self) -> anyhow::Result<Vec<Layer<'a>>> {
        let mut layers = Vec::new();
        if let Some(packages) = &self.packages {
            layers.push(contents::layer(packages)?);
        }
        layers.push(self.base()?);
        layers.extend(contents::tree(self.built)?);
        layers.extend(self.parts.iter().map(|&part| part.packed.layer()));
        Ok(layers)
    }

    fn base(&self) -> anyhow::Result<Layer<'static>> {
        let (passwd, group) = accounts(&self.image.user);
        let mut things = BTreeMap::from([
            ("etc/group".to_owned(), (0o644, Thing::File(group.as_bytes()))),
            ("etc/passwd".to_owned(), (0o644, Thing::File(passwd.as_bytes()))),
            ("tmp".to_owned(), (0o1777, Thing::Folder)),
        ]);
        for file in &self.image.files {
            let path = file.path.trim_start_matches('/').to_owned();
            things.insert(path, (0o644, Thing::File(file.content.as_bytes())));
        }
        Ok(layer_of(&things, MTIME)?)
    }

    fn spec(&self, tag: String, label: Label) -> ImageSpec {
        ImageSpec {
            platform: Platform::from(self.built.target()),
            tag,
            created: CREATED.to_owned(),
            user: self.image.user.clone(),
            entrypoint: self.image.entrypoint.clone(),
            environment: self.environment(),
            workdir: self.image.workdir.clone(),
            ports: self.image.ports.clone(),
            labels: self.labels(),
            notes: self.notes(label),
        }
    }

    /// What activates the module, then what the recipe sets. Go's own module is on by the build's default already; saying it
    /// again means that a base image's or a person's GODEBUG is seen to be in the way. `BoringCrypto` takes no variable.
    /// libcrypto was built to read the same configuration; named here, another one is seen to be in the way as well.
    fn environment(&self) -> Vec<String> {
        let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let mut all = BTreeMap::from([own(PATH.split_once('=').unwrap_or_default())]);
        if self.built.backend() == Backend::GoNative {
            all.extend([own(("GODEBUG", "fips140=on"))]);
        }
        if let Some(c) = &self.recipe.c {
            let at = |name: &str, place: &str| (name.to_owned(), format!("{}/{place}", c.prefix));
            all.extend([at("OPENSSL_CONF", "ssl/openssl.cnf")]);
            all.extend([at("OPENSSL_MODULES", "lib/ossl-modules")]);
        }
        all.extend(self.image.environment.clone());
        all.into_iter().map(|(name, value)| format!("{name}={value}")).collect()
    }

    /// Facts that no day changes: which module is in the bytes, and the number of its certificate. The label is not among
    /// them, because it ages: an image that lies in a registry for years would go on saying `full`.
    fn labels(&self) -> BTreeMap<String, String> {
        let recipe = self.recipe;
        let mut labels = BTreeMap::from([
            (format!("{OCI}.created"), CREATED.to_owned()),
            (format!("{OCI}.title"), self.image.name.to_string()),
            (format!("{OCI}.description"), recipe.summary.clone()),
            (format!("{OCI}.version"), recipe.version.released(self.desk.profile.fips)),
            (format!("{OCI}.licenses"), recipe.licence.clone()),
            (format!("{OWN}.fips.backend"), self.built.backend().to_string()),
        ]);
        let optional = [
            (format!("{OCI}.source"), recipe.repository.clone()),
            (format!("{OCI}.revision"), recipe.commit.clone()),
            (format!("{OCI}.vendor"), self.desk.profile.supplier.clone()),
            (format!("{OWN}.fips.module"), self.joined(|module| Some(module.id.to_string()))),
            (format!("{OWN}.cmvp.certificate"), self.joined(|m| m.certificate.map(number))),
        ];
        labels.extend(optional.into_iter().filter_map(|(name, value)| Some((name, value?))));
        labels
    }

    /// What the modules of all programs are, each once, with commas between.
    fn joined(&self, text: impl Fn(&scan::ModuleReport) -> Option<String>) -> Option<String> {
        let modules = self.programs().flat_map(|program| &program.scanned().report().modules);
        let all: BTreeSet<String> = modules.filter_map(text).collect();
        (!all.is_empty()).then(|| all.into_iter().collect::<Vec<_>>().join(","))
    }

    /// What holds on a day, under a policy. It lies in the index of the tar file, outside the image.
    fn notes(&self, label: Label) -> BTreeMap<String, String> {
        BTreeMap::from([
            (format!("{OWN}.fips.status"), label.to_string()),
            (format!("{OWN}.fips.policy"), self.desk.profile.policy.to_string()),
            (format!("{OWN}.fips.as-of"), self.dates.as_of.to_string()),
            (format!("{OWN}.fips.registry-date"), self.desk.catalog.registry.date.to_string()),
        ])
    }

    /// Whether it may hold programs that are no binaries of the release.
    fn holds_others(&self) -> bool {
        self.packages.is_some() || self.built.is_tree()
    }

    /// The label of all programs in it. It stands in the image's file, so what only the image has is looked at before that is
    /// written.
    fn label(
        &self,
        scanner: &Scanner<'_>,
        layers: &[Layer<'_>],
        path: &str,
    ) -> anyhow::Result<Label> {
        if !self.holds_others() {
            let programs = self.programs().map(|program| program.scanned().report().verdict);
            return Ok(Label::of_verdicts(programs));
        }
        let draft = self.spec("draft".to_owned(), Label::Unknown);
        let bytes = pack::Image::new(&draft, layers, MTIME)?.write(Vec::new())?;
        let reports = self.scan(scanner, path, bytes)?;
        Ok(Label::of_verdicts(reports.iter().map(|report| report.verdict)))
    }

    fn programs(&self) -> impl Iterator<Item = &Program<'a>> {
        self.parts.iter().map(|part| part.program)
    }

    /// The packed image, scanned like any image: each program must be there, byte for byte, and judged as it was on its own,
    /// and nothing else may be there but what packages and trees bring.
    fn scan(
        &self,
        scanner: &Scanner<'_>,
        path: &str,
        bytes: Vec<u8>,
    ) -> anyhow::Result<Vec<ArtifactReport>> {
        let answers = self.programs().map(|p| (p.scanned().sha256(), p.allow.clone())).collect();
        let scan = scanner.scan_image(path, bytes, &answers)?;
        let expected: BTreeSet<(String, Sha256, Verdict)> = self
            .programs()
            .map(|program| {
                let report = program.scanned().report();
                (format!("{path}!{}", place(program)), report.sha256, report.verdict)
            })
            .collect();
        let inside = inside(&scan.artifacts, path);
        let places: BTreeSet<String> = self.programs().map(place).collect();
        // What stands in the image as a file; what could not be read is no such thing.
        let other = |report: &&ArtifactReport| {
            let own =
                inside.iter().any(|(place, it)| it.path == report.path && !places.contains(place));
            self.holds_others() && own
        };
        let found: BTreeSet<_> = scan
            .artifacts
            .iter()
            .filter(|report| !other(report))
            .map(|report| (report.path.clone(), report.sha256, report.verdict))
            .collect();
        if found == expected {
            return Ok(scan.artifacts);
        }
        let said = |set: BTreeSet<&(String, Sha256, Verdict)>| -> String {
            let line =
                |(path, _, verdict): &(String, Sha256, Verdict)| format!("\n  {path} ({verdict})");
            set.into_iter().map(line).collect::<Vec<_>>().concat()
        };
        let more = said(found.difference(&expected).collect());
        let less = said(expected.difference(&found).collect());
        let message = format!(
            "the image `{path}` is not judged as its programs are on their own; found in it:{more}\nexpected:{less}\nnothing was signed"
        );
        let hint = "look at `env` and `files` of the image in the recipe: they can change what a program does".to_owned();
        Err(Stop::failed(message, Some(hint)).into())
    }

    fn sealed(
        &self,
        spec: &ImageSpec,
        image: &pack::Image<'_>,
        (file, reports): (&Written, &[ArtifactReport]),
    ) -> anyhow::Result<Image> {
        let others = self.others(file.path().as_str(), reports)?;
        let mut programs = self
            .programs()
            .map(|program| {
                Ok(ImageProgram {
                    path: format!("/{}", place(program)).parse::<InstallPath>()?,
                    sha256: program.scanned().sha256(),
                    binary: Some(program.id()?),
                    verdict: program.scanned().report().verdict,
                    modules: vec![],
                    allow: vec![],
                })
            })
            .collect::<anyhow::Result<Vec<_>>>()?;
        programs.extend(others);
        programs.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Image {
            path: file.path().clone(),
            name: self.image.name.clone(),
            tag: spec.tag.clone(),
            component: self.recipe.name.clone(),
            version: self.recipe.version.clone(),
            target: self.built.target(),
            size: file.size(),
            digest: file.digest(),
            manifest: Digests::of(image.manifest()),
            config: Sha256::of(image.config()),
            user: spec.user.clone(),
            entrypoint: spec.entrypoint.clone(),
            environment: spec.environment.clone(),
            programs,
            label: Label::of_verdicts(reports.iter().map(|report| report.verdict)),
            expected: self.image.expected.clone(),
        })
    }

    /// The programs that only the image has: of packages, and the libraries of a tree.
    fn others(&self, path: &str, reports: &[ArtifactReport]) -> anyhow::Result<Vec<ImageProgram>> {
        let own: BTreeSet<String> = self.programs().map(place).collect();
        let others = inside(reports, path).into_iter().filter(|(place, _)| !own.contains(place));
        let program = |(place, report): (String, &ArtifactReport)| {
            Ok(ImageProgram {
                path: format!("/{place}").parse()?,
                sha256: report.sha256,
                binary: None,
                verdict: report.verdict,
                modules: Fips::of(report).modules,
                allow: vec![],
            })
        };
        others.map(program).collect()
    }
}

/// The reports of programs of an image, by their places in it. What could not be read has no place.
fn inside<'r>(reports: &'r [ArtifactReport], path: &str) -> BTreeMap<String, &'r ArtifactReport> {
    let place = |report: &'r ArtifactReport| {
        let place = report.path.strip_prefix(path)?.strip_prefix('!')?;
        (!place.contains('!')).then(|| (place.to_owned(), report))
    };
    reports.iter().filter_map(place).collect()
}

fn number(certificate: CertificateNumber) -> String {
    certificate.to_string().trim_start_matches('#').to_owned()
}

/// passwd(5) and group(5) with root, the usual unprivileged users, and whoever the image runs as. No CA certificates, no
/// shell, no libraries: the programs are static, and whom they trust is for the deployment to say.
fn accounts(user: &str) -> (String, String) {
    let (uid, gid) = user.split_once(':').unwrap_or((user, "65532"));
    let mut users =
        vec![("root", "0", "0"), ("nobody", "65534", "65534"), ("nonroot", "65532", "65532")];
    if !users.iter().any(|(_, known, _)| *known == uid) {
        users.push(("app", uid, gid));
    }
    let account = |(name, uid, gid): &(&str, &str, &str)| {
        format!("{name}:x:{uid}:{gid}:{name}:/:/sbin/nologin\n")
    };
    let group = |(name, _, gid): &(&str, &str, &str)| format!("{name}:x:{gid}:\n");
    let passwd: Vec<String> = users.iter().map(account).collect();
    let groups: Vec<String> = users.iter().map(group).collect();
    (passwd.concat(), groups.concat())
}
