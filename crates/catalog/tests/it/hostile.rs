//! Files that want to hurt: each gives an error, none a panic, a hang or unbounded memory.

use crate::manifests::Manifests;
use catalog::Registry;
use proptest::prelude::*;

#[test]
fn a_file_over_the_limit_is_not_read() {
    let text = "#".repeat(usize::try_from(catalog::FILE_LIMIT).unwrap() + 1);
    let printed = Manifests::good().write("policies/big.toml", &text).problems();
    assert!(
        printed.contains("holds more than 1048576 bytes, the limit for this kind of file"),
        "{printed}"
    );
}

#[test]
fn a_file_that_is_not_text_is_named() {
    let printed = Manifests::good().write("policies/latin.toml", b"name = \"b\xf6se\"").problems();
    assert!(printed.contains("M/policies/latin.toml` is not UTF-8 text"), "{printed}");
}

#[test]
fn deep_nesting_ends_at_the_parsers_limit() {
    for text in [
        format!("date = {}{}", "[".repeat(100_000), "]".repeat(100_000)),
        format!("date = {}", "{a=".repeat(100_000)),
        format!("[{}]", vec!["a"; 100_000].join(".")),
        format!("{} = 1", vec!["a"; 100_000].join(".")),
    ] {
        let error = Registry::parse(&text, "modules.toml").unwrap_err().to_string();
        assert!(
            error.starts_with("modules.toml:1:"),
            "{}",
            error.chars().take(200).collect::<String>()
        );
    }
}

#[test]
fn a_file_of_nothing_but_mistakes_is_cut_and_says_so() {
    let lines: Vec<String> = (0..60_000).map(|n| format!("k{n} = 1")).collect();
    let error = Registry::parse(&lines.join("\n"), "modules.toml").unwrap_err();
    assert_eq!(error.iter().count(), 51);
    let last = error.iter().last().unwrap().to_string();
    assert_eq!(last, "modules.toml:60000:1: 59952 more problems in this file are not listed");
}

#[test]
fn a_key_cannot_write_to_the_terminal() {
    let error =
        Registry::parse("\"\\u001B[2J\" = 1\ndate = \"2026-11-20\"\nmodules = []", "modules.toml")
            .unwrap_err();
    assert!(error.to_string().contains("unknown key `\\u{1b}[2J` in the file"), "{error}");
}

/// Good files with one stretch of bytes replaced: the neighbourhood of what people really write.
fn nearly_good() -> impl Strategy<Value = String> {
    let good = prop_oneof![
        Just(include_str!("good/modules.toml")),
        Just(include_str!("good/components/demo.toml")),
        Just(include_str!("good/profiles/one.toml")),
    ];
    (good, any::<prop::sample::Index>(), 0_usize..40, "[\\[\\]{}=\"'.,#a-z0-9\n ]{0,12}").prop_map(
        |(text, at, cut, new)| {
            let start = at.index(text.len());
            let end = (start + cut).min(text.len());
            format!("{}{new}{}", &text[..start], &text[end..])
        },
    )
}

proptest! {
    // Each case of the second property writes a folder.
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn no_text_panics_and_every_problem_has_a_place(text in prop_oneof![nearly_good(), "\\PC{0,200}"]) {
        let lines = text.lines().count().max(1);
        for problem in Registry::parse(&text, "f").err().iter().flatten() {
            prop_assert!(problem.line >= 1 && problem.line <= lines + 1, "{}", problem);
            prop_assert!(!problem.message.is_empty() && problem.column >= 1);
        }
    }

    #[test]
    fn a_folder_with_a_spoiled_recipe_never_panics(text in nearly_good()) {
        if let Err(problems) = Manifests::good().write("components/demo.toml", &text).load() {
            prop_assert!(problems.iter().count() > 0);
        }
    }
}
