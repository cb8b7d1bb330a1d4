//! `a * b / c` on whole numbers. Products mostly fit 64 bits; a division of 128 bits costs many times one of 64, and is
//! only done where they do not.

use std::num::NonZeroU64;

/// `a * b / c`, rounded up; at most [`u64::MAX`].
pub(crate) fn scale_up(a: u64, b: u64, c: NonZeroU64) -> u64 {
    match product(a, b) {
        Some(product) => product.div_ceil(c.get()),
        None => saturated(wide(a, b).div_ceil(u128::from(c.get()))),
    }
}

/// `a * b / c`, rounded down; at most [`u64::MAX`].
pub(crate) fn scale_down(a: u64, b: u64, c: NonZeroU64) -> u64 {
    match product(a, b) {
        Some(product) => product.checked_div(c.get()).unwrap_or_default(),
        None => saturated(wide(a, b).checked_div(u128::from(c.get())).unwrap_or_default()),
    }
}

/// `a / b`, rounded up; at most [`u64::MAX`].
pub(crate) fn divide_up(a: u128, b: NonZeroU64) -> u64 {
    match u64::try_from(a) {
        Ok(a) => a.div_ceil(b.get()),
        Err(_) => saturated(a.div_ceil(u128::from(b.get()))),
    }
}

/// `a * b`; `None` where it may not fit. A product of 64 bits that finds out exactly takes one of 128 on wasm32.
pub(crate) const fn product(a: u64, b: u64) -> Option<u64> {
    if a.leading_zeros().saturating_add(b.leading_zeros()) < u64::BITS {
        return None;
    }
    Some(a.wrapping_mul(b))
}

/// The same ratio of the smallest numbers.
pub(crate) fn lowest_terms(a: NonZeroU64, b: NonZeroU64) -> (NonZeroU64, NonZeroU64) {
    let (mut divisor, mut rest) = (a, b.get());
    while let Some(next) = NonZeroU64::new(rest) {
        (divisor, rest) = (next, divisor.get() % next);
    }
    let reduced = |number: NonZeroU64| NonZeroU64::new(number.get() / divisor).unwrap_or(number);
    (reduced(a), reduced(b))
}

fn wide(a: u64, b: u64) -> u128 {
    u128::from(a).saturating_mul(u128::from(b))
}

fn saturated(number: u128) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn lowest_terms_are_the_same_ratio() {
        let terms = |a, b| {
            let (a, b) = lowest_terms(NonZeroU64::new(a).expect("not zero"), NonZeroU64::new(b).expect("not zero"));
            (a.get(), b.get())
        };
        assert_eq!((terms(12, 18), terms(18, 12), terms(7, 7), terms(5, 1)), ((2, 3), (3, 2), (1, 1), (5, 1)));
        assert_eq!(terms(1_000_000_000_000_000, 86_400_000_000_000), (625, 54), "a million dollars a day");
        assert_eq!(terms(u64::MAX, u64::MAX - 1), (u64::MAX, u64::MAX - 1));
    }

    #[test]
    fn products_of_any_size_are_divided_alike() {
        let three = NonZeroU64::new(3).expect("not zero");
        let large = NonZeroU64::new(1 << 62).expect("not zero");
        assert_eq!((scale_up(10, 1, three), scale_down(10, 1, three)), (4, 3));
        assert_eq!((scale_up(1 << 62, 5, large), scale_down(1 << 62, 5, large)), (5, 5));
        assert_eq!((scale_up((1 << 62) + 1, 5, large), scale_down((1 << 62) + 1, 5, large)), (6, 5));
        assert_eq!((scale_up(u64::MAX, 4, three), scale_down(u64::MAX, 4, three)), (u64::MAX, u64::MAX));
        assert_eq!(
            (product(u64::MAX, 1), product(1 << 32, 1 << 32), product(1 << 31, 1 << 31)),
            (None, None, Some(1 << 62))
        );
        assert_eq!((divide_up(10, three), divide_up(1 << 64, large), divide_up(u128::MAX, three)), (4, 4, u64::MAX));
    }
}
