//! Documents in the order in which they fit a query: Cohere's `POST /v2/rerank`
//! (<https://docs.cohere.com/reference/rerank>), and `POST /v1/rerank` of servers that speak OpenAI's
//! dialect otherwise (<https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html#re-rank-api>,
//! <https://jina.ai/reranker>).
//!
//! Both took their words from Cohere's first version, so one reader and one writer do for both.

use crate::Dialect;
use crate::exchange::{Answer, Told};
use crate::figures::Given;
use crate::json::{Few, Raw, RequestError, Text, Writer, parse, required, shape};
use crate::neutral::{Losses, Outcome};
use crate::upstream::Target;

shape! {
    RerankRequest {
        model: Text<'a>,
        query: Text<'a>,
        documents: Few<Raw<'a>>,
        top_n: u64,
        return_documents: bool,
    }
}
shape! { Document { text: Text<'a> } }
shape! { Scored { index: u64, relevance_score: Raw<'a>, score: Raw<'a> } }

/// Puts a request into the words of `target`'s dialect. Returns what was lost.
pub(crate) fn translate(body: &str, target: &Target<'_>, out: &mut Vec<u8>) -> Result<Losses, RequestError> {
    let asked: RerankRequest<'_> = parse(body)?;
    let mut losses = Losses::default();
    losses.add_unknown("", &asked.unknown);
    // The client has them itself.
    losses.add_if(asked.return_documents.filter(|wanted| *wanted), "return_documents");
    let query = required(asked.query, "query")?;
    let mut texts = Vec::new();
    for document in required(asked.documents, "documents")? {
        texts.push(match document.get().as_bytes().first() {
            Some(b'"') => parse(document.get())?,
            _ => {
                let document: Document<'_> = parse(document.get()).map_err(|error| error.under("documents"))?;
                losses.add_unknown("documents", &document.unknown);
                document.text.ok_or_else(|| RequestError::unsupported("documents", "this target ranks texts only"))?
            }
        });
    }
    Writer::new(out).object(|w| {
        w.key("model").string(target.model);
        w.key("query").string(&query);
        w.key("documents").array(|w| texts.iter().for_each(|text| w.string(text)));
        if let Some(most) = asked.top_n {
            w.key("top_n").unsigned(most);
        }
    });
    Ok(losses)
}

/// Puts an answer into the words of `client`.
pub(crate) fn answer(client: Dialect, body: &str, told: &Told<'_>) -> Result<Answer, RequestError> {
    let mut answer: Given<'_> = parse(body)?;
    let usage = answer.take_usage();
    let mut scores = Vec::new();
    for scored in required(answer.results, "results")? {
        let scored: Scored<'_> = parse(scored.get())?;
        let score = scored.relevance_score.or(scored.score).filter(|score| !score.get().starts_with(['"', '{', '[']));
        scores.push((required(scored.index, "results[].index")?, required(score, "results[].relevance_score")?));
    }
    let cohere = client == Dialect::Cohere;
    let mut out = Vec::with_capacity(body.len());
    Writer::new(&mut out).object(|w| {
        match &answer.id {
            Some(id) => w.key("id").string(id),
            None => w.key("id").concat(&["rerank-", &told.now.to_string()]),
        }
        if !cohere {
            w.key("model").string(answer.model.as_deref().unwrap_or(told.model));
        }
        w.key("results").array(|w| {
            for (index, score) in &scores {
                w.object(|w| {
                    w.key("index").unsigned(*index);
                    w.key("relevance_score").raw(*score);
                });
            }
        });
        let tokens = usage.as_ref().map(|usage| usage.input);
        if cohere {
            w.key("meta").object(|w| {
                w.key("api_version").object(|w| w.key("version").string("2"));
                if let Some(tokens) = tokens {
                    w.key("tokens").object(|w| w.key("input_tokens").unsigned(tokens));
                }
            });
        } else if let Some(tokens) = tokens {
            w.key("usage").object(|w| {
                w.key("prompt_tokens").unsigned(tokens);
                w.key("total_tokens").unsigned(tokens);
            });
        }
    });
    Ok(Answer { body: Some(out), outcome: Outcome { usage, finish: None }, ..Answer::default() })
}
