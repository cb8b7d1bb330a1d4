"""What the charts have in common: paper that follows the reader's theme, colours that show on either, and marks at a side."""

from html import escape

#: One for each kind of gateway, in order. Each stands out by at least 3 to 1 from white and from the dark paper.
COLORS = ["#80868b", "#2195d1", "#9f7928", "#12857b", "#487927", "#0865e7", "#e44814", "#ae51f4", "#f35171", "#c634ae"]
STYLE = (
    "<style>.paper{fill:#fff}text{fill:#202124}.line{stroke:#dadce0}"
    "@media(prefers-color-scheme:dark){.paper{fill:#202124}text{fill:#e8eaed}.line{stroke:#5f6368}}</style>"
)


def page(width, height, parts):
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" font-family="sans-serif" font-size="12">',
        STYLE, f'<rect class="paper" width="{width:.0f}" height="{height:.0f}"/>', *parts, "</svg>",
    ]) + "\n"


def text(x, y, words, *, anchor="start", size=None):
    larger = f' font-size="{size}"' if size else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{larger}>{escape(words)}</text>'


def marks(left, right, places):
    """A line across for each place, which is a height and what it stands for."""
    for y, words in places:
        yield f'<line class="line" x1="{left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield text(left - 8, y + 4, words, anchor="end")


def legend(x, y, names):
    """What each colour is."""
    for row, (name, color) in enumerate(names):
        yield f'<rect x="{x}" y="{y + 20 * row}" width="12" height="12" fill="{color}"/>'
        yield text(x + 18, y + 20 * row + 11, name)


def curve(places, color):
    """A line through these places, and a dot at each."""
    yield f'<polyline fill="none" stroke="{color}" stroke-width="2" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in places)}"/>'
    for x, y in places:
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}"/>'
