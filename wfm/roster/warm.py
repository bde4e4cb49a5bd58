"""Can the search begin from a roster at hand?"""

from __future__ import annotations

import pandas as pd

from wfm.roster.board import Board
from wfm.roster.differing import by_day
from wfm.roster.duties import Duty, duties_of
from wfm.roster.result import Roster
from wfm.roster.rulebook import clean
from wfm.roster.rules import Breaks, Work, legal_spans
from wfm.workforce import Person


def warm(board: Board, start: Roster | pd.DataFrame, locked: dict[str, dict[int, Duty]]) -> bool:
    """Give everybody the shifts of `start` who may still work them; keep that if it is cheaper.

    The board holds a legal roster before and after. Whoever may not work them any more (leave,
    other rules, locks) keeps what the board gives.
    """
    frame = start.frame if isinstance(start, Roster) else start
    mine = by_day(duties_of(frame, board.case.horizon, "start"))
    before, old = board.objective(), board.all_duties()
    days = range(board.case.horizon.days)
    for person in board.case.scenario.people:
        theirs = mine.get(person.id, {})
        if _may(board, person, theirs, locked.get(person.id, {})):
            board.take(person.id, days)
            for duty in theirs.values():
                board.put(duty)
    if board.floor.kept and board.objective() < before:
        return True
    for person in board.case.scenario.people:
        board.take(person.id, days)
    for duty in old:
        board.put(duty)
    return False


def _may(board: Board, person: Person, theirs: dict[int, Duty], locked: dict[int, Duty]) -> bool:
    case, step = board.case, board.demand.step_min
    group = case.group(person)
    breaks = Breaks()
    for day, duty in theirs.items():
        if day in locked and duty == locked[day]:
            continue
        on_grid = all(t % step == 0 for p in duty.breaks for t in (p.start, p.end))
        fits = duty.queue == group and on_grid and day in range(case.horizon.days)
        if not fits or duty.span not in legal_spans(case, person, day):
            return False
        if [*breaks.violations(Work(case, person.id, (duty,)))]:
            return False
    kept = all(theirs.get(day) == duty for day, duty in locked.items())
    return kept and clean(case, person, theirs.values())
