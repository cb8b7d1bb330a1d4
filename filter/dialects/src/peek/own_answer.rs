//! An answer that no model gave, in the form in which its client awaits one.

use super::Peek;
use super::members::StreamOptions;
use crate::Operation;
use crate::codec::Answering;
use crate::neutral::{Event, Finish, Part, Response, Usage};

/// A whole answer, or a whole stream of one.
#[derive(Debug, Default)]
pub struct OwnAnswer {
    /// What the body is.
    pub content_type: &'static str,
    /// The body.
    pub body: Vec<u8>,
}

impl Peek<'_> {
    /// The answer `text`, which took no tokens. `id` is its name, `now` Unix time in seconds. Empty where the request is
    /// no conversation.
    #[must_use]
    pub fn own_answer(&self, text: &str, id: &str, now: u64) -> OwnAnswer {
        let Operation::Generate(client) = self.operation else { return OwnAnswer::default() };
        let include_usage = matches!(self.scan.members.stream_options, StreamOptions::Said { included: true, .. });
        let answering = Answering { created: now, include_usage, form: self.form };
        let (codec, mut body) = (client.codec(), Vec::new());
        if !self.stream {
            let parts = vec![Part::Text(text.into())];
            let (id, model) = (id.into(), self.model().into());
            let response = Response { id, model, parts, finish: Finish::Stop, ..Response::default() };
            (codec.write_response)(&response, answering, &mut body);
            return OwnAnswer { content_type: "application/json", body };
        }
        let mut write = (codec.event_writer)(answering);
        let events = [
            Event::Start { id: id.into(), model: self.model().into() },
            Event::Text(text.into()),
            Event::Finish { reason: Finish::Stop, stop_sequence: None },
            Event::Usage(Usage::default()),
            Event::End,
        ];
        events.iter().for_each(|event| write(event, &mut body));
        OwnAnswer { content_type: self.form.content_type(), body }
    }
}
