"""Can the search begin from a roster at hand?"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from wfm.roster.board import Board
from wfm.roster.break_rules import misplaced
from wfm.roster.differing import by_day
from wfm.roster.duties import Duty, duties_of
from wfm.roster.result import Roster
from wfm.roster.rulebook import clean
from wfm.roster.rules import legal_spans
from wfm.workforce import Person


def warm(board: Board, start: Roster | pd.DataFrame, locked: dict[str, dict[int, Duty]]) -> bool:
    """Give everybody the shifts of `start` who may still work them; keep that if it is cheaper.

    The board holds a legal roster before and after. Whoever may not work all of them any more
    (leave, other rules, locks) works the rest of them, or, where that breaks a rule, what the board
    gives.
    """
    frame = start.frame if isinstance(start, Roster) else start
    mine = by_day(duties_of(frame, board.case.horizon, "start"))
    before, old = board.objective(), board.all_duties()
    days = range(board.case.horizon.days)
    for person in board.case.scenario.people:
        theirs, locks = mine.get(person.id, {}), locked.get(person.id, {})
        rest = {
            day: replace(duty, events=())  # meetings are placed anew, after the search
            for day, duty in theirs.items() if _fits(board, person, duty, locks)
        }  # fmt: skip
        rest |= locks
        if clean(board.case, person, rest.values()):
            board.take(person.id, days)
            for duty in rest.values():
                board.put(duty)
    if board.floor.kept and board.objective() < before:
        return True
    for person in board.case.scenario.people:
        board.take(person.id, days)
    for duty in old:
        board.put(duty)
    return False


def _fits(board: Board, person: Person, duty: Duty, locked: dict[int, Duty]) -> bool:
    """Return whether a shift may stand by itself."""
    case, step, day = board.case, board.demand.step_min, duty.span.day
    if day in locked:
        return duty == locked[day]
    on_grid = all(t % step == 0 for p in duty.breaks for t in (p.start, p.end))
    fits = duty.queue == case.group(person) and on_grid and day in range(case.horizon.days)
    if not fits or duty.span not in legal_spans(case, person, day):
        return False
    return not misplaced(case, duty)
