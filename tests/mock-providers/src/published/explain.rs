//! Says what is wrong with a body in a line.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind::{AdditionalProperties, AnyOf, Enum, Required, Type};

const LONGEST: usize = 300;

/// Where the body is wrong, as a JSON pointer, and how.
pub fn explain(error: &ValidationError<'_>) -> String {
    let error = innermost(error);
    let at = error.instance_path().as_str();
    let message = match error.kind() {
        AdditionalProperties { unexpected } => return format!("{at}/{}: no such field", unexpected.join(", ")),
        Required { property } => return format!("{at}/{}: missing", property.as_str().unwrap_or_default()),
        AnyOf { context } => format!("fits none of the {} variants that there are", context.len()),
        // A value may be a whole image, and is not repeated.
        _ => error.masked().to_string(),
    };
    let message: String = message.chars().take(LONGEST).collect();
    format!("{}: {message}", if at.is_empty() { "/" } else { at })
}

/// The error within the variant that the value was meant to be, as far as that can be told.
fn innermost<'a, 'e>(error: &'e ValidationError<'a>) -> &'e ValidationError<'a> {
    let AnyOf { context } = error.kind() else { return error };
    let meant = context.iter().filter(|errors| !errors.iter().any(|one| tells_apart(one, error)));
    let nearest = meant.min_by_key(|errors| errors.len());
    nearest.and_then(|errors| errors.first()).map_or(error, |first| innermost(first))
}

/// Whether an error in a variant says that the value is another one: it has another JSON type, or
/// another `type` or `role`.
fn tells_apart(one: &ValidationError<'_>, union: &ValidationError<'_>) -> bool {
    let (at, union_at) = (one.instance_path().as_str(), union.instance_path().as_str());
    match one.kind() {
        Type { .. } => at == union_at,
        Enum { options } => {
            let below = at.strip_prefix(union_at).unwrap_or_default();
            let only = options.as_array().is_some_and(|options| options.len() == 1);
            below.is_empty() || (only && below.matches('/').count() == 1)
        }
        _ => false,
    }
}
