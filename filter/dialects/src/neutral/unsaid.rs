//! Messages that say nothing to a target, and so are left out.

use super::{Losses, Message, Part, Role};
use crate::json::RequestError;

/// Refuses a conversation of which nothing is left if what says nothing is left out, or one that would then end in the
/// model's own words: the model would go on with them. Words of the model's that are joined because the user said nothing between them are noted.
pub(crate) fn refuse_unsaid(
    messages: &[Message<'_>],
    says: impl Fn(&Part<'_>) -> bool,
    losses: &mut Losses,
) -> Result<(), RequestError> {
    let (mut spoke, mut unsaid) = (None, None);
    for message in messages {
        match (message.role, message.parts.iter().any(&says)) {
            (Role::User, false) if spoke == Some(Role::Assistant) => unsaid = Some(message.at),
            (Role::User, true) => (spoke, unsaid) = (Some(Role::User), None),
            (Role::Assistant, true) => {
                spoke = Some(Role::Assistant);
                losses.add_if(unsaid.take(), "messages.content");
            }
            _ => {}
        }
    }
    if spoke.is_none() && messages.iter().any(|message| matches!(message.role, Role::User | Role::Assistant)) {
        return Err(RequestError::unsupported(
            "messages",
            "must hold at least one message that says something to this target",
        ));
    }
    let Some(at) = unsaid else { return Ok(()) };
    let message = "says nothing to this target, which would go on with the assistant's message before it";
    Err(RequestError::unsupported(format!("messages[{at}].content"), message))
}
