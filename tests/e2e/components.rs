//! Components brought in, moved and asked for again, as somebody types it. The network is used.

use crate::bad_input::{at, repository};
use crate::support::{json, run, text};
use camino::Utf8Path;
use serde_json::Value;

const PLUGINS: &str = "github.com/containernetworking/plugins";

fn read(path: &Utf8Path) -> String {
    files::read_text(path, 1 << 22).unwrap()
}

fn append(path: &Utf8Path, more: &str) {
    files::write(path, (read(path) + more).as_bytes(), files::Mode::Plain).unwrap();
}

/// Without it what `init` writes could be no recipe, or another one each time.
#[test]
fn a_component_is_brought_in_once_and_its_recipe_is_never_overwritten() {
    let copy = repository("init");
    let query = format!("{PLUGINS}@v1.9.1");
    let init =
        ["init", &query, "./plugins/main/loopback", "--name", "loopback", "--format", "json"];
    let dry = json(&run(at(&copy, &init).arg("--dry-run"), 0));
    assert_eq!(dry["status"], "new");
    let recipe = copy.join("manifests/components/loopback.toml");
    assert!(!recipe.exists(), "--dry-run wrote");
    let made = json(&run(&mut at(&copy, &init), 0));
    assert_eq!(made["modules"][0]["licences"], serde_json::json!(["Apache-2.0"]));
    assert_eq!(Some(read(&recipe).as_str()), made["recipe"].as_str());
    // Recipe and wrapper are what the whole catalogue takes, and a plan can be made of them.
    append(
        &copy.join("manifests/profiles/smoke.toml"),
        "\n[[components]]\ncomponent = \"loopback\"\n",
    );
    let plan = text(&run(&mut at(&copy, &["plan", "--profile", "smoke"]), 0).stdout);
    assert!(plan.contains("loopback"), "{plan}");
    append(&recipe, "# a person's own words\n");
    let again = json(&run(&mut at(&copy, &init), 0));
    assert_eq!((&again["status"], &again["recipe"]), (&Value::from("same"), &Value::Null));
    assert!(read(&recipe).ends_with("# a person's own words\n"));
    let other = text(
        &run(&mut at(&copy, &["init", &format!("{PLUGINS}@v1.8.0"), "--name", "loopback"]), 2)
            .stderr,
    );
    assert!(other.contains("hint: `cargo xtask update loopback v1.8.0`"), "{other}");
}

/// Without it a wrapper could be changed by hand and nobody would know.
#[test]
fn a_changed_wrapper_is_found_shown_and_made_again() {
    let copy = repository("init-check");
    let go_mod = copy.join("manifests/wrappers/cni-plugins/go.mod");
    let right = read(&go_mod);
    let wrong = right.replace("golang.org/x/sys v0.35.0", "golang.org/x/sys v0.36.0");
    assert_ne!(right, wrong);
    files::write(&go_mod, wrong.as_bytes(), files::Mode::Plain).unwrap();
    let check =
        json(&run(&mut at(&copy, &["init", "--check", "cni-plugins", "--format", "json"]), 1));
    assert_eq!(check[0]["status"], "changed");
    let lines = check[0]["difference"].to_string();
    assert!(
        lines.contains("-\\tgolang.org/x/sys v0.36.0")
            && lines.contains("+\\tgolang.org/x/sys v0.35.0"),
        "{lines}"
    );
    run(&mut at(&copy, &["init", "cni-plugins"]), 0);
    assert_eq!(read(&go_mod), right);
    run(&mut at(&copy, &["init", "--check", "cni-plugins"]), 0);
}

/// Without it an update could lose what a person wrote, or move recipe and wrapper apart.
#[test]
fn an_update_moves_recipe_and_wrapper_together_and_keeps_every_comment() {
    let copy = repository("update");
    let recipe = copy.join("manifests/components/cni-plugins.toml");
    let before = read(&recipe);
    let update = ["update", "cni-plugins", "v1.8.0", "--format", "json"];
    let change = json(&run(at(&copy, &update).arg("--dry-run"), 0));
    assert_eq!((&change["from"], &change["to"]), (&Value::from("v1.9.1"), &Value::from("v1.8.0")));
    assert!(
        change["modules"].as_array().unwrap().iter().any(|module| module["path"] == PLUGINS),
        "{change}"
    );
    assert_eq!(read(&recipe), before, "--dry-run wrote");
    run(&mut at(&copy, &update), 0);
    let after = read(&recipe);
    let without_commit: Vec<&str> =
        after.lines().filter(|line| !line.starts_with("commit = ")).collect();
    let expected = before.replace("v1.9.1", "v1.8.0");
    assert_eq!(
        without_commit,
        expected.lines().filter(|line| !line.starts_with("commit = ")).collect::<Vec<_>>()
    );
    run(&mut at(&copy, &["plan", "--profile", "smoke"]), 0);
    let same = text(&run(&mut at(&copy, &["update", "cni-plugins", "v1.8.0"]), 0).stdout);
    assert!(same.contains("already at v1.8.0"), "{same}");
}

/// Without it what could not be had once would never be looked for again.
#[test]
fn sources_that_could_not_be_had_are_asked_for_again() {
    let copy = repository("sources");
    append(
        &copy.join("manifests/components/cni-plugins.toml"),
        &format!(
            "\n[[unavailable]]\nmodule = \"{PLUGINS}\"\nversion = \"v1.9.1\"\nsaid = \"403 Forbidden\"\nasked = \"2026-11-21\"\n\n[[unavailable]]\nmodule = \"example.org/nothing\"\nversion = \"v1.0.0\"\nsaid = \"403 Forbidden\"\nasked = \"2026-11-21\"\n"
        ),
    );
    let answers = json(&run(&mut at(&copy, &["doctor", "--sources", "--format", "json"]), 0));
    // The catalogue has recipes of its own that ask; what they are told may change any day.
    let available: Vec<&Value> = answers
        .as_array()
        .unwrap()
        .iter()
        .filter(|answer| answer["component"] == "cni-plugins")
        .map(|answer| &answer["available"])
        .collect();
    assert_eq!(available, [&Value::from(true), &Value::from(false)], "{answers}");
    let shown = text(&run(&mut at(&copy, &["doctor", "--sources"]), 0).stdout);
    assert!(shown.contains(&format!("cargo xtask init {PLUGINS}@v1.9.1")), "{shown}");
}

/// Without it a name that is not there would end in a file error.
#[test]
fn what_cannot_be_brought_in_says_what_to_do() {
    let copy = repository("init-bad");
    for (args, words) in [
        (&["init", "etdc"][..], "hint: did you mean `etcd`?"),
        (&["init", "nothing"], "cargo xtask init MODULE@VERSION"),
        (&["init", "etcd", "./cmd/none"], "add it to `[[packages]]`"),
        (&["init", "--map", "a"], "PATH=PATH@VERSION"),
        (&["update", "nothing"], "there is no recipe `nothing`"),
        (&["plan", "--source", "etcd=."], "built from git"),
        (&["plan", "--source", "etcd=/no/such/folder"], "--source names the folder of a git clone"),
    ] {
        let error = text(&run(&mut at(&copy, args), 2).stderr);
        assert!(error.contains(words), "{args:?}: {error}");
    }
}
