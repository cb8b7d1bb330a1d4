//! Reads `POST /model/{modelId}/converse` and `/converse-stream`.

use super::TIERS;
use super::blocks::Block;
use super::read_model_fields::{ModelFields, read_model_fields};
use crate::json::{Item, List, Raw, RequestError, Text, parse, required, says_anything, shape};
use crate::neutral::{
    Hints, Losses, Message, OutputFormat, Request, Role, Sampling, Tier, Tool, ToolChoice, with_system,
};
use std::borrow::Cow;

shape! {
    ConverseRequest {
        messages: List<MessageShape<'a>>,
        system: List<Block<'a>>,
        inference as "inferenceConfig": Inference<'a>,
        tools as "toolConfig": ToolConfig<'a>,
        output as "outputConfig": OutputConfig<'a>,
        model_fields as "additionalModelRequestFields": ModelFields<'a>,
        answer_fields as "additionalModelResponseFieldPaths": Raw<'a>,
        guardrail as "guardrailConfig": Raw<'a>,
        prompt_variables as "promptVariables": Raw<'a>,
        metadata as "requestMetadata": Raw<'a>,
        performance as "performanceConfig": Performance<'a>,
        tier as "serviceTier": TierShape<'a>,
    }
}
shape! { MessageShape { role: Text<'a>, content: List<Block<'a>> } }
shape! {
    Inference {
        max_tokens as "maxTokens": u64,
        temperature: f64,
        top_p as "topP": f64,
        stop as "stopSequences": Vec<Text<'a>>,
    }
}
shape! { ToolConfig { tools: List<ToolShape<'a>>, choice as "toolChoice": Choice<'a> } }
shape! { ToolShape { spec as "toolSpec": Spec<'a>, system as "systemTool": Raw<'a>, cache_point as "cachePoint": Raw<'a> } }
shape! { Spec { name: Text<'a>, description: Text<'a>, schema as "inputSchema": Schema<'a>, strict: bool } }
shape! { Schema { json: Raw<'a> } }
shape! { Choice { auto: Raw<'a>, any: Raw<'a>, tool: NamedTool<'a> } }
shape! { NamedTool { name: Text<'a> } }
shape! { OutputConfig { format as "textFormat": Format<'a>, effort: Text<'a> } }
shape! { Format { kind as "type": Text<'a>, structure: Structure<'a> } }
shape! { Structure { json_schema as "jsonSchema": JsonSchema<'a> } }
shape! { JsonSchema { schema: Text<'a>, name: Text<'a>, description: Text<'a> } }
shape! { Performance { latency: Text<'a> } }
shape! { TierShape { kind as "type": Text<'a> } }

/// Reads a request; an error names the field.
pub(crate) fn read_request(body: &str) -> Result<Request<'_>, RequestError> {
    let asked: ConverseRequest<'_> = parse(body)?;
    let mut losses = Losses::default();
    losses.add_unknown("", &asked.unknown);
    refuse_what_no_translation_carries(&asked)?;
    losses.add_if(asked.answer_fields.filter(|paths| says_anything(paths.get())), "additionalModelResponseFieldPaths");
    let optimized = asked.performance.and_then(|performance| performance.latency);
    losses.add_if(optimized.filter(|latency| &**latency != "standard"), "performanceConfig.latency");

    let messages = read_messages(asked.system, asked.messages, &mut losses)?;
    let inference = asked.inference.unwrap_or_default();
    losses.add_unknown("inferenceConfig", &inference.unknown);
    if inference.max_tokens == Some(0) {
        return Err(RequestError::shape("inferenceConfig.maxTokens", "must be at least 1"));
    }
    let (tools, tool_choice) = read_tools(asked.tools.unwrap_or_default(), &mut losses)?;
    let output = asked.output.unwrap_or_default();
    losses.add_unknown("outputConfig", &output.unknown);

    let mut request = Request {
        messages,
        tools,
        tool_choice,
        max_output: inference.max_tokens,
        stop: inference.stop.unwrap_or_default(),
        sampling: Sampling { temperature: inference.temperature, top_p: inference.top_p, ..Sampling::default() },
        output: output.format.map(read_format).transpose()?,
        hints: Hints { metadata: asked.metadata, tier: asked.tier.map(read_tier).transpose()?, ..Hints::default() },
        losses,
        ..Request::default()
    };
    read_model_fields(asked.model_fields.unwrap_or_default(), output.effort, &mut request)?;
    Ok(request)
}

/// What would change the answer if it were left out.
fn refuse_what_no_translation_carries(asked: &ConverseRequest<'_>) -> Result<(), RequestError> {
    let says = |field: Option<Raw<'_>>| field.is_some_and(|field| says_anything(field.get()));
    let asked = [
        (says(asked.prompt_variables), "promptVariables", "this target has no prompts of Bedrock's Prompt management"),
        (says(asked.guardrail), "guardrailConfig", "this target has no guardrails of Bedrock's"),
    ];
    match asked.into_iter().find(|(asked, ..)| *asked) {
        Some((_, param, message)) => Err(RequestError::unsupported(param, message)),
        None => Ok(()),
    }
}

fn read_messages<'a>(
    system: Option<List<Block<'a>>>,
    messages: Option<List<MessageShape<'a>>>,
    losses: &mut Losses,
) -> Result<Vec<Message<'a>>, RequestError> {
    let messages = required(messages, "messages")?.take("messages", losses)?;
    let system = system.map(|system| system.take("system", losses)).transpose();
    with_system(messages, system.map(|parts| parts.filter(|parts| !parts.is_empty())))
}

impl<'a> Item for MessageShape<'a> {
    type Kept = Message<'a>;

    fn read(self, at: usize, losses: &mut Losses) -> Result<Option<Message<'a>>, RequestError> {
        losses.add_unknown("messages", &self.unknown);
        let role = Role::of_turn(self.role.as_deref())?;
        let parts = required(self.content, "content")?.take("content", losses)?;
        Message { role, parts, at }.well_placed().map(Some)
    }
}

fn read_tools<'a>(
    config: ToolConfig<'a>,
    losses: &mut Losses,
) -> Result<(Vec<Tool<'a>>, Option<ToolChoice<'a>>), RequestError> {
    losses.add_unknown("toolConfig", &config.unknown);
    let tools = config.tools.map(|tools| tools.take("toolConfig.tools", losses)).transpose()?.unwrap_or_default();
    let Some(choice) = config.choice else { return Ok((tools, None)) };
    let choice = match (choice.auto, choice.any, choice.tool) {
        (Some(_), None, None) => ToolChoice::Auto,
        (None, Some(_), None) => ToolChoice::Any,
        (None, None, Some(tool)) => ToolChoice::Named(required(tool.name, "toolConfig.toolChoice.tool.name")?),
        _ => return Err(RequestError::shape("toolConfig.toolChoice", "expected one of auto, any or tool")),
    };
    Ok((tools, Some(choice)))
}

impl<'a> Item for ToolShape<'a> {
    type Kept = Tool<'a>;

    fn read(self, _: usize, losses: &mut Losses) -> Result<Option<Tool<'a>>, RequestError> {
        losses.add_unknown("toolConfig.tools", &self.unknown);
        if self.cache_point.is_some() {
            losses.add("toolConfig.tools.cachePoint");
            return Ok(None);
        }
        if self.system.is_some() {
            return Err(RequestError::unsupported("systemTool", "a tool that Bedrock runs cannot be translated"));
        }
        let spec = required(self.spec, "toolSpec")?;
        losses.add_unknown("toolConfig.tools.toolSpec", &spec.unknown);
        Ok(Some(Tool {
            name: required(spec.name, "toolSpec.name")?,
            description: spec.description,
            schema: Some(Cow::Borrowed(
                required(spec.schema.and_then(|schema| schema.json), "toolSpec.inputSchema.json")?.get(),
            )),
            strict: spec.strict,
        }))
    }
}

/// The schema is JSON inside a string.
fn read_format(format: Format<'_>) -> Result<OutputFormat<'_>, RequestError> {
    if format.kind.as_deref() != Some("json_schema") {
        return Err(RequestError::shape("outputConfig.textFormat.type", "expected json_schema"));
    }
    let path = "outputConfig.textFormat.structure.jsonSchema";
    let definition = required(format.structure.and_then(|structure| structure.json_schema), path)?;
    let schema = required(definition.schema, "schema").map_err(|error| error.under(path))?;
    let unreadable = |_| RequestError::shape("schema", "expected a JSON Schema in a string").under(path);
    let schema = match schema.into_cow() {
        Cow::Borrowed(schema) => parse::<Raw<'_>>(schema).map(|schema| Cow::Borrowed(schema.get())),
        Cow::Owned(schema) => parse::<Raw<'_>>(&schema).map(|schema| Cow::Owned(schema.get().to_owned())),
    };
    Ok(OutputFormat::Schema {
        name: definition.name,
        description: definition.description,
        schema: schema.map_err(unreadable)?,
    })
}

/// Capacity that an account has reserved is how that account is set up.
fn read_tier(tier: TierShape<'_>) -> Result<Tier, RequestError> {
    let word = tier.kind.unwrap_or_default();
    let reserved = (&*word == "reserved").then_some(Tier::Auto);
    let expected = "expected default, priority, flex or reserved";
    reserved.or_else(|| Tier::from_word(&TIERS, &word)).ok_or_else(|| RequestError::shape("serviceTier.type", expected))
}
