"""Charts as figures to be drawn in SVG by a template: lines over years, with the breaks of form and the missing years.

Guarantees: no line runs over a missing year or from one form to another; every point says its figure and how far to trust it, in
words and by its sign. Nothing here is only in the picture: the page has a table of the same figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 340, 170
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 12, 14, 26
_TICKS = (1, 2, 5)
_MOST_YEARS = 8
"""As many years are named under a chart before every second one is."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a series: `group` tells figures apart that no line may join (forms, scopes)."""

    year: int
    value: float
    text: str
    level: str
    group: str
    path: str


@dataclass(frozen=True, slots=True)
class Point:
    """A figure at its place in the picture."""

    x: float
    y: float
    figure: Figure


@dataclass(frozen=True, slots=True)
class LineChart:
    """A chart: lines as SVG points, marked points, breaks (x, year), holes (x, width, year), ticks (place, text)."""

    lines: tuple[str, ...]
    points: tuple[Point, ...]
    breaks: tuple[tuple[float, int], ...]
    holes: tuple[tuple[float, float, int], ...]
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]


def line_chart(years: Sequence[int], figures: Sequence[Figure], holes: Sequence[int]) -> LineChart | None:
    """Place the figures of a series over `years`; `holes` are the years without a report. None where there is no figure."""
    if not figures:
        return None
    step = (WIDTH - _LEFT - _RIGHT) / max(1, len(years))
    middle = {year: _LEFT + step * (n + 0.5) for n, year in enumerate(years)}
    low, high = min(0.0, *(f.value for f in figures)), max(1.0, *(f.value for f in figures))
    tick = _tick(high - low)
    bottom, top = (low // tick) * tick, -(-high // tick) * tick
    scale = (HEIGHT - _TOP - _BOTTOM) / (top - bottom)
    points = tuple(
        Point(round(middle[f.year], 1), round(HEIGHT - _BOTTOM - (f.value - bottom) * scale, 1), f) for f in figures
    )
    lines: list[list[Point]] = []
    breaks = []
    for n, point in enumerate(points):
        before = points[n - 1] if n else None
        joined = before is not None and point.figure.year == before.figure.year + 1
        if joined and before is not None and before.figure.group == point.figure.group:
            lines[-1].append(point)
            continue
        lines.append([point])
        if before is not None and before.figure.group != point.figure.group:
            breaks.append((round(point.x - step / 2, 1), point.figure.year))
    every = 1 if len(years) <= _MOST_YEARS else 2
    ticks = [bottom + tick * n for n in range(round((top - bottom) / tick) + 1)]
    return LineChart(
        tuple(" ".join(f"{p.x},{p.y}" for p in line) for line in lines if len(line) > 1),
        points,
        tuple(breaks),
        tuple((round(middle[y] - step / 2, 1), round(step, 1), y) for y in holes if y in middle),
        tuple((round(middle[y], 1), str(y)) for n, y in enumerate(years) if n % every == 0),
        tuple((round(HEIGHT - _BOTTOM - (t - bottom) * scale, 1), f"{t:,.0f}") for t in ticks),
    )


def _tick(span: float) -> float:
    """Return the distance between ticks: 1, 2 or 5 times a power of ten, at most five of them."""
    power = 1.0
    while True:
        for size in _TICKS:
            if span / (size * power) <= 5:
                return size * power
        power *= 10


def shade(share: float) -> int:
    """Return the class of a share, 0 (nothing) to 4 (all)."""
    if share <= 0:
        return 0
    return 4 if share >= 1 else 1 + min(2, int(share * 3))
