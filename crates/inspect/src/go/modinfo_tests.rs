//! Module texts, honest and not.

use super::*;

fn framed(lines: &str) -> Vec<u8> {
    [&[b'<'; FRAME][..], lines.as_bytes(), &[b'>'; FRAME]].concat()
}

fn parsed(lines: &str) -> (BuildInfo, Vec<String>) {
    let mut problems = Problems::default();
    let info = parse(&framed(lines), &mut problems);
    (info, problems.into_list().into_iter().map(|p| p.why).collect())
}

#[test]
fn every_line_of_an_honest_text_is_kept() {
    let (info, problems) = parsed(
        "path\texample.com/a/cmd/b\nmod\texample.com/a\tv1.2.3\th1:x=\ndep\texample.com/c\tv0.1.0\n\
         =>\texample.com/fork\tv0.1.1\th1:y=\ndep\texample.com/d\tv2.0.0+incompatible\th1:z=\n\
         build\t-buildmode=exe\nbuild\t-tags=fips140v1.0\nbuild\tDefaultGODEBUG=fips140=on,x=1\n",
    );
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!(info.path, "example.com/a/cmd/b");
    assert_eq!(info.main.unwrap().sum, "h1:x=");
    assert_eq!(info.deps[0].replace.as_ref().unwrap().path, "example.com/fork");
    assert_eq!(info.deps[1].version, "v2.0.0+incompatible");
    assert_eq!(info.settings["DefaultGODEBUG"], "fips140=on,x=1", "only the first `=` separates");
}

#[test]
fn quoted_keys_and_values_are_unquoted() {
    let (info, problems) = parsed(
        "build\t-ldflags=\"-X 'a.b=c d' \\t\\x41\\101\\u00e9\\\"\"\nbuild\t\"odd =key\"=`raw \\n`\nbuild\tempty=\n",
    );
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!(info.settings["-ldflags"], "-X 'a.b=c d' \tAA\u{e9}\"");
    assert_eq!(info.settings["odd =key"], "raw \\n");
    assert_eq!(info.settings["empty"], "");
}

#[test]
fn duplicates_and_strays_are_reported_because_readers_disagree_on_them() {
    let lines = [
        "build\tGOFIPS140=off\nbuild\tGOFIPS140=v1.0.0\n",
        "path\ta\npath\tb\n",
        "mod\ta\tv1\nmod\tb\tv1\n",
        "=>\ta\tv1\n",
        "dep\ta\tv1\n=>\tb\tv1\n=>\tc\tv1\n",
        "dep\ta\tv1\th1:\tmore\n",
        "build\tno-equals-sign\n",
        "build\t=value\n",
        "build\tk=\"unfinished\n",
        "build\tk=\"done\"trailing\n",
        "build\tk=\"\\xZZ\"\n",
        "build\tk=\"\\777\"\n",
        "build\tk=\"\\ud800\"\n",
        "nonsense\n",
    ];
    for text in lines {
        assert!(!parsed(text).1.is_empty(), "{text:?}");
    }
    assert_eq!(parsed(lines[0]).0.settings["GOFIPS140"], "v1.0.0", "the last one wins");
}

#[test]
fn a_text_without_its_frame_is_refused() {
    for bytes in [&b"path\ta\n"[..], &[b'x'; 33], &[b'\n'; 10]] {
        let mut problems = Problems::default();
        assert_eq!(parse(bytes, &mut problems), BuildInfo::default());
        assert_eq!(problems.into_list().len(), 1);
    }
    let mut problems = Problems::default();
    parse(b"", &mut problems);
    assert!(
        problems.into_list().is_empty(),
        "a program not built by the Go command has none, and that is no problem"
    );
}

#[test]
fn a_forged_text_of_endless_lines_is_cut() {
    let (info, problems) = parsed(&"dep\ta\tv1\n".repeat(LINES + 1));
    assert_eq!(info.deps.len(), LINES);
    assert_eq!(problems.len(), 1);
}
