//! Fits the table of `src/estimate/pairs.rs` to a tokenizer.
//!
//! The unknowns are the chances that a token begins between two bytes, one for each pair of kinds. Counting how often
//! one does gives each by itself. Since what is wanted is the sum over a text, whatever its language, they are then
//! moved as little as is needed to make the sums right: least squares of the relative error over small windows of the
//! training texts, with a penalty on every step away from the counts. The equations are solved by conjugate gradients.

use crate::classes::{CLASS, CLASSES};
use crate::corpus::{self, Text};
use tiktoken_rs::CoreBPE;

const PAIRS: usize = CLASSES * CLASSES;
/// Tokens of a window.
const WINDOW: usize = 60;
/// A pair that has hardly been seen is as often a boundary as others, as if it had been seen so often more.
const SMOOTHING: f64 = 2.0;
const PENALTY: f64 = 0.3;
/// How much more a window of plain talk counts: there is little of it, and much of it in requests.
const EVERYDAY: f64 = 6.0;
const UNITS: f64 = 64.0;

/// How often each pair is in a window, over its tokens, and by how much the counts are wrong there.
struct Equation {
    pairs: Vec<(usize, f64)>,
    weight: f64,
}

pub(crate) fn fit(tokenizer: &CoreBPE, texts: &[Text]) -> Vec<i8> {
    let mut seen = vec![0f64; PAIRS];
    let mut begun = vec![0f64; PAIRS];
    let mut equations = Vec::new();
    for text in texts {
        let weight = if text.kind == "everyday" { EVERYDAY } else { 1.0 };
        let training = text.training();
        let pairs = pairs(training);
        let starts = corpus::starts(tokenizer, training);
        pairs.iter().for_each(|&pair| seen[pair] += 1.0);
        starts.iter().for_each(|&start| begun[pairs[start]] += 1.0);
        for ends in starts.windows(WINDOW + 1).step_by(WINDOW) {
            let mut counts = std::collections::BTreeMap::new();
            for &pair in &pairs[ends[0]..ends[WINDOW]] {
                *counts.entry(pair).or_insert(0.0) += 1.0 / WINDOW as f64;
            }
            equations.push(Equation { pairs: counts.into_iter().collect(), weight });
        }
    }
    let usual = begun.iter().sum::<f64>() / seen.iter().sum::<f64>();
    let counted: Vec<_> = (0..PAIRS).map(|pair| (begun[pair] + SMOOTHING * usual) / (seen[pair] + SMOOTHING)).collect();
    let moved = solve(&equations, &counted);
    let chances = counted.iter().zip(moved).map(|(counted, moved)| counted + moved);
    chances.map(|chance| (chance * UNITS).round().clamp(-128.0, 127.0) as i8).collect()
}

fn pairs(text: &str) -> Vec<usize> {
    let classes = || text.bytes().map(|byte| CLASS[usize::from(byte)]);
    std::iter::once(CLASS[usize::from(b'\n')])
        .chain(classes())
        .zip(classes())
        .map(|(a, b)| usize::from(a) * CLASSES + usize::from(b))
        .collect()
}

/// The steps away from `counted` that solve the equations best.
fn solve(equations: &[Equation], counted: &[f64]) -> Vec<f64> {
    // Normal equations: (A'A + penalty) x = A'b, never written out.
    let along =
        |x: &[f64], equation: &Equation| equation.pairs.iter().map(|&(pair, times)| times * x[pair]).sum::<f64>();
    let mut residual = vec![0.0; PAIRS];
    for equation in equations {
        let missing = (1.0 - along(counted, equation)) * equation.weight;
        equation.pairs.iter().for_each(|&(pair, times)| residual[pair] += times * missing);
    }
    let mut x = vec![0.0; PAIRS];
    let mut direction = residual.clone();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let mut square = dot(&residual, &residual);
    let small = square * 1e-12;
    for _ in 0..2_000 {
        if square <= small {
            break;
        }
        let mut image: Vec<_> = direction.iter().map(|d| d * PENALTY).collect();
        for equation in equations {
            let value = along(&direction, equation) * equation.weight;
            equation.pairs.iter().for_each(|&(pair, times)| image[pair] += times * value);
        }
        let step = square / dot(&direction, &image);
        for pair in 0..PAIRS {
            x[pair] += step * direction[pair];
            residual[pair] -= step * image[pair];
        }
        let next = dot(&residual, &residual);
        for pair in 0..PAIRS {
            direction[pair] = residual[pair] + next / square * direction[pair];
        }
        square = next;
    }
    x
}

/// The table as Rust.
pub(crate) fn source(pairs: &[i8]) -> String {
    let mut source = String::from(
        "//! Between which bytes tokens begin: `make estimate-fit` writes this, and `tests/estimate/fit.rs` says how.\n\n\
         use super::classes::CLASSES;\n\n\
         /// The chance that a token begins at a byte of one kind behind one of another, in 64ths. A row for each kind\n\
         /// before, as in [`super::classes`]. Some are below zero or above one: only their sums are fitted.\n\
         pub(super) const PAIRS: [i8; CLASSES * CLASSES] = [\n",
    );
    for row in pairs.chunks(CLASSES / 2) {
        let row: Vec<_> = row.iter().map(i8::to_string).collect();
        source.push_str(&format!("    {},\n", row.join(",")));
    }
    source.push_str("];\n");
    source
}
