//! Images that hold more than static programs: their roots, unpacked by outside clients and started.

use crate::bad_input::{at, repository};
use crate::nginx::{CERTIFICATE, EDGE, accepts};
use crate::support::{SMOKE, empty, fipsmith, json, run, text};
use assert_cmd::Command;
use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;
use std::time::{Duration, Instant};

/// An image of a release: its configuration as skopeo reads it, and the root that its layers unpack to.
struct Container {
    config: Value,
    root: Utf8PathBuf,
}

impl Container {
    fn of(image: &Utf8Path, name: &str) -> Self {
        let folder = empty(name);
        let from = format!("oci-archive:{image}");
        let skopeo = |arguments: &[&str]| run(Command::new("skopeo").args(arguments), 0);
        let (layout, root) = (folder.join("layout"), folder.join("root"));
        skopeo(&["copy", "--quiet", "--insecure-policy", &from, &format!("oci:{layout}:copy")]);
        let manifest = json(&skopeo(&["inspect", "--raw", &from]));
        files::create_dir_all(&root).unwrap();
        for layer in manifest["layers"].as_array().unwrap() {
            let digest = layer["digest"].as_str().unwrap().strip_prefix("sha256:").unwrap();
            let blob = layout.join("blobs/sha256").join(digest);
            run(Command::new("tar").args(["-xpzf", blob.as_str(), "-C", root.as_str()]), 0);
        }
        Self { config: json(&skopeo(&["inspect", "--config", &from])), root }
    }

    fn setting(&self, key: &str) -> Vec<String> {
        let list = self.config["config"][key].as_array().cloned().unwrap_or_default();
        list.iter().map(|item| item.as_str().unwrap().to_owned()).collect()
    }

    /// The command line that starts its entrypoint with more arguments, as its user, with its environment and in its root: what
    /// a container runtime does, without one.
    fn command(&self, more: &[&str]) -> Vec<String> {
        let user = self.config["config"]["User"].as_str().unwrap();
        let (uid, gid) = user.split_once(':').unwrap();
        let enter =
            "mount --rbind /dev \"$0/dev\"; mount --rbind /proc \"$0/proc\"; exec env -i \"$@\"";
        let fixed = ["unshare", "--user", "--map-user", uid, "--map-group", gid, "--mount"];
        let mut all: Vec<String> = fixed.map(str::to_owned).into();
        all.extend(
            ["--keep-caps", "/bin/sh", "-euc", enter, self.root.as_str()].map(str::to_owned),
        );
        all.extend(self.setting("Env"));
        all.extend(["/usr/sbin/chroot", self.root.as_str()].map(str::to_owned));
        all.extend(self.setting("Entrypoint"));
        all.extend(more.iter().map(|&word| word.to_owned()));
        all
    }

    fn run(&self, more: &[&str], code: i32) -> String {
        let all = self.command(more);
        let output = run(Command::new(&all[0]).args(&all[1..]), code);
        text(&output.stdout) + &text(&output.stderr)
    }
}

fn image(name: &str) -> Utf8PathBuf {
    let images = EDGE.join("images");
    let entries = files::walk(&images).unwrap();
    let entry = entries.iter().find(|entry| entry.path.as_str().starts_with(name)).unwrap();
    images.join(&entry.path)
}

fn verdicts(path: &Utf8Path) -> Vec<(String, String, Value)> {
    let report = json(&run(&mut fipsmith(&["scan", "--format", "json", path.as_str()]), 0));
    let text = |artifact: &Value, key: &str| artifact[key].as_str().unwrap().to_owned();
    let artifacts = report["artifacts"].as_array().unwrap().iter();
    artifacts
        .map(|it| (text(it, "path"), text(it, "verdict"), it["modules"][0]["certificate"].clone()))
        .collect()
}

/// Without it a program of C could be full in its archive, and in its image run with the ordinary OpenSSL, or not at all.
#[test]
fn an_image_of_nginx_serves_as_a_user_with_aes_gcm_and_without_chacha20() {
    let found = verdicts(&image("nginx"));
    let nginx = found.iter().find(|(path, ..)| path.ends_with("opt/fips/sbin/nginx")).unwrap();
    assert_eq!((nginx.1.as_str(), &nginx.2), ("pass", &4985.into()));
    assert!(found.iter().any(|(path, ..)| path.ends_with("usr/lib/x86_64-linux-gnu/libc.so.6")));
    let less: Vec<_> = found
        .iter()
        .filter(|(_, verdict, _)| !["pass", "no-crypto"].contains(&verdict.as_str()))
        .collect();
    assert!(less.is_empty(), "{less:?}");

    let container = Container::of(&image("nginx"), "container-nginx");
    assert_eq!(container.config["config"]["User"], "65532:65532");
    assert_eq!(container.config["config"]["ExposedPorts"].to_string(), "{\"8443/tcp\":{}}");
    let environment = container.setting("Env");
    for pair in
        ["OPENSSL_CONF=/opt/fips/ssl/openssl.cnf", "OPENSSL_MODULES=/opt/fips/lib/ossl-modules"]
    {
        assert!(environment.iter().any(|set| set == pair), "{environment:?}");
    }
    // What an operator mounts: a site, its certificate and its key.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let sites = container.root.join("opt/fips/nginx/conf/sites");
    for name in ["certificate.pem", "key.pem"] {
        let bytes = files::read(&CERTIFICATE.join(name), 1 << 20).unwrap();
        files::write(&sites.join(name), &bytes, files::Mode::Plain).unwrap();
    }
    let site = format!(
        "server {{ listen 127.0.0.1:{port} ssl; ssl_certificate sites/certificate.pem; ssl_certificate_key sites/key.pem; location / {{ return 200; }} }}\n"
    );
    files::write(&sites.join("a.conf"), site.as_bytes(), files::Mode::Plain).unwrap();
    let log = container.root.with_file_name("log");
    let start = "log=$0; \"$@\" >\"$log\" 2>&1 </dev/null & echo $!";
    let started = run(
        Command::new("/bin/sh").args(["-c", start, log.as_str()]).args(container.command(&[])),
        0,
    );
    let process = Process(text(&started.stdout).trim().to_owned());
    let said = || files::read_text(&log, 1 << 20).unwrap_or_default();
    let clock = Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(clock.elapsed() < Duration::from_secs(20), "{}", said());
        std::thread::sleep(Duration::from_millis(50));
    }
    for (arguments, accepted) in [
        ("-tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384", true),
        ("-tls1_3 -ciphersuites TLS_AES_128_GCM_SHA256", true),
        ("-tls1_2 -cipher ECDHE-RSA-CHACHA20-POLY1305", false),
        ("-tls1_3 -ciphersuites TLS_CHACHA20_POLY1305_SHA256", false),
        ("-tls1_3 -groups X25519", false),
    ] {
        assert_eq!(accepts(port, arguments), accepted, "{arguments}: {}", said());
    }
    drop(process);
}

/// A process that ends with its test.
struct Process(String);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(&self.0).output();
    }
}

/// Without it the command that people are given to look with would itself use whatever OpenSSL has.
#[test]
fn an_image_of_openssl_computes_what_is_approved_and_nothing_else() {
    let container = Container::of(&image("openssl"), "container-openssl");
    let said = container.run(&["list", "-providers"], 0);
    assert!(said.contains("fips") && said.contains("3.1.2"), "{said}");
    assert!(container.run(&["dgst", "-sha256", "/etc/passwd"], 0).contains("SHA2-256"));
    let refused = container.run(&["dgst", "-md5", "/etc/passwd"], 1);
    assert!(refused.contains("unsupported"), "{refused}");
}

/// Without it scanners would take an image with a distribution's libraries for one without packages.
#[test]
fn packages_are_named_in_the_image_and_in_the_sbom_with_their_labels() {
    let container = Container::of(&image("nginx"), "container-packages");
    let status = container.root.join("var/lib/dpkg/status.d/libc6");
    let control = files::read_text(&status, 1 << 20).unwrap();
    let version = control.lines().find_map(|line| line.strip_prefix("Version: ")).unwrap();
    assert!(control.contains("Status: install ok installed"), "{control}");
    assert!(
        files::read_text(&container.root.join("etc/os-release"), 1 << 20)
            .unwrap()
            .contains("ID=debian")
    );
    assert_eq!(container.root.join("lib").read_link_utf8().unwrap(), "usr/lib");
    let sbom = files::read(&EDGE.join("sbom.cdx.json"), 1 << 26).unwrap();
    let sbom: Value = serde_json::from_slice(&sbom).unwrap();
    let purl =
        format!("pkg:deb/debian/libc6@{}?arch=amd64&distro=debian-12", version.replace('+', "%2B"));
    let components = sbom["components"].as_array().unwrap();
    let package = components
        .iter()
        .find(|it| {
            it["purl"] == purl.as_str()
                && it["bom-ref"].as_str().unwrap().starts_with("image/nginx/")
        })
        .unwrap();
    let full = serde_json::json!({ "name": "fipsmith:fips:status", "value": "full" });
    assert!(package["properties"].as_array().unwrap().contains(&full), "{package}");
    let image = components.iter().find(|it| it["bom-ref"] == "image/nginx/linux-amd64").unwrap();
    assert_eq!(image["type"], "container");
    // What programs of C are compiled from, under the crates' names and under upstream's.
    for purl in [
        "pkg:cargo/openssl-src@300.1.3%2B3.1.2",
        "pkg:generic/openssl@3.1.2",
        "pkg:cargo/nginx-src@1.28.5%2B1.28.3",
        "pkg:generic/nginx@1.28.3",
    ] {
        assert!(components.iter().any(|it| it["purl"] == purl), "{purl}");
    }
}

/// Without it one line in a recipe could ship a distribution's cryptography under a label that does not mention it.
#[test]
fn an_image_with_packages_is_released_only_as_what_its_recipe_says_that_it_is() {
    let _ = &*SMOKE;
    let copy = repository("expected");
    let recipe = copy.join("manifests/components/cni-plugins.toml");
    let good = files::read_text(&recipe, 1 << 20).unwrap();
    let with = |expected: &str| {
        let image = format!(
            "\n[[images]]\nname = \"cni-plugins\"\nartifacts = [\"loopback\", \"host-local\"]\npackages = \"longhorn-manager\"\n{expected}\n"
        );
        files::write(&recipe, (good.clone() + &image).as_bytes(), files::Mode::Plain).unwrap();
    };
    let dist = copy.join("dist");
    let release = |code: i32| {
        let args = ["release", "--profile", "smoke", "--format", "json", "--dist", dist.as_str()];
        run(&mut at(&copy, &args), code)
    };
    with("");
    let error = text(&release(1).stderr);
    for part in [
        "usr/bin/curl (not-validated)",
        "expects nothing less than `full`",
        "hint: take the packages out",
    ] {
        assert!(error.contains(part), "no `{part}` in\n{error}");
    }
    with("expected = { label = \"not\", reason = \"its utilities are those of Debian\" }");
    let error = text(&release(1).stderr);
    assert!(
        error.contains("partial") && error.contains("its recipe expects it to be `not`"),
        "{error}"
    );
    assert!(!dist.join("smoke-1.0.0+fips.0").exists(), "something was released");
    with("expected = { label = \"partial\", reason = \"its utilities are those of Debian\" }");
    let summary = json(&release(0));
    assert_eq!(
        (&summary["label"], &summary["images"][0]["label"]),
        (&"partial".into(), &"partial".into())
    );
    let folder = summary["release"].as_str().unwrap();
    let verified = json(&run(
        &mut fipsmith(&["verify", folder, "--allow-example-keys", "--format", "json"]),
        0,
    ));
    assert_eq!(verified["label"], "partial");
    let place = ["--root", copy.as_str(), "--dist", dist.as_str(), "--allow-example-keys"];
    let catalogue = text(&run(fipsmith(&["catalog"]).args(place), 0).stdout);
    assert!(catalogue.contains("its utilities are those of Debian"), "{catalogue}");
}
