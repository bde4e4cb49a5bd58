"""What does the model give when some drivers are as planned and some as they came?"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.queueing import erlang

__all__ = ["DRIVERS", "counts", "shapley"]

Floats = NDArray[np.float64]
DRIVERS = ("volume", "aht_s", "roster", "heads", "shrinkage", "adherence", "cost_per_hour")
_LOAD = ("volume", "aht_s")
# Real-valued agents this close to a whole number are that number.
_CLOSE = 1e-9


def shapley(game: Floats) -> Floats:
    """Return each player's Shapley value; they add up to game[-1] - game[0].

    Parameters
    ----------
    game : float64 array, shape (2 ** players, ...)
        Worth of every set of players; row number = sum of 2 ** i over its members i.

    Returns
    -------
    float64 array, shape (players, ...)

    Notes
    -----
    Shapley (1953), "A value for n-person games".

    Examples
    --------
    >>> shapley(np.array([0.0, 1.0, 2.0, 5.0])).tolist()
    [2.0, 3.0]
    """
    players = len(game).bit_length() - 1
    sets = np.arange(len(game))
    size = np.array([int(number).bit_count() for number in sets])
    parts = np.zeros((players, *game.shape[1:]))
    for i in range(players):
        without = sets[(sets >> i) & 1 == 0]
        weight = [
            math.factorial(s) * math.factorial(players - 1 - s) / math.factorial(players)
            for s in size[without].tolist()
        ]
        gain = game[without | (1 << i)] - game[without]
        parts[i] = np.tensordot(np.array(weight), gain, axes=1)
    return parts


def counts(table: pd.DataFrame, drivers: tuple[str, ...], of: str) -> tuple[Floats, Floats]:
    """Return numerator and denominator of `of` for every set of drivers and interval.

    Parameters
    ----------
    table : DataFrame
        Of `wfm.variance_tables.matched`.
    drivers : tuple of str
    of : str
        A member of `wfm.variance.MEASURES`.

    Returns
    -------
    above, below : float64 array, shape (2 ** drivers, intervals)
    """
    sets = 1 << len(drivers)
    above, below = np.zeros((sets, len(table))), np.zeros((sets, len(table)))
    money = np.zeros_like(above)
    if of != "service_level":
        hours = table["interval_s"].to_numpy(float) / 3600
        for number in range(sets):
            state = _state(table, drivers, number)
            money[number] = state["heads"] * state["cost_per_hour"] * hours
        if of == "cost":
            return money, np.ones_like(money)
    # Sets that agree in volume and AHT go through the queueing model together.
    alike: dict[tuple[bool, ...], list[int]] = {}
    for number in range(sets):
        key = tuple(bool(number >> drivers.index(name) & 1) for name in _LOAD)
        alike.setdefault(key, []).append(number)
    for numbers in alike.values():
        states = [_state(table, drivers, number) for number in numbers]
        seated = np.array(
            [s["heads"] * (1 - s["shrinkage"]) * s["adherence"] for s in states], np.float64
        )
        volume, aht_s = states[0]["volume"], states[0]["aht_s"]
        top, bottom, answered = _served(table, volume, aht_s, seated)
        above[numbers], below[numbers] = top * volume, bottom * volume
        if of == "cost_per_contact":
            above[numbers], below[numbers] = money[numbers], answered * volume
    return above, below


def _state(table: pd.DataFrame, drivers: tuple[str, ...], number: int) -> dict[str, Floats]:
    """Return the drivers' values with those in the set at actual values."""
    state = {}
    for i, name in enumerate(drivers):
        state[name] = table[name if number >> i & 1 else f"{name}_plan"].to_numpy(np.float64)
    if "roster" in state:
        changed = state["heads"] - table["heads_plan"].to_numpy(np.float64)
        state["heads"] = np.maximum(state["roster"] + changed, 0.0)
    return state


def _served(
    table: pd.DataFrame, volume: Floats, aht_s: Floats, seated: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return shares of one offered contact, shape of `seated`: served in time, counted, answered.

    Straight lines between whole agents; each (interval, whole agents) is computed once.
    """
    whole = np.floor(seated + _CLOSE)
    rest = np.where(np.abs(seated - whole) <= _CLOSE, 0.0, seated - whole)
    low, high = whole.astype(np.int64), whole.astype(np.int64) + (rest > 0)
    base = int(high.max(initial=0)) + 1
    row = np.arange(len(table))[None, :]
    nodes, back = np.unique(np.stack([row * base + low, row * base + high]), return_inverse=True)
    shares = _at(table, volume, aht_s, nodes // base, nodes % base)[:, back.reshape(2, *low.shape)]
    top, bottom, answered = shares[:, 0] * (1 - rest) + shares[:, 1] * rest
    load = volume * aht_s / table["interval_s"].to_numpy(float)
    # Where nobody leaves, agents up to the load serve nobody in time.
    endless = np.isinf(table["patience_s"].to_numpy(float)) & np.isinf(
        table["lines"].to_numpy(float)
    )
    drowned = endless & (seated * table["concurrency"].to_numpy(float) <= load)
    return np.where(drowned, 0.0, top), bottom, answered


def _at(
    table: pd.DataFrame, volume: Floats, aht_s: Floats, rows: NDArray[np.int64],
    agents: NDArray[np.int64],
) -> Floats:  # fmt: skip
    """Return the three shares of each (interval, whole agents), shape (3, nodes)."""
    out = np.zeros((3, len(rows)))
    out[1] = 1.0
    some = volume[rows] > 0
    rows, agents = rows[some], agents[some]
    column = {name: table[name].to_numpy(float)[rows] for name in (
        "interval_s", "patience_s", "lines", "concurrency", "awt_s", "short_s")}  # fmt: skip
    got = erlang.performance(
        volume[rows], aht_s[rows], np.minimum(agents * column["concurrency"], column["lines"]),
        interval_s=column["interval_s"], patience_s=column["patience_s"], lines=column["lines"],
        awt_s=column["awt_s"], short_s=column["short_s"],
    )  # fmt: skip
    rule = table["rule"].to_numpy(str)[rows]
    level, counted = np.zeros(len(rows)), np.ones(len(rows))
    for name in np.unique(rule):
        here = rule == name
        level[here] = got.p_answered_within(name)[here]
        if name == "SL2":
            counted[here] = got.p_answered[here]
        elif name == "SL4":
            counted[here] = (got.p_answered_in_awt + got.p_later + got.p_block)[here]
        elif name == "SL6":
            counted[here] = (got.p_answered_short + got.p_later_short + got.p_block)[here]
    out[:, some] = level * counted, counted, 1.0 - got.p_abandon - got.p_block
    return out
