//! A provider's whole answer or error, for clients of every dialect.

use crate::choices::Choices;
use crate::sides::{DIALECTS, NOW, UPSTREAMS, asked, exchange};
use crate::written::{assert_body, assert_losses};
use tollgate_dialects::Exchange;

pub fn check(data: &[u8]) {
    let mut choices = Choices::of(data);
    let provider = choices.one_of(&UPSTREAMS);
    let status = choices.one_of(&[200, 400, 401, 403, 404, 408, 409, 413, 418, 422, 424, 429, 500, 502, 503, 504, 529]);
    let include_usage = choices.flag();
    let body = choices.rest();
    for client in DIALECTS {
        let exchange = exchange(asked(client, false), client, provider, include_usage);
        answer(&exchange, body);
        let failure = exchange.failure(status, body);
        assert!((400..600).contains(&failure.failure.status) || status < 400, "{failure:?}");
        assert_body(&client.error_body(&failure.failure), body);
    }
}

fn answer(exchange: &Exchange, body: &[u8]) {
    if let Ok(answer) = exchange.answer(body, NOW) {
        if let Some(out) = &answer.body {
            assert_body(out, body);
        }
        if let Some(refused) = &answer.refused {
            assert!(answer.body.is_none());
            assert_body(&exchange.client().error_body(refused), body);
        }
        assert_losses(&answer.losses);
    }
    if let Ok(reply) = exchange.reply(body) {
        assert!(reply.text.is_none_or(|text| text.len() <= body.len()));
    }
}
