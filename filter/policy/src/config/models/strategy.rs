//! Reads how a model picks among its targets, and what it does when they are not well.

use super::super::limits::matching::read_header;
use super::super::rules;
use super::super::value::{Fields, Value, quoted};
use super::Context;
use crate::pattern::Pattern;
use crate::route::{Cooling, Sticky, Strategy, Target, WhenUnhealthy};
use crate::units::Window;

/// A strategy, by its name alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Chosen {
    First,
    Weighted,
    LowestCost,
    LowestLatency,
    LeastBusy,
}

const STRATEGIES: &[(&str, Chosen)] = &[
    ("first", Chosen::First),
    ("weighted", Chosen::Weighted),
    ("lowest_cost", Chosen::LowestCost),
    ("lowest_latency", Chosen::LowestLatency),
    ("least_busy", Chosen::LeastBusy),
];
const WHEN_UNHEALTHY: &[(&str, WhenUnhealthy)] =
    &[("least_bad", WhenUnhealthy::LeastBad), ("fail", WhenUnhealthy::Fail)];
const STICKY: &str = "something to stick to; expected \"consumer\", \"conversation\", {\"header\": NAME} or \
                      {\"jwt_claim\": NAME}";
const STICKY_WORDS: &[(&str, Sticky)] = &[("consumer", Sticky::Consumer), ("conversation", Sticky::Conversation)];
const DURATION: &str = "a time; expected an integer and s, m or h, from \"1s\" to \"1h\"";
const LONGEST: u64 = 3_600_000_000_000;

/// `None` if it is no strategy.
pub(super) fn choose(fields: &Fields<'_>) -> Option<Chosen> {
    let name = fields.optional("strategy");
    name.map_or(Some(Chosen::First), |it| it.choice("known here", STRATEGIES))
}

pub(super) fn read<D>(
    fields: &Fields<'_>,
    chosen: Option<Chosen>,
    pattern: &Pattern,
    targets: &[(&Value<'_>, Target<D>)],
    context: &Context<'_, '_, D>,
) -> Option<Strategy> {
    let sticky = fields.optional("sticky");
    if let Some(sticky) = sticky.as_ref().filter(|_| chosen.is_some_and(|chosen| chosen != Chosen::Weighted)) {
        sticky.fail("goes with \"strategy\": \"weighted\" only; set that here, too, or leave this out");
    }
    match chosen? {
        Chosen::First => Some(Strategy::First),
        Chosen::LowestLatency => Some(Strategy::LowestLatency),
        Chosen::LeastBusy => Some(Strategy::LeastBusy),
        Chosen::LowestCost => Some(Strategy::LowestCost { prices: read_prices(pattern, targets, context)? }),
        Chosen::Weighted => {
            if let Some((first, _)) = targets.first()
                && targets.iter().all(|(_, target)| target.weight == 0)
            {
                first.fail("none of the targets has a weight above 0, so that none would be chosen");
            }
            let sticky = sticky.map(|it| read_sticky(&it));
            Some(Strategy::Weighted { sticky: sticky.flatten() })
        }
    }
}

/// What cannot be compared must not be chosen by its price: every target needs one.
fn read_prices<D>(
    pattern: &Pattern,
    targets: &[(&Value<'_>, Target<D>)],
    context: &Context<'_, '_, D>,
) -> Option<Box<[Option<crate::prices::Price>]>> {
    let prices = context.prices?;
    let read = targets.iter().map(|(value, target)| {
        let provider = target.provider.name.as_str();
        let there = target.model.as_ref().map_or_else(|| pattern.clone(), |name| Pattern::Exact(name.as_str().into()));
        if !prices.cover(provider, &there) {
            let name = quoted(&there.to_string());
            value.fail(format!(
                "has no price, so that \"lowest_cost\" cannot compare it; add {name} to \"prices\", with 0 where it \
                 costs nothing"
            ));
        }
        match there {
            Pattern::Exact(name) => prices.find(provider, &name).copied(),
            Pattern::Prefix(_) | Pattern::Any => None,
        }
    });
    Some(read.collect())
}

fn read_sticky(value: &Value<'_>) -> Option<Sticky> {
    if let Some(name) = value.choice_name() {
        let known = STICKY_WORDS.iter().find(|(known, _)| *known == name);
        if known.is_none() {
            value.unknown(name, "something to stick to", ["consumer", "conversation"].into_iter());
        }
        return known.map(|(_, sticky)| sticky.clone());
    }
    let fields = value.fields(&["header", "jwt_claim"])?;
    match (fields.optional("header"), fields.optional("jwt_claim")) {
        (Some(header), None) => {
            let name = header.text(rules::HEADER.expected)?;
            Some(Sticky::Header(read_header(name, &header)?.into()))
        }
        (None, Some(claim)) => Some(Sticky::JwtClaim(claim.text_like(&rules::CLAIM)?.into())),
        _ if fields.doubtful() => None,
        _ => value.not(STICKY),
    }
}

pub(super) fn read_when_unhealthy(fields: &Fields<'_>) -> WhenUnhealthy {
    let when = fields.optional("when_unhealthy");
    when.and_then(|it| it.choice("known here", WHEN_UNHEALTHY)).unwrap_or_default()
}

pub(super) fn read_cooling(fields: &Fields<'_>) -> Cooling {
    let read = Cooling::default();
    let health = fields.optional("health");
    let Some(health) = health.and_then(|it| it.fields(&["cooldown", "max_cooldown"])) else {
        return read;
    };
    let first = health.optional("cooldown");
    let most = health.optional("max_cooldown");
    let first_nanos = first.as_ref().and_then(read_duration).unwrap_or(read.first);
    let most_nanos = most.as_ref().and_then(read_duration).unwrap_or(read.most.max(first_nanos));
    if first_nanos > most_nanos
        && let Some(most) = most
    {
        most.fail("is shorter than \"cooldown\"");
    }
    Cooling { first: first_nanos, most: most_nanos }
}

fn read_duration(value: &Value<'_>) -> Option<u64> {
    let text = value.text(DURATION)?;
    let nanos = Window::parse(text).map(Window::as_nanos).filter(|nanos| *nanos <= LONGEST);
    nanos.or_else(|| value.not(DURATION))
}
