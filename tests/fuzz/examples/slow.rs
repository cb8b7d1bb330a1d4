//! Looks for inputs that take longer and longer for each of their bytes: every seed, with one of its values, members,
//! texts or events there again and again, at one size and at four times that.
//!
//! `cargo run --release -p fuzz --example slow [TARGET...]`

use fuzz::TARGETS;
use fuzz::seeds::all;
use std::time::Duration;
use tollgate_json::{Scanner, Token};

const SIZE: usize = 24 * 1024;
const TIMES: usize = 4;
/// Less than this is not worth a second look.
const NOTICED: Duration = Duration::from_millis(10);

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    for seed in all().iter().filter(|seed| wanted.is_empty() || wanted.iter().any(|it| it == seed.target)) {
        let Some((_, check)) = TARGETS.iter().find(|(name, _)| *name == seed.target) else { continue };
        let Ok(text) = std::str::from_utf8(&seed.bytes) else { continue };
        for place in places(text) {
            let time = |size| {
                let input = place.repeated(text, size);
                let begin = on_cpu();
                check(input.as_bytes());
                on_cpu().saturating_sub(begin)
            };
            let large = time(TIMES * SIZE);
            let small = if large > NOTICED { time(SIZE).max(time(SIZE)) } else { large };
            if large > small * 2 * TIMES as u32 {
                let what = &text[place.start..place.end.min(place.start + 60)];
                println!("{}/{} {small:?} {large:?} {:?} {what}", seed.target, seed.name, place.what);
            }
        }
    }
}

/// The time that this thread has had a processor for, whatever else goes on: Linux says it.
fn on_cpu() -> Duration {
    let said = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(said.split(' ').next().and_then(|nanos| nanos.parse().ok()).unwrap_or_default())
}

#[derive(Clone, Copy, Debug)]
enum What {
    Item,
    Member,
    Text,
    Lines,
}

/// What is there again and again.
struct Place {
    what: What,
    start: usize,
    end: usize,
}

impl Place {
    fn repeated(&self, text: &str, size: usize) -> String {
        let piece = &text[self.start..self.end];
        let count = size / piece.len().max(1);
        let mut out = String::with_capacity(text.len() + 2 * size);
        out.push_str(&text[..self.start]);
        for number in 0..count {
            match self.what {
                What::Item => out.extend([piece, ","]),
                What::Member => out.extend([&format!("\"k{number}"), &piece[1..], ","]),
                What::Text | What::Lines => out.push_str(piece),
            }
        }
        out.push_str(&text[self.start..]);
        out
    }
}

fn places(text: &str) -> Vec<Place> {
    let mut places = Vec::new();
    for end in ["\n\n", "\n"] {
        let mut start = 0;
        for piece in text.split_inclusive(end).filter(|piece| piece.ends_with(end)) {
            places.push(Place { what: What::Lines, start, end: start + piece.len() });
            start += piece.len();
        }
    }
    let mut from = 0;
    while let Some(open) = text[from..].find('{').map(|at| from + at) {
        from = open + values(&text[open..], open, &mut places).max(1);
    }
    places
}

/// The places in the JSON that `text` begins with; returns where that ends.
fn values(text: &str, base: usize, places: &mut Vec<Place>) -> usize {
    let mut scanner = Scanner::new(text);
    // Of each container: where the key stands, if it is an object.
    let mut open: Vec<Option<usize>> = Vec::new();
    let mut starts: Vec<usize> = Vec::new();
    while let Ok(Some((token, span))) = scanner.next() {
        let start = match token {
            Token::Key(_) => {
                if let Some(key) = open.last_mut() {
                    *key = Some(span.start);
                }
                continue;
            }
            Token::ObjectStart | Token::ArrayStart => {
                open.push(None);
                starts.push(span.start);
                continue;
            }
            Token::ObjectEnd | Token::ArrayEnd => {
                open.pop();
                starts.pop().unwrap_or(span.start)
            }
            Token::String(inside) if !inside.is_empty() => {
                places.push(Place { what: What::Text, start: base + span.start + 1, end: base + span.end - 1 });
                span.start
            }
            _ => span.start,
        };
        match open.last() {
            Some(Some(key)) => places.push(Place { what: What::Member, start: base + key, end: base + span.end }),
            Some(None) => places.push(Place { what: What::Item, start: base + start, end: base + span.end }),
            None => break,
        }
    }
    scanner.position()
}
