//! Embeds texts: numbers that depend on the text alone, have the length one, and come in several types.

use serde_json::{Value, json};

/// How many numbers an embedding has unless a request says so.
pub const USUAL_SIZE: usize = 1536;

/// The embedding of a text.
pub fn of(text: &str, size: usize) -> Vec<f64> {
    let mut seed: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in text.bytes() {
        seed = (seed ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    let numbers: Vec<f64> = (0..size as u64)
        .map(|index| {
            let mixed = (seed ^ index.wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            (mixed >> 40) as f64 / f64::from(1 << 23) - 1.0
        })
        .collect();
    let length = numbers.iter().map(|number| number * number).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
    // Rounded, so that JSON says the same with every precision.
    numbers.iter().map(|number| (number / length * 1e6).round() / 1e6).collect()
}

/// An embedding as the base64 of its numbers in 32 bits, the lowest byte first.
pub fn base64(numbers: &[f64]) -> String {
    let bytes: Vec<u8> = numbers.iter().flat_map(|number| (*number as f32).to_le_bytes()).collect();
    crate::base64::encode(&bytes)
}

/// An embedding in one of Cohere's types.
pub fn of_kind(kind: &str, numbers: &[f64]) -> Value {
    let bytes = |offset: f64| numbers.iter().map(|number| ((number * 127.0).round() + offset) as i64).collect();
    let bits = |offset: i64| -> Value {
        let byte = |bits: &[f64]| bits.iter().fold(0, |byte, number| byte * 2 + i64::from(*number > 0.0));
        numbers.chunks(8).map(|bits| byte(bits) - offset).collect()
    };
    match kind {
        "int8" => bytes(0.0),
        "uint8" => bytes(128.0),
        "binary" => bits(128),
        "ubinary" => bits(0),
        "base64" => base64(numbers).into(),
        _ => json!(numbers),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_texts_have_same_embeddings() {
        assert_eq!(of("a", 8), of("a", 8));
        assert_ne!(of("a", 8), of("b", 8));
        let length: f64 = of("a", 100).iter().map(|number| number * number).sum();
        assert!((length - 1.0).abs() < 1e-3, "{length}");
    }

    #[test]
    fn types_say_the_same_shorter() {
        let numbers = [0.5, -0.5, 0.1, -0.1, 0.0, 0.3, -0.3, 1.0];
        assert_eq!(of_kind("int8", &numbers), json!([64, -64, 13, -13, 0, 38, -38, 127]));
        assert_eq!(of_kind("uint8", &numbers)[0], 192);
        assert_eq!(of_kind("ubinary", &numbers), json!([0b1010_0101]));
        assert_eq!(of_kind("binary", &numbers), json!([0b1010_0101 - 128]));
        assert_eq!(of_kind("float", &numbers), json!(numbers));
    }
}
