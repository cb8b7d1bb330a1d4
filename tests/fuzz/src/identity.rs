//! Who calls, by headers, claims and keys of any bytes, and what limits and routes make of them.

use crate::choices::Choices;
use crate::table::{Gateway, MODELS};
use std::borrow::Cow;
use tollgate_policy::{Attributes, IdentityError, Timestamp};

/// What a request says of itself.
pub struct Said<'s> {
    pub header: Option<&'s [u8]>,
    pub claim: Option<&'s [u8]>,
    pub ip: Option<&'s [u8]>,
}

impl Attributes for Said<'_> {
    fn header(&self, _: &str) -> Option<Cow<'_, [u8]>> {
        self.header.map(Cow::Borrowed)
    }

    fn jwt_claim(&self, _: &str) -> Option<Cow<'_, [u8]>> {
        self.claim.map(Cow::Borrowed)
    }

    fn ip(&self) -> Option<Cow<'_, [u8]>> {
        self.ip.map(Cow::Borrowed)
    }
}

/// Credential, header, claim, address and model, a line each; one that is empty is not there.
pub fn check(data: &[u8]) {
    let mut choices = Choices::of(data);
    let (configured, chance) = (choices.one_of(&MODELS), choices.number());
    let mut lines = choices.rest().splitn(5, |byte| *byte == b'\n');
    let mut line = || lines.next().filter(|line| !line.is_empty());
    let (credential, header, claim, ip) = (line(), line(), line(), line());
    let asked = line().and_then(|line| std::str::from_utf8(line).ok()).unwrap_or(configured);
    let gateway = Gateway::start();
    let find = |value: Option<&[u8]>| value.map(<[u8]>::to_vec);
    let caller = match gateway.config.identify(credential, &|_| find(header), &|_| find(claim)) {
        Ok(caller) => caller,
        Err(IdentityError::Missing) => return assert!(credential.is_none() && header.is_none() && claim.is_none()),
        Err(IdentityError::Wrong) => return assert!(credential.is_some() || header.is_some() || claim.is_some()),
    };
    let name = caller.name().unwrap_or_else(|| panic!("nobody was let in"));
    assert!(!name.is_empty() && name.len() <= 256 && !name.contains(char::is_control));
    let was_given = [header, claim].contains(&Some(name.as_bytes()));
    assert!(was_given || (name == "ann" && credential == Some(b"foo")), "{name:?}");
    let is_ann = name == "ann";
    assert_eq!(caller.may_use(asked), !is_ann || asked == "first" || asked.starts_with('w'));
    gateway.serve(
        Some(name),
        asked,
        &Said { header, claim, ip },
        chance,
        Timestamp::from_nanos(1_700_000_000_000_000_000),
    );
}
