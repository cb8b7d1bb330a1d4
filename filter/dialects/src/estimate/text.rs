//! Tokens of text, as it stands in JSON.
//!
//! A tokenizer cuts a text into words first and looks each up. What is done here instead: between any two bytes that
//! meet there is a chance that a token begins at the second, and [`CHANCES`] has it. The sum of the chances is the
//! estimate. That takes one look-up a byte, keeps nothing but the byte before, can begin anywhere, and is the same for
//! every script.
//!
//! Even so it costs more than all the rest of a scan. So only the start of what a request says is read in full, and of
//! what comes then a part, in blocks at uneven distances, which grow: a text that is a hundred times as long needs few more
//! blocks to be known as well. What is passed over is taken to be as the blocks, each of which counts for as many as its
//! distance would have had.

use super::chances::{CHANCES, Chances, chance};
use crate::json::{copy_meaning, escape};
use memchr::memchr;

/// What [`CHANCES`] is in: so many are one token.
const UNITS: u64 = 64;

/// Bytes of a request that are read before any are passed over: about 500 tokens of English.
const IN_FULL: usize = 2048;
/// Bytes that are read in one go after that.
const BLOCK: usize = 128;
/// Bytes that are passed over between the first blocks: at least these, and up to twice as many.
const GAP: i64 = 256;
/// Bytes of meaning that are looked at in one go, and what a copy of it has to be left.
const MEANING: usize = 240 + 144;
/// After so many bytes that were passed over gaps are twice as long, after twice as many three times.
const STRETCH: i64 = 32 << 10;
/// So many of the bytes read at the start stand for what follows until enough of it has been read.
const PRIOR: i64 = 512;

/// The tokens of texts that follow each other.
#[derive(Debug)]
pub(crate) struct Text {
    /// Of the start, which is read in full.
    start: Read,
    /// Of the blocks behind it, each as many times as it counts.
    blocks: Read,
    /// Of all that was read.
    units: i64,
    /// Bytes that were passed over.
    passed: i64,
    /// Bytes still to be read, or to be passed over, before it is the other's turn.
    left: usize,
    turn: Turn,
    /// How many times as long as the first gaps the last one was.
    stretch: i64,
    /// Where the next gap's length comes from. The same for every request, so that an estimate is no matter of luck.
    seed: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Start,
    Pass,
    Block,
}

/// What has been read.
#[derive(Clone, Copy, Debug, Default)]
struct Read {
    bytes: i64,
    units: i64,
}

impl Read {
    fn add(&mut self, bytes: i64, units: i64) {
        self.bytes = self.bytes.saturating_add(bytes);
        self.units = self.units.saturating_add(units);
    }
}

impl Default for Text {
    fn default() -> Self {
        let (start, blocks) = (Read::default(), Read::default());
        Self { start, blocks, units: 0, passed: 0, left: IN_FULL, turn: Turn::Start, stretch: 1, seed: 1 }
    }
}

impl Text {
    /// Adds a string, escapes and all.
    pub(crate) fn add(&mut self, raw: &str) {
        let bytes = raw.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let end = at.saturating_add(self.left).min(bytes.len());
            let reached = match self.turn {
                Turn::Pass => {
                    self.passed = self.passed.saturating_add(length(end.saturating_sub(at)));
                    end
                }
                turn => {
                    let (units, reached) = units(bytes, at, end);
                    let bytes = length(reached.saturating_sub(at));
                    if turn == Turn::Start {
                        self.start.add(bytes, units);
                    } else {
                        self.blocks.add(bytes.saturating_mul(self.stretch), units.saturating_mul(self.stretch));
                    }
                    self.units = self.units.saturating_add(units);
                    reached
                }
            };
            self.left = self.left.saturating_sub(reached.saturating_sub(at));
            at = reached;
            if self.left == 0 {
                self.take_turns();
            }
        }
    }

    fn take_turns(&mut self) {
        (self.turn, self.left) = match self.turn {
            Turn::Pass => (Turn::Block, BLOCK),
            Turn::Start | Turn::Block => {
                // Knuth's linear congruence; its upper bits are the ones that vary.
                self.seed = self.seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let gap = GAP.saturating_add(i64::from(self.seed >> 16) % GAP);
                self.stretch = (self.passed / STRETCH).saturating_add(1);
                (Turn::Pass, usize::try_from(gap.saturating_mul(self.stretch)).unwrap_or(BLOCK))
            }
        };
    }

    /// How many tokens all of it is.
    pub(crate) fn tokens(&self) -> u64 {
        let units = self.units.saturating_add(if self.passed > 0 { self.passed_units() } else { 0 });
        u64::try_from(units).unwrap_or(0).saturating_add(UNITS / 2) / UNITS
    }

    /// What was passed over, as if it were as what was read.
    fn passed_units(&self) -> i64 {
        // A rate of the blocks, in which the start stands for `PRIOR` bytes.
        let by_start = self.start.units.saturating_mul(PRIOR).checked_div(self.start.bytes).unwrap_or(0);
        let bytes = self.blocks.bytes.saturating_add(PRIOR);
        let units = self.blocks.units.saturating_add(by_start).saturating_mul(self.passed);
        units.checked_div(bytes).unwrap_or(0)
    }
}

fn length(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// Adds up chances along a text.
struct Sum<'t> {
    chances: &'t Chances,
    units: i32,
    /// The last byte.
    before: u8,
}

impl Sum<'_> {
    /// Adds bytes that are no escapes. Eight at a time: their look-ups do not wait for each other.
    #[inline(always)]
    fn add(&mut self, bytes: &[u8]) {
        let Some((&first, mut behind)) = bytes.split_first() else { return };
        self.add_byte(first);
        let mut before = bytes;
        while let (Some((eight, more)), Some((next, rest))) =
            (before.split_first_chunk::<8>(), behind.split_first_chunk::<8>())
        {
            let ([a, c, e, g], [b, d, f, h]) = (eight.as_chunks().0, next.as_chunks().0) else { break };
            let of = |pair: &[u8; 2]| chance(self.chances, *pair);
            // Written out, because what is built for size has no loops unrolled.
            let four = of(a).wrapping_add(of(b)).wrapping_add(of(c)).wrapping_add(of(d));
            let eight = four.wrapping_add(of(e)).wrapping_add(of(f)).wrapping_add(of(g)).wrapping_add(of(h));
            self.units = self.units.wrapping_add(eight);
            (before, behind) = (more, rest);
        }
        self.before = before.first().copied().unwrap_or(first);
        behind.iter().for_each(|&byte| self.add_byte(byte));
    }

    #[inline(always)]
    fn add_byte(&mut self, byte: u8) {
        self.units = self.units.wrapping_add(chance(self.chances, [self.before, byte]));
        self.before = byte;
    }
}

/// The units between `at` and `end`, and where the reading ended: behind `end` if an escape reaches there.
fn units(bytes: &[u8], at: usize, end: usize) -> (i64, usize) {
    let mut at = escape_over(bytes, at).min(end);
    let before = at.checked_sub(1).and_then(|before| bytes.get(before));
    // A string begins as what comes after a line's end.
    let mut sum = Sum { chances: &CHANCES, units: 0, before: before.copied().unwrap_or(b'\n') };
    // Prose has hardly any escapes, code has many; looking for the first takes less time than looking for each.
    let plain = memchr(b'\\', bytes.get(at..end).unwrap_or_default()).unwrap_or(end.saturating_sub(at));
    sum.add(bytes.get(at..at.saturating_add(plain)).unwrap_or_default());
    at = at.saturating_add(plain);
    if at >= end {
        return (i64::from(sum.units), at.min(bytes.len()));
    }
    let mut meaning = [0; MEANING];
    while at < end {
        let (read, written) = copy_meaning(bytes.get(at..end).unwrap_or_default(), &mut meaning);
        sum.add(meaning.get(..written).unwrap_or_default());
        at = at.saturating_add(read);
        let rest = bytes.get(at..).unwrap_or_default();
        match rest.first() {
            // It reaches over the end, or is none.
            Some(b'\\') if read == 0 => {
                let (means, length) = escape_at(rest);
                sum.add(means.encode_utf8(&mut [0; 4]).as_bytes());
                at = at.saturating_add(length);
            }
            // Text that is in no JSON has quotes and lines.
            Some(&byte) if read == 0 => {
                sum.add_byte(byte);
                at = at.saturating_add(1);
            }
            _ => {}
        }
    }
    (i64::from(sum.units), at.min(bytes.len()))
}

/// Where an escape sequence ends that reaches over `at`, or else `at`.
fn escape_over(bytes: &[u8], at: usize) -> usize {
    let over = (1..=5).filter_map(|back| at.checked_sub(back)).find(|&from| {
        bytes.get(from) == Some(&b'\\')
            && (bytes.get(from.saturating_add(1)) == Some(&b'u') || from == at.saturating_sub(1))
    });
    over.map_or(at, |from| from.saturating_add(escape_at(bytes.get(from..).unwrap_or_default()).1))
}

/// What the escape sequence at the start of `bytes` means, and how long it is. Half a character is taken for a space.
fn escape_at(bytes: &[u8]) -> (char, usize) {
    escape(bytes).unwrap_or((' ', if bytes.get(1) == Some(&b'u') { 6 } else { 2 }))
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::string_slice)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const STORY: &str = include_str!("../../../../tests/corpus/unseen/en-story.txt");
    const CHAT: &str = include_str!("../../../../tests/corpus/everyday/chinese-chat.txt");

    fn tokens(texts: &[&str]) -> u64 {
        let mut text = Text::default();
        texts.iter().for_each(|raw| text.add(raw));
        text.tokens()
    }

    /// As a string stands in JSON, and as it does where a client writes only ASCII.
    fn escaped(text: &str) -> [String; 2] {
        let quoted = serde_json::to_string(text).unwrap();
        let raw = quoted[1..quoted.len() - 1].to_owned();
        let mut units = [0; 2];
        let ascii = raw.chars().map(|char| match char {
            ascii if ascii.is_ascii() => ascii.to_string(),
            other => other.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
        });
        let ascii = ascii.collect();
        [raw, ascii]
    }

    #[test]
    fn escapes_count_as_what_they_mean() {
        for text in [&STORY[..600], &CHAT[..600], "\u{1f469}\u{200d}\u{1f467}"] {
            let plain = (tokens(&[text]), tokens(&[&escaped(text)[0]]), tokens(&[&escaped(text)[1]]));
            assert!(plain.0 == plain.1 && plain.1 == plain.2, "{plain:?} for {text}");
        }
        assert_eq!(tokens(&["a\\tb\\\"c\\\\d\\ne"]), tokens(&["a\tb\"c\\u005cd\ne"]));
        // Clients may escape a slash.
        assert_eq!(tokens(&["a/b/c"]), tokens(&["a\\/b\\/c"]));
    }

    #[test]
    fn a_long_text_is_as_many_times_its_part() {
        let once = tokens(&[&STORY[..1000]]);
        for text in [STORY[..1000].repeat(100), escaped(&STORY[..1000].repeat(100)).concat()] {
            let times = text.len() as u64 / 1000;
            let whole = tokens(&[&text]);
            assert!(whole.abs_diff(once * times) * 20 < whole, "{whole} and {times} times {once}");
        }
    }

    #[test]
    fn of_a_very_long_text_little_is_read_and_all_of_it_is_counted() {
        let parts = [STORY, CHAT, "fn main() { println!(\\\"{}\\\", 1 << 20); }\\n"];
        let parts: Vec<String> = parts.map(|part| part.repeat((2 << 20) / part.len())).into();
        let sum: u64 = parts.iter().map(|part| tokens(&[part])).sum();
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            let mut text = Text::default();
            order.iter().for_each(|&part| text.add(&parts[part]));
            assert!(text.tokens().abs_diff(sum) * 10 < sum, "{} of {sum} in the order {order:?}", text.tokens());
            let read = text.units.unsigned_abs() / UNITS;
            assert!(read * 50 < sum, "{read} of {sum} are read");
        }
    }

    #[test]
    fn where_strings_are_cut_matters_little() {
        let [raw, ascii] = escaped(&CHAT.repeat(20));
        for text in [raw, ascii] {
            let whole = tokens(&[&text]);
            let lines: Vec<_> = text.split_inclusive("\\n").collect();
            let lines = tokens(&lines);
            assert!(whole.abs_diff(lines) * 10 < whole, "{whole} in one, {lines} in lines");
        }
    }

    #[test]
    fn a_part_is_the_sum_of_its_bytes_however_they_are_spelled() {
        let code = "if (a == \"b\") {\n\treturn \"c\\n\" / 2;\r\n}\u{8}\u{1f469}".repeat(9);
        let raw = "no \"JSON\"\n\\x \\".repeat(40);
        for text in [&escaped(&code), &escaped(&escaped(&code)[0]), &escaped(&CHAT[..600]), &[raw, STORY.to_owned()]] {
            for text in text.iter().map(String::as_bytes) {
                for (at, end) in (0..300).zip(200..) {
                    let end = end.min(text.len());
                    let start = escape_over(text, at);
                    let before = if start == 0 { b'\n' } else { text[start - 1] };
                    let (mut bytes, mut behind) = (vec![before], start);
                    while behind < end {
                        let (means, length) = if text[behind] == b'\\' {
                            let (means, length) = escape_at(&text[behind..]);
                            (means.to_string().into_bytes(), length)
                        } else {
                            (vec![text[behind]], 1)
                        };
                        bytes.extend(means);
                        behind += length;
                    }
                    let sum: i32 = bytes.windows(2).map(|pair| chance(&CHANCES, [pair[0], pair[1]])).sum();
                    assert_eq!(units(text, at, end), (i64::from(sum), behind.min(text.len())), "{at} to {end}");
                }
            }
        }
    }

    #[test]
    fn what_is_cut_short_is_read_to_its_end() {
        for text in ["", "\\", "\\u", "\\u00", "\\ud83d", "\\ud83d\\n", "\\ud83d\\udc", "x\\", "\\\\\\"] {
            for before in [0, IN_FULL - 3, IN_FULL - 1, IN_FULL + 2 * GAP as usize] {
                let long = "a".repeat(before) + text;
                assert!(tokens(&[&long, text]) <= long.len() as u64 * 2 + 20, "{text} behind {before}");
            }
        }
    }
}
