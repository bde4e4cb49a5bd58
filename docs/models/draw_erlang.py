"""Draw the plots of the Erlang pages: `python docs/models/draw_erlang.py` writes them beside it."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from draw import chart

from wfm.queueing import erlang


def erlang_b_c() -> None:
    """Share lost (B), share waiting (C) and share in time (C) of ten erlangs."""
    agents = [n / 4 for n in range(41, 81)]
    got = erlang.performance(100, 180, agents)
    lines = {
        "waits (C)": (agents, [float(p) for p in got.p_wait]),
        "in 20 s (C)": (agents, [float(p) for p in got.p_answered_within("SL4")]),
        "lost (B)": (agents, [float(p) for p in erlang.erlang_b(10, agents)]),
    }
    chart("erlang-b-c", lines, x="agents on seat, load 10", y="share of contacts",
          x_ends=(10, 20), y_ends=(0, 1))  # fmt: skip


def erlang_a() -> None:
    """Share in time by agents for four mean patiences."""
    agents = [n / 4 for n in range(160, 241)]
    lines = {}
    for patience_s, label in (
        (60, "patience 60 s"), (300, "300 s"), (3600, "3600 s"), (float("inf"), "nobody leaves"),
    ):  # fmt: skip
        got = erlang.performance(48, 60, agents, interval_s=60, patience_s=patience_s)
        lines[label] = (agents, [float(p) for p in got.p_answered_within("SL3")])
    chart("erlang-a", lines, x="agents on seat, load 48", y="answered within 20 s",
          x_ends=(40, 60), y_ends=(0, 1))  # fmt: skip


def finite_lines() -> None:
    """Share blocked, and share answered in time, by lines."""
    every = list(range(14, 41))
    lines = {}
    for agents in (10, 12, 14):
        got = erlang.performance(100, 180, agents, lines=every)
        lines[f"{agents} agents"] = (
            [float(k) for k in every], [float(p) for p in got.p_answered_within("SL3")]
        )  # fmt: skip
    got = erlang.performance(100, 180, 10, lines=every)
    lines["blocked, 10 ag."] = ([float(k) for k in every], [float(p) for p in got.p_block])
    chart("finite-lines", lines, x="lines, load 10", y="answered within 20 s; blocked",
          x_ends=(14, 40), y_ends=(0, 1), steps=2)  # fmt: skip


if __name__ == "__main__":
    for draw in (erlang_b_c, erlang_a, finite_lines):
        draw()
