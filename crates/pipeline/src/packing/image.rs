//! The images of a component: put together from layers of packed programs, and scanned as images before anything is signed.

use super::{Part, Scanned};
use crate::edge::Stop;
use crate::naming::{self, CREATED, MTIME};
use crate::scanning::Program;
use crate::workspace::{Dates, Desk};
use catalog::{ImageRecipe, Recipe};
use manifest::{Digests, Image, ImageProgram, InstallPath};
use pack::{ImageSpec, Layer, Platform, Thing, base_layer};
use scan::{ArtifactReport, Scanner};
use seal::{ReleaseFolder, Written};
use std::collections::{BTreeMap, BTreeSet};
use vocab::{Backend, CertificateNumber, Label, Sha256, Target};

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
    target: Target,
    backend: Backend,
}

/// The images of one component for one target.
pub(super) fn images(
    desk: &Desk,
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
            target: built.target(),
            backend: built.backend(),
        };
        maker.make(scanner, folder)
    };
    recipe.images.iter().map(make).collect()
}

impl Maker<'_> {
    fn make(&self, scanner: &Scanner<'_>, folder: &ReleaseFolder) -> anyhow::Result<Scanned> {
        let layers = self.layers()?;
        let spec = self.spec();
        let image = pack::Image::new(&spec, &layers, MTIME)?;
        let path = manifest::image_path(&self.image.name, &spec.tag, self.target)?;
        let file = folder.write(path, |out| {
            image.write(out)?;
            Ok(())
        })?;
        let reports = self.scan(scanner, folder, &file)?;
        let sealed = self.sealed(&spec, &image, &file)?;
        Ok(Scanned { image: sealed, reports })
    }

    /// The base, then a layer for each program: registries keep a layer once, whatever image it is of. Layers of other
    /// origin, of a distribution's packages for instance, come between the two (`pack::Layer::of_tar`).
    fn layers(&self) -> anyhow::Result<Vec<Layer<'_>>> {
        let mut layers = vec![self.base()?];
        layers.extend(self.parts.iter().map(|part| part.packed.layer()));
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
        Ok(base_layer(&things, MTIME)?)
    }

    fn spec(&self) -> ImageSpec {
        ImageSpec {
            platform: Platform::from(self.target),
            tag: naming::tag(&self.recipe.version, self.desk.profile.fips),
            created: CREATED.to_owned(),
            user: self.image.user.clone(),
            entrypoint: self.image.entrypoint.clone(),
            environment: self.environment(),
            workdir: self.image.workdir.clone(),
            labels: self.labels(),
            notes: self.notes(),
        }
    }

    /// What activates the module, then what the recipe sets. Go's own module is on by the build's default already; saying it
    /// again means that a base image's or a person's GODEBUG is seen to be in the way. `BoringCrypto` takes no variable.
    fn environment(&self) -> Vec<String> {
        let mut all = BTreeMap::from([PATH.split_once('=').unwrap_or_default()]);
        if self.backend == Backend::GoNative {
            all.insert("GODEBUG", "fips140=on");
        }
        all.extend(
            self.image.environment.iter().map(|(name, value)| (name.as_str(), value.as_str())),
        );
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
            (format!("{OCI}.source"), recipe.repository.clone()),
            (format!("{OCI}.licenses"), recipe.licence.clone()),
            (format!("{OWN}.fips.backend"), self.backend.to_string()),
        ]);
        let optional = [
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
    fn notes(&self) -> BTreeMap<String, String> {
        BTreeMap::from([
            (format!("{OWN}.fips.status"), self.label().to_string()),
            (format!("{OWN}.fips.policy"), self.desk.profile.policy.to_string()),
            (format!("{OWN}.fips.as-of"), self.dates.as_of.to_string()),
            (format!("{OWN}.fips.registry-date"), self.desk.catalog.registry.date.to_string()),
        ])
    }

    fn label(&self) -> Label {
        Label::of_verdicts(self.programs().map(|program| program.scanned().report().verdict))
    }

    fn programs(&self) -> impl Iterator<Item = &Program<'_>> {
        self.parts.iter().map(|part| part.program)
    }

    /// The packed image, read back and scanned like any image: each program must be there, byte for byte, and judged as it
    /// was on its own, and nothing else may be there.
    fn scan(
        &self,
        scanner: &Scanner<'_>,
        folder: &ReleaseFolder,
        file: &Written,
    ) -> anyhow::Result<Vec<ArtifactReport>> {
        let answers = self.programs().map(|p| (p.scanned().sha256(), p.allow.clone())).collect();
        let path = file.path().as_str();
        let scan = scanner.scan_image(path, folder.read(file)?, &answers)?;
        let expected: BTreeSet<(String, Sha256, vocab::Verdict)> = self
            .programs()
            .map(|program| {
                let report = program.scanned().report();
                (format!("{path}!{}", place(program)), report.sha256, report.verdict)
            })
            .collect();
        let found: BTreeSet<_> = scan
            .artifacts
            .iter()
            .map(|report| (report.path.clone(), report.sha256, report.verdict))
            .collect();
        if found == expected {
            return Ok(scan.artifacts);
        }
        let said = |set: BTreeSet<&(String, Sha256, vocab::Verdict)>| -> String {
            let line = |(path, _, verdict): &(String, Sha256, vocab::Verdict)| {
                format!("\n  {path} ({verdict})")
            };
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
        file: &Written,
    ) -> anyhow::Result<Image> {
        let mut programs = self
            .programs()
            .map(|program| {
                Ok(ImageProgram {
                    path: format!("/{}", place(program)).parse::<InstallPath>()?,
                    sha256: program.scanned().sha256(),
                    binary: Some(program.id()?),
                    verdict: program.scanned().report().verdict,
                    allow: vec![],
                })
            })
            .collect::<anyhow::Result<Vec<_>>>()?;
        programs.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Image {
            path: file.path().clone(),
            name: self.image.name.clone(),
            tag: spec.tag.clone(),
            component: self.recipe.name.clone(),
            version: self.recipe.version.clone(),
            target: self.target,
            size: file.size(),
            digest: file.digest(),
            manifest: Digests::of(image.manifest()),
            config: Sha256::of(image.config()),
            user: spec.user.clone(),
            entrypoint: spec.entrypoint.clone(),
            environment: spec.environment.clone(),
            programs,
            label: self.label(),
        })
    }
}

/// Where a program stands in an image, without `/` before it.
fn place(program: &Program<'_>) -> String {
    program.place().trim_start_matches('/').to_owned()
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
