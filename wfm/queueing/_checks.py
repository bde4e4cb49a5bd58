"""Is this argument one number, an amount, a share, agents or a waiting time?

What single arguments of several models must be; a whole queue is checked in `_arguments`.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.errors import BadInput
from wfm.queueing._arguments import numbers, refuse

Floats = NDArray[np.float64]

PERCENT = "was a percent passed?"


def one_number(name: str, value: Floats) -> None:
    """Raise BadInput for an array where one number is meant."""
    if value.ndim:
        raise BadInput(f"{name}: expected one number, got shape {value.shape}")


def amounts(**values: ArrayLike) -> dict[str, Floats]:
    """Return each argument as float64, finite and not negative."""
    named = numbers(**values)
    for name, value in named.items():
        refuse(name, value, (value >= 0) & (value < math.inf), "a finite number >= 0")
    return named


def shares_below_one(**values: ArrayLike) -> dict[str, Floats]:
    """Return each argument as float64, from 0 to below 1."""
    named = numbers(**values)
    for name, value in named.items():
        good = (value >= 0) & (value < 1)
        refuse(name, value, good, f"a fraction from 0 to below 1 - {PERCENT}")
    return named


def agents_on_seat(agents: ArrayLike) -> Floats:
    """Return agents as float64, finite, >= 0, fractions allowed."""
    return amounts(agents=agents)["agents"]


def whole_agents(agents: ArrayLike, *, least: int = 0, name: str = "agents") -> Floats:
    """Return agents as float64, whole and at least `least`."""
    value = numbers(**{name: agents})[name]
    whole = (value >= least) & (value == np.floor(value)) & (value < math.inf)
    refuse(name, value, whole, f"a whole number >= {least}")
    return value


def waiting_time(awt_s: ArrayLike, *, name: str = "awt_s") -> Floats:
    """Return an acceptable waiting time as float64, >= 0, infinite allowed."""
    value = numbers(**{name: awt_s})[name]
    refuse(name, value, value >= 0, "a number of seconds >= 0")
    return value
