//! Reads `generateContent` and `streamGenerateContent`.

use super::TIERS;
use super::conversation::{Content, read_instructions, to_messages};
use super::proto::Repeated;
use super::read_config::{Config, read_config};
use super::read_tools::{ToolConfig, ToolShape, read_tool_choice};
use crate::json::{Raw, RequestError, Text, parse, required, shape};
use crate::neutral::{Hints, Losses, Request, Tier};

shape! {
    GenerateRequest in camel {
        model: Text<'a>,
        contents: Repeated<Content<'a>>,
        system_instruction as "systemInstruction": Content<'a>,
        generation_config as "generationConfig": Config<'a>,
        tools: Repeated<ToolShape<'a>>,
        tool_config as "toolConfig": ToolConfig<'a>,
        labels: Raw<'a>,
        service_tier as "serviceTier": Text<'a>,
        cached_content as "cachedContent": Text<'a>,
        continuation_token as "continuationToken": Text<'a>,
    }
}

/// Reads a request; an error names the field.
pub(crate) fn read_request(body: &str) -> Result<Request<'_>, RequestError> {
    let asked: GenerateRequest<'_> = parse(body)?;
    let mut losses = Losses::default();
    losses.add_unknown("", &asked.unknown);
    for (kept, field) in [(asked.cached_content, "cachedContent"), (asked.continuation_token, "continuationToken")] {
        if kept.is_some_and(|kept| !kept.is_empty()) {
            let message = "what one provider keeps cannot be read by another; send the contents";
            return Err(RequestError::unsupported(field, message));
        }
    }
    let turns = required(asked.contents, "contents")?.take("contents", &mut losses)?;
    let mut messages = to_messages(turns)?;
    if messages.is_empty() {
        return Err(RequestError::shape("contents", "must hold at least one content with parts"));
    }
    if let Some(content) = asked.system_instruction
        && let Some(instructions) = read_instructions(content, &mut losses)?
    {
        messages.insert(0, instructions);
    }
    let tools = asked.tools.map(|tools| tools.take("tools", &mut losses)).transpose()?;
    let mut tools = tools.unwrap_or_default().into_iter().flatten().collect();
    let tool_choice = match asked.tool_config {
        Some(config) => read_tool_choice(config, &mut tools, &mut losses)?,
        None => None,
    };
    let hints = Hints {
        metadata: asked.labels,
        tier: asked.service_tier.map(|tier| read_tier(&tier)).transpose()?,
        ..Hints::default()
    };
    let mut request = Request { messages, tools, tool_choice, hints, losses, ..Request::default() };
    if let Some(config) = asked.generation_config {
        read_config(config, &mut request).map_err(|error| error.under("generationConfig"))?;
    }
    Ok(request)
}

fn read_tier(word: &str) -> Result<Tier, RequestError> {
    let word = word.to_ascii_lowercase();
    // As an enumeration of Vertex's the same words have a prefix.
    let word = word.strip_prefix("service_tier_").unwrap_or(&word);
    let expected = "expected standard, flex or priority";
    Tier::from_word(&TIERS, word).ok_or_else(|| RequestError::shape("serviceTier", expected))
}
