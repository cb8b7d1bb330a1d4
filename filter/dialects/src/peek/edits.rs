//! What must change in a request for a provider of the same dialect: as little as can be.

use super::foreign::without_foreign_thoughts;
use super::members::StreamOptions;
use super::scan::Outermost;
use super::{Peek, Span};
use crate::Dialect;
use crate::Operation;
use crate::anthropic::betas::{BETA_HEADER, betas, is_on_bedrock};
use crate::json::RequestError;
use crate::neutral::Losses;
use crate::openai::adapt;
use crate::patch::Edit;
use crate::platform::Platform;
use crate::upstream::Upstream;
use std::borrow::Cow;

impl Peek<'_> {
    /// The changes for `model` at `upstream`. What the upstream cannot be told is noted.
    pub(super) fn edits(
        &self,
        upstream: &Upstream<'_>,
        model: &str,
        losses: &mut Losses,
    ) -> Result<Vec<Edit>, RequestError> {
        let mut edits = Vec::new();
        match (self.model_span, upstream.body_version()) {
            // Only where tokens are counted do both stand in the body.
            (Some(span), Some(version)) if self.operation == Operation::CountTokens(Dialect::Anthropic) => {
                let model = serde_json::to_string(model).unwrap_or_default();
                let with = Cow::Owned(format!("{model},\"anthropic_version\":\"{version}\""));
                edits.push(Edit::Replace { span, with });
            }
            // The path names the model; the body says which version of the API it is written for.
            (Some(_), Some(version)) => {
                let betas = self.betas_in_body(upstream, losses);
                let version = Cow::Owned(format!("\"anthropic_version\":\"{version}\"{betas}"));
                edits.extend(self.outermost("model").map(|it| Edit::Replace { span: it.span(), with: version }));
            }
            (Some(span), None) if model != self.model => {
                let with = Cow::Owned(serde_json::to_string(model).unwrap_or_default());
                edits.push(Edit::Replace { span, with });
            }
            _ => {}
        }
        if matches!(self.operation, Operation::Embed(_) | Operation::CountTokens(_)) && model != self.model {
            // Google has the model in the path, and again in what is to be embedded or counted.
            let name = serde_json::to_string(&format!("models/{model}")).unwrap_or_default();
            let named = self.scan.models.iter().copied().chain(self.scan.model.map(|(_, span)| span));
            let named = named.filter(|_| self.model_span.is_none());
            edits.extend(named.map(|span| Edit::Replace { span, with: Cow::Owned(name.clone()) }));
        }
        // Servers that know little of a message are sent no thoughts of this kind at all.
        let knows_little = upstream.server.is_some_and(|server| server.only.is_some());
        if let Operation::Generate(dialect) | Operation::CountTokens(dialect) = self.operation
            && self.scan.is_marked
            && !knows_little
        {
            let (thoughts, loss) = without_foreign_thoughts(self.text, dialect, model)?;
            losses.add_if(thoughts.first(), loss);
            edits.extend(thoughts);
        }
        if upstream.platform == Platform::Aws {
            edits.extend(self.outermost("stream").map(|it| Edit::Remove { member: it.span() }));
        }
        if matches!(self.operation, Operation::Generate(Dialect::OpenAi) | Operation::Complete) {
            let takes_stream_options = upstream.server.is_none_or(|server| server.stream_options);
            if self.stream && takes_stream_options {
                edits.extend(self.ask_for_usage());
            }
            if let Some(server) = upstream.server {
                edits.extend(adapt(server, self.text, losses)?);
            }
        }
        Ok(edits)
    }

    /// A member for the features that the client opts into by a header, which Amazon reads in the body only. A body
    /// that names some has named all.
    fn betas_in_body(&self, upstream: &Upstream<'_>, losses: &mut Losses) -> String {
        if upstream.platform != Platform::Aws || self.outermost("anthropic_beta").is_some() {
            return String::new();
        }
        let (known, others): (Vec<_>, Vec<_>) = betas(&self.betas).partition(|beta| is_on_bedrock(beta));
        losses.add_if(others.first(), BETA_HEADER);
        let names = known.first().and_then(|_| serde_json::to_string(&known).ok());
        names.map_or_else(String::new, |names| format!(",\"anthropic_beta\":{names}"))
    }

    pub(super) fn outermost(&self, key: &str) -> Option<&Outermost<'_>> {
        self.scan.outermost.iter().find(|member| member.key == key)
    }

    fn ask_for_usage(&self) -> Option<Edit> {
        let here = |at| Span { start: at, end: at };
        let (span, with) = match self.scan.members.stream_options {
            StreamOptions::Said { included: true, .. } => return None,
            StreamOptions::Said { value, .. } => (value, "true"),
            StreamOptions::Scalar(span) => (span, "{\"include_usage\":true}"),
            StreamOptions::Object { inside, empty: true } => (here(inside), "\"include_usage\":true"),
            StreamOptions::Object { inside, empty: false } => (here(inside), "\"include_usage\":true,"),
            StreamOptions::Absent => (here(self.model_span?.end), ",\"stream_options\":{\"include_usage\":true}"),
        };
        Some(Edit::Replace { span, with: Cow::Borrowed(with) })
    }
}
