"""The chart of throughput as a share of bare Envoy's: a group of bars for each load."""

from html import escape

from drawing import COLORS, legend, marks, page, text
from loads import LOADS
from targets import BARE

BAR, GAP, LEFT, HEIGHT, TOP = 16, 28, 52, 260, 40
#: The highest share for which there is room.
MOST = 1.1


def svg(figures):
    loads = [load for load in LOADS if load in figures[BARE]]
    colors = dict(zip(figures, COLORS, strict=True))
    group = BAR * len(colors) + GAP
    right, bottom = LEFT + group * len(loads), TOP + HEIGHT
    y = lambda share: bottom - HEIGHT * min(share, MOST) / MOST
    parts = [
        text(LEFT, 20, "Requests per second, as a share of bare Envoy's", size=14),
        *marks(LEFT, right, [(y(tenth / 10), f"{tenth / 10:.1f}") for tenth in range(0, 11, 2)]),
        *legend(right + 12, TOP, colors.items()),
    ]
    for nth, load in enumerate(loads):
        start = LEFT + GAP / 2 + nth * group
        for row, (name, color) in enumerate(colors.items()):
            share = figures[name][load]["per_second"] / figures[BARE][load]["per_second"]
            parts.append(
                f'<rect x="{start + row * BAR:.1f}" y="{y(share):.1f}" width="{BAR - 2}" height="{bottom - y(share):.1f}" fill="{color}">'
                f"<title>{escape(name)}, {escape(load)}: {share:.2f}</title></rect>"
            )
        parts.append(text(start + BAR * len(colors) / 2, bottom + 18, load, anchor="middle"))
    return page(right + 240, bottom + 40, parts)
