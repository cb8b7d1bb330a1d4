//! Reads `shared`: the table where the state lives that workers share.

use super::value::Value;
use crate::limits::WhenFull;
use crate::table::Geometry;

const SLOTS: u64 = 65_536;
const MOST_SLOTS: u64 = 4_194_304;
const WHEN_FULL: &[(&str, WhenFull)] = &[("allow", WhenFull::Allow), ("refuse", WhenFull::Refuse)];

pub(super) struct Shared {
    pub(super) geometry: Geometry,
    pub(super) when_full: WhenFull,
}

pub(super) fn read(shared: Option<Value<'_>>) -> Shared {
    let fields = shared.and_then(|it| it.fields(&["slots", "when_full"]));
    let field = |name| fields.as_ref().and_then(|fields| fields.optional(name));
    let slots = field("slots").and_then(|it| it.integer(8, MOST_SLOTS)).unwrap_or(SLOTS);
    let when_full = field("when_full").and_then(|it| it.choice("known here", WHEN_FULL)).unwrap_or_default();
    Shared { geometry: Geometry::new(u32::try_from(slots).unwrap_or(u32::MAX)), when_full }
}
