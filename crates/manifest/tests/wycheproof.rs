//! Project Wycheproof's RSA-4096 PKCS#1 v1.5 SHA-256 signatures against our verification: padding of another length, BER
//! instead of DER, a missing NULL, garbage after the hash, signatures beyond the modulus.

use manifest::PublicKey;
use wycheproof::TestResult;
use wycheproof::rsa_pkcs1_verify::{TestName, TestSet};

/// Without it a forger's padding that our RSA library takes, and others refuse, would go unnoticed.
#[test]
fn every_invalid_and_every_doubtful_signature_is_refused() {
    let set = TestSet::load(TestName::Rsa4096Sha256).unwrap();
    let (mut valid, mut refused) = (0, 0);
    for group in &set.test_groups {
        let key = PublicKey::from_pem(&group.pem).unwrap();
        for test in &group.tests {
            let accepted = key.verify(&test.msg, &test.sig).is_ok();
            assert_eq!(
                accepted,
                test.result == TestResult::Valid,
                "{}: {}",
                test.tc_id,
                test.comment
            );
            if accepted { valid += 1 } else { refused += 1 }
        }
    }
    assert!(
        valid >= 7 && refused >= 26,
        "{valid} valid, {refused} refused: the vectors were not there"
    );
}

/// Without it a key of another size, which the vectors of other sizes bring, would be trusted.
#[test]
fn keys_of_other_sizes_are_refused() {
    for name in [TestName::Rsa2048Sha256, TestName::Rsa3072Sha256, TestName::Rsa8192Sha256] {
        for group in &TestSet::load(name).unwrap().test_groups {
            assert!(PublicKey::from_pem(&group.pem).is_err(), "{} bits", group.key_size);
        }
    }
}
