//! Sorting in little code: the standard library's own takes up to eight kilobytes for each type that is sorted.

use std::collections::BinaryHeap;

/// Puts `items` into the order of their keys, and those with the same key into the order that they are in.
pub(crate) fn sort_by_key<T: Copy, K: Ord>(items: &mut [T], mut key: impl FnMut(&T) -> K) {
    let keys: BinaryHeap<(K, usize)> = items.iter().enumerate().map(|(place, item)| (key(item), place)).collect();
    let before = items.to_vec();
    for (slot, (_, place)) in items.iter_mut().zip(keys.into_sorted_vec()) {
        if let Some(item) = before.get(place) {
            *slot = *item;
        }
    }
}

/// `items` in their order, each of them once.
pub(crate) fn distinct<T: Ord>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut items = items.into_iter().collect::<BinaryHeap<T>>().into_sorted_vec();
    items.dedup();
    items
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn orders_as_the_standard_library_does() {
        let mut bits = 1_u64;
        for length in 0..200 {
            let mut items = vec![(0_u64, 0); length];
            for (place, item) in items.iter_mut().enumerate() {
                bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                *item = (bits >> 60, place);
            }
            let mut expected = items.clone();
            expected.sort_by_key(|(key, _)| *key);
            sort_by_key(&mut items, |(key, _)| *key);
            assert_eq!(items, expected);
            let mut keys: Vec<u64> = expected.iter().map(|(key, _)| *key).collect();
            keys.dedup();
            assert_eq!(distinct(items.iter().map(|(key, _)| *key)), keys);
        }
    }
}
