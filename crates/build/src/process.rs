//! The one door to other programs. Every command has a cleared or an openly inherited environment, its output goes line
//! by line to a log and to whoever watches, and an error carries the command ready to paste.

use crate::BuildError;
use camino::{Utf8Path, Utf8PathBuf};
use std::{
    collections::{BTreeMap, VecDeque},
    io::{BufRead as _, BufReader, Read as _, Write as _},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

/// How many bytes of standard output are kept: `go list` of the largest component prints a hundredth of it.
const STDOUT_LIMIT: u64 = 64 << 20;
/// How many bytes of one line are kept.
const LINE_LIMIT: u64 = 64 << 10;
/// How many of the last lines an error quotes.
const TAIL: usize = 12;

/// A command, not yet started.
#[derive(Debug, Clone)]
pub(crate) struct Invocation {
    /// The program: a path, or a name for `PATH`.
    pub(crate) program: String,
    pub(crate) arguments: Vec<String>,
    /// Variables that are set, on top of what is inherited.
    pub(crate) environment: BTreeMap<String, String>,
    /// True for network clients, which need the user's proxy and certificate settings. A build inherits nothing.
    pub(crate) inherit: bool,
    pub(crate) folder: Option<Utf8PathBuf>,
    /// What to show instead of the command, when the command itself says nothing to a person.
    pub(crate) shown: Option<String>,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: Vec<u8>,
    pub(crate) tail: Vec<String>,
    pub(crate) elapsed: Duration,
}

impl Invocation {
    pub(crate) fn new(
        program: impl Into<String>,
        arguments: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let arguments = arguments.into_iter().map(Into::into).collect();
        Self {
            program: program.into(),
            arguments,
            environment: BTreeMap::new(),
            inherit: false,
            folder: None,
            shown: None,
        }
    }

    /// The command as a line for a shell.
    pub(crate) fn pasteable(&self) -> String {
        if let Some(shown) = &self.shown {
            return shown.clone();
        }
        let folder =
            self.folder.iter().map(|folder| format!("cd {} &&", shell_quoted(folder.as_str())));
        let clear = std::iter::once(if self.inherit { "env" } else { "env -i" }.to_owned());
        let set =
            self.environment.iter().map(|(name, value)| format!("{name}={}", shell_quoted(value)));
        let words =
            std::iter::once(&self.program).chain(&self.arguments).map(|word| shell_quoted(word));
        folder.chain(clear).chain(set).chain(words).collect::<Vec<_>>().join(" ")
    }

    /// Runs the command to its end. Standard output is kept; standard error goes to `log` and `watch`, line by line.
    pub(crate) fn run(
        &self,
        log: Option<&Utf8Path>,
        watch: &dyn Fn(&str),
    ) -> Result<Outcome, BuildError> {
        let started = Instant::now();
        let mut log = log.map(files::create_log).transpose()?;
        if let Some(log) = &mut log {
            writeln!(log, "$ {}", self.pasteable())?;
        }
        let mut child = self.spawn()?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let (stdout, tail) = std::thread::scope(|scope| {
            let stdout = scope.spawn(|| collect(stdout));
            let tail = stderr.map(|stderr| follow(stderr, log.as_mut(), watch)).transpose();
            (stdout.join(), tail)
        });
        let status = child.wait()?;
        let stdout = stdout
            .map_err(|_| std::io::Error::other("the reader of standard output stopped"))??;
        Ok(Outcome { status, stdout, tail: tail?.unwrap_or_default(), elapsed: started.elapsed() })
    }

    /// Runs the command and makes a failed end an error that says `what` was tried.
    pub(crate) fn check(
        &self,
        what: &str,
        log: Option<&Utf8Path>,
        watch: &dyn Fn(&str),
    ) -> Result<Outcome, BuildError> {
        let outcome = self.run(log, watch)?;
        if outcome.status.success() { Ok(outcome) } else { Err(self.failed(what, log, outcome)) }
    }

    /// The error of a command that ended badly.
    pub(crate) fn failed(
        &self,
        what: &str,
        log: Option<&Utf8Path>,
        outcome: Outcome,
    ) -> BuildError {
        BuildError::Failed {
            what: what.to_owned(),
            status: outcome.status.to_string(),
            command: self.pasteable(),
            log: log.map(Utf8Path::to_owned),
            tail: outcome.tail,
        }
    }

    fn spawn(&self) -> Result<Child, BuildError> {
        let mut command = command(&self.program);
        command
            .args(&self.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if !self.inherit {
            command.env_clear();
        }
        command.envs(&self.environment);
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        command
            .spawn()
            .map_err(|source| BuildError::Spawn { program: self.program.clone(), source })
    }
}

/// The door itself.
#[expect(clippy::disallowed_methods, reason = "this is the one place where processes start")]
pub(crate) fn command(program: &str) -> Command {
    Command::new(program)
}

fn collect(stdout: Option<impl std::io::Read>) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(mut stdout) = stdout {
        stdout.by_ref().take(STDOUT_LIMIT).read_to_end(&mut bytes)?;
        // What is over the limit is read and dropped, so that the program does not wait for us.
        std::io::copy(&mut stdout, &mut std::io::sink())?;
    }
    Ok(bytes)
}

/// Copies lines to the log and the watcher, and gives the last ones back.
fn follow(
    stderr: impl std::io::Read,
    mut log: Option<&mut fs_err::File>,
    watch: &dyn Fn(&str),
) -> Result<Vec<String>, BuildError> {
    let mut reader = BufReader::new(stderr);
    let mut tail = VecDeque::with_capacity(TAIL);
    let mut line = Vec::new();
    loop {
        line.clear();
        if reader.by_ref().take(LINE_LIMIT).read_until(b'\n', &mut line)? == 0 {
            return Ok(tail.into());
        }
        if let Some(log) = &mut log {
            log.write_all(&line)?;
        }
        let text = String::from_utf8_lossy(&line).trim_end().to_owned();
        watch(&text);
        if tail.len() == TAIL {
            tail.pop_front();
        }
        tail.push_back(text);
    }
}

/// A word as a POSIX shell reads it back (IEEE Std 1003.1, 2.2.2).
fn shell_quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_command_quotes_its_last_lines_and_can_be_pasted() {
        let mut sh = Invocation::new(
            "/bin/sh",
            ["-c", "echo out; for i in $(seq 40); do echo line $i >&2; done; exit 3"],
        );
        sh.environment.insert("A".into(), "it's".into());
        let error = sh.check("the test", None, &|_| {}).unwrap_err();
        let BuildError::Failed { tail, command, .. } = &error else { panic!("{error}") };
        assert_eq!((tail.len(), tail.last().map(String::as_str)), (TAIL, Some("line 40")));
        assert!(command.starts_with(r"env -i A='it'\''s' /bin/sh -c 'echo out"), "{command}");
    }

    #[test]
    fn a_build_sees_no_variable_of_the_caller() {
        let outcome = Invocation::new("/usr/bin/env", [""; 0]).check("env", None, &|_| {}).unwrap();
        assert_eq!(String::from_utf8(outcome.stdout).unwrap(), "");
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let error = Invocation::new("/no/such/program", [""; 0]).run(None, &|_| {}).unwrap_err();
        assert_eq!(error.to_string(), "failed to start `/no/such/program`");
        assert!(error.hint().unwrap().contains("doctor"));
    }

    #[test]
    fn what_was_printed_is_in_the_log_even_without_a_last_newline() {
        let guard = tempfile::tempdir().unwrap();
        let log = Utf8PathBuf::from_path_buf(guard.path().join("log")).unwrap();
        let sh = Invocation::new("/bin/sh", ["-c", "printf 'no newline' >&2"]);
        sh.check("sh", Some(&log), &|_| {}).unwrap();
        assert!(files::read_text(&log, 1000).unwrap().ends_with("no newline"));
    }
}
