//! Writes a whole `message`, and the list of models.

use super::citations::write_cited;
use super::write_content::write_part;
use super::{finish_word, write_usage};
use crate::codec::Answering;
use crate::json::Writer;
use crate::neutral::{Finish, Losses, Part, Response};

/// Writes `response` as this API answers.
pub(crate) fn write_response(response: &Response<'_>, _: Answering, out: &mut Vec<u8>) {
    Writer::new(out).object(|w| {
        w.key("id").string(&response.id);
        w.key("type").string("message");
        w.key("role").string("assistant");
        w.key("model").string(&response.model);
        // What is adapted here is the model's slip, and the client's to see.
        let mut adapted = Losses::default();
        w.key("content").array(|w| {
            for (index, part) in response.parts.iter().enumerate() {
                let after = response.parts.get(index.saturating_add(1)..).unwrap_or_default();
                match part {
                    Part::Refusal(_) | Part::Citation(_) => {}
                    Part::Text(text) if matches!(after.first(), Some(Part::Citation(_))) => write_cited(w, text, after),
                    part => write_part(w, part, &mut adapted),
                }
            }
        });
        let refusal = response.parts.iter().find_map(|part| match part {
            Part::Refusal(text) => Some(&**text),
            _ => None,
        });
        write_stop(w, response.finish, response.stop_sequence.as_deref(), refusal);
        write_usage(w.key("usage"), &response.usage);
    });
}

/// Why the answer ended; words of refusal have their place here and are no text.
pub(super) fn write_stop(w: &mut Writer<'_>, finish: Finish, sequence: Option<&str>, refusal: Option<&str>) {
    w.key("stop_reason").string(finish_word(finish));
    match sequence {
        Some(sequence) => w.key("stop_sequence").string(sequence),
        None => w.key("stop_sequence").null(),
    }
    match refusal {
        Some(explanation) => w.key("stop_details").object(|w| {
            w.key("type").string("refusal");
            w.key("category").null();
            w.key("explanation").string(explanation);
        }),
        None => w.key("stop_details").null(),
    }
}

/// Writes the answer to `GET /v1/models`.
pub(crate) fn write_models(names: &[&str], out: &mut Vec<u8>) {
    Writer::new(out).object(|w| {
        w.key("data").array(|w| {
            for name in names {
                w.object(|w| {
                    w.key("type").string("model");
                    w.key("id").string(name);
                    w.key("display_name").string(name);
                    w.key("created_at").string("1970-01-01T00:00:00Z");
                    w.key("lifecycle").string("active");
                });
            }
        });
        w.key("has_more").bool(false);
        for (key, name) in [("first_id", names.first()), ("last_id", names.last())] {
            match name {
                Some(name) => w.key(key).string(name),
                None => w.key(key).null(),
            }
        }
    });
}
