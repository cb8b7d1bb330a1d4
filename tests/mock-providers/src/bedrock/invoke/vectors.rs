//! Makes vectors up: the same for the same text, and different for different ones.

use serde_json::{Value, json};

/// A vector of numbers between -1 and 1.
pub fn floats(text: &str, dimensions: usize, normalized: bool) -> Vec<f64> {
    let seed = crc32fast::hash(text.as_bytes());
    let component = |index: usize| {
        let mixed = crc32fast::hash(&[seed.to_le_bytes(), (index as u32).to_le_bytes()].concat());
        f64::from(mixed) / f64::from(u32::MAX) * 2.0 - 1.0
    };
    let vector: Vec<_> = (0..dimensions).map(component).collect();
    let length = if normalized { vector.iter().map(|x| x * x).sum::<f64>().sqrt() } else { 1.0 };
    vector.into_iter().map(|x| x / length).collect()
}

/// A vector in a type of Cohere's.
pub fn of_type(kind: &str, text: &str, dimensions: usize) -> Value {
    let floats = floats(text, dimensions, true);
    let scaled = |least: f64, greatest: f64| -> Value {
        let range = |x: &f64| ((x + 1.0) / 2.0 * (greatest - least) + least).round() as i64;
        floats.iter().map(range).collect()
    };
    match kind {
        "int8" => scaled(-128.0, 127.0),
        "uint8" => scaled(0.0, 255.0),
        "binary" => packed(&floats).map(|byte| i64::from(byte) - 128).collect(),
        "ubinary" => packed(&floats).map(i64::from).collect(),
        _ => json!(floats),
    }
}

/// One bit for each number's sign, eight to a byte.
fn packed(floats: &[f64]) -> impl Iterator<Item = u8> {
    floats.chunks(8).map(|chunk| chunk.iter().fold(0, |byte, x| byte << 1 | u8::from(*x > 0.0)))
}
