//! Exit codes, the same for every verb (design section 5).

use std::process::ExitCode;

/// Everything that was examined passed.
pub(crate) const PASSED: u8 = 0;
/// Something failed, could not be decided, or nothing was examined.
pub(crate) const FAILED: u8 = 1;
/// The command line or the input could not be used.
pub(crate) const UNUSABLE: u8 = 2;

pub(crate) fn of(pass: bool) -> ExitCode {
    ExitCode::from(if pass { PASSED } else { FAILED })
}
