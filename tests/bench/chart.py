"""The rows that stand beside another program, as bars: how many times as fast, on a scale of logarithms."""

from __future__ import annotations

import math
import re
from html import escape
from typing import Iterator, List

from rows import Row

LINE, LEFT, WIDTH, RIGHT = 22, 540, 360, 150


def svg(rows: List[Row]) -> Iterator[str]:
    """A picture of all rows whose figure is a number of times, each group below its name, lines of SVG."""
    shown = [row for row in rows if row.unit == "× faster" and row.value]
    most = max((row.value or 1.0 for row in shown), default=1.0)
    scale = WIDTH / math.log10(max(most, 10.0))
    height = LINE * (len(shown) + len({row.group for row in shown}) + 2)
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + RIGHT} {height}" font-family="sans-serif" font-size="12">'
    yield "<title>How many times as fast as other clients</title>"
    yield f'<rect width="100%" height="{height}" fill="#fff"/>'
    for power in range(int(math.log10(max(most, 10.0))) + 1):
        x = LEFT + power * scale
        yield f'<line x1="{x:.0f}" x2="{x:.0f}" y1="{LINE}" y2="{height - LINE}" stroke="#ddd"/><text x="{x:.0f}" y="{LINE - 6}" text-anchor="middle" fill="#666">{10**power} ×</text>'
    y, group = 0, ""
    for row in shown:
        if row.group != group:
            y, group = y + LINE, row.group
            yield f'<text x="{LEFT - 8}" y="{y + 15}" text-anchor="end" font-weight="bold">{escape(group)}</text>'
        y, value = y + LINE, row.value or 1.0
        long = math.log10(value) * scale
        colour = {"met": "#2a7", "MISSED": "#c73"}.get(row.verdict, "#58a")
        # What the other takes is in the table.
        beside = re.sub(r" [\d.]+ [µm]?s$", "", row.against)
        yield f'<text x="{LEFT - 8}" y="{y + 15}" text-anchor="end">{escape(f"{row.what}, beside {beside}")}</text>'
        yield f'<rect x="{LEFT + min(long, 0):.1f}" y="{y + 4}" width="{max(abs(long), 1):.1f}" height="{LINE - 8}" fill="{colour}"/>'
        yield f'<text x="{LEFT + max(long, 0) + 6:.1f}" y="{y + 15}">{value:.3g}{" of " + row.budget if row.budget else ""}</text>'
    yield "</svg>"
