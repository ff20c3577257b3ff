//! Paths inside a root: cleaned, and resolved without ever leaving it.

use std::collections::VecDeque;

/// So many symlinks may stand in one path: `MAXSYMLINKS` of Linux (`include/linux/namei.h`).
const HOPS: usize = 40;

/// The path that `path` leads to when symlinks are followed, as in a `chroot`: absolute targets and `..` stay inside.
/// `link` gives the target of a symlink. Paths have no `/` at their beginning or end; the root is empty. Nothing is
/// returned for a loop. The last component is followed only when `last` says so, and need not exist.
pub fn resolve<'a>(
    path: &str,
    last: bool,
    link: impl Fn(&str) -> Option<&'a str>,
) -> Option<String> {
    let mut todo: VecDeque<String> = components(path).map(str::to_owned).collect();
    let mut done = String::new();
    let mut hops = 0;
    while let Some(component) = todo.pop_front() {
        if component == ".." {
            done.truncate(done.rfind('/').unwrap_or(0));
            continue;
        }
        let before = done.len();
        if !done.is_empty() {
            done.push('/');
        }
        done.push_str(&component);
        if todo.is_empty() && !last {
            break;
        }
        if let Some(target) = link(&done) {
            hops += 1;
            if hops > HOPS {
                return None;
            }
            done.truncate(if target.starts_with('/') { 0 } else { before });
            for component in components(target).rev() {
                todo.push_front(component.to_owned());
            }
        }
    }
    Some(done)
}

fn components(path: &str) -> impl DoubleEndedIterator<Item = &str> {
    path.split('/').filter(|component| !matches!(*component, "" | "."))
}

/// A name from an archive without `.`, doubled and leading slashes; and whether it has a `..`, which no honest one has.
pub(crate) fn clean(name: &str) -> (String, bool) {
    let climbs = components(name).any(|component| component == "..");
    let clean: Vec<&str> = components(name).collect();
    (clean.join("/"), climbs)
}

/// The folder and the last component.
pub(crate) fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(path: &str) -> Option<&'static str> {
        Some(match path {
            "bin" => "usr/bin",
            "usr/bin/sh" => "/bin/dash",
            "up" => "../../../etc",
            "loop" => "pool",
            "pool" => "loop",
            "self" => "self/x",
            _ => return None,
        })
    }

    #[test]
    fn symlinks_are_followed_inside_the_root_and_never_out_of_it() {
        let resolve = |path, last| resolve(path, last, link);
        assert_eq!(resolve("/bin/sh", true).as_deref(), Some("usr/bin/dash"));
        assert_eq!(resolve("bin/sh", false).as_deref(), Some("usr/bin/sh"));
        assert_eq!(resolve("bin", false).as_deref(), Some("bin"));
        assert_eq!(resolve("up/passwd", true).as_deref(), Some("etc/passwd"));
        assert_eq!(resolve("../../a/./b//../c", true).as_deref(), Some("a/c"));
        assert_eq!(resolve("loop/x", true), None);
        assert_eq!(resolve("self", true), None);
    }

    #[test]
    fn names_are_cleaned_and_climbing_is_noticed() {
        assert_eq!(clean("./usr//bin/"), ("usr/bin".to_owned(), false));
        assert_eq!(clean("/etc/passwd"), ("etc/passwd".to_owned(), false));
        assert!(clean("../../etc/passwd").1);
        assert!(!clean("..a/b..").1);
    }
}
