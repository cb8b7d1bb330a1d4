"""The charts: throughput as a share of bare Envoy's, a group of bars for each load; and growth, a line for each series."""

from html import escape

from loads import LOADS

COLORS = ["#9aa0a6", "#bdc1c6", "#e8b04b", "#1a73e8", "#174ea6", "#188038", "#8430ce"]
BAR, GAP, LEFT, HEIGHT, TOP = 16, 28, 52, 260, 40


def svg(figures, bare="Envoy"):
    loads = [load for load in LOADS if load in figures[bare]]
    names = list(figures)
    group = BAR * len(names) + GAP
    width, bottom = LEFT + group * len(loads) + 220, TOP + HEIGHT
    top = 1.1
    y = lambda share: bottom - HEIGHT * share / top
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{bottom + 40}" font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{bottom + 40}" fill="white"/>',
        f'<text x="{LEFT}" y="20" font-size="14">Requests per second, as a share of bare Envoy\'s</text>',
    ]
    for tenth in range(0, 11, 2):
        share = tenth / 10
        parts.append(f'<line x1="{LEFT}" x2="{LEFT + group * len(loads)}" y1="{y(share):.1f}" y2="{y(share):.1f}" stroke="#dadce0"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y(share) + 4:.1f}" text-anchor="end">{share:.1f}</text>')
    for nth, load in enumerate(loads):
        start = LEFT + GAP / 2 + nth * group
        for row, name in enumerate(names):
            share = figures[name][load]["per_second"] / figures[bare][load]["per_second"]
            tall = bottom - y(min(share, top))
            x = start + row * BAR
            parts.append(
                f'<rect x="{x:.1f}" y="{bottom - tall:.1f}" width="{BAR - 2}" height="{tall:.1f}" fill="{COLORS[row % len(COLORS)]}">'
                f"<title>{escape(name)}, {escape(load)}: {share:.2f}</title></rect>"
            )
        parts.append(f'<text x="{start + BAR * len(names) / 2:.1f}" y="{bottom + 18}" text-anchor="middle">{escape(load)}</text>')
    for row, name in enumerate(names):
        x, at = LEFT + group * len(loads) + 12, TOP + 20 * row
        parts.append(f'<rect x="{x}" y="{at}" width="12" height="12" fill="{COLORS[row % len(COLORS)]}"/>')
        parts.append(f'<text x="{x + 18}" y="{at + 11}">{escape(name)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def growth(series):
    """CPU time per request as a share of each series' first point: flat where it does not matter how much there is."""
    lines = {name: [(label, point["cpu_us"]) for label, point in points.items()] for name, points in series.items()}
    step, top = 110, 2.0
    longest = max(map(len, lines.values()))
    width, bottom = LEFT + step * longest + 200, TOP + HEIGHT
    y = lambda share: bottom - HEIGHT * min(share, top) / top
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{bottom + 20}" font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{bottom + 20}" fill="white"/>',
        f'<text x="{LEFT}" y="20" font-size="14">CPU time per request, as a share of what it is with the least</text>',
    ]
    for share in (0, 0.5, 1, 1.5, 2):
        parts.append(f'<line x1="{LEFT}" x2="{LEFT + step * longest}" y1="{y(share):.1f}" y2="{y(share):.1f}" stroke="#dadce0"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y(share) + 4:.1f}" text-anchor="end">{share:.1f}</text>')
    for nth, (name, points) in enumerate(lines.items()):
        color = COLORS[-1 - nth % len(COLORS)]
        places = [(LEFT + 20 + step * at, y(cpu / points[0][1]), label) for at, (label, cpu) in enumerate(points)]
        parts.append(f'<polyline fill="none" stroke="{color}" stroke-width="2" points="{" ".join(f"{x},{at:.1f}" for x, at, _ in places)}"/>')
        parts += [f'<text x="{x}" y="{bottom - 8 - 14 * nth}" fill="{color}" text-anchor="middle">{escape(label)}</text>' for x, _, label in places]
        parts.append(f'<text x="{LEFT + step * longest + 8}" y="{bottom - 8 - 14 * nth}" fill="{color}">{escape(name)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"
