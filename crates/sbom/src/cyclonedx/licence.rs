//! Licences: an SPDX id or expression where it is one, a name where it is not, and nothing where none is known.

use cyclonedx_bom::external_models::spdx::{SpdxExpression, SpdxIdentifier};
use cyclonedx_bom::models::license::{License, LicenseChoice, Licenses};
use std::collections::BTreeSet;

/// The licences of a component: `None` when none is known, which the caller then states.
///
/// Several texts in one module bind together, so several expressions are joined with `AND`. CycloneDX 1.6, `licenses`:
/// either a list of licences or exactly one expression; one text that is no SPDX expression makes it a list.
pub(super) fn licences(texts: &[String]) -> Option<Licenses> {
    let texts: BTreeSet<&str> =
        texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
    if texts.is_empty() {
        return None;
    }
    let choices = match joined(&texts) {
        Some(expression) => vec![one(&expression)],
        None => texts.iter().map(|text| LicenseChoice::License(licence(text))).collect(),
    };
    Some(Licenses(choices))
}

fn joined(texts: &BTreeSet<&str>) -> Option<String> {
    if !texts.iter().all(|text| SpdxExpression::try_from((*text).to_owned()).is_ok()) {
        return None;
    }
    let bracket = |text: &&str| {
        if texts.len() > 1 && text.contains(" OR ") {
            format!("({text})")
        } else {
            (*text).to_owned()
        }
    };
    Some(texts.iter().map(bracket).collect::<Vec<_>>().join(" AND "))
}

fn one(expression: &str) -> LicenseChoice {
    if is_id(expression) {
        LicenseChoice::License(License::license_id(expression))
    } else {
        LicenseChoice::expression(expression)
    }
}

fn licence(text: &str) -> License {
    if is_id(text) { License::license_id(text) } else { License::named_license(text) }
}

fn is_id(text: &str) -> bool {
    SpdxIdentifier::try_from(text.to_owned()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(texts: &[&str]) -> Option<Licenses> {
        licences(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn an_unknown_licence_is_never_invented() {
        assert_eq!(of(&[]), None);
        assert_eq!(of(&["", " "]), None);
    }

    #[test]
    fn two_texts_bind_together_and_an_or_keeps_its_brackets() {
        let expected = LicenseChoice::expression("(Apache-2.0 OR MIT) AND BSD-3-Clause");
        assert_eq!(
            of(&["BSD-3-Clause", "Apache-2.0 OR MIT", "BSD-3-Clause"]),
            Some(Licenses(vec![expected]))
        );
    }

    #[test]
    fn a_text_that_is_no_spdx_expression_is_a_name_and_never_mixed_with_expressions() {
        let list = of(&["MIT", "Contoso Terms 1"]).unwrap();
        assert!(list.0.iter().all(LicenseChoice::is_license));
        assert_eq!(list.0.get(1).unwrap(), &LicenseChoice::License(License::license_id("MIT")));
    }
}
