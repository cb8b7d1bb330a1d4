//! Names that the contract has and this version has not.
//!
//! They are errors that say so, rather than fields nobody has heard of: whoever writes one has
//! read the contract, and must not be left to search for a misspelling.

/// Where in the configuration a name stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Top,
    Provider,
    Platform,
    Dialect,
    Model,
    Sticky,
    Health,
    Target,
    When,
    Time,
    Identity,
    Source,
    Consumer,
    Limit,
    Match,
    Kinds,
    Shared,
}

const LEAVE_OUT: &str = "leave it out";

/// Place, name, what to do instead.
const UNAVAILABLE: &[(Place, &str, &str)] =
    &[(Place::Model, "steps", LEAVE_OUT), (Place::Target, "shadow", LEAVE_OUT), (Place::When, "step", LEAVE_OUT)];

/// What to do instead, if `name` is one that this version has not.
pub(super) fn advice(place: Place, name: &str) -> Option<&'static str> {
    let row = UNAVAILABLE.iter().find(|(at, unavailable, _)| *at == place && *unavailable == name);
    row.map(|(_, _, advice)| *advice)
}
