//! nginx of the profile `fips-edge`, packed and unpacked somewhere else, against the machine's own `openssl s_client`: it
//! negotiates what FIPS allows, and where it cannot it does not serve.

use crate::support::{damage, empty, fipsmith, json, run, scratch, text, xtask};
use assert_cmd::Command;
use camino::{Utf8Path, Utf8PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// A release of OpenSSL and nginx, built once for all tests.
pub(crate) static EDGE: LazyLock<Utf8PathBuf> = LazyLock::new(|| {
    let dist = scratch("edge-dist");
    let output = run(
        xtask(&["release", "--profile", "fips-edge", "--format", "json"])
            .args(["--dist", dist.as_str()]),
        0,
    );
    Utf8PathBuf::from(json(&output)["release"].as_str().unwrap())
});

/// A key and a certificate of the machine's openssl.
pub(crate) static CERTIFICATE: LazyLock<Utf8PathBuf> = LazyLock::new(|| {
    let folder = empty("edge-certificate");
    let (key, certificate) = (folder.join("key.pem"), folder.join("certificate.pem"));
    let request = "req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -days 2";
    let mut openssl = Command::new("openssl");
    openssl.args(request.split(' ')).args(["-keyout", key.as_str(), "-out", certificate.as_str()]);
    run(&mut openssl, 0);
    folder
});

fn archive(component: &str) -> Utf8PathBuf {
    let archives = EDGE.join("archives");
    let entries = files::walk(&archives).unwrap();
    let entry = entries.iter().find(|entry| entry.path.as_str().starts_with(component)).unwrap();
    archives.join(&entry.path)
}

/// A site: the archive unpacked in a folder where nobody built it to be, with a configuration of its own.
struct Site {
    folder: Utf8PathBuf,
    port: u16,
    environment: Vec<(&'static str, String)>,
}

/// What a site's `server` says besides its certificate; empty: nothing.
const SHIPPED: &str = "";

impl Site {
    fn new(name: &str, settings: &str) -> Self {
        let folder = empty(&format!("edge-{name}"));
        run(
            Command::new("tar").args(["-xzf", archive("nginx").as_str(), "-C", folder.as_str()]),
            0,
        );
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let site = Self { folder, port, environment: Vec::new() };
        site.configure(settings);
        site
    }

    fn configure(&self, settings: &str) {
        let (port, certificate) = (self.port, &*CERTIFICATE);
        let server = format!(
            "listen 127.0.0.1:{port} ssl; ssl_certificate {certificate}/certificate.pem; ssl_certificate_key {certificate}/key.pem; {settings}"
        );
        let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|name| format!("{name}_temp_path temp-{name}; "))
            .concat();
        let text = format!(
            "worker_processes 2; pid nginx.pid; error_log error.log notice; events {{}}\nhttp {{ access_log off; {paths}\nserver {{ {server} location / {{ return 200; }} }} }}\n"
        );
        files::write(&self.folder.join("run/nginx.conf"), text.as_bytes(), files::Mode::Plain)
            .unwrap();
    }

    fn prefix(&self) -> Utf8PathBuf {
        self.folder.join("opt/fips")
    }

    fn nginx(&self, arguments: &[&str]) -> Command {
        let run = self.folder.join("run");
        let mut nginx = Command::new(self.prefix().join("sbin/nginx"));
        nginx.env_clear().envs(self.environment.iter().map(|(name, value)| (name, value)));
        nginx.args(["-p", run.as_str(), "-c", "nginx.conf", "-e", "error.log"]).args(arguments);
        nginx
    }

    /// Starts it as a daemon; gives the exit code and what it wrote.
    fn start(&self) -> (Option<i32>, String) {
        let output = self.nginx(&[]).output().unwrap();
        (output.status.code(), text(&output.stderr) + &self.log())
    }

    fn serving(name: &str, settings: &str) -> Self {
        let site = Self::new(name, settings);
        let (code, said) = site.start();
        assert_eq!(code, Some(0), "{said}");
        assert!(site.settles(true), "{said}");
        site
    }

    fn log(&self) -> String {
        files::read_text(&self.folder.join("run/error.log"), 1 << 20).unwrap_or_default()
    }

    /// Waits until it takes connections, or no longer does.
    fn settles(&self, up: bool) -> bool {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(20) {
            if std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok() == up {
                return true;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        false
    }

    fn accepts(&self, arguments: &str) -> bool {
        accepts(self.port, arguments)
    }

    /// It ends with an error, says what is wrong, and nobody listens.
    fn refuses_to_serve(&self, word: &str) {
        let (code, said) = self.start();
        assert_eq!(code, Some(1), "{word}: {said}");
        assert!(said.contains(word), "{word}: {said}");
        assert!(
            std::net::TcpStream::connect(("127.0.0.1", self.port)).is_err(),
            "{word}: it serves"
        );
    }
}

/// Whether a client with these arguments gets a session.
pub(crate) fn accepts(port: u16, arguments: &str) -> bool {
    let mut client = Command::new("openssl");
    client.args(["s_client", "-connect", &format!("127.0.0.1:{port}")]);
    let output = client.args(arguments.split(' ')).write_stdin("").output().unwrap();
    let said = text(&output.stdout);
    assert!(
        said.contains("CONNECTED") || text(&output.stderr).contains("CONNECTED"),
        "{arguments}: {said}{}",
        text(&output.stderr)
    );
    output.status.success() && said.contains("Cipher is") && !said.contains("Cipher is (NONE)")
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.nginx(&["-s", "stop"]).output();
    }
}

/// What a client may ask for, and whether the server takes it.
const HANDSHAKES: &[(&str, bool)] = &[
    ("-tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256", true),
    ("-tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384", true),
    ("-tls1_3 -ciphersuites TLS_AES_128_GCM_SHA256", true),
    ("-tls1_3 -ciphersuites TLS_AES_256_GCM_SHA384 -groups P-384", true),
    ("-tls1_2 -cipher ECDHE-RSA-CHACHA20-POLY1305", false),
    ("-tls1_3 -ciphersuites TLS_CHACHA20_POLY1305_SHA256", false),
    ("-tls1_2 -groups X25519", false),
    ("-tls1_3 -groups X25519", false),
    ("-tls1_2 -cipher ECDHE-RSA-AES128-SHA", false),
    ("-tls1_2 -cipher ECDHE-RSA-AES256-SHA384", false),
    ("-tls1_2 -cipher AES128-GCM-SHA256", false),
    ("-tls1_2 -cipher AES256-SHA", false),
    ("-tls1_1 -cipher ALL:@SECLEVEL=0", false),
];

fn check_handshakes(site: &Site) {
    for (arguments, accepted) in HANDSHAKES {
        assert_eq!(site.accepts(arguments), *accepted, "{arguments}\n{}", site.log());
    }
}

/// Without it a FIPS server could agree on `ChaCha20`, X25519, CBC or a key that RSA carried, as stock nginx does.
#[test]
fn a_relocated_server_without_any_environment_negotiates_what_fips_allows_and_nothing_else() {
    check_handshakes(&Site::serving("plain", SHIPPED));
}

/// Without it the configuration that people are given could be another than the one that is tested.
#[test]
fn the_configuration_that_ships_starts_and_takes_a_site() {
    let site = Site::new("shipped", SHIPPED);
    let conf = site.prefix().join("nginx/conf/nginx.conf");
    let shipped = files::read_text(&conf, 1 << 20).unwrap();
    let own = files::read_text(&site.folder.join("run/nginx.conf"), 1 << 20).unwrap();
    let server = own.split("server {").nth(1).unwrap().trim_end().trim_end_matches('}');
    let (mime, sites) =
        (site.prefix().join("nginx/conf/mime.types"), site.folder.join("run/sites"));
    files::write(
        &sites.join("a.conf"),
        format!("server {{{server}").as_bytes(),
        files::Mode::Plain,
    )
    .unwrap();
    let moved = shipped
        .replace("mime.types", mime.as_str())
        .replace("/tmp/nginx", &format!("{}/run/nginx", site.folder))
        // A daemon that kept the test's own streams would keep the test waiting.
        .replace("access_log /dev/stdout", "access_log off")
        .replace("error_log stderr", "error_log error.log");
    files::write(&site.folder.join("run/nginx.conf"), moved.as_bytes(), files::Mode::Plain)
        .unwrap();
    let (code, said) = site.start();
    assert_eq!(code, Some(0), "{said}");
    assert!(site.settles(true));
    check_handshakes(&site);
}

/// Without it a missing file, a broken one, or a variable of the environment would make a server of ordinary cryptography.
#[test]
fn without_its_configuration_it_does_not_serve() {
    let site = Site::new("configuration", SHIPPED);
    let cnf = site.prefix().join("ssl/openssl.cnf");
    let good = files::read_text(&cnf, 1 << 20).unwrap();
    let with = |text: &str| files::write(&cnf, text.as_bytes(), files::Mode::Plain).unwrap();
    for (text, what) in [
        (String::new(), "an empty file"),
        ("[[[ not a configuration".to_owned(), "a broken file"),
        (good.replace("openssl_conf =", "another_conf ="), "a file that says nothing to OpenSSL"),
        (good.replace("fips = fips_sect", ""), "no provider"),
        (
            good.replace("[fips_sect]", ".include fipsmodule.cnf\n[other_sect]"),
            "an include that is not there",
        ),
        (good.replace("default_properties = fips=yes", ""), "no default properties"),
        (
            good.replace("base = base_sect", "base = base_sect\ndefault = base_sect"),
            "the default provider beside it",
        ),
        (good.replace("module-mac = ", "module-mac = 00:"), "another integrity value"),
    ] {
        assert!(text != good, "{what} changes nothing");
        with(&text);
        let (code, said) = site.start();
        assert_eq!(code, Some(1), "{what}: {said}");
        assert!(
            std::net::TcpStream::connect(("127.0.0.1", site.port)).is_err(),
            "{what}: it serves"
        );
    }
    std::fs::remove_file(&cnf).unwrap();
    site.refuses_to_serve("not in FIPS mode");
    with(&good);
    for (name, value) in [
        ("OPENSSL_CONF", "/dev/null"),
        ("OPENSSL_CONF", "/nowhere"),
        ("OPENSSL_MODULES", "/nowhere"),
    ] {
        let mut site = Site::new("environment", SHIPPED);
        site.environment = vec![(name, value.to_owned())];
        let (code, said) = site.start();
        assert_eq!(code, Some(1), "{name}={value}: {said}");
        assert!(std::net::TcpStream::connect(("127.0.0.1", site.port)).is_err(), "{name}={value}");
    }
}

/// Without it a provider that somebody changed, or that a packager stripped, would be used as if it were validated.
#[test]
fn with_a_changed_provider_it_does_not_serve() {
    let site = Site::new("provider", SHIPPED);
    let provider = site.prefix().join("lib/ossl-modules/fips.so");
    let good = files::read(&provider, 1 << 26).unwrap();
    damage(&provider);
    let (code, said) = site.start();
    assert_eq!(code, Some(1), "one bit flipped: {said}");
    files::write(&provider, &good, files::Mode::Plain).unwrap();
    run(Command::new("strip").arg(provider.as_str()), 0);
    assert_ne!(files::read(&provider, 1 << 26).unwrap(), good);
    let (code, said) = site.start();
    assert_eq!(code, Some(1), "stripped: {said}");
    std::fs::remove_file(&provider).unwrap();
    let (code, said) = site.start();
    assert_eq!(code, Some(1), "gone: {said}");
    files::write(&provider, &good, files::Mode::Plain).unwrap();
    assert_eq!(site.start().0, Some(0), "it serves again with the right one: {}", site.log());
}

/// Without it one line of a site's configuration could bring back what the module leaves out.
#[test]
fn a_site_with_wider_settings_is_refused_and_narrower_ones_are_taken() {
    let site = Site::new("settings", SHIPPED);
    for (settings, word) in [
        ("ssl_ciphers HIGH;", "ssl_ciphers"),
        ("ssl_ciphers ECDHE-RSA-AES128-SHA256;", "ssl_ciphers"),
        ("ssl_ciphers AES128-GCM-SHA256;", "ssl_ciphers"),
        ("ssl_ecdh_curve X25519:prime256v1;", "ssl_ecdh_curve"),
        ("ssl_ecdh_curve auto;", "ssl_ecdh_curve"),
        ("ssl_conf_command Groups X25519;", "ssl_conf_command"),
        ("ssl_protocols TLSv1.1 TLSv1.2;", "ssl_protocols"),
    ] {
        site.configure(settings);
        site.refuses_to_serve(word);
    }
    site.configure("ssl_protocols TLSv1.3; ssl_ecdh_curve secp384r1;");
    let (code, said) = site.start();
    assert_eq!(code, Some(0), "{said}");
    assert!(site.settles(true));
    assert!(site.accepts("-tls1_3 -groups P-384") && !site.accepts("-tls1_3 -groups P-256"));
}

/// Without it a reload could do what a start may not.
#[test]
fn a_reload_with_wider_settings_leaves_the_old_ones_in_force() {
    let site = Site::serving("reload", "ssl_ecdh_curve secp384r1;");
    site.configure("ssl_ciphers HIGH; ssl_ecdh_curve X25519;");
    site.nginx(&["-s", "reload"]).output().unwrap();
    let pid = files::read_text(&site.folder.join("run/nginx.pid"), 100).unwrap();
    run(Command::new("kill").args(["-HUP", pid.trim()]), 0);
    let waits_for = |word: &str| {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(20) && !site.log().contains(word) {
            std::thread::sleep(Duration::from_millis(50));
        }
        assert!(site.log().contains(word), "{}", site.log());
    };
    waits_for("is not FIPS compliant");
    assert!(
        site.accepts("-tls1_3 -groups P-384"),
        "the old configuration serves on: {}",
        site.log()
    );
    assert!(!site.accepts("-tls1_3 -groups X25519") && !site.accepts("-tls1_2 -cipher AES128-SHA"));
    site.configure("ssl_ecdh_curve prime256v1;");
    run(Command::new("kill").args(["-HUP", pid.trim()]), 0);
    let start = Instant::now();
    while !site.accepts("-tls1_3 -groups P-256") {
        assert!(start.elapsed() < Duration::from_secs(20), "{}", site.log());
    }
    check_handshakes_after_reload(&site);
}

fn check_handshakes_after_reload(site: &Site) {
    for arguments in
        ["-tls1_3 -ciphersuites TLS_CHACHA20_POLY1305_SHA256", "-tls1_2 -groups X25519"]
    {
        assert!(!site.accepts(arguments), "{arguments}");
    }
}

/// Without it the label of a C program would be the builder's word: the scan must find the module in what ships.
#[test]
fn the_scan_of_the_archive_names_the_providers_certificate_and_sees_each_way_to_break_it() {
    let verdict = |path: &Utf8Path, code: i32| {
        let output = run(&mut fipsmith(&["scan", "--format", "json", path.as_str()]), code);
        let report = json(&output);
        let artifacts = report["artifacts"].as_array().unwrap();
        let nginx =
            artifacts.iter().find(|a| a["path"].as_str().unwrap().ends_with("sbin/nginx")).unwrap();
        (nginx["verdict"].as_str().unwrap().to_owned(), nginx["modules"][0]["certificate"].as_u64())
    };
    let module = ("pass".to_owned(), Some(4985));
    assert_eq!(verdict(&archive("nginx"), 0), module);
    let site = Site::new("scan", SHIPPED);
    assert_eq!(verdict(&site.folder, 0), module);
    let cnf = site.prefix().join("ssl/openssl.cnf");
    let good = files::read_text(&cnf, 1 << 20).unwrap();
    files::write(&cnf, good.replace("fips = fips_sect", "").as_bytes(), files::Mode::Plain)
        .unwrap();
    assert_ne!(verdict(&site.folder, 1).0, "pass");
    files::write(&cnf, good.as_bytes(), files::Mode::Plain).unwrap();
    let provider = site.prefix().join("lib/ossl-modules/fips.so");
    let mut bytes = files::read(&provider, 1 << 26).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    files::write(&provider, &bytes, files::Mode::Plain).unwrap();
    assert_eq!(verdict(&site.folder, 1).0, "tampered");
}

/// Without it a receiver would have to believe the label.
#[test]
fn the_release_verifies_as_full_with_the_provider_as_its_module() {
    let output = run(
        &mut fipsmith(&["verify", EDGE.as_str(), "--allow-example-keys", "--format", "json"]),
        0,
    );
    let report = json(&output);
    assert_eq!((&report["result"], &report["label"]), (&"pass".into(), &"full".into()));
}
