"""Gateways in turns, so that what else happens on the machine happens to all of them."""

import statistics


def median(rounds):
    """A figure for each name, out of one for each round."""
    return {name: statistics.median(one[name] for one in rounds) for name in rounds[0]}


def interleaved(gateways, rounds, measure):
    """Measures each gateway once in every round, and begins each round with another one."""
    seen = {gateway.kind.name: [] for gateway in gateways}
    for turn in range(rounds):
        first = turn % len(gateways)
        for gateway in gateways[first:] + gateways[:first]:
            seen[gateway.kind.name].append(measure(gateway))
    return {name: median(rounds) for name, rounds in seen.items()}
