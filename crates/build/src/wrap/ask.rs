//! Asking again for sources that could not be had.

use super::{Desk, GoCommand, WrapError, probe::probe};
use vocab::ComponentName;

/// What the proxy says of `module@version` today: its sum, or why not. `Err` means that it could not be asked.
pub fn ask(
    name: &ComponentName,
    module: &str,
    version: &str,
    go: &GoCommand<'_>,
) -> Result<Result<String, WrapError>, WrapError> {
    let desk = Desk::new(go.workspace(), name)?;
    let answer = probe(go, &desk.empty_module()?, &format!("{module}@{version}"));
    desk.close()?;
    Ok(answer?.map(|found| found.sum))
}
