#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use ed25519_dalek::Verifier as _;
use proptest::prelude::*;
use sha2::{Digest as _, Sha512};

use super::*;

/// Group order L, little endian.
const L: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

fn secret(fill: u8) -> SecretKey {
    SecretKey::from_seed([fill; 32])
}

fn bytes<const N: usize>(hex_digits: &str) -> [u8; N] {
    let mut out = [0; N];
    hex::decode_to_slice(hex_digits, &mut out).unwrap();
    out
}

fn key_id(point: EdwardsPoint) -> KeyId {
    KeyId::from_bytes(point.compress().to_bytes())
}

fn join(r: [u8; 32], s: [u8; 32]) -> [u8; 64] {
    let mut out = [0; 64];
    out[..32].copy_from_slice(&r);
    out[32..].copy_from_slice(&s);
    out
}

/// k = SHA-512(R ‖ A ‖ M) mod L.
fn challenge(r: &[u8; 32], a: &KeyId, message: &[u8]) -> Scalar {
    let hash = Sha512::new().chain_update(r).chain_update(a.as_bytes()).chain_update(message).finalize();
    let mut wide = [0; 64];
    wide.copy_from_slice(&hash);
    Scalar::from_bytes_mod_order_wide(&wide)
}

fn add_order(s: &mut [u8; 32]) {
    let mut carry = 0;
    for (byte, order) in s.iter_mut().zip(L) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        *byte = u8::try_from(sum & 0xff).unwrap();
        carry = sum >> 8;
    }
    assert_eq!(carry, 0);
}

/// What the library accepts by its lenient equation: proof that a crafted signature is otherwise sound.
fn lenient(key: KeyId, message: &[u8], signature: &[u8; 64]) -> bool {
    let key = VerifyingKey::from_bytes(key.as_bytes()).unwrap();
    key.verify(message, &Signature::from_bytes(signature)).is_ok()
}

/// RFC 8032 §7.1: seed, public key, message, signature.
const RFC8032: [[&str; 4]; 4] = [
    [
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ],
    [
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ],
    [
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ],
    [
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ],
];

#[test]
fn rfc_8032_vectors() {
    for [seed, public, message, signature] in RFC8032 {
        let (key, message) = (SecretKey::from_seed(bytes(seed)), hex::decode(message).unwrap());
        assert_eq!(key.key(), KeyId::from_bytes(bytes(public)));
        assert_eq!(key.sign(&message).unwrap(), bytes::<64>(signature));
        let public = PublicKey::decode(key.key()).unwrap();
        assert_eq!(public.enrolable(), Ok(()));
        assert!(public.verify(&message, &bytes(signature)));
    }
}

/// Chalkias, Garillot, Nikolaenko, "Taming the many EdDSAs" (2020), with the verdict of our predicate:
/// message, A, signature, accepted.
const EDGE_CASES: [(&str, &str, &str, bool); 10] = [
    // A and R of small order, S = 0.
    (
        "8c93255d71dcab10e8f379c26200f3c7bd5f09d9bc3068d3ef4edeb4853022b6",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a0000000000000000000000000000000000000000000000000000000000000000",
        false,
    ),
    // A of small order, R mixed.
    (
        "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43a5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04",
        false,
    ),
    // A mixed, R of small order.
    (
        "aebf3f2601a0c8c5d39cc7d8911642f740b78168218da8471772b35f9d35b9ab",
        "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa8c4bd45aecaca5b24fb97bc10ac27ac8751a7dfe1baff8b953ec9f5833ca260e",
        false,
    ),
    // A and R mixed, both equations hold: accepted, which is why such an A is refused at enrolment.
    (
        "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
        "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
        "9046a64750444938de19f227bb80485e92b83fdb4b6506c160484c016cc1852f87909e14428a7a1d62e9f22f3d3ad7802db02eb2e688b6c52fcd6648a98bd009",
        true,
    ),
    // A and R mixed, only the cofactored equation holds.
    (
        "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
        "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
        "160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed5125ec6bc982a269b723e0668e540911a9a6a58921d6925e434ab10aa7940551a09",
        false,
    ),
    // A mixed, R of prime order, cofactored only without reducing 8k first.
    (
        "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
        "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
        "21122a84e0b5fca4052f5b1235c80a537878b38f3142356b2c2384ebad4668b7e40bc836dac0f71076f9abe3a53f9c03c1ceeeddb658d0030494ace586687405",
        false,
    ),
    // S > L.
    (
        "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
        "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
        "e96f66be976d82e60150baecff9906684aebb1ef181f67a7189ac78ea23b6c0e547f7690a0e2ddcd04d87dbc3490dc19b3b3052f7ff0538cb68afb369ba3a514",
        false,
    ),
    // S far above L.
    (
        "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
        "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
        "8ce5b96c8f26d0ab6c47958c9e68b937104cd36e13c33566acd2fe8d38aa19427e71f98a473474f2f13f06f97c20d58cc3f54b8bd0d272f42b695dd7e89a8c22",
        false,
    ),
    // R not canonical, reduced before hashing.
    (
        "fdaebc429f4a735932a160da1301080c13280eea8bc280d1b392c6b9e6ba3a5a",
        "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f454d370c8d9fc323a41450f8d513eafeb5b0697390c1e505a0d4ddc71f566607",
        false,
    ),
    // R not canonical, hashed as it stands.
    (
        "84b698d39be126ff55fe45079e6c8bf64a0d7db6994560b4e96b7021eb39c1a1",
        "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f084d5b99c2a9463d9c8bd5026916996984eeec87ddf1d3be329006ace1b37b09",
        false,
    ),
];

#[test]
fn published_edge_cases() {
    for (nth, (message, a, signature, accepted)) in EDGE_CASES.into_iter().enumerate() {
        let message = hex::decode(message).unwrap();
        let found = PublicKey::decode(KeyId::from_bytes(bytes(a)))
            .is_ok_and(|key| key.verify(&message, &bytes(signature)));
        assert_eq!(found, accepted, "case {nth}");
    }
    let mixed = PublicKey::decode(KeyId::from_bytes(bytes(EDGE_CASES[3].1))).unwrap();
    assert_eq!(mixed.enrolable(), Err(KeyError::MixedOrder));
}

#[test]
fn the_eight_torsion_points_are_no_keys() {
    for torsion in EIGHT_TORSION {
        assert_eq!(PublicKey::decode(key_id(torsion)).err(), Some(KeyError::SmallOrder));
    }
}

#[test]
fn a_signature_by_a_small_order_key_is_only_good_for_the_lenient() {
    let (a, s) = (key_id(EIGHT_TORSION[0]), Scalar::from(5_u64));
    let signature = join((ED25519_BASEPOINT_POINT * s).compress().to_bytes(), s.to_bytes());
    assert!(lenient(a, b"any message", &signature) && lenient(a, b"any other", &signature));
    assert_eq!(PublicKey::decode(a).err(), Some(KeyError::SmallOrder));
}

#[test]
fn a_small_order_r_is_refused() {
    let a = Scalar::from(1234_u64);
    let key = key_id(ED25519_BASEPOINT_POINT * a);
    let r = EIGHT_TORSION[0].compress().to_bytes();
    let signature = join(r, (challenge(&r, &key, b"m") * a).to_bytes());
    assert!(lenient(key, b"m", &signature));
    assert!(!PublicKey::decode(key).unwrap().verify(b"m", &signature));
}

#[test]
fn s_must_be_below_the_group_order() {
    let key = secret(3);
    let public = PublicKey::decode(key.key()).unwrap();
    let good = key.sign(b"m").unwrap();
    let (r, mut s): ([u8; 32], [u8; 32]) = (good[..32].try_into().unwrap(), good[32..].try_into().unwrap());
    assert!(public.verify(b"m", &join(r, s)));
    for _ in 0..14 {
        add_order(&mut s);
        assert!(!public.verify(b"m", &join(r, s)));
    }
}

/// y = p … p + 18 are second spellings of y = 0 … 18; y = 0 and 1 are of small order, the others are ordinary.
#[test]
fn second_spellings_of_a_point_are_no_keys() {
    let mut ordinary = 0;
    for sign in [0x00, 0x80] {
        for low in 0xed..=0xff_u8 {
            let mut encoded = [0xff; 32];
            (encoded[0], encoded[31]) = (low, 0x7f | sign);
            assert!(!y_below_p(&encoded));
            let point = CompressedEdwardsY(encoded).decompress();
            ordinary += u32::from(point.is_some_and(|point| !point.is_small_order()));
            assert_eq!(PublicKey::decode(KeyId::from_bytes(encoded)).err(), Some(KeyError::NotCanonical));
        }
    }
    assert!(ordinary > 10, "only {ordinary} would decode leniently");
    let mut largest = [0xff; 32];
    (largest[0], largest[31]) = (0xec, 0x7f);
    assert!(y_below_p(&largest));
}

#[test]
fn a_signed_zero_is_no_key() {
    for first in [1, 0xec] {
        let mut encoded = if first == 1 { [0; 32] } else { [0xff; 32] };
        (encoded[0], encoded[31]) = (first, encoded[31] | 0x80);
        assert!(CompressedEdwardsY(encoded).decompress().is_some());
        assert_eq!(PublicKey::decode(KeyId::from_bytes(encoded)).err(), Some(KeyError::NotCanonical));
    }
}

#[test]
fn a_key_with_torsion_verifies_cofactorless_and_cannot_be_enrolled() {
    let (a, r) = (Scalar::from(77_u64), Scalar::from(99_u64));
    let key = key_id(ED25519_BASEPOINT_POINT * a + EIGHT_TORSION[1]);
    let public = PublicKey::decode(key).unwrap();
    assert_eq!(public.enrolable(), Err(KeyError::MixedOrder));
    let encoded_r = (ED25519_BASEPOINT_POINT * r).compress().to_bytes();
    let mut seen = [0_u32; 2];
    for nth in 0_u32..64 {
        let message = nth.to_be_bytes();
        let k = challenge(&encoded_r, &key, &message);
        let signature = join(encoded_r, (r + k * a).to_bytes());
        // The cofactored equation holds for every one of these; ours only where 8 divides k.
        let torsion_vanishes = k.to_bytes()[0] & 7 == 0;
        assert_eq!(public.verify(&message, &signature), torsion_vanishes);
        seen[usize::from(torsion_vanishes)] += 1;
    }
    assert!(seen[0] > 0 && seen[1] > 0);
}

#[test]
fn a_key_id_has_one_spelling() {
    let id = secret(1).key();
    let text = id.to_string();
    assert_eq!(KeyId::parse(&text), Ok(id));
    assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{text}\""));
    assert_eq!(serde_json::from_str::<KeyId>(&format!("\"{text}\"")).unwrap(), id);
    assert!(text.starts_with(&format!("ed25519:{}", id.label())) && id.label().len() == 16);
    let hex = text.strip_prefix("ed25519:").unwrap();
    for bad in
        ["", "ed25519:", hex, &text[..71], &format!("{text}0"), &format!(" {text}"), &text.to_uppercase()]
    {
        assert_eq!(KeyId::parse(bad), Err(KeyError::BadKeyId), "{bad:?}");
    }
    let upper = format!("ed25519:{}", hex.to_uppercase());
    assert_eq!(KeyId::parse(&upper), Err(KeyError::BadKeyId));
}

#[test]
fn possession_is_bound_to_origin_key_and_holder() {
    let key = secret(9);
    let public = PublicKey::decode(key.key()).unwrap();
    let text = possession_text("linyi.gov.cn/xxgk", key.key(), "person/abc");
    assert_eq!(text, format!("linyi.gov.cn/xxgk\nenrol\n{}\nperson/abc\n", key.key()));
    let proof = prove_possession(&key, "linyi.gov.cn/xxgk", "person/abc").unwrap();
    assert!(public.proves_possession("linyi.gov.cn/xxgk", "person/abc", &proof));
    assert!(!public.proves_possession("linyi.gov.cn/xxgl", "person/abc", &proof));
    assert!(!public.proves_possession("linyi.gov.cn/xxgk", "person/abd", &proof));
    assert!(!public.proves_possession("linyi.gov.cn/xxgk", "person/abc", ""));
    assert!(!public.proves_possession("linyi.gov.cn/xxgk", "person/abc", &proof[4..]));
    let other = PublicKey::decode(secret(8).key()).unwrap();
    assert!(!other.proves_possession("linyi.gov.cn/xxgk", "person/abc", &proof));
}

#[test]
fn the_public_pem_is_the_rfc_8410_one() {
    // RFC 8410 §10.1.
    let id = KeyId::from_bytes(bytes("19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1"));
    let pem = "-----BEGIN PUBLIC KEY-----\n\
               MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n\
               -----END PUBLIC KEY-----\n";
    assert_eq!(id.to_public_pem(), pem);
}

#[test]
fn every_error_has_both_languages() {
    use KeyError::*;
    let keys = [
        BadKeyId,
        NotCanonical,
        SmallOrder,
        MixedOrder,
        BadPem,
        UnsupportedEncryption,
        CostlyParameters,
        WrongPassphrase,
        NotEd25519,
        EmptyPassphrase,
    ];
    let signs = [SignError::Unreachable(String::new()), SignError::Refused, SignError::BadSignature];
    for code in keys.iter().map(|e| e.code()).chain(signs.iter().map(SignError::code)) {
        let message = crate::fault::message(code).unwrap_or_else(|| panic!("{code}"));
        assert!(!message.zh.is_empty() && !message.en.is_empty(), "{code}");
    }
}

proptest! {
    #[test]
    fn any_flipped_bit_is_refused(seed: [u8; 32], message: Vec<u8>, bit in 0_usize..512) {
        let key = SecretKey::from_seed(seed);
        let public = PublicKey::decode(key.key()).unwrap();
        let mut signature = key.sign(&message).unwrap();
        prop_assert!(public.verify(&message, &signature));
        signature[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(!public.verify(&message, &signature));
    }

    /// What decodes has exactly one spelling, whatever the bytes.
    #[test]
    fn decoding_is_canonical(raw: [u8; 32]) {
        if let Ok(key) = PublicKey::decode(KeyId::from_bytes(raw)) {
            prop_assert_eq!(key.point.to_edwards().compress().to_bytes(), raw);
            prop_assert!(y_below_p(&raw));
        }
    }

    #[test]
    fn key_ids_read_back(raw: [u8; 32]) {
        let id = KeyId::from_bytes(raw);
        prop_assert_eq!(KeyId::parse(&id.to_string()), Ok(id));
    }

    #[test]
    fn parsing_never_panics(text in ".{0,90}") {
        let _ = KeyId::parse(&text);
    }
}

/// The worked example of `docs/keys.md`, with the seed of RFC 8032's first vector.
#[test]
fn the_documented_example_is_true() {
    let documented = include_str!("../../../docs/keys.md");
    let key = SecretKey::from_seed(bytes(RFC8032[0][0]));
    let (origin, holder) = ("linyi.gov.cn/xxgk", "person/7m2k9q4v8x3t5w6z");
    let possession = prove_possession(&key, origin, holder).unwrap();
    for part in [possession_text(origin, key.key(), holder), possession, key.key().to_public_pem()] {
        assert!(documented.contains(&part), "docs/keys.md lacks\n{part}");
    }
}
