"""The charts of growth: what a request takes by the size of its body, and as there is more of something else."""

import math

from drawing import COLORS, curve, legend, marks, page, text
from loads import LOADS
from targets import BARE, SAME, TRANSLATED

LEFT, WIDTH, HEIGHT, TOP, BETWEEN = 60, 440, 260, 40, 80
#: Whose growth with the body is shown.
SHOWN = (BARE, SAME, *TRANSLATED)


def svg(growth, figures):
    sizes, other = _sizes(figures, TOP), _others(growth, TOP + HEIGHT + BETWEEN)
    return page(LEFT + WIDTH + 230, TOP + 2 * HEIGHT + BETWEEN + 20 * len(growth) + 20, [*sizes, *other])


def _sizes(figures, top):
    """Both sides by powers of ten, where what grows with the body in proportion is a line as steep as the dotted one, and
    what does not is flat."""
    sizes = {load: shape["size"] / 1024 for load, shape in LOADS.items() if "events" not in shape and load in figures[BARE]}
    colors = dict(zip(figures, COLORS, strict=True))
    every = [figures[name][load]["cpu_us"] for name in SHOWN for load in sizes]
    least, most = (10 ** rounded(math.log10(of(every))) for rounded, of in ((math.floor, min), (math.ceil, max)))
    share = lambda value, low, high: math.log(value / low) / math.log(high / low)
    x = lambda kib: LEFT + 20 + (WIDTH - 40) * share(kib, min(sizes.values()), max(sizes.values()))
    y = lambda us: top + HEIGHT - HEIGHT * share(us, least, most)
    tens = [least * 10**power for power in range(round(math.log10(most / least)) + 1)]
    yield text(LEFT, top - 20, "CPU time per request in microseconds, by the size of its body", size=14)
    yield from marks(LEFT, LEFT + WIDTH, [(y(us), f"{us:,.0f}") for us in tens])
    for load, kib in sizes.items():
        yield text(x(kib), top + HEIGHT + 18, load, anchor="middle")
    for name in SHOWN:
        yield from curve([(x(kib), y(figures[name][load]["cpu_us"])) for load, kib in sizes.items()], colors[name])
    first, last = min(sizes.values()), max(sizes.values())
    from_kib = max(first, last * least / most)
    yield f'<line x1="{x(from_kib):.1f}" y1="{y(most * from_kib / last):.1f}" x2="{x(last):.1f}" y2="{y(most):.1f}" stroke="#80868b" stroke-dasharray="2 4"/>'
    yield from legend(LEFT + WIDTH + 12, top, [(name, colors[name]) for name in SHOWN])
    yield text(LEFT + WIDTH + 12, top + 20 * len(SHOWN) + 11, "dotted: in proportion to its size")


def _others(growth, top):
    """As a share of each series' first point: flat where it does not matter how much there is."""
    lines = {name: [(label, point["cpu_us"]) for label, point in points.items()] for name, points in growth.items()}
    shares = {name: [(label, cpu / points[0][1]) for label, cpu in points] for name, points in lines.items()}
    most = max(2.0, max(share for points in shares.values() for _, share in points))
    step = WIDTH / max(map(len, lines.values()))
    bottom = top + HEIGHT
    y = lambda share: bottom - HEIGHT * share / most
    yield text(LEFT, top - 20, "CPU time per request of 1 KiB, as a share of what it is with the least", size=14)
    yield from marks(LEFT, LEFT + WIDTH, [(y(half / 2), f"{half / 2:.1f}") for half in range(int(most * 2) + 1)])
    colors = dict(zip(shares, COLORS[5:], strict=False))
    for nth, (name, points) in enumerate(shares.items()):
        places = [(LEFT + step * (at + 0.5), y(share)) for at, (_, share) in enumerate(points)]
        yield from curve(places, colors[name])
        for (x, _), (label, _) in zip(places, points):
            yield text(x, bottom + 18 + 20 * nth, label, anchor="middle")
    yield from legend(LEFT + WIDTH + 12, bottom + 8, colors.items())
