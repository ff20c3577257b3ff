//! Archives over each other: what is left is what an extraction would leave.

use super::*;
use crate::Limits;
use crate::tar::tests::header;
use ::tar::EntryType;

/// One line an entry: `name=content`, `name/`, `name->target` or `name=>hard link`.
fn layer(lines: &[&str]) -> Archive {
    let mut builder = ::tar::Builder::new(Vec::new());
    for line in lines {
        if let Some((name, target)) = line.split_once("->") {
            link(&mut builder, EntryType::Symlink, name, target);
        } else if let Some((name, target)) = line.split_once("=>") {
            link(&mut builder, EntryType::Link, name, target);
        } else if let Some((name, content)) = line.split_once('=') {
            let header = header(EntryType::Regular, name, content.len() as u64);
            builder.append(&header, content.as_bytes()).unwrap();
        } else {
            builder.append(&header(EntryType::Directory, line, 0), &b""[..]).unwrap();
        }
    }
    Archive::Tar(Blob::memory(builder.into_inner().unwrap()), None)
}

fn link(builder: &mut ::tar::Builder<Vec<u8>>, kind: EntryType, name: &str, target: &str) {
    let mut header = header(kind, name, 0);
    header.set_link_name_literal(target).unwrap();
    header.set_cksum();
    builder.append(&header, &b""[..]).unwrap();
}

fn left(layers: &[&[&str]]) -> (Vec<String>, Vec<Problem>) {
    let gauge = Gauge::new(Limits::default());
    let tree = Tree::of(layers.iter().map(|lines| layer(lines)).collect(), true, &gauge);
    let mut left = Vec::new();
    let mut problems = tree.problems().to_vec();
    problems.extend(tree.files(&gauge, &mut |file| {
        let mut content = String::new();
        file.content.read_to_string(&mut content).unwrap();
        left.push(format!("{}={content}", file.paths.join(",")));
    }));
    left.sort();
    (left, problems)
}

fn files(layers: &[&[&str]]) -> Vec<String> {
    let (left, problems) = left(layers);
    assert_eq!(problems, []);
    left
}

#[test]
fn upper_layers_replace_remove_and_hide() {
    assert_eq!(files(&[&["a=1", "b=2"], &["a=3"]]), ["a=3", "b=2"]);
    assert_eq!(files(&[&["d/a=1", "d/b=2"], &["d/.wh.a="]]), ["d/b=2"]);
    assert_eq!(files(&[&["d/e/a=1", "b=2"], &[".wh.d="]]), ["b=2"]);
    assert_eq!(files(&[&["d/a=1", "d/e/b=2"], &["d/c=3", "d/.wh..wh..opq="]]), ["d/c=3"]);
    assert_eq!(
        files(&[&["d/a=1"], &["d/.wh.a=", "d/a=2"]]),
        ["d/a=2"],
        "only lower layers are hidden"
    );
    assert_eq!(files(&[&["d/a=1"], &["d=file"]]), ["d=file"], "a file takes the place of a folder");
    assert_eq!(files(&[&["d=file"], &["d/", "d/a=1"]]), ["d/a=1"], "and a folder that of a file");
    assert_eq!(
        files(&[&["d/a=1"], &["d/"]]),
        ["d/a=1"],
        "a folder named again keeps what it holds"
    );
    assert_eq!(files(&[&["a=1", "a=2"]]), ["a=2"], "of two entries with one path the last is left");
}

#[test]
fn a_later_layer_writes_through_the_symlinks_of_an_earlier_one() {
    let base: &[&str] = &["usr/lib/", "lib->usr/lib", "usr/lib/libc.so=old", "abs->/usr/lib"];
    assert_eq!(files(&[base, &["lib/libc.so=new"]]), ["usr/lib/libc.so=new"]);
    assert_eq!(files(&[base, &["abs/.wh.libc.so="]]), [""; 0]);
    assert_eq!(files(&[base, &["lib/", "lib/own=1"]]), ["lib/own=1", "usr/lib/libc.so=old"]);
}

#[test]
fn a_hard_link_is_one_file_with_two_paths_wherever_it_was_made() {
    assert_eq!(files(&[&["b=1", "a=>b"]]), ["a,b=1"]);
    assert_eq!(
        files(&[&["b=1"], &["a=>b", ".wh.b="]]),
        ["a=1"],
        "the content outlives its first path"
    );
    let (left, problems) = left(&[&["a=>nowhere"]]);
    assert!(left.is_empty() && problems[0].to_string().contains("hard link"));
}

#[test]
fn hostile_paths_stay_inside_and_are_reported() {
    let (kept, problems) = left(&[&["../../etc/passwd=1", "/abs=2"]]);
    assert_eq!(kept, ["abs=2", "etc/passwd=1"]);
    assert!(problems[0].to_string().contains("outside"));
    let (kept, problems) = left(&[&["a->b", "b->a"], &["a/x=1"]]);
    assert!(kept.is_empty() && problems[0].to_string().contains("circles"));
}

#[test]
fn a_path_leads_to_its_file_through_symlinks() {
    let gauge = Gauge::new(Limits::default());
    let tree = Tree::of(vec![layer(&["real/layer.tar=1", "other->../real"])], false, &gauge);
    assert_eq!(tree.file("other/layer.tar"), tree.file("real/layer.tar"));
    assert!(tree.file("real/layer.tar").is_some() && tree.file("none").is_none());
    assert_eq!(tree.blobs(&gauge).len(), 1);
}

#[test]
fn what_stands_before_a_cut_is_kept_and_the_cut_is_said() {
    let gauge = Gauge::new(Limits::default());
    let Archive::Tar(blob, _) = layer(&["a=1", "b=2"]) else { unreachable!() };
    let cut = Archive::Tar(blob.slice(0, 1100).unwrap(), None);
    let tree = Tree::of(vec![cut], false, &gauge);
    assert_eq!(tree.problems(), [crate::blob::cut()]);
    assert!(tree.file("a").is_some());
    let mut seen = 0;
    assert_eq!(tree.files(&gauge, &mut |_| seen += 1), [], "the same cut is said once");
    assert_eq!(seen, 1);
}
