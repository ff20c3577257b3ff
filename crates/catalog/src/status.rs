//! What CMVP's lists said of a module on a date.

use crate::{Confidence, Module};
use vocab::{Date, ModuleStatus};

/// The last day on which a FIPS 140-2 certificate was active.
///
/// NIST, "FIPS 140-3 Transition Effort": "September 22, 2026 - All FIPS 140-2 certificates are placed on the Historical
/// List". The certificates themselves name 2026-09-21 as sunset date, so a sunset date is the last active day.
pub const LAST_DAY_OF_FIPS_140_2: Date = Date::constant(2026, 9, 21);

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
            return match (self.in_process, &self.update_stream_of) {
                (true, _) => ModuleStatus::InProcess,
                (false, Some(_)) => ModuleStatus::UpdateStream,
                (false, None) => ModuleStatus::None,
            };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Registry;

    /// A module with these lines besides the ones every row has.
    fn module(lines: &str) -> Module {
        let confidence = if lines.contains("confidence") { "" } else { "confidence = \"issue\"\n" };
        let text = format!(
            "date = \"2026-11-20\"\n[[modules]]\nid = \"m\"\nname = \"M\"\nversion = \"1\"\nvendor = \"V\"\nlinkage = \"static\"\n\
             {confidence}{lines}\n[[modules.sources]]\nwhat = \"w\"\nnote = \"a sentence of enough characters\"\n"
        );
        Registry::parse(&text, "test")
            .unwrap_or_else(|problems| panic!("{problems}"))
            .modules
            .remove(0)
    }

    fn on(lines: &str, year: i16, month: i8, day: i8) -> ModuleStatus {
        module(lines).status_on(Date::constant(year, month, day))
    }

    // Without it the label of every older release would be wrong on one side of the day.
    #[test]
    fn every_fips_140_2_certificate_is_historical_from_2026_09_22() {
        let dated = "standard = \"FIPS 140-2\"\ncertificate = 1\nsunset = \"2026-09-21\"";
        assert_eq!(on(dated, 2026, 9, 21), ModuleStatus::Active);
        assert_eq!(on(dated, 2026, 9, 22), ModuleStatus::Historical);
        let undated = "standard = \"FIPS 140-2\"\ncertificate = 1";
        assert_eq!(on(undated, 2026, 9, 21), ModuleStatus::Unknown);
        assert_eq!(on(undated, 2026, 9, 22), ModuleStatus::Historical);
        let early = "standard = \"FIPS 140-2\"\ncertificate = 1\nsunset = \"2025-01-01\"";
        assert_eq!(on(early, 2025, 1, 2), ModuleStatus::Historical);
    }

    // Without it a certificate could be a day too long or too short, on either end.
    #[test]
    fn a_certificate_holds_from_its_issue_to_its_sunset_day_both_included() {
        let lines = "standard = \"FIPS 140-3\"\ncertificate = 1\nissued = \"2024-07-11\"\nsunset = \"2029-07-10\"";
        assert_eq!(on(lines, 2024, 7, 10), ModuleStatus::InProcess);
        assert_eq!(on(lines, 2024, 7, 11), ModuleStatus::Active);
        assert_eq!(on(lines, 2029, 7, 10), ModuleStatus::Active);
        assert_eq!(on(lines, 2029, 7, 11), ModuleStatus::Historical);
    }

    // Without it what nobody has looked up would pass a gate.
    #[test]
    fn what_is_not_known_is_never_active() {
        let certificate = "standard = \"FIPS 140-3\"\ncertificate = 1";
        assert_eq!(on(certificate, 2026, 11, 21), ModuleStatus::Unknown);
        let unsourced =
            format!("{certificate}\nsunset = \"2029-07-10\"\nconfidence = \"unsourced\"");
        assert_eq!(on(&unsourced, 2026, 11, 21), ModuleStatus::Unknown);
    }

    #[test]
    fn without_a_certificate_a_module_is_in_process_or_nothing() {
        assert_eq!(
            on("standard = \"FIPS 140-3\"\nin-process = true", 2026, 11, 21),
            ModuleStatus::InProcess
        );
        assert_eq!(on("standard = \"FIPS 140-3\"", 2026, 11, 21), ModuleStatus::None);
    }
}
