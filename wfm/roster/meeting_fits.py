"""Which of a person's shifts can hold a meeting, when, and what does that add to the objective?"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np

from wfm.meetings import Meeting
from wfm.roster.board import Board
from wfm.roster.duties import Duty, Pause
from wfm.roster.meeting_rules import days_of
from wfm.roster.model import seat_steps
from wfm.workforce import Person

_NEVER = 1e7  # agent-hours that a break over a meeting would cost

Locked = dict[str, dict[int, Duty]]


def fits(
    board: Board, person: Person, meeting: Meeting, starts: Collection[int], locked: Locked
) -> Iterator[tuple[float, int, Duty]]:
    """Yield what the meeting adds at each start that a shift has room for, and that shift."""
    for day, duty, times in inside(board, person, meeting, starts):
        board.take(person.id, (day,))
        price = board.prices()[board.spread.groups.index(duty.queue)]
        before = _cost(board, duty, price)
        found = []
        for start in times:
            event = Pause(meeting.name, start, start + meeting.length_min)
            fixed = day in locked.get(person.id, {})
            new = _with(board, duty, event, price, fixed=fixed)
            if new is not None:
                found.append((_cost(board, new, price) - before, start, new))
        board.put(duty)
        yield from found


def inside(
    board: Board, person: Person, meeting: Meeting, starts: Collection[int]
) -> list[tuple[int, Duty, list[int]]]:
    """Return day, shift and the starts at which a meeting lies within the shift."""
    days, length = days_of(board.case, meeting), meeting.length_min
    found = []
    for day, duty in sorted(board.duties[person.id].items()):
        times = [s for s in starts if duty.span.start <= s and s + length <= duty.span.end]
        if day in days and times:
            found.append((day, duty, times))
    return found


def _with(
    board: Board, duty: Duty, event: Pause, price: np.ndarray, *, fixed: bool
) -> Duty | None:  # fmt: skip
    """Return a shift with one more event, its breaks where they are best; None if none fit."""
    step, shift = board.demand.step_min, board.case.shifts[duty.span.shift]
    events = tuple(sorted((*duty.events, event), key=lambda e: e.start))
    if any(a.end > b.start for a, b in pairwise(events)):
        return None
    new = replace(duty, events=events)
    if not fixed and shift.breaks:
        busy = price.copy()
        for pause in events:
            busy[pause.start // step : pause.end // step] = -_NEVER
        new = replace(board.rebreak(duty, busy), events=events)
    clear = all(p.end <= e.start or e.end <= p.start for p in new.breaks for e in events)
    return new if clear else None


def _cost(board: Board, duty: Duty, price: np.ndarray) -> float:
    return float(price[seat_steps(duty, board.demand.step_min, board.demand.steps)].sum())
