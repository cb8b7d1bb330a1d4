//! The answers of everything beside chat, read in all the words that there are: one shape for all, because each
//! shape is code. What an answer took is all that is read of many.

use crate::json::{Few, Raw, RequestError, Text, parse, shape};
use crate::neutral::{Count, Usage};

shape! {
    Given {
        id: Text<'a>,
        model: Text<'a>,
        data: Raw<'a>,
        embeddings: Raw<'a>,
        embedding: Raw<'a>,
        results: Few<Raw<'a>>,
        usage: Figures<'a>,
        usage_camel as "usageMetadata": Figures<'a>,
        meta: Meta<'a>,
        input_tokens: Count,
        input_camel as "inputTokens": Count,
        total_camel as "totalTokens": Count,
        text_camel as "inputTextTokenCount": Count,
    }
}
shape! { Meta { billed_units: Figures<'a>, tokens: Figures<'a> } }
shape! {
    Figures {
        input_tokens: Count,
        prompt_tokens: Count,
        prompt_camel as "promptTokenCount": Count,
        image_tokens: Count,
        total_tokens: Count,
        output_tokens: Count,
        completion_tokens: Count,
    }
}

/// The usage that an answer gives, in tokens.
pub(crate) fn read_usage(body: &str) -> Result<Option<Usage>, RequestError> {
    parse::<Given<'_>>(body).map(|mut given| given.take_usage())
}

impl Given<'_> {
    /// What the answer took, in tokens, if it says so.
    pub(crate) fn take_usage(&mut self) -> Option<Usage> {
        if let Some(Count(input)) = self.text_camel {
            return Some(Usage { input, ..Usage::default() });
        }
        let meta = self.meta.take().unwrap_or_default();
        let given = [self.usage.take(), self.usage_camel.take(), meta.billed_units, meta.tokens];
        given.into_iter().flatten().find_map(|figures| figures.usage())
    }

    /// How many tokens were counted, where that was all that was asked for.
    pub(crate) fn counted(&self) -> Option<u64> {
        self.input_tokens.or(self.input_camel).or(self.total_camel).map(|Count(count)| count)
    }
}

impl Figures<'_> {
    fn usage(&self) -> Option<Usage> {
        let Count(output) = self.output_tokens.or(self.completion_tokens).unwrap_or_default();
        let input = self.input_tokens.or(self.prompt_tokens).or(self.prompt_camel);
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
