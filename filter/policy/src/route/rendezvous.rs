//! Weighted choice by hashing, the same for the same key: rendezvous hashing.
//!
//! Every arm draws a number from its own exponential distribution, decided by the key alone, and the smallest
//! wins. An arm's chance is its share of all weights, and a new weight changes one arm's number only: when
//! weight moves from one arm to another, no key moves to the one that shrank and none away from the one that
//! grew. With two arms, exactly the moved share moves. With more, the others can pass keys on, less than as
//! many again; no method could always avoid that.

use siphasher::sip::SipHasher13;
use std::hash::Hasher as _;

/// What stands for a name or a key, the same in every version, worker and process.
pub(super) fn hash_of<'p>(parts: impl IntoIterator<Item = &'p [u8]>) -> u64 {
    let mut hasher = SipHasher13::new();
    for part in parts {
        hasher.write(&(part.len() as u64).to_le_bytes());
        hasher.write(part);
    }
    hasher.finish()
}

/// The number that an arm draws for a key: the smallest wins. Without a weight, it never wins.
pub(super) fn draw(key: u64, arm: u64, weight: u32) -> f64 {
    // Half a step keeps it away from 0, which has no logarithm, and from 1.
    let uniform = ((mix(mix(key ^ arm).wrapping_add(arm)) >> 11) as f64 + 0.5) / (1_u64 << 53) as f64;
    -ln(uniform) / f64::from(weight)
}

/// Spreads every bit over all bits: the finisher of `SplitMix64`.
const fn mix(bits: u64) -> u64 {
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// The natural logarithm of a normal number, to about twelve digits. Platforms' own differ in the last one,
/// and a key must go to the same arm on all of them: these operations are exactly defined.
fn ln(number: f64) -> f64 {
    const HALF_EXPONENT: u64 = 1022 << 52;
    const FRACTION: u64 = (1 << 52) - 1;
    let bits = number.to_bits();
    let exponent = (bits >> 52) as f64 - 1022.0;
    let fraction = f64::from_bits(bits & FRACTION | HALF_EXPONENT);
    // Between a half and one; around one, the series below is best.
    let (fraction, exponent) = if fraction < std::f64::consts::FRAC_1_SQRT_2 {
        (fraction * 2.0, exponent - 1.0)
    } else {
        (fraction, exponent)
    };
    let s = (fraction - 1.0) / (fraction + 1.0);
    let square = s * s;
    let terms = [1.0 / 15.0, 1.0 / 13.0, 1.0 / 11.0, 1.0 / 9.0, 1.0 / 7.0, 1.0 / 5.0, 1.0 / 3.0, 1.0];
    let series = terms.into_iter().fold(0.0, |sum, term| sum * square + term);
    exponent * std::f64::consts::LN_2 + 2.0 * s * series
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn the_logarithm_is_right_to_a_trillionth() {
        let numbers = (1..2000).map(|n| f64::from(n) / 2000.0);
        for number in numbers.chain([0.5 / (1_u64 << 53) as f64, 1.0 - 1.0 / (1_u64 << 53) as f64]) {
            let (ours, theirs) = (ln(number), number.ln());
            assert!((ours - theirs).abs() <= 1e-12 * theirs.abs().max(1e-3), "{number}: {ours} {theirs}");
        }
    }

    #[test]
    fn draws_are_the_same_on_every_platform() {
        let drawn =
            [(1, 2, 1), (u64::MAX, 7, 90), (0, 0, 10)].map(|(key, arm, weight)| draw(key, arm, weight).to_bits());
        assert_eq!(drawn, [4_606_258_908_539_218_063, 4_583_089_263_255_070_332, 4_615_610_893_737_040_643]);
        assert_eq!(hash_of([b"model".as_slice(), b"key"]), 2_536_867_319_794_991_143);
    }

    #[test]
    fn an_arm_without_weight_never_wins() {
        assert_eq!(draw(1, 2, 0), f64::INFINITY);
    }
}
