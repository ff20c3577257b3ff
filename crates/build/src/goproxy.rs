//! The Go command as a network client: with the user's proxy and checksum settings, into our own module cache.

use crate::{
    BuildError, Workspace,
    process::{Invocation, Outcome},
};
use std::collections::BTreeMap;

/// Settings of the user that decide where modules come from and who vouches for them (go.dev/ref/mod, "Environment
/// variables"). Our own pins are compared whatever they say.
const USERS: [&str; 8] =
    ["GOPROXY", "GOSUMDB", "GONOSUMDB", "GONOPROXY", "GOPRIVATE", "GOINSECURE", "GOVCS", "GOAUTH"];

/// A Go command that may use the network. `go` is the host's or our own.
pub(crate) fn client<'a>(
    workspace: &Workspace,
    go: &str,
    arguments: impl IntoIterator<Item = &'a str>,
) -> Result<Invocation, BuildError> {
    files::create_dir_all(workspace.state())?;
    let mut client = Invocation::new(go, arguments.into_iter().map(str::to_owned));
    client.inherit = true;
    client.folder = Some(workspace.state().to_owned());
    client.environment = users_settings(workspace)?;
    let modcache = workspace.modcache();
    // An empty value is an unset one to the Go command, also for what the user's environment says.
    let ours = [
        ("GOENV", "off"),
        ("GOEXPERIMENT", ""),
        ("GOFLAGS", ""),
        ("GOROOT", ""),
        ("GOTELEMETRY", "off"),
        ("GOTOOLCHAIN", "local"),
        ("GOWORK", "off"),
        ("GOMODCACHE", modcache.as_str()),
    ];
    client.environment.extend(ours.map(|(name, value)| (name.to_owned(), value.to_owned())));
    Ok(client)
}

/// The same, with the network off: everything must be in the cache.
pub(crate) fn offline(mut client: Invocation) -> Invocation {
    client.environment.extend(
        [("GOPROXY", "off"), ("GOSUMDB", "off")].map(|(k, v)| (k.to_owned(), v.to_owned())),
    );
    client
}

/// What `go env` of the host says, so that `go env -w` counts although our commands run with `GOENV=off`. Without a Go
/// command on the host only the environment counts.
fn users_settings(workspace: &Workspace) -> Result<BTreeMap<String, String>, BuildError> {
    let mut ask = Invocation::new("go", ["env", "-json"].into_iter().chain(USERS));
    ask.inherit = true;
    ask.folder = Some(workspace.state().to_owned());
    ask.environment = [("GOTOOLCHAIN", "local"), ("GOFLAGS", ""), ("GOWORK", "off")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    match ask.run(None, &|_| {}) {
        Ok(outcome) => Ok(serde_json::from_slice(&outcome.stdout).unwrap_or_default()),
        Err(BuildError::Spawn { .. }) => Ok(BTreeMap::new()),
        Err(error) => Err(error),
    }
}

/// The error of a `go mod download` that ended badly: what the proxy said decides which it is.
pub(crate) fn refused(
    client: &Invocation,
    what: &str,
    component: &str,
    outcome: Outcome,
) -> BuildError {
    let said = format!("{}\n{}", errors_in(&outcome.stdout), outcome.tail.join("\n"));
    let line = |word: &str| {
        said.lines().find(|line| line.contains(word)).map(|line| line.trim().to_owned())
    };
    let what = what.to_owned();
    if let Some(detail) = line("checksum mismatch") {
        return BuildError::SourceChanged { component: component.to_owned(), detail };
    }
    // The Go command falls through to the source repository on 404 and 410 only (go.dev/ref/mod, "GOPROXY protocol"):
    // 403 is this proxy's own decision and says nothing about whether the version exists.
    if let Some(detail) = line("403 Forbidden") {
        return BuildError::NotAtProxy { what, detail };
    }
    if let Some(detail) =
        ["404 Not Found", "410 Gone", "unknown revision"].iter().find_map(|word| line(word))
    {
        return BuildError::NoSuchVersion { what, detail };
    }
    client.failed(&format!("fetching {what}"), None, outcome)
}

/// The `Error` fields of `go mod download -json`, one a line.
fn errors_in(stdout: &[u8]) -> String {
    let objects = serde_json::Deserializer::from_slice(stdout).into_iter::<serde_json::Value>();
    let errors = objects
        .map_while(Result::ok)
        .filter_map(|object| Some(object.get("Error")?.as_str()?.to_owned()));
    errors.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{os::unix::process::ExitStatusExt as _, time::Duration};

    fn refusal(error: &str) -> BuildError {
        let stdout = serde_json::json!({ "Path": "m", "Error": error }).to_string().into_bytes();
        let status = std::process::ExitStatus::from_raw(256);
        let outcome = Outcome { status, stdout, tail: vec![], elapsed: Duration::ZERO };
        refused(&Invocation::new("go", [""; 0]), "m@v1", "etcd", outcome)
    }

    #[test]
    fn a_proxy_that_refuses_is_not_a_version_that_does_not_exist() {
        let refused = refusal(
            "m@v1: reading https://proxy/m/@v/v1.zip: 403 Forbidden\n\tserver response: not available",
        );
        assert!(
            matches!(&refused, BuildError::NotAtProxy { what, .. } if what == "m@v1"),
            "{refused}"
        );
        let absent = refusal("m@v1: reading https://proxy/m/@v/v1.info: 404 Not Found");
        assert!(matches!(&absent, BuildError::NoSuchVersion { .. }), "{absent}");
    }

    #[test]
    fn a_changed_source_is_told_from_every_other_failure() {
        let changed =
            refusal("verifying m@v1: checksum mismatch\n\tdownloaded: h1:a\n\tgo.sum: h1:b");
        assert!(
            changed.to_string().starts_with("source digest changed: verifying m@v1"),
            "{changed}"
        );
        let other = refusal("dial tcp: lookup proxy: no such host");
        assert!(matches!(other, BuildError::Failed { .. }), "{other}");
    }
}
