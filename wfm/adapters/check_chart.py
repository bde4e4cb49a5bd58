"""How are the weeks of a cycle drawn as SVG, to be read in colour or on paper?"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape

from wfm.pdca.report import Curve

__all__ = ["figure"]

Scale = Callable[[float], float]
_WIDE, _HIGH, _LEFT, _RIGHT, _TOP, _BOTTOM = 760, 250, 62, 96, 16, 34
_TICKS = 4


def figure(curve: Curve, target: float | None) -> str:
    """Return a figure: weekly values, control limits of the time before, window, target.

    Parameters
    ----------
    curve : Curve
    target : float or None
        Drawn as a line.
    """
    levels = [v for v in (*curve.values, *curve.comparison, curve.lower, curve.upper, target)
              if v is not None]  # fmt: skip
    if not levels or len(curve.starts) < 2:
        return f"<p>{escape(curve.key)}: too few weeks to draw.</p>"
    low, high = min(levels), max(levels)
    pad = (high - low) * 0.06 or abs(high) * 0.05 or 1.0
    low, high = low - pad, high + pad

    def x(week: float) -> float:
        return _LEFT + (_WIDE - _LEFT - _RIGHT) * week / (len(curve.starts) - 1)

    def y(value: float) -> float:
        return _TOP + (_HIGH - _TOP - _BOTTOM) * (high - value) / (high - low)

    first = sum(start < curve.begins for start in curve.starts)
    last = min(first + curve.window, len(curve.starts)) - 1
    parts = [_axis(curve, x=x, y=y, low=low, high=high)]
    if last >= first:
        parts.append(
            f'<rect x="{x(first - 0.5):.1f}" y="{_TOP}" width="{x(last + 0.5) - x(first - 0.5):.1f}'
            f'" height="{_HIGH - _TOP - _BOTTOM}" fill="#e8edf3"/>'
            f'<text x="{x(first - 0.4):.1f}" y="{_TOP + 12}" class="t">window judged</text>'
        )
    lines = (("limit", curve.upper, "4 4"), ("mean before", curve.centre, "1 3"),
             ("limit", curve.lower, "4 4"), ("target", target, "9 4"))  # fmt: skip
    taken: list[float] = []
    for name, level, dash in lines:
        if level is None:
            continue
        colour = "#b3541e" if name == "target" else "#7b8794"
        parts.append(
            f'<line x1="{_LEFT}" x2="{_WIDE - _RIGHT}" y1="{y(level):.1f}" y2="{y(level):.1f}" '
            f'stroke="{colour}" stroke-dasharray="{dash}"/>'
        )
        if all(abs(y(level) - other) > 11 for other in taken):
            taken.append(y(level))
            parts.append(
                f'<text x="{_WIDE - _RIGHT + 5}" y="{y(level) + 4:.1f}" class="t">{name}</text>'
            )
    if curve.comparison:
        parts.append(_line(curve.comparison, "#7b8794", x=x, y=y, dash="5 3", dots=False))
    parts.append(_line(curve.values, "#1f4e79", x=x, y=y, dash="", dots=True))
    other = ", dashed: comparison group" if curve.comparison else ""
    return (
        f'<figure><svg viewBox="0 0 {_WIDE} {_HIGH}" role="img" aria-label="{escape(curve.key)} by '
        f'week"><style>.t{{font:11px system-ui,sans-serif;fill:#5a6470}}</style>{"".join(parts)}'
        f"</svg><figcaption>{escape(curve.key)} by week; change from {curve.begins}{other}."
        "</figcaption></figure>"
    )


def _axis(curve: Curve, *, x: Scale, y: Scale, low: float, high: float) -> str:
    size = (high - low) / _TICKS
    power = 10.0 ** math.floor(math.log10(size))
    step_of = next(f * power for f in (1, 2, 5, 10) if f * power >= size)
    ticks = range(math.ceil(low / step_of), math.floor(high / step_of) + 1)
    marks = [
        f'<text x="{_LEFT - 6}" y="{y(tick * step_of) + 4:.1f}" text-anchor="end" class="t">'
        f"{tick * step_of:.6g}</text>"
        for tick in ticks
    ]
    step = max(1, len(curve.starts) // 6)
    days = [
        f'<text x="{x(week):.1f}" y="{_HIGH - 12}" text-anchor="middle" class="t">'
        f"{curve.starts[week]:%d %b %y}</text>"
        for week in range(0, len(curve.starts), step)
    ]
    return "".join((*marks, *days))


def _line(
    values: Sequence[float | None], colour: str, *, x: Scale, y: Scale, dash: str, dots: bool
) -> str:
    """Return the values as lines that break where a week is missing."""
    runs: list[list[str]] = [[]]
    marks = []
    for week, value in enumerate(values):
        if value is None:
            runs.append([])
            continue
        runs[-1].append(f"{x(week):.1f},{y(value):.1f}")
        if dots:
            place = f'cx="{x(week):.1f}" cy="{y(value):.1f}"'
            marks.append(f'<circle {place} r="2.6" fill="{colour}"/>')
    lines = [
        f'<polyline points="{" ".join(run)}" fill="none" stroke="{colour}" stroke-width="1.6" '
        f'stroke-dasharray="{dash}"/>'
        for run in runs
        if len(run) > 1
    ]
    return "".join((*lines, *marks))
