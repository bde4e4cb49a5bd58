"""What do the forecasts look like beside what came?

    python -m benchmarks.forecasting.draw FOLDER [SET ...]

Writes one SVG a set: the end of the history, then the forecast from the middle one of nine origins
with its 80 % and 95 % bands, and what came. Whole days show eight weeks and 28 days ahead, finer
intervals one week and one week ahead.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from benchmarks.forecasting.replays import replays
from benchmarks.forecasting.run import calendar
from benchmarks.forecasting.sets import Set, load
from forecasts import clock, models
from forecasts import quantiles as bands
from forecasts.coverage import actuals

WIDTH, HEIGHT = 900, 280
LEFT, RIGHT, TOP, BOTTOM = 56, 12, 30, 34
ORIGINS, MIDDLE = 9, 4


def picture(given: Set) -> str:
    """Return the plot of a set as SVG."""
    replay = replays(given, ORIGINS)[MIDDLE]
    future = replay.future
    made = models.named("auto").predict(replay.before, replay.coverage, future,
                                        calendar(given, replay))  # fmt: skip
    band = bands.quantiles(made.volume, made.dispersion, tail=bands.HEAVY_TAIL)
    back, ahead = (56, 28) if given.daily else (7, 7)
    steps = given.steps_a_day
    shown = future.days <= replay.before.days[-1] + ahead
    past = actuals(replay.before, replay.coverage)[-back:].ravel()
    time = future.days - replay.before.days[-1] + future.of_day / steps
    before = np.arange(len(past)) / steps - len(past) / steps + 1
    top = 1.08 * np.nanmax([np.nanmax(past), np.nanmax(replay.actual[shown]), band[shown].max()])

    def across(x: float) -> float:
        return LEFT + (x + back - 1) / (back + ahead) * (WIDTH - LEFT - RIGHT)

    def down(y: float) -> float:
        return HEIGHT - BOTTOM - y / top * (HEIGHT - TOP - BOTTOM)

    def line(xs: np.ndarray, ys: np.ndarray, ink: str, width: float) -> str:
        pen, path = "M", []
        for x, y in zip(xs, ys, strict=True):
            if np.isnan(y):
                pen = "M"
                continue
            path.append(f"{pen}{across(x):.1f} {down(y):.1f}")
            pen = "L"
        return f'<path d="{"".join(path)}" fill="none" stroke="{ink}" stroke-width="{width}"/>'

    def area(low: int, high: int, ink: str) -> str:
        xs = time[shown]
        there = [
            f"{across(x):.1f},{down(y):.1f}" for x, y in zip(xs, band[shown, high], strict=True)
        ]
        back_again = [f"{across(x):.1f},{down(y):.1f}"
                      for x, y in zip(xs[::-1], band[shown, low][::-1], strict=True)]  # fmt: skip
        return f'<polygon points="{" ".join(there + back_again)}" fill="{ink}"/>'

    first = clock.dates(replay.before.days[-1:])[0].date()
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        'font-family="sans-serif" font-size="12" fill="#333">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{LEFT}" y="18">{given.name}, forecast on {first}</text>',
    ]
    for share in (0, 0.25, 0.5, 0.75, 1):
        value = share * top / 1.08
        parts += [f'<path d="M{LEFT} {down(value):.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>',
                  f'<text x="{LEFT - 6}" y="{down(value) + 4:.1f}" text-anchor="end">{value:,.0f}'
                  "</text>"]  # fmt: skip
    for day in range(-back + 7, ahead + 1, 7 if given.daily else 1):
        parts.append(f'<text x="{across(day):.1f}" y="{HEIGHT - 16}" text-anchor="middle">{day:+d}'
                     "</text>")  # fmt: skip
    parts += [
        area(0, 4, "#d6e6f2"), area(1, 3, "#a9cbe4"),
        line(before, past, "#444", 1.3), line(time[shown], replay.actual[shown], "#444", 1.3),
        line(time[shown], made.volume[shown], "#1b6ca8", 2.0),
        f'<path d="M{across(0.5 if given.daily else 1):.1f} {TOP}V{HEIGHT - BOTTOM}" '
        'stroke="#c8553d" stroke-dasharray="4 3"/>',
        f'<text x="{WIDTH - RIGHT}" y="18" text-anchor="end" font-size="11">black: what came; '
        "blue: forecast, 80 % and 95 % bands; days ahead</text>", "</svg>",
    ]  # fmt: skip
    return "\n".join(parts) + "\n"


def main() -> None:
    """Write the plots of all sets, or of those named."""
    folder = Path(sys.argv[1])
    for given in load():
        if len(sys.argv) > 2 and given.name not in sys.argv[2:]:
            continue
        (folder / f"{given.name.replace(' ', '_')}.svg").write_text(picture(given), "utf-8")


if __name__ == "__main__":
    main()
