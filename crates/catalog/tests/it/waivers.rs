//! Waivers as a person writes them: what is taken, and every mistake at once with its place and remedy.

use catalog::{KnownCode, Waivers};
use vocab::Date;

const CODES: [KnownCode; 3] = [
    KnownCode { code: "residual-crypto", unwaivable: None },
    KnownCode { code: "module-absent", unwaivable: None },
    KnownCode { code: "integrity-mismatch", unwaivable: Some("the module was changed") },
];
const DIGEST: &str = "daf3614e0406f67ae6323c902db3f953a1effb199142362a039e7526dfb9368b";

fn waiver(code: &str) -> String {
    format!(
        "[[waivers]]\ncode = \"{code}\"\nartifact = \"{DIGEST}\"\nowner = \"platform@example.com\"\n\
         reason = \"the tool runs on the build machine only\"\nexpires = \"2027-01-31\"\n"
    )
}

fn problems(text: &str) -> String {
    Waivers::parse(text, "w.toml", &CODES).expect_err("there is something wrong").to_string()
}

// Without it nobody could sign off anything.
#[test]
fn a_waiver_is_read_with_its_line() {
    let text = format!("# ours\n{}{}", waiver("residual-crypto"), waiver("module-absent"));
    let waivers = Waivers::parse(&text, "w.toml", &CODES).unwrap();
    assert_eq!(waivers.file, "w.toml");
    let [first, second] = &waivers.list[..] else { panic!("{waivers:?}") };
    assert_eq!((first.code.as_str(), first.line, second.line), ("residual-crypto", 3, 9));
    assert_eq!(
        (first.artifact.to_string().as_str(), first.expires),
        (DIGEST, Date::constant(2027, 1, 31))
    );
    assert_eq!(first.owner, "platform@example.com");
}

// Without it a waiver could hold for ever, for anything, or for nobody's account.
#[test]
fn every_mistake_is_told_at_once_with_place_valid_values_and_remedy() {
    let text = waiver("residual-cryptо").replace("cryptо", "crypta")
        + &waiver("module-absent")
            .replace(DIGEST, "abc")
            .replace("2027-01-31", "next year")
            .replace("the tool runs on the build machine only", "because")
            .replace("owner = \"platform@example.com\"\n", "")
        + &waiver("module-absent").replace("expires", "expiry");
    let printed = problems(&text);
    for part in [
        "w.toml:2:8: unknown finding code `residual-crypta`; it is one of `residual-crypto`, `module-absent`, `integrity-mismatch`\n    hint: did you mean `residual-crypto`?",
        "w.toml:7:1: `owner` is missing",
        "w.toml:9:12: ",
        "w.toml:10:10: `because` is not a sentence",
        "w.toml:11:11: `next year` is not a date: it is written `2026-11-21`",
        "w.toml:17:1: unknown key `expiry`",
        "`expires` is missing",
    ] {
        assert!(printed.contains(part), "no `{part}` in\n{printed}");
    }
}

// Without it a changed module could be signed off, or one finding be answered for twice with two dates.
#[test]
fn what_cannot_be_waived_and_what_stands_twice_is_refused() {
    let printed = problems(&waiver("integrity-mismatch"));
    assert_eq!(
        printed,
        "w.toml:2:8: `integrity-mismatch` cannot be waived: the module was changed\n    \
         hint: remove the waiver; `fipsmith explain integrity-mismatch` says what to do"
    );
    let printed = problems(&(waiver("module-absent") + &waiver("module-absent")));
    assert!(
        printed.starts_with("w.toml:8:8: the waiver for `module-absent of daf3614e"),
        "{printed}"
    );
}

// Without it an empty file would look like a mistake, or broken syntax like an empty file.
#[test]
fn an_empty_list_is_a_list_and_broken_syntax_is_told() {
    assert!(Waivers::parse("waivers = []\n", "w.toml", &CODES).unwrap().list.is_empty());
    assert!(problems("[[waivers]\n").starts_with("w.toml:1:"));
    assert!(problems("").contains("`waivers` is missing"));
}
