"""Draw the plots of these pages: `python docs/models/draw.py` writes one SVG a model beside it.

Standard library for the drawing, wfm for the numbers.
"""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).resolve().parent
WIDTH, HEIGHT = 560, 300
LEFT, RIGHT, TOP, BOTTOM = 56, 150, 16, 44
INKS = ("#1b6ca8", "#c8553d", "#4f772d", "#7b4b94")


def chart(
    name: str,
    lines: dict[str, tuple[list[float], list[float]]],
    *,
    x: str,
    y: str,
    x_ends: tuple[float, float],
    y_ends: tuple[float, float],
    steps: int = 5,
) -> None:
    """Write `name`.svg with one line for each entry: label -> (xs, ys)."""

    def across(value: float) -> float:
        return LEFT + (value - x_ends[0]) / (x_ends[1] - x_ends[0]) * (WIDTH - LEFT - RIGHT)

    def down(value: float) -> float:
        return (
            HEIGHT
            - BOTTOM
            - (value - y_ends[0]) / (y_ends[1] - y_ends[0]) * (HEIGHT - TOP - BOTTOM)
        )

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="12" fill="#333">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
    ]
    for i in range(steps + 1):
        horizontal = x_ends[0] + i / steps * (x_ends[1] - x_ends[0])
        parts.append(
            f'<text x="{across(horizontal):.1f}" y="{HEIGHT - BOTTOM + 18}" '
            f'text-anchor="middle">{horizontal:g}</text>'
        )
    for i in range(6):
        vertical = y_ends[0] + i / 5 * (y_ends[1] - y_ends[0])
        parts += [
            f'<path d="M{LEFT} {down(vertical):.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>',
            f'<text x="{LEFT - 6}" y="{down(vertical) + 4:.1f}" text-anchor="end">'
            f"{vertical:g}</text>",
        ]
    for i, (label, (xs, ys)) in enumerate(lines.items()):
        inside = [(a, b) for a, b in zip(xs, ys, strict=True) if y_ends[0] <= b <= y_ends[1]]
        points = " ".join(f"{across(float(a)):.1f},{down(float(b)):.1f}" for a, b in inside)
        ink, dash = INKS[i % len(INKS)], ("", ' stroke-dasharray="6 3"')[i % 2]
        row = TOP + 16 + 20 * i
        parts += [
            f'<polyline points="{points}" fill="none" stroke="{ink}" stroke-width="2"{dash}/>',
            f'<path d="M{WIDTH - RIGHT + 10} {row}h24" stroke="{ink}" stroke-width="2"{dash}/>',
            f'<text x="{WIDTH - RIGHT + 40}" y="{row + 4}">{label}</text>',
        ]
    parts += [
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 8}" text-anchor="middle">{x}</text>',
        f'<text transform="translate(14 {(HEIGHT - BOTTOM + TOP) / 2}) rotate(-90)" '
        f'text-anchor="middle">{y}</text>',
        "</svg>",
    ]
    (HERE / f"{name}.svg").write_text("\n".join(parts) + "\n", encoding="utf-8")


def uncertain() -> None:
    """Chance to meet 80/20 by agents, for three spreads of the volume."""
    from wfm.queueing import uncertain as model
    from wfm.scenario import Target

    agents = [n / 4 for n in range(40, 81)]
    lines = {}
    for share in (0.05, 0.15, 0.30):
        band = model.GammaVolume(100, 100 * share)
        met = model.p_target_met(agents, band, 180, Target(0.80, awt_s=20))
        lines[f"sd {100 * share:g} contacts"] = (agents, [float(m) for m in met])
    chart("uncertain", lines, x="agents on seat (100 contacts expected)", y="P(target met)",
          x_ends=(10, 20), y_ends=(0, 1))  # fmt: skip


def patience() -> None:
    """Share still waiting by time waited: three forms of patience with one mean, 120 s."""
    import math

    waited = [2.0 * i for i in range(151)]
    lines = {}
    for form, label in ((1.0, "exponential"), (0.6, "rate falls"), (2.0, "rate rises")):
        scale = 120 / math.gamma(1 + 1 / form)
        lines[label] = (waited, [math.exp(-((t / scale) ** form)) for t in waited])
    chart("patience", lines, x="seconds waited", y="share who would still wait",
          x_ends=(0, 300), y_ends=(0, 1))  # fmt: skip


def tiers() -> None:
    """Share in time by agents of two tiers and of one queue without tiers."""
    from wfm.queueing import erlang
    from wfm.queueing import tiers as model

    agents = [n / 4 for n in range(42, 73)]
    got = [model.performance([60, 40], 180, n).p_answered_within for n in agents]
    pooled = erlang.performance(100, 180, agents).p_answered_within("SL4")
    lines = {
        "A, 60 contacts": (agents, [float(p[0]) for p in got]),
        "all, no tiers": (agents, [float(p) for p in pooled]),
        "B, 40 contacts": (agents, [float(p[1]) for p in got]),
    }
    chart("tiers", lines, x="agents on seat", y="answered within 20 s",
          x_ends=(10, 18), y_ends=(0, 1), steps=4)  # fmt: skip


def economics() -> None:
    """Cost of an hour by agents, for three prices of an hour of waiting."""
    from wfm.queueing import economics as model

    agents = [n / 4 for n in range(42, 81)]
    lines = {}
    for price in (20, 60, 200):
        cost = model.cost_per_hour(100, 180, agents, agent_cost_h=30, wait_cost_h=price)
        lines[f"waiting at {price}/h"] = (agents, [float(c) for c in cost])
    chart("economics", lines, x="agents on seat, 30 an hour each", y="cost of an hour",
          x_ends=(10, 20), y_ends=(300, 800))  # fmt: skip


def timevarying() -> None:
    """Share in time by interval when contacts of half an hour come in waves."""
    import math

    from wfm.queueing import erlang, transient
    from wfm.queueing import timevarying as model
    from wfm.scenario import Target

    target = Target(0.80, awt_s=20, rule="SL3")
    volume = [60 + 40 * math.sin(i * 2 * math.pi / 16) for i in range(24)]
    lagged = model.lagged_volume(volume, 1800)
    staff = {
        "offered load": model.fewest_agents(volume, 1800, target),
        "lag-SIPP": [max(int(n), 1) for n in erlang.fewest_agents(lagged, 1800, target)],
        "each by itself": erlang.fewest_agents(volume, 1800, target),
    }
    lines = {}
    for label, agents in staff.items():
        day = transient.exact(volume, 1800, agents)
        lines[label] = ([i / 2 for i in range(24)], [float(p) for p in day.p_answered_in_awt])
    chart("timevarying", lines, x="hour of the day", y="answered within 20 s (exact)",
          x_ends=(0, 12), y_ends=(0, 1), steps=6)  # fmt: skip


def retrials() -> None:
    """Share abandoned of each attempt by agents, with and without repeats."""
    from wfm.queueing import retrials as model

    agents = [n / 2 for n in range(72, 113)]
    lines = {}
    for share in (0.0, 0.5, 0.9):
        got = model.fixed_point(48, 60, agents, p_retry=share, interval_s=60, patience_s=120)
        lost = [float(p) for p in got.figures.p_abandon]
        lines[f"{100 * share:g} % try again"] = (agents, lost)
    chart("retrials", lines, x="agents on seat (load 48)", y="share abandoned",
          x_ends=(36, 56), y_ends=(0, 0.5))  # fmt: skip


def outbound() -> None:
    """Inbound service level and outbound contacts by the reserve of idle agents."""
    from wfm.queueing import blending as model

    reserve = list(range(9))
    lines = {}
    for agents in (14, 16, 18):
        got = model.blend(100, 180, agents, reserve=reserve)
        lines[f"{agents} agents"] = (
            [float(o) for o in got.outbound_h], [float(p) for p in got.p_answered_within]
        )  # fmt: skip
    chart("outbound", lines, x="outbound contacts an hour (reserve 0 at the right end)",
          y="inbound answered in 20 s", x_ends=(0, 200), y_ends=(0, 1))  # fmt: skip


def callback() -> None:
    """Service level over a morning with a peak, with and without the offer."""
    from wfm.queueing import callback as model

    volume = [70, 90, 120, 125, 95, 70, 60, 55]
    lines = {}
    for share in (0.0, 0.5, 1.0):
        day = model.plan(
            volume, 180, [12] * 8, threshold_s=60, p_accept=share, delay=[0, 0, 0.5, 0.5],
            patience_s=300,
        )  # fmt: skip
        met = [float(p) for p in day.p_answered_in_awt]
        lines[f"{100 * share:g} % accept"] = ([i / 2 for i in range(8)], met)
    chart("callback", lines, x="hours since opening", y="answered within 20 s",
          x_ends=(0, 4), y_ends=(0, 1), steps=4)  # fmt: skip


def chat() -> None:
    """Share in time by agents, with the longest duration and with that of the moment."""
    from wfm.queueing import channels, concurrency

    agents = list(range(7, 16))
    hour = {"interval_s": 3600, "awt_s": 30}
    places = channels.chat_performance(120, 780, agents, concurrency=3, **hour)
    pace = [concurrency.performance(120, [480, 620, 780], n, **hour) for n in agents]
    lines = {
        "pace varies": (agents, [p.p_answered_within for p in pace]),
        "places": (agents, [float(p) for p in places.p_answered_within("SL4")]),
    }
    chart("chat", lines, x="agents on seat", y="answered within 30 s",
          x_ends=(7, 15), y_ends=(0, 1), steps=4)  # fmt: skip


def deferrable() -> None:
    """Smoothest agents by hour for three deadlines."""
    from wfm.queueing import channels

    mail = [40, 60, 20, 10, 0, 0]
    edges = [h for hour in range(6) for h in (hour, hour + 1)]
    lines = {}
    for deadline in (1, 2, 4):
        each = channels.deferrable_profile(mail, 300, deadline * 3600, interval_s=3600)
        steps = [float(a) for a in each for _ in range(2)]
        lines[f"due in {deadline} h"] = (edges, steps)
    chart("deferrable", lines, x="hour", y="agents", x_ends=(0, 6), y_ends=(0, 5), steps=6)


if __name__ == "__main__":
    for draw in (
        uncertain, patience, tiers, economics, timevarying, retrials, outbound, callback, chat,
        deferrable,
    ):  # fmt: skip
        draw()
