"""What do the roster's kernels know of a problem, a roster and a thread?

All kernels take arrays and give arrays; `tours` checks, builds and documents what is in them. A
tour is what one person does over a row of days: nothing, or one duty of some kind, with its breaks.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

INF = 1e18  # the cost of what is not legal


class Book(NamedTuple):
    """What never changes: kinds of duty, people, contracts, cells. See `tours.Tours`."""

    first: np.ndarray
    length: np.ndarray
    pauses: np.ndarray
    pause_length: np.ndarray
    pause_low: np.ndarray
    pause_high: np.ndarray
    klass: np.ndarray
    follow: np.ndarray
    variant: np.ndarray
    block: np.ndarray
    weekend: np.ndarray
    group: np.ndarray
    contract: np.ndarray
    allowed: np.ndarray
    extra: np.ndarray
    locked: np.ndarray
    step: np.ndarray
    resource: np.ndarray
    units: np.ndarray
    least: np.ndarray
    most: np.ndarray
    limits: np.ndarray
    most_of: np.ndarray
    heavy: np.ndarray
    before: np.ndarray
    serves: np.ndarray
    helps: np.ndarray
    islands: np.ndarray
    island_of: np.ndarray
    under: np.ndarray
    over: np.ndarray
    menu: np.ndarray
    menu_of: np.ndarray
    rests: np.ndarray
    opens: np.ndarray
    closes: np.ndarray
    mondays: np.ndarray
    free_from: np.ndarray


class State(NamedTuple):
    """A roster: kind by person and day, break starts, and what its cells still lack."""

    kind: np.ndarray
    pause: np.ndarray
    slack: np.ndarray
    short: np.ndarray
    tight: np.ndarray
    near: np.ndarray
    cost: np.ndarray


class Room(NamedTuple):
    """Scratch space of one thread."""

    cost: np.ndarray
    back: np.ndarray
    via: np.ndarray
    price: np.ndarray
    starts: np.ndarray
    arc: np.ndarray
    arc_kind: np.ndarray
    unit: np.ndarray
    gain: np.ndarray
    came: np.ndarray
    odds: np.ndarray
    team: np.ndarray
    tour: np.ndarray
    enter: np.ndarray
    tried: np.ndarray
    mark: np.ndarray
    fresh: np.ndarray
    counts: np.ndarray
    seed: np.ndarray
