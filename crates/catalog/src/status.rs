//! What CMVP's lists said of a module on a date.

use crate::{Confidence, Module};
use vocab::{Date, ModuleStatus};

/// The last day on which a FIPS 140-2 certificate was active.
///
/// NIST, "FIPS 140-3 Transition Effort": "September 22, 2026 - All FIPS 140-2 certificates are placed on the Historical
/// List". The certificates themselves name 2026-09-21 as sunset date, so a sunset date is the last active day.
pub const LAST_DAY_OF_FIPS_140_2: Date = jiff_date(2026, 9, 21);

const fn jiff_date(year: i16, month: i8, day: i8) -> Date {
    Date::constant(year, month, day)
}

impl Module {
    /// The module's status on a date.
    ///
    /// The sunset date is the last day of an active certificate (see [`LAST_DAY_OF_FIPS_140_2`]); the certificate is
    /// historical from the next day. A certificate without a known sunset date is `unknown`: CMVP gives none without
    /// an end, and a label must not say `active` for ever.
    pub fn status_on(&self, as_of: Date) -> ModuleStatus {
        if self.confidence == Confidence::Unsourced {
            return ModuleStatus::Unknown;
        }
        if self.certificate.is_none() {
            return if self.in_process { ModuleStatus::InProcess } else { ModuleStatus::None };
        }
        if self.issued.is_some_and(|issued| as_of < issued) {
            return ModuleStatus::InProcess;
        }
        if self.standard == "FIPS 140-2" && as_of > LAST_DAY_OF_FIPS_140_2 {
            return ModuleStatus::Historical;
        }
        match self.sunset {
            Some(sunset) if as_of > sunset => ModuleStatus::Historical,
            Some(_) => ModuleStatus::Active,
            None => ModuleStatus::Unknown,
        }
    }
}
