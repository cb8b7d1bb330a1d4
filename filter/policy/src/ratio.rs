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
