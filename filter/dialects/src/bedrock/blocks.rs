//! The shape of content blocks, in requests and answers: a union, of which one member is set.

use super::read_blocks::ToolResultShape;
use crate::json::{Few, Parse, Raw, RequestError, Text, parse, shape};

shape! {
    Block {
        text: Text<'a>,
        image: Raw<'a>,
        document: Raw<'a>,
        audio: Raw<'a>,
        video: Raw<'a>,
        tool_use as "toolUse": Box<ToolUse<'a>>,
        tool_result as "toolResult": Box<ToolResultShape<'a>>,
        reasoning as "reasoningContent": Raw<'a>,
        cited as "citationsContent": Raw<'a>,
        search_result as "searchResult": Raw<'a>,
        guarded as "guardContent": Raw<'a>,
        cache_point as "cachePoint": Raw<'a>,
        tool_addition as "toolAddition": Raw<'a>,
        tool_removal as "toolRemoval": Raw<'a>,
        json: Raw<'a>,
    }
}
shape! {
    ToolUse { id as "toolUseId": Text<'a>, name: Text<'a>, input: Raw<'a>, kind as "type": Text<'a> }
}
shape! { Reasoning { text as "reasoningText": ReasoningText<'a>, redacted as "redactedContent": Text<'a> } }
shape! { ReasoningText { text: Text<'a>, signature: Text<'a> } }
shape! { Cited { content: Few<TextOnly<'a>>, citations: Few<CitationShape<'a>> } }
shape! { TextOnly { text: Text<'a> } }
shape! {
    CitationShape {
        title: Text<'a>,
        source: Text<'a>,
        quote as "sourceContent": Few<TextOnly<'a>>,
        location: Location<'a>,
    }
}
shape! {
    Location {
        web: WebLocation<'a>,
        characters as "documentChar": Range<'a>,
        pages as "documentPage": Range<'a>,
        blocks as "documentChunk": Range<'a>,
        found as "searchResultLocation": Range<'a>,
    }
}
shape! { Range { document as "documentIndex": u64, found as "searchResultIndex": u64, start: u64, end: u64 } }
shape! { WebLocation { url: Text<'a>, domain: Text<'a> } }

/// Reads a block's member. `name` is the member's, for an error's path.
pub(super) fn read_member<'a, T: Parse<'a>>(member: Raw<'a>, name: &str) -> Result<T, RequestError> {
    parse(member.get()).map_err(|error| error.under(name))
}

/// What several pieces of text say together.
pub(super) fn join<'a>(texts: impl Iterator<Item = TextOnly<'a>>) -> Text<'a> {
    let mut texts = texts.filter_map(|piece| piece.text);
    let Some(first) = texts.next() else { return Text::default() };
    texts.fold(first, |joined, text| [&*joined, &*text].concat().into())
}
