"""Can this forecast be sized, and which of its intervals go together?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

import numpy as np
import pandas as pd

from wfm import frames
from wfm.errors import BadInput
from wfm.scenario import Queue, Scenario
from wfm.sizing.batch import Batch, Part, gather
from wfm.sizing.choice import handle_time, model_of
from wfm.sizing.models import Model
from wfm.targets import LIMITS

T = TypeVar("T")

_FEW_ROWS = 3  # so few may well lie far apart


def parts_of(frame: pd.DataFrame, scenario: Scenario, *, served: bool = False) -> list[Part]:
    """Return the intervals of each queue of `frame`, in order of time.

    Parameters
    ----------
    frame : DataFrame
        Columns queue, start, volume, aht_s, and the bands where known.
    scenario : Scenario
    served : bool
        Whether volume is already this centre's share, as in a requirement table.

    Raises
    ------
    BadInput
        Unknown queue, volume that is no number >= 0, or no handle time where contacts come.
    """
    _check_volume(frame)
    banded = set(frames.BANDS) <= set(frame.columns)
    out = []
    for name, rows in frame.groupby("queue", sort=False):
        queue = scenario.queue(str(name))
        rows = rows.sort_values("start")  # noqa: PLW2901 - the same rows, in order
        _check_grid(queue.name, rows["start"], scenario.interval_min)
        share = 1.0 if served else queue.share
        volume = rows["volume"].to_numpy(float) * share
        aht_s = _handle_time(rows, queue)
        if not served:
            aht_s = np.where(volume > 0, handle_time(queue, aht_s), 1.0)
        bands = rows[list(frames.BANDS)].to_numpy(float) * share if banded else None
        out.append(
            Part(queue, pd.DatetimeIndex(rows["start"]), volume, aht_s, bands,
                 scenario.interval_min * 60.0)
        )  # fmt: skip
    return out


def batches(parts: Iterable[Part]) -> list[tuple[Model, Batch, list[int]]]:
    """Return the parts that share a model and its target together, and where they stood."""
    found: dict[object, list[tuple[int, Part]]] = {}
    for i, part in enumerate(parts):
        key = (model_of(part.queue).key(part.queue), part.bands is None)
        found.setdefault(key, []).append((i, part))
    return [
        (model_of(each[0][1].queue), gather(part for _, part in each), [i for i, _ in each])
        for each in found.values()
    ]


def asked(batch: Batch, call: Callable[[Batch], T]) -> T:
    """Return ``call(batch)``; a refusal names the queue, the interval and how many there are.

    The formulas know neither: only when they refuse is each interval asked alone.
    """
    try:
        return call(batch)
    except BadInput as error:
        if str(error).startswith("requirement: "):  # it names its queue already
            raise
        refused = []
        for i in range(batch.volume.size):
            one = batch.row(i)
            try:
                call(one)
            except BadInput as again:
                refused.append((one.parts[0], str(again)))
        if not refused:
            raise BadInput(f"requirement: queue {batch.queue.name!r}: {error}") from error
        part, text = refused[0]
        same = sum(other.queue.name == part.queue.name for other, _ in refused)
        more = f" ({same} intervals of this queue)" if same > 1 else ""
        # An index of one interval says nothing; the start is named instead.
        text = re.sub(r" \(first at index[^)]*\)", "", re.sub(r"^targets?: (target: )?", "", text))
        raise BadInput(
            f"requirement: queue {part.queue.name!r}, {part.start[0]:%Y-%m-%d %H:%M}{more}: "
            f"target{'.' if text.startswith(LIMITS) else ': '}{text}{_advice(part.queue)}"
        ) from error


def _advice(queue: Queue) -> str:
    return "" if queue.lines is None else f" (the queue has lines = {queue.lines})"


def _check_grid(name: str, start: pd.Series, interval_min: int) -> None:
    steps = np.diff(pd.DatetimeIndex(start).as_unit("ns").asi8) / (interval_min * 60e9)
    off = steps % 1 != 0
    if off.any():
        at = int(off.argmax())
        raise BadInput(
            f"requirement: queue {name!r}: starts do not lie {interval_min} minutes (interval_min "
            f"of the scenario) or a multiple of it apart, {int(off.sum())} in all (first: "
            f"{start.iloc[at]} and {start.iloc[at + 1]})"
        )
    if len(steps) >= _FEW_ROWS and steps.min() > 1:
        raise BadInput(
            f"requirement: queue {name!r}: no two rows are {interval_min} minutes apart, which is "
            f"interval_min of the scenario; the closest are {steps.min() * interval_min:g} minutes "
            "apart. Volume counts one interval: give interval_min as in the forecast"
        )


def _check_volume(frame: pd.DataFrame) -> None:
    volume = frame["volume"].to_numpy(float)
    bad = ~(np.isfinite(volume) & (volume >= 0))
    if bad.any():
        first = frame[bad].iloc[0]
        raise BadInput(
            f"requirement: {int(bad.sum())} rows have a volume that is not a number >= 0 (first: "
            f"queue {first['queue']!r}, {first['start']}, got {first['volume']})"
        )


def _handle_time(rows: pd.DataFrame, queue: Queue) -> np.ndarray:
    aht = rows["aht_s"].to_numpy(float)
    if queue.aht_s is not None:
        aht = np.where(np.isnan(aht), queue.aht_s, aht)
    busy = rows["volume"].to_numpy(float) > 0
    bad = busy & ~(np.isfinite(aht) & (aht > 0))
    if bad.any() and queue.outreach is None:
        first = rows[bad].iloc[0]
        raise BadInput(
            f"requirement: queue {queue.name!r} has no handle time above 0 s where contacts come, "
            f"in {int(bad.sum())} intervals (first: {first['start']}, aht_s {first['aht_s']}); "
            "give aht_s in seconds there"
            + ("" if queue.aht_s is not None else ", or set aht_s for the queue in the scenario")
        )
    return np.where(busy & ~bad, aht, 1.0)
