//! Known answers. They hold for whichever provider is compiled in.

use super::*;

fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

/// FIPS 180-4's example "abc".
#[test]
fn the_digests_of_abc_are_those_of_the_standard() {
    assert_eq!(hex(Sha224::of(b"abc")), "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7");
    assert_eq!(
        hex(Sha256::of(b"abc")),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    assert_eq!(
        hex(Sha384::of(b"abc")),
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"
    );
    assert_eq!(
        hex(Sha512::of(b"abc")),
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
    );
}

#[test]
fn pieces_give_the_digest_of_the_whole() {
    let mut hash = Sha256::new();
    let fork = {
        hash.update(b"a");
        hash.clone()
    };
    hash.update(b"bc");
    assert_eq!(hash.finish(), Sha256::of(b"abc"));
    assert_eq!(fork.finish(), Sha256::of(b"a"));
}

/// RFC 4231, test cases 2 and 6: a short key, and one longer than a block.
#[test]
fn codes_are_those_of_rfc_4231() {
    let short = |mac: &[u8]| hex(mac);
    assert_eq!(
        short(&HmacSha256::of(b"Jefe", b"what do ya want for nothing?")),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    );
    assert_eq!(
        short(&HmacSha224::of(b"Jefe", b"what do ya want for nothing?")),
        "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44"
    );
    let (key, text) = ([0xaa; 131], b"Test Using Larger Than Block-Size Key - Hash Key First");
    assert_eq!(
        short(&HmacSha256::of(&key, text)),
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    );
    assert_eq!(
        short(&HmacSha384::of(&key, text)),
        "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab4030fe8296248df163f44952"
    );
    assert_eq!(
        short(&HmacSha512::of(&key, text)),
        "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"
    );
}

#[test]
fn the_provider_is_ready_and_has_a_name() {
    let provider = ready().unwrap();
    assert_eq!(provider.certificate == "none", provider.module == "rustcrypto", "{provider:?}");
}

#[cfg(feature = "private-keys")]
mod private {
    //! One key through everything.

    use crate::at_rest::{Key, random};
    use crate::rsa::{PrivateKey, PublicKey};
    use crate::{Hash as _, Sha256};

    #[test]
    fn a_new_key_signs_and_its_public_half_verifies() {
        let key = PrivateKey::generate(2048).unwrap();
        let again = PrivateKey::from_pkcs8(&key.to_pkcs8().unwrap()).unwrap();
        let public = PublicKey::from_pem(&key.public().to_pem()).unwrap();
        assert_eq!((public.bits(), &public), (2048, again.public()));
        let signature = again.sign(b"message").unwrap();
        assert_eq!(signature, key.sign(b"message").unwrap(), "deterministic");
        assert!(public.verify(&Sha256::of(b"message"), &signature));
        assert!(!public.verify(&Sha256::of(b"massage"), &signature));
        for at in [0, 100, 255] {
            let mut other = signature.clone();
            other[at] ^= 1;
            assert!(!public.verify(&Sha256::of(b"message"), &other), "byte {at}");
        }
        assert!(!public.verify(&Sha256::of(b"message"), &signature[1..]));
        assert!(!public.verify(&Sha256::of(b"message"), public.modulus()), "out of range");
    }

    /// SP 800-38A, F.2.5, its first block; the padding of RFC 5652 follows it.
    #[test]
    fn a_key_is_derived_and_opens_what_it_closed() {
        let key = Key::derive(b"passphrase", &[7; 16], 1000).unwrap();
        let mut iv = [0; 16];
        random(&mut iv).unwrap();
        assert_ne!(iv, [0; 16]);
        for length in [0, 1, 15, 16, 17, 2000] {
            let plain = vec![9; length];
            let closed = key.encrypt(&iv, &plain).unwrap();
            assert_eq!(closed.len(), (length / 16 + 1) * 16);
            assert_eq!(*key.decrypt(&iv, &closed).unwrap(), plain);
            assert!(key.decrypt(&iv, &closed[1..]).is_err());
        }
    }
}

mod public {
    //! Keys that must not be taken.

    use crate::rsa::PublicKey;

    /// `n` and `e` as they come, without the checks of a reader.
    fn der(n: &[u8], e: &[u8]) -> Vec<u8> {
        fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
            let length = u16::try_from(value.len()).unwrap().to_be_bytes();
            let long =
                if value.len() < 0x80 { vec![length[1]] } else { vec![0x82, length[0], length[1]] };
            [vec![tag], long, value.to_vec()].concat()
        }
        let numbers = tlv(0x30, &[tlv(2, n), tlv(2, e)].concat());
        let algorithm = [0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0];
        let bits = tlv(3, &[vec![0], numbers].concat());
        tlv(0x30, &[algorithm.to_vec(), bits].concat())
    }

    #[test]
    fn only_the_strict_encoding_is_read() {
        let (n, e) = ([&[0, 0x80][..], &[1; 511]].concat(), [1, 0, 1]);
        let right = der(&n, &e);
        let key = PublicKey::from_der(&right).unwrap();
        assert_eq!((key.bits(), key.exponent(), key.to_der()), (4096, &e[..], right.clone()));
        let even = [&n[..512], &[2]].concat();
        let double = [&[0][..], &n].concat();
        for (n, e) in
            [(&n[1..], &e[..]), (&double, &e), (&even, &e), (&n, &[2]), (&n, &[0, 1]), (&n, &[])]
        {
            assert!(PublicKey::from_der(&der(n, e)).is_err(), "{n:x?} {e:x?}");
        }
        for cut in 0..right.len() {
            assert!(PublicKey::from_der(&right[..cut]).is_err(), "{cut} bytes");
        }
        assert!(PublicKey::from_der(&[right.as_slice(), &[0]].concat()).is_err(), "garbage");
        let pem = key.to_pem();
        assert_eq!(PublicKey::from_pem(&pem), Ok(key));
        assert!(PublicKey::from_pem(&pem.replacen('\n', "\r\n", 100)).is_ok());
        for bad in [
            &pem[1..],
            &format!("text\n{pem}"),
            &pem.replacen('M', "\nM", 1),
            &pem.replace("PUBLIC", "RSA PUBLIC"),
        ] {
            assert!(PublicKey::from_pem(bad).is_err(), "{bad}");
        }
    }
}
