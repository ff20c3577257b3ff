//! The integrity file of an NSS library: `libsoftokn3.chk` beside `libsoftokn3.so`.
//!
//! Twelve bytes of header (two of magic, a major and a minor version, where the data begin, their type), then items of a
//! length in four bytes, most significant first, and as many bytes. Of type 1 (`CKK_DSA`) the items are prime, subprime,
//! base, public value and a DSA signature over the hash of the library; with the top bit of the type set they are a key
//! and an HMAC, and the low bits name the hash (NSS, `lib/freebl/shvfy.c` and `shsign.h`). Either way the file brings its
//! own key, so it shows damage and no origin.

use crypto::{Hash as _, HmacSha224, HmacSha256, HmacSha384, HmacSha512, Mac, Sha224, Sha256};
use num_bigint::BigUint;

/// What the file says of the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// It matches.
    Match,
    /// It does not match.
    Mismatch,
    /// It is of a form or hash that is not read.
    Unreadable,
}

/// `CKK_DSA` (PKCS #11).
const DSA: u32 = 1;
/// `NSS_SIGN_CHK_FLAG_HMAC`.
const HMAC: u32 = 0x8000_0000;
/// The longest item: a DSA prime has 384 bytes.
const LONGEST: usize = 1024;

/// Compares a library with its integrity file.
pub fn check(chk: &[u8], library: &[u8]) -> Check {
    read(chk, library).map_or(Check::Unreadable, |matches| match matches {
        true => Check::Match,
        false => Check::Mismatch,
    })
}

fn read(chk: &[u8], library: &[u8]) -> Option<bool> {
    let (&[0xf1, 0xc5, major, minor], header) = chk.split_first_chunk::<4>()? else {
        return None;
    };
    if major > 2 || minor < 1 {
        return None;
    }
    let (data, header) = header.split_first_chunk::<4>()?;
    let mut rest = chk.get(usize::try_from(u32::from_be_bytes(*data)).ok()?..)?;
    let kind = u32::from_be_bytes(*header.first_chunk::<4>()?);
    if kind == DSA {
        let items = [(); 5].map(|()| item(&mut rest));
        let [prime, subprime, base, public, signature] = items;
        return dsa(prime?, subprime?, base?, public?, signature?, library);
    }
    let (key, value) = (item(&mut rest)?, item(&mut rest)?);
    // HASH_HashType (NSS, `lib/freebl/hasht.h`).
    match kind ^ HMAC {
        4 => Some(matches::<HmacSha256>(key, value, library)),
        5 => Some(matches::<HmacSha384>(key, value, library)),
        6 => Some(matches::<HmacSha512>(key, value, library)),
        7 => Some(matches::<HmacSha224>(key, value, library)),
        _ => None,
    }
}

fn item<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok().filter(|l| *l <= LONGEST)?;
    let (item, after) = after.split_at_checked(length)?;
    *rest = after;
    Some(item)
}

fn matches<M: Mac>(key: &[u8], value: &[u8], library: &[u8]) -> bool {
    M::of(key, library).as_ref() == value
}

/// FIPS 186-4, section 4.7. The subprime's length names the hash (NSS, `PQG_GetHashType`); SHA-1 is not read.
#[expect(clippy::many_single_char_names, reason = "FIPS 186-4 calls them so")]
fn dsa(
    prime: &[u8],
    subprime: &[u8],
    base: &[u8],
    public: &[u8],
    signature: &[u8],
    library: &[u8],
) -> Option<bool> {
    let number = BigUint::from_bytes_be;
    let (p, q, g, y) = (number(prime), number(subprime), number(base), number(public));
    let hash = match q.bits() {
        224 => Sha224::of(library).to_vec(),
        256 => Sha256::of(library).to_vec(),
        _ => return None,
    };
    if p.bits() < 1024 || signature.len() != 2 * hash.len() {
        return None;
    }
    let (r, s) = signature.split_at_checked(hash.len())?;
    let (r, s, zero) = (number(r), number(s), BigUint::from(0_u8));
    if r == zero || r >= q || s == zero || s >= q {
        return Some(false);
    }
    // q is to be prime; then s to the power of q - 2 is its inverse (Fermat). A q that is not makes the signature fail.
    let w = s.modpow(&(&q - BigUint::from(2_u8)), &q);
    let u1 = number(&hash) * &w % &q;
    let u2 = &r * &w % &q;
    let v = g.modpow(&u1, &p) * y.modpow(&u2, &p) % &p % &q;
    Some(v == r)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(bytes: &[u8]) -> Vec<u8> {
        [&u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
    }

    fn header(version: [u8; 2], kind: u32) -> Vec<u8> {
        [&[0xf1, 0xc5][..], &version, &12_u32.to_be_bytes(), &kind.to_be_bytes()].concat()
    }

    #[test]
    fn an_hmac_matches_its_library_and_no_other() {
        let value = HmacSha256::of(b"key", b"library");
        let chk = [header([2, 1], HMAC | 4), item(b"key"), item(&value)].concat();
        assert_eq!(check(&chk, b"library"), Check::Match);
        assert_eq!(check(&chk, b"librarx"), Check::Mismatch);
    }

    /// A signature made by hand over a group of our own: q has 224 bits, so the hash is SHA-224.
    #[test]
    #[expect(clippy::many_single_char_names, reason = "FIPS 186-4 calls them so")]
    fn a_dsa_signature_matches_its_library_and_no_other() {
        let (p, q, g) = group();
        let one = BigUint::from(1_u8);
        let (x, k) = (BigUint::from(123_456_789_u64), BigUint::from(987_654_321_u64));
        let y = g.modpow(&x, &p);
        let r = g.modpow(&k, &p) % &q;
        let inverse = k.modpow(&(&q - &one - &one), &q);
        let hash = BigUint::from_bytes_be(&Sha224::of(b"library"));
        let s = inverse * (hash + &x * &r) % &q;
        let wide = |n: &BigUint| {
            let bytes = n.to_bytes_be();
            [vec![0; 28 - bytes.len()], bytes].concat()
        };
        let signature = [wide(&r), wide(&s)].concat();
        let bytes = |n: &BigUint| item(&n.to_bytes_be());
        let chk =
            [header([1, 2], DSA), bytes(&p), bytes(&q), bytes(&g), bytes(&y), item(&signature)]
                .concat();
        assert_eq!(check(&chk, b"library"), Check::Match);
        assert_eq!(check(&chk, b"librarx"), Check::Mismatch);
        let mut zero = chk.clone();
        let at = zero.len() - 56;
        zero[at..].fill(0);
        assert_eq!(check(&zero, b"library"), Check::Mismatch, "r = s = 0");
    }

    #[test]
    fn what_is_cut_or_of_another_form_is_unreadable() {
        let chk = [header([2, 1], HMAC | 4), item(b"key"), item(&[0; 32])].concat();
        for length in 0..chk.len() {
            assert_eq!(check(&chk[..length], b""), Check::Unreadable, "{length} bytes");
        }
        for other in [header([3, 1], HMAC | 4), header([2, 1], HMAC | 3), header([2, 1], 7)] {
            let chk = [other, item(b"key"), item(&[0; 32])].concat();
            assert_eq!(check(&chk, b""), Check::Unreadable);
        }
        let mut far = chk.clone();
        far[4..8].copy_from_slice(&u32::MAX.to_be_bytes());
        assert_eq!(check(&far, b""), Check::Unreadable);
    }

    /// Parameters of our own: made with `openssl dsaparam 2048`.
    fn group() -> (BigUint, BigUint, BigUint) {
        let number = |hex: &[u8]| BigUint::parse_bytes(hex, 16).unwrap();
        (number(P), number(Q), number(G))
    }
    const P: &[u8] = b"\
        832c764dc8cb389564e329ffc0b01556b20ece9be13c3e7aa3746107d5dfdfecdd8edf444f67b02e476153f9db4f9121\
        44584b5eddb58c49f3c5c7e600cbc607032de1d2f0bc5bf231b098969866cf3ace4ffb739d9fb692b42dc938252935d8\
        7b2adab6ab698161c714c342ff1a9d6b9288fa5f14c905419c155c74e46d56a20af6cb8dbf0af8689cc594b7cd4d70c7\
        33711fb2f9d5449268b0315406c2e4bc454d8ba130b813c265c61281455b4f396d2979dbd00d4d00473a93d076d22157\
        504e4254458ef495da9406c67dfb2690fcda301fc9092801131e740ef4353ff9b1c4b0408cc55d1763ca6ee308eaed6d\
        c4e42fc3d2a91ffd54ab6381a8f4f6d7";
    const Q: &[u8] = b"\
        deb8f342d65bddba682def5fc487c2408a868f342cdb16be5bac8309";
    const G: &[u8] = b"\
        725b7cfed520b902e2f2184e3d4fc67a773c3c1f8323fea2e367029f8b7d9bf8217f13f5d54b4fff11488f7d64c0615b\
        1a81f23634c9cdff551d7630894ecf3bfa1fb08a2faac29cce0eef43e034ed6e053e8b2653bef83221843490fcb100b4\
        d55d86f61915323e31bf5996c21eb18c50cf2e4135f23f04da75f0c7898fc582d9814c846f3f5803ad838eee661234da\
        6481c1903272347f567443ec725a4c2f73a9bed258409b87b256b3cccd789a82b90d840ca0c4266448a698e0478413d5\
        ff3f786c243bb185b86be8108222faa914804a91ec775412393370115bf95f534f01310da6c4ce7f7f97e7963cbb1905\
        128196c86251fca1ec733adef472b0a";
}
