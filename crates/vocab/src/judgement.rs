//! The words of a judgement: verdict, label, severity, certificate status. The design fixes each spelling.

use crate::words;

words! {
    /// What the bytes of one artifact show.
    Verdict {
        /// A validated module is inside, unmodified, switched on, and its certificate holds on the as-of date.
        Pass = "pass",
        /// The artifact contains no cryptography, and that was proved.
        NoCrypto = "no-crypto",
        /// There is cryptography, and no validated module behind it.
        NotValidated = "not-validated",
        /// The module is on NIST's modules-in-process list: submitted, no certificate yet.
        InProcess = "in-process",
        /// The module's certificate is on the historical list on the as-of date.
        Historical = "historical",
        /// A validated module is inside, but it is not switched on.
        Inactive = "inactive",
        /// A module's own integrity value does not match its bytes.
        Tampered = "tampered",
        /// A validated module is inside, and other cryptography is linked beside it.
        OutsideModule = "outside-module",
        /// The bytes cannot prove it either way; the reasons say what is missing.
        Undetermined = "undetermined",
    }
}

words! {
    /// What a person sees, after Palette VerteX's status icons.
    Label {
        /// All cryptography runs inside a validated module.
        Full = "full",
        /// Some members are full and some are not (never of a single artifact).
        Partial = "partial",
        /// Not FIPS.
        Not = "not",
        /// Cannot be proved.
        Unknown = "unknown",
    }
}

words! {
    /// How much a finding weighs.
    Severity {
        /// The verdict cannot be `pass` with it.
        Error = "error",
        /// A person must look at it.
        Warning = "warning",
        /// Worth knowing.
        Note = "note",
    }
}

words! {
    /// What CMVP says of a module version on a date.
    ModuleStatus {
        /// On the active list.
        Active = "active",
        /// On the historical list.
        Historical = "historical",
        /// Revoked.
        Revoked = "revoked",
        /// On the modules-in-process list: no certificate.
        InProcess = "in-process",
        /// A later version of a validated module, not itself validated.
        UpdateStream = "update-stream",
        /// No validation was ever sought for this version.
        None = "none",
        /// Not sourced well enough to say.
        Unknown = "unknown",
    }
}

impl Verdict {
    /// The label of a single artifact with this verdict.
    pub fn label(self) -> Label {
        match self {
            // An artifact without cryptography has nothing that could run outside a module.
            Self::Pass | Self::NoCrypto => Label::Full,
            Self::Undetermined => Label::Unknown,
            Self::NotValidated
            | Self::InProcess
            | Self::Historical
            | Self::Inactive
            | Self::Tampered
            | Self::OutsideModule => Label::Not,
        }
    }
}

impl Label {
    /// The label of an aggregate. Artifacts that contain no cryptography leave the denominator; a group of nothing
    /// else is full for that reason, and an empty group is unknown: nothing was looked at.
    pub fn of_verdicts(verdicts: impl IntoIterator<Item = Verdict>) -> Self {
        let mut without_cryptography = false;
        let labels: Vec<Self> = verdicts
            .into_iter()
            .filter(|v| {
                without_cryptography |= *v == Verdict::NoCrypto;
                *v != Verdict::NoCrypto
            })
            .map(Verdict::label)
            .collect();
        if labels.is_empty() && without_cryptography { Self::Full } else { Self::roll_up(labels) }
    }

    /// The design's roll-up: all full gives full; none full and all unknown gives unknown; none full gives not;
    /// anything else gives partial.
    pub fn roll_up(labels: impl IntoIterator<Item = Self>) -> Self {
        let (mut all, mut full, mut unknown, mut partial) = (0_usize, 0_usize, 0_usize, 0_usize);
        for label in labels {
            all += 1;
            match label {
                Self::Full => full += 1,
                Self::Unknown => unknown += 1,
                // A partial member holds something full, so the group does too.
                Self::Partial => partial += 1,
                Self::Not => {}
            }
        }
        match () {
            () if all == unknown => Self::Unknown,
            () if all == full => Self::Full,
            () if full + partial == 0 => Self::Not,
            () => Self::Partial,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_word_reads_back() {
        for verdict in Verdict::ALL {
            assert_eq!(verdict.as_str().parse::<Verdict>().as_ref(), Ok(verdict));
            assert_eq!(serde_json::to_string(verdict).unwrap(), format!("\"{verdict}\""));
        }
        let error = "green".parse::<Label>().unwrap_err().to_string();
        assert_eq!(error, "`green` is not a Label: it is one of full, partial, not, unknown");
    }

    #[test]
    fn the_rollup_table_of_the_design() {
        use Label::{Full, Not, Partial, Unknown};
        for (members, expected) in [
            (vec![], Unknown),
            (vec![Full, Full], Full),
            (vec![Unknown, Unknown], Unknown),
            (vec![Not, Unknown], Not),
            (vec![Full, Not], Partial),
            (vec![Full, Unknown], Partial),
            (vec![Partial], Partial),
            (vec![Partial, Not], Partial),
        ] {
            assert_eq!(Label::roll_up(members.clone()), expected, "{members:?}");
        }
    }

    #[test]
    fn no_cryptography_leaves_the_denominator() {
        use Verdict::{NoCrypto, NotValidated, Pass};
        assert_eq!(Label::of_verdicts([NoCrypto, NotValidated]), Label::Not);
        assert_eq!(Label::of_verdicts([NoCrypto, Pass]), Label::Full);
        assert_eq!(Label::of_verdicts([NoCrypto]), Label::Full);
        assert_eq!(Label::of_verdicts([]), Label::Unknown);
    }

    proptest! {
        #[test]
        fn a_rollup_never_invents_full(labels in proptest::collection::vec(proptest::sample::select(Label::ALL), 0..8)) {
            if Label::roll_up(labels.clone()) == Label::Full {
                prop_assert!(labels.iter().all(|l| *l == Label::Full));
            }
        }
    }
}
