//! Members of a request that routing, limits and patches must know, and where they stand.

use crate::json::{RequestError, Span, Token, same_name};

/// What a member is to this gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Member {
    Model,
    Stream,
    /// The output cap.
    MaxOutput,
    /// How many answers.
    Choices,
    StreamOptions,
    Sampling,
    /// Texts or token ids, one or many.
    Input,
}

/// A member's name, the object at the top that it stands in (empty: the top itself), and what it is.
///
/// A table, because a member given twice must be refused: the provider might take the other one. An API
/// that takes two spellings of a name has a row for each.
pub(crate) type MemberTable = [(&'static str, &'static str, Member)];

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Members {
    /// A bit for each row of the table.
    seen: u64,
    pub(super) stream: bool,
    pub(super) max_output: Option<u64>,
    pub(super) choices: Option<u64>,
    pub(super) sampling: bool,
    pub(super) stream_options: StreamOptions,
}

/// Where `stream_options` stands, so that it can be patched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum StreamOptions {
    #[default]
    Absent,
    /// Not an object: replaced whole.
    Scalar(Span),
    /// An object without `include_usage`, which goes behind its opening brace.
    Object { inside: usize, empty: bool },
    /// The value of `include_usage`.
    Said { value: Span, included: bool },
}

/// What a key is.
pub(super) enum Found {
    Member(Member),
    /// An object that holds members.
    Container(&'static str),
    Other,
}

impl Members {
    /// Looks up a key of the object `container`.
    pub(super) fn find(
        &mut self,
        table: &'static MemberTable,
        container: &str,
        key: &str,
    ) -> Result<Found, RequestError> {
        let at_top = container.is_empty();
        let within = || table.iter().filter(|(_, within, _)| same_name(within, container));
        if let Some(&(name, _, member)) = within().find(|(name, ..)| same_name(name, key)) {
            let first = table.iter().position(|(other, within, kind)| {
                *kind == member && is_same(other, name) && is_same(within, container)
            });
            return self.once(first, key).map(|()| Found::Member(member));
        }
        if let Some((_, inner, _)) =
            table.iter().find(|(_, inner, _)| at_top && !inner.is_empty() && same_name(inner, key))
        {
            let first = table.iter().position(|(_, other, _)| is_same(other, inner));
            // Containers are counted behind all members.
            return self.once(first.map(|at| at.saturating_add(table.len())), key).map(|()| Found::Container(inner));
        }
        match within().find(|(name, ..)| name.eq_ignore_ascii_case(key)) {
            // Some servers match names in any case; what they would read must be what is checked here.
            Some((name, ..)) => Err(RequestError::shape(*name, "must be written in this case")),
            None => Ok(Found::Other),
        }
    }

    fn once(&mut self, index: Option<usize>, key: &str) -> Result<(), RequestError> {
        let bit = index.and_then(|index| u32::try_from(index).ok()).and_then(|index| 1u64.checked_shl(index));
        let bit = bit.unwrap_or(0);
        if self.seen & bit != 0 {
            return Err(RequestError::shape(key, "the same field is given twice"));
        }
        self.seen |= bit;
        Ok(())
    }

    /// Takes a member's value where it is a single token.
    pub(super) fn take(&mut self, member: Member, token: Token<'_>) {
        match (member, token) {
            (Member::Stream, token) => self.stream = token == Token::True,
            // Where a cap is given by two names, some servers take the one and some the other.
            (Member::MaxOutput, Token::Number(number)) => self.max_output = self.max_output.max(whole(number)),
            (Member::Choices, Token::Number(number)) => self.choices = self.choices.max(whole(number)),
            (Member::Sampling, token) => self.sampling |= token != Token::Null,
            _ => {}
        }
    }
}

/// Are two names of the table two spellings of one? Some APIs take `snake_case` and `camelCase`.
fn is_same(one: &str, other: &str) -> bool {
    if same_name(one, other) {
        return true;
    }
    let plain = |b: &u8| *b != b'_';
    let one = one.bytes().filter(plain).map(|b| b.to_ascii_lowercase());
    one.eq(other.bytes().filter(plain).map(|b| b.to_ascii_lowercase()))
}

/// A count, however JSON writes it: rounded up, and capped at the largest there is. A lenient
/// server may take `5e5`, so it must count here. Below zero there is no count.
fn whole(number: &str) -> Option<u64> {
    if number.bytes().all(|b| b.is_ascii_digit()) {
        return Some(number.parse().unwrap_or(u64::MAX));
    }
    let number: f64 = number.parse().ok()?;
    // The cast saturates at both ends.
    (number >= 0.0).then(|| number.ceil() as u64)
}
