//! The module text of build information, the format of `runtime/debug.ParseBuildInfo`: one record a line, fields
//! separated by tabs.

use crate::bytes::text;
use crate::facts::{BuildInfo, GoModule};
use crate::problems::Problems;

/// The Go command frames the text with 16 bytes on each side.
const FRAME: usize = 16;
/// More lines than any real program has modules and settings; a forged text must not fill memory.
const LINES: usize = 65_536;

/// Parses the framed text. A text without its frame is no text at all (as `debug/buildinfo` has it): a program that was
/// not built by the Go command.
pub(crate) fn parse(framed: &[u8], problems: &mut Problems) -> BuildInfo {
    let mut info = BuildInfo::default();
    let inner = framed.get(FRAME..framed.len().saturating_sub(FRAME));
    let Some(inner) = inner.filter(|text| text.last() == Some(&b'\n')) else {
        if !framed.is_empty() {
            problems
                .note("build information", "the module text is not framed as the Go command does");
        }
        return info;
    };
    let mut lines = inner.split(|&b| b == b'\n').filter(|line| !line.is_empty());
    for line in lines.by_ref().take(LINES) {
        record(&mut info, line, problems);
    }
    if lines.next().is_some() {
        problems
            .note("build information", format!("more than {LINES} lines, the rest were not read"));
    }
    info
}

fn record(info: &mut BuildInfo, line: &[u8], problems: &mut Problems) {
    let (key, rest) = split_once(line, b'\t').unwrap_or((line, b""));
    match key {
        b"path" => once(&mut info.path, rest, problems),
        b"mod" if info.main.is_some() => problems.note("build information", "two `mod` lines"),
        b"mod" => info.main = module(rest, problems),
        b"dep" => info.deps.extend(module(rest, problems)),
        b"=>" => replacement(info, rest, problems),
        b"build" => setting(info, rest, problems),
        other => {
            problems.note("build information", format!("a line begins with `{}`", text(other)));
        }
    }
}

fn once(field: &mut String, value: &[u8], problems: &mut Problems) {
    if !field.is_empty() {
        problems.note("build information", "two `path` lines");
    }
    *field = text(value);
}

fn module(fields: &[u8], problems: &mut Problems) -> Option<GoModule> {
    let mut fields = fields.split(|&b| b == b'\t').map(text);
    let (path, version, sum) = (fields.next()?, fields.next()?, fields.next().unwrap_or_default());
    if path.is_empty() || fields.next().is_some() {
        problems.note("build information", "a module line has no path or more than three fields");
        return None;
    }
    Some(GoModule { path, version, sum, replace: None })
}

fn replacement(info: &mut BuildInfo, fields: &[u8], problems: &mut Problems) {
    let replaced = info.deps.last_mut().or(info.main.as_mut());
    match (module(fields, problems), replaced) {
        (Some(new), Some(old)) if old.replace.is_none() => old.replace = Some(Box::new(new)),
        _ => problems.note(
            "build information",
            "a replacement replaces no module, or one that is replaced already",
        ),
    }
}

fn setting(info: &mut BuildInfo, line: &[u8], problems: &mut Problems) {
    let parsed = key(line).and_then(|(key, rest)| Some((key, value(rest)?)));
    let Some((key, value)) = parsed.filter(|(key, _)| !key.is_empty()) else {
        return problems
            .note("build information", format!("the setting `{}` cannot be read", text(line)));
    };
    if info.settings.insert(key.clone(), value).is_some() {
        problems.note("build information", format!("the setting `{key}` stands there twice"));
    }
}

/// The key, quoted or bare, and what follows its `=`.
fn key(line: &[u8]) -> Option<(String, &[u8])> {
    if matches!(line.first(), Some(b'"' | b'`')) {
        let (key, rest) = unquote(line)?;
        return Some((key, rest.strip_prefix(b"=")?));
    }
    let (key, rest) = split_once(line, b'=')?;
    Some((text(key), rest))
}

fn value(rest: &[u8]) -> Option<String> {
    if matches!(rest.first(), Some(b'"' | b'`')) {
        let (value, after) = unquote(rest)?;
        return after.is_empty().then_some(value);
    }
    Some(text(rest))
}

fn split_once(bytes: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(separator, bytes)?;
    Some((bytes.get(..at)?, bytes.get(at + 1..)?))
}

/// A Go string literal, interpreted or raw (Go specification, "String literals"), and what follows it.
fn unquote(bytes: &[u8]) -> Option<(String, &[u8])> {
    let (&quote, mut rest) = bytes.split_first()?;
    if quote == b'`' {
        let (raw, after) = split_once(rest, b'`')?;
        return Some((text(raw), after));
    }
    let mut out = Vec::new();
    loop {
        let (&byte, after) = rest.split_first()?;
        rest = after;
        match byte {
            b'"' => return Some((text(&out), rest)),
            b'\\' => rest = escape(rest, &mut out)?,
            other => out.push(other),
        }
    }
}

/// What follows a backslash.
fn escape<'a>(bytes: &'a [u8], out: &mut Vec<u8>) -> Option<&'a [u8]> {
    let (&letter, rest) = bytes.split_first()?;
    let simple = match letter {
        b'a' => 0x07,
        b'b' => 0x08,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 0x0b,
        b'\\' | b'"' => letter,
        b'x' => u8::try_from(number(rest, 2, 16)?).ok()?,
        b'0'..=b'7' => u8::try_from(number(bytes, 3, 8)?).ok()?,
        b'u' => return unicode(rest, 4, out),
        b'U' => return unicode(rest, 8, out),
        _ => return None,
    };
    out.push(simple);
    match letter {
        b'x' | b'0'..=b'7' => rest.get(2..),
        _ => Some(rest),
    }
}

fn unicode<'a>(bytes: &'a [u8], digits: usize, out: &mut Vec<u8>) -> Option<&'a [u8]> {
    let letter = char::from_u32(number(bytes, digits, 16)?)?;
    out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
    bytes.get(digits..)
}

fn number(bytes: &[u8], digits: usize, radix: u32) -> Option<u32> {
    bytes
        .get(..digits)?
        .iter()
        .try_fold(0_u32, |n, &b| n.checked_mul(radix)?.checked_add(char::from(b).to_digit(radix)?))
}

#[cfg(test)]
#[path = "modinfo_tests.rs"]
mod tests;
