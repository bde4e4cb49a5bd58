"""When is each meeting held, so that it adds least shortage?

Meetings are put into the shifts of a legal roster. Those held together come first, the larger
first: for every start at which all can be there the board says what it costs, breaks moved out of
the way; who is not at work then gets other legal days. Meetings held alone go where their person's
shift is needed least.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from ortools.sat.python import cp_model

from wfm.errors import Infeasible
from wfm.meetings import Meeting
from wfm.roster.board import Board
from wfm.roster.duties import Duty, Pause
from wfm.roster.meeting_rules import attendees, days_of, fitting, meetings_wrong, starts_of
from wfm.roster.model import Effort, best_for_one, seat_steps
from wfm.roster.result import Violation
from wfm.roster.rulebook import RULES
from wfm.roster.rules import Choice, Work
from wfm.workforce import Person

_EFFORT = Effort(work=20.0, seconds=30.0, workers=1, seed=0)
_NEVER = 1e7  # agent-hours that a break over a meeting would cost
_MOST_TRIED = 60
_MOST_MOVED = 6

Locked = dict[str, dict[int, Duty]]


@dataclass
class _There:
    """The person works, on one of the open days, a shift that holds a meeting at a given start."""

    meeting: Meeting
    starts: frozenset[int]
    name: str = "meeting"
    growing: bool = False

    def post(self, model: cp_model.CpModel, choice: Choice) -> None:
        """Choose one of the shifts that hold it."""
        fits = [
            x for day in sorted(choice.free) for duty, x in choice.on(day)
            if self.starts.intersection(fitting(choice.case, self.meeting, duty.span))
        ]  # fmt: skip
        model.add_bool_or(fits)

    def violations(self, work: Work) -> Iterator[Violation]:
        """Nothing: the audit judges the meeting itself."""
        return iter(())


def place_meetings(board: Board, locked: Locked) -> None:
    """Put every meeting that is not held yet into the shifts on the board.

    Raises
    ------
    Infeasible
        A meeting has no time at which all can be there; the text names it and them.
    """
    meetings = board.case.scenario.meetings
    for meeting in sorted(meetings, key=lambda m: -len(attendees(board.case, m))):
        if meeting.together:
            _together(board, meeting, locked)
    for meeting in meetings:
        if not meeting.together:
            for agent in attendees(board.case, meeting):
                if agent not in _held(board, meeting):
                    _alone(board, meeting, agent, locked)
    wrong = tuple(meetings_wrong(board.case, board.all_duties()))
    if wrong:
        raise Infeasible(f"roster: a meeting could not be placed: {wrong[0]}; widen its window")


def _together(board: Board, meeting: Meeting, locked: Locked) -> None:
    held = _held(board, meeting)
    people = [board.case.people[a] for a in attendees(board.case, meeting) if a not in held]
    if not people:
        return
    starts = sorted(set(held.values())) if held else list(starts_of(board.case, meeting))
    tried = []
    for start in starts:
        found = [_into(board, p, meeting, (start,), locked) for p in people]
        gone = [p for p, best in zip(people, found, strict=True) if best is None]
        tried.append((len(gone), sum(b[0] for b in found if b is not None), start))
    best: tuple[float, list[Duty]] | None = None
    old, stuck, moved = board.all_duties(), "", 0
    for gone_there, _, start in sorted(tried)[:_MOST_TRIED]:
        if moved == _MOST_MOVED or (best is not None and gone_there):
            break
        who = _try(board, people, meeting, start, locked)
        stuck = stuck or who
        if not who:
            moved += bool(gone_there)
            if best is None or board.objective() < best[0]:
                best = board.objective(), board.all_duties()
        _reset(board, old)
    if best is None:
        best = _late(board, people, meeting, [s for *_, s in sorted(tried)[_MOST_TRIED:]], locked)
    if best is None and held and _called_off(board, meeting, locked):
        _together(board, meeting, locked)
        return
    if best is None:
        raise _nowhere(meeting, stuck)
    _reset(board, best[1])


def _called_off(board: Board, meeting: Meeting, locked: Locked) -> bool:
    """Take a meeting out of all shifts, to find another time; False if it is locked."""
    held = [
        duty for mine in board.duties.values() for duty in mine.values()
        if any(event.activity == meeting.name for event in duty.events)
    ]  # fmt: skip
    if any(duty.span.day in locked.get(duty.agent, {}) for duty in held):
        return False
    for duty in held:
        left = tuple(event for event in duty.events if event.activity != meeting.name)
        board.take(duty.agent, (duty.span.day,))
        board.put(replace(duty, events=left))
    return True


def _late(
    board: Board, people: Sequence[Person], meeting: Meeting, starts: list[int], locked: Locked
) -> tuple[float, list[Duty]] | None:
    """Return the first of the less promising starts at which all can be there."""
    old = board.all_duties()
    for start in starts:
        if not _try(board, people, meeting, start, locked):
            return board.objective(), board.all_duties()
        _reset(board, old)
    return None


def _try(
    board: Board, people: Sequence[Person], meeting: Meeting, start: int, locked: Locked
) -> str:  # fmt: skip
    """Put all into a meeting at one start; return who cannot be there, empty if all can."""
    for person in people:
        best = _into(board, person, meeting, (start,), locked)
        if best is None:
            if not _rechosen(board, person, meeting, (start,), locked):
                return person.id
            best = _into(board, person, meeting, (start,), locked)
        if best is None:
            return person.id
        board.take(person.id, (best[1].span.day,))
        board.put(best[1])
    return "" if board.floor.kept else people[-1].id


def _alone(board: Board, meeting: Meeting, agent: str, locked: Locked) -> None:
    person, starts = board.case.people[agent], starts_of(board.case, meeting)
    best = _into(board, person, meeting, starts, locked)
    if best is None and _rechosen(board, person, meeting, starts, locked):
        best = _into(board, person, meeting, starts, locked)
    if best is None:
        raise _nowhere(meeting, agent)
    board.take(agent, (best[1].span.day,))
    board.put(best[1])


def _into(
    board: Board, person: Person, meeting: Meeting, starts: Collection[int], locked: Locked
) -> tuple[float, Duty] | None:
    """Return the cheapest shift of a person with the meeting in it, and what that adds."""
    best: tuple[float, Duty] | None = None
    days = days_of(board.case, meeting)
    length = meeting.length_min
    for day, duty in sorted(board.duties[person.id].items()):
        inside = [s for s in starts if duty.span.start <= s and s + length <= duty.span.end]
        if day not in days or not inside:
            continue
        board.take(person.id, (day,))
        price = board.prices()[board.spread.groups.index(duty.queue)]
        before = _cost(board, duty, price)
        for start in inside:
            event = Pause(meeting.name, start, start + length)
            new = _with(board, duty, event, price, fixed=day in locked.get(person.id, {}))
            if new is not None:
                cost = _cost(board, new, price) - before
                if best is None or cost < best[0]:
                    best = cost, new
        board.put(duty)
    return best


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


def _rechosen(
    board: Board, person: Person, meeting: Meeting, starts: Collection[int], locked: Locked
) -> bool:
    """Give a person the best legal days with a shift that holds the meeting, if there are any."""
    case, mine = board.case, board.duties[person.id]
    settled = {d: duty for d, duty in mine.items() if duty.events} | {
        d: mine[d] for d in locked.get(person.id, {}) if d in mine
    }  # fmt: skip
    free = frozenset(range(case.horizon.days)) - frozenset(settled)
    if not free.intersection(days_of(case, meeting)):
        return False
    old = board.take(person.id, free)
    price = board.prices()[board.spread.groups.index(case.group(person))]
    answer = best_for_one(
        case, person, settled=settled, offers=board.priced(person, free, price), free=free,
        effort=_EFFORT, rules=(*RULES, _There(meeting, frozenset(starts))),
        burdens=board.burden_aims(person),
    )  # fmt: skip
    for duty in answer.duties if answer.found else old:
        board.put(duty)
    return answer.found


def _held(board: Board, meeting: Meeting) -> dict[str, int]:
    """Return who has the meeting in their shifts already, with its start."""
    return {
        agent: event.start
        for agent, mine in board.duties.items() for duty in mine.values()
        for event in duty.events if event.activity == meeting.name
    }  # fmt: skip


def _reset(board: Board, duties: list[Duty]) -> None:
    """Put duties on the board in the place of those that differ."""
    wanted = {(duty.agent, duty.span.day): duty for duty in duties}
    for agent, mine in board.duties.items():
        for day in [d for d, duty in mine.items() if wanted.get((agent, d)) != duty]:
            board.take(agent, (day,))
    for (agent, day), duty in wanted.items():
        if day not in board.duties[agent]:
            board.put(duty)


def _nowhere(meeting: Meeting, agent: str) -> Infeasible:
    who = f"agent {agent!r} cannot" if agent else "its people cannot"
    all_of = "all its people can" if meeting.together else "each of its people can"
    return Infeasible(
        f"roster: meeting {meeting.name!r} ({meeting.length_min} min from {meeting.first} to "
        f"{meeting.last}, {meeting.start} to {meeting.end}) finds no time at which {all_of} be "
        f"there: {who} be on a shift with room for it beside breaks, other meetings and locks; "
        "widen its days or clock times, leave the person out, or let people attend it one by one "
        "(together = false)"
    )
