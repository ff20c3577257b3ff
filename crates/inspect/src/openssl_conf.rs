//! OpenSSL's configuration files (config(5) of OpenSSL 3): sections of names and values, variables, `.include`.
//!
//! Read as libcrypto reads them, so that the scan knows which providers a program gets. Whatever this reader does not
//! understand is a problem, and nobody may call a configuration with a problem active.

use std::collections::BTreeMap;

/// A configuration, with everything that was included.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OpenSslConf {
    /// Values by section and name; of several the last one counts. Before any section header it is `default`.
    sections: BTreeMap<String, BTreeMap<String, String>>,
    /// What could not be read, as sentences for people.
    pub problems: Vec<String>,
}

/// How much of a configuration is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConfLimits {
    /// How deep files may include each other.
    pub depth: usize,
    /// How many files are read.
    pub files: usize,
    /// The longest file and the longest value, in bytes.
    pub bytes: usize,
}

impl Default for ConfLimits {
    fn default() -> Self {
        Self { depth: 8, files: 64, bytes: 1 << 20 }
    }
}

/// The files that an `.include` names: the one of that path, or those of a folder. Nothing when there is none.
pub type Include<'a> = dyn Fn(&str) -> Vec<Vec<u8>> + 'a;

impl OpenSslConf {
    /// Reads a file and what it includes.
    pub fn read(text: &[u8], limits: &ConfLimits, include: &Include<'_>) -> Self {
        let mut conf = Self::default();
        let mut reader =
            Reader { conf: &mut conf, limits, include, section: DEFAULT.to_owned(), files: 0 };
        reader.file(text, 0);
        conf
    }

    /// A value.
    pub fn get(&self, section: &str, name: &str) -> Option<&str> {
        self.sections.get(section)?.get(name).map(String::as_str)
    }

    /// The names and values of a section, sorted by name.
    pub fn section(&self, section: &str) -> impl Iterator<Item = (&str, &str)> {
        let values = self.sections.get(section).into_iter().flatten();
        values.map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// Where values stand before the first section header, and where a variable is looked for that its section lacks.
const DEFAULT: &str = "default";

struct Reader<'a> {
    conf: &'a mut OpenSslConf,
    limits: &'a ConfLimits,
    include: &'a Include<'a>,
    section: String,
    files: usize,
}

impl Reader<'_> {
    fn file(&mut self, text: &[u8], depth: usize) {
        self.files += 1;
        if depth > self.limits.depth || self.files > self.limits.files {
            return self.problem("files include each other too often");
        }
        if text.len() > self.limits.bytes {
            return self.problem("a file is too long");
        }
        let Ok(text) = std::str::from_utf8(text) else {
            return self.problem("a file is not UTF-8");
        };
        for line in lines(text) {
            self.line(line.trim(), depth);
        }
    }

    fn problem(&mut self, what: &str) {
        if self.conf.problems.len() < self.limits.files {
            self.conf.problems.push(what.to_owned());
        }
    }

    fn line(&mut self, line: &str, depth: usize) {
        if line.is_empty() {
            return;
        }
        if let Some(rest) = line.strip_prefix('[') {
            match rest.split_once(']') {
                Some((name, _)) => name.trim().clone_into(&mut self.section),
                None => self.problem("a section header does not end"),
            }
        } else if let Some(path) = line.strip_prefix(".include") {
            let path = path.trim_start().strip_prefix('=').unwrap_or(path).trim();
            self.include(path, depth);
        } else if line.starts_with(".pragma") {
            // Pragmas change how names with `$` and paths are read, which no configuration of providers needs.
        } else if let Some((name, value)) = line.split_once('=') {
            self.assign(name.trim(), value.trim());
        } else {
            self.problem("a line is neither a section nor an assignment");
        }
    }

    fn include(&mut self, path: &str, depth: usize) {
        let path = self.expand(path);
        let files = (self.include)(&path);
        if files.is_empty() {
            // libcrypto goes on without the file, and fails later where a section is missing.
            return self.problem(&format!("`.include {path}` leads to no file"));
        }
        for file in files {
            self.file(&file, depth + 1);
        }
    }

    fn assign(&mut self, name: &str, value: &str) {
        let value = self.expand(value);
        let (section, name) = name.split_once("::").unwrap_or((&self.section, name));
        let section = self.conf.sections.entry(section.to_owned()).or_default();
        section.insert(name.to_owned(), value);
    }

    /// A value without quotes and escapes, and with its variables replaced: `$name`, `${name}`, `$(name)`, each also as
    /// `section::name`.
    fn expand(&mut self, value: &str) -> String {
        let mut out = String::new();
        let mut rest = value;
        while let Some(first) = rest.chars().next() {
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            match first {
                '"' | '\'' | '`' => {
                    let (quoted, after) = rest.split_once(first).unwrap_or((rest, ""));
                    out.push_str(quoted);
                    rest = after;
                }
                '\\' => {
                    let escaped = rest.chars().next();
                    rest = rest.get(escaped.map_or(0, char::len_utf8)..).unwrap_or_default();
                    out.extend(escaped);
                }
                '$' => {
                    let (name, after) = variable(rest);
                    rest = after;
                    match self.look_up(name) {
                        Some(value) => out.push_str(&value),
                        None => self.problem(&format!("the variable `{name}` is not set")),
                    }
                }
                other => out.push(other),
            }
            if out.len() > self.limits.bytes {
                self.problem("a value is too long");
                out.clear();
                return out;
            }
        }
        out
    }

    fn look_up(&self, name: &str) -> Option<String> {
        let (section, name) = name.split_once("::").unwrap_or((&self.section, name));
        let found = self.conf.get(section, name).or_else(|| self.conf.get(DEFAULT, name));
        found.map(str::to_owned)
    }
}

/// The name behind a `$` and what follows it.
fn variable(text: &str) -> (&str, &str) {
    for (open, close) in [('{', '}'), ('(', ')')] {
        if let Some(rest) = text.strip_prefix(open) {
            return rest.split_once(close).unwrap_or((rest, ""));
        }
    }
    let of_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    text.split_at(text.find(|c| !of_name(c)).unwrap_or(text.len()))
}

/// Lines without comments, joined where a line ends with a backslash.
fn lines(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut open = String::new();
    for line in text.lines() {
        open.push_str(without_comment(line));
        if open.ends_with('\\') && !open.ends_with("\\\\") {
            open.pop();
        } else {
            lines.push(std::mem::take(&mut open));
        }
    }
    lines.push(open);
    lines
}

/// A `#` begins a comment unless it is quoted or escaped.
fn without_comment(line: &str) -> &str {
    let (mut quote, mut escaped) = (None, false);
    for (at, letter) in line.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' | '\'' | '`' if quote == Some(letter) => quote = None,
            '"' | '\'' | '`' if quote.is_none() => quote = Some(letter),
            '#' if quote.is_none() => return line.get(..at).unwrap_or(line),
            _ => {}
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> OpenSslConf {
        OpenSslConf::read(text.as_bytes(), &ConfLimits::default(), &|path| match path {
            "/etc/ssl/fipsmodule.cnf" => vec![b"[fips_sect]\nactivate = 1\n".to_vec()],
            "loop" => vec![b".include loop\n".to_vec()],
            _ => Vec::new(),
        })
    }

    #[test]
    fn sections_values_comments_and_continuations_are_read() {
        let conf = read(
            "openssl_conf = openssl_init # the start\n[ openssl_init ]\nproviders = \\\n  provider_sect\n\
             [provider_sect]\nfips = \"fips # sect\"\nbase = 'a'b\\#c\n[x]\nother::y = 1\nz = 1\nz = 2\n",
        );
        assert_eq!(conf.problems, Vec::<String>::new());
        assert_eq!(conf.get("default", "openssl_conf"), Some("openssl_init"));
        assert_eq!(conf.get("openssl_init", "providers"), Some("provider_sect"));
        assert_eq!(conf.get("provider_sect", "fips"), Some("fips # sect"));
        assert_eq!(conf.get("provider_sect", "base"), Some("ab#c"));
        assert_eq!(conf.get("other", "y"), Some("1"));
        assert_eq!(conf.get("x", "z"), Some("2"), "the last one counts");
    }

    #[test]
    fn variables_come_from_their_section_or_the_default_one() {
        let conf = read("dir = /etc\n[a]\nx = $dir/ssl\ny = ${b::z}\n[b]\nz = 1\nw = $(a::x)\n");
        assert_eq!(conf.get("a", "x"), Some("/etc/ssl"));
        assert_eq!(conf.get("b", "w"), Some("/etc/ssl"));
        assert_eq!(conf.problems, ["the variable `b::z` is not set"], "set only later");
        assert_eq!(read("x = $ENV::HOME\n").problems.len(), 1, "the environment is not known");
    }

    #[test]
    fn an_included_file_is_read_in_its_place_and_a_missing_one_is_a_problem() {
        let conf = read(".include = /etc/ssl/fipsmodule.cnf\nmodule-mac = 42\n");
        assert_eq!(conf.get("fips_sect", "activate"), Some("1"));
        assert_eq!(conf.get("fips_sect", "module-mac"), Some("42"));
        assert_eq!(
            read(".include fipsmodule.cnf").problems,
            ["`.include fipsmodule.cnf` leads to no file"]
        );
    }

    #[test]
    fn what_never_ends_is_stopped() {
        assert_eq!(read(".include loop").problems, ["files include each other too often"]);
        let bomb: String = std::iter::once("a0 = aaaaaaaaaaaaaaaa\n".to_owned())
            .chain((1..30).map(|i| format!("a{i} = ${{a{0}}}${{a{0}}}\n", i - 1)))
            .collect();
        assert!(read(&bomb).problems.contains(&"a value is too long".to_owned()));
        let limits = ConfLimits { bytes: 3, ..ConfLimits::default() };
        assert_eq!(
            OpenSslConf::read(b"a = 1", &limits, &|_| Vec::new()).problems,
            ["a file is too long"]
        );
        assert_eq!(read("[x\ny").problems.len(), 2);
    }
}
