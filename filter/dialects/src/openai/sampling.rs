//! How the next token is drawn, as far as a model lets itself be told.

use crate::json::Writer;
use crate::neutral::Losses;

/// Writes parameters, each with its value and what models do by themselves. Those that reason (`rests` is false) take
/// nothing else.
pub(crate) fn write_sampling(
    w: &mut Writer<'_>,
    parameters: &[(&'static str, Option<f64>, f64)],
    rests: bool,
    losses: &mut Losses,
) {
    for &(name, number, own) in parameters {
        match number {
            Some(number) if rests => w.key(name).float(number),
            Some(number) if number != own => losses.add(name),
            _ => {}
        }
    }
}
