//! What an answer took, for answers of which nothing else is read: in all the words that there are for it.

use crate::json::{RequestError, parse, shape};
use crate::neutral::{Count, Usage};

shape! {
    Answer {
        usage: Figures<'a>,
        usage_metadata as "usageMetadata": Figures<'a>,
        meta: Meta<'a>,
    }
}
shape! { Meta { billed_units: Figures<'a>, tokens: Figures<'a> } }
shape! {
    Figures {
        input_tokens: Count,
        prompt_tokens: Count,
        prompt_token_count as "promptTokenCount": Count,
        image_tokens: Count,
        total_tokens: Count,
        output_tokens: Count,
        completion_tokens: Count,
    }
}

/// The usage that an answer gives, in tokens.
pub(crate) fn read_usage(body: &str) -> Result<Option<Usage>, RequestError> {
    let answer: Answer<'_> = parse(body)?;
    let meta = answer.meta.unwrap_or_default();
    let given = [answer.usage, answer.usage_metadata, meta.billed_units, meta.tokens];
    Ok(given.into_iter().flatten().find_map(|figures| figures.usage()))
}

impl Figures<'_> {
    fn usage(&self) -> Option<Usage> {
        let Count(output) = self.output_tokens.or(self.completion_tokens).unwrap_or_default();
        let input = self.input_tokens.or(self.prompt_tokens).or(self.prompt_token_count);
        // Cohere bills images apart; others only give a sum.
        let input = match (input, self.image_tokens, self.total_tokens) {
            (Some(Count(text)), Some(Count(images)), _) => text.saturating_add(images),
            (Some(Count(count)), ..) | (None, Some(Count(count)), _) => count,
            (None, None, Some(Count(total))) => total.saturating_sub(output),
            (None, None, None) => return None,
        };
        Some(Usage { input, output, ..Usage::default() })
    }
}
