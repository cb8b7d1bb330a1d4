//! How a model picks among its targets.

use crate::prices::Price;

/// How a model picks among the targets that fit and are well. Where two are alike, the one that the
/// configuration names first is preferred.
#[derive(Debug, Clone, Default)]
pub(crate) enum Strategy {
    /// In the configuration's order.
    #[default]
    First,
    /// By chance, in proportion to the weights.
    Weighted {
        /// What decides in place of chance, where a request has it.
        sticky: Option<Sticky>,
    },
    /// The one where the request costs least, if it takes all that it may.
    LowestCost {
        /// The targets' prices, by position; `None` where it depends on the name that the client asks for.
        prices: Box<[Option<Price>]>,
    },
    /// The one that begins to answer soonest. Those of which this is not known come last, but are tried often.
    LowestLatency,
    /// The one with the fewest requests under way.
    LeastBusy,
}

/// What a request has in common with those that are to go to the same target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sticky {
    /// A header, by its name in lower case.
    Header(Box<str>),
    Consumer,
    JwtClaim(Box<str>),
    Conversation,
}

/// What becomes of a request when all targets that fit are cooling.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum WhenUnhealthy {
    /// It goes to the one that will be tried soonest; to those that said themselves to stay away, last.
    #[default]
    LeastBad,
    /// It is refused.
    Fail,
}
