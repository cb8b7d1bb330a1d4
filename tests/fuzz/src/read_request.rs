//! A request of any dialect, read and written to every other: no panic, JSON of a bounded size, and what is written can
//! be read.

use crate::choices::Choices;
use crate::sides::{DIALECTS, MODELS, UPSTREAMS, asked};
use crate::written::{assert_body, assert_error, assert_losses, show};
use tollgate_dialects::{Peek, Platform, Problem, Upstream};

pub fn check(data: &[u8]) {
    let mut choices = Choices::of(data);
    let client = choices.one_of(&DIALECTS);
    let (stream, model, other) = (choices.flag(), choices.one_of(&MODELS), choices.one_of(&UPSTREAMS));
    let body = choices.rest();
    let peek = match Peek::new(asked(client, stream), body) {
        Ok(peek) => peek,
        Err(error) => return assert_error(&error),
    };
    let direct = DIALECTS.iter().map(|&dialect| Upstream::from(dialect));
    for upstream in direct.chain([other]) {
        let prepared = match peek.prepare(upstream, model) {
            Ok(prepared) => prepared,
            Err(error) => {
                assert_error(&error);
                continue;
            }
        };
        assert_losses(&prepared.losses);
        let Some(out) = prepared.body else { continue };
        assert_body(&out, body);
        let is_plain = upstream.platform == Platform::Direct && upstream.server.is_none();
        if upstream.dialect != client && is_plain && prepared.losses.is_empty() {
            assert_readable(&out, upstream, stream);
        }
    }
}

/// A dialect reads what it writes, if it can say all of it.
fn assert_readable(out: &[u8], upstream: Upstream<'_>, stream: bool) {
    let peek = Peek::new(asked(upstream.dialect, stream), out);
    let peek = peek.unwrap_or_else(|error| panic!("{error}: {}", show(out)));
    if let Err(error) = peek.spoken() {
        let is_misread = matches!(error.problem, Problem::NotJson | Problem::Shape);
        assert!(!is_misread, "{:?} cannot read {error}: {}", upstream.dialect, show(out));
    }
}
