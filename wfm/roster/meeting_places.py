"""When is each meeting held, so that it adds least shortage?

Meetings are put into the shifts of a legal roster. Those held together come first, the larger
first: for every start at which all can be there the board says what it costs, breaks moved out of
the way; who is not at work then gets other legal days. Meetings held alone go where their person's
shift is needed least. When the time is up, the first start that will do is taken.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from ortools.sat.python import cp_model

from wfm.errors import Infeasible
from wfm.meetings import Meeting
from wfm.roster.board import Board, Priced
from wfm.roster.duties import Duty
from wfm.roster.meeting_fits import Locked, fits, inside
from wfm.roster.meeting_rules import attendees, days_of, fitting, meetings_wrong, starts_of
from wfm.roster.model import Effort, best_for_one
from wfm.roster.result import Violation
from wfm.roster.rulebook import RULES
from wfm.roster.rules import Choice, Work
from wfm.workforce import Person

_BEST = Effort(work=20.0, seconds=math.inf, workers=1, seed=0)
_HASTY = replace(_BEST, work=1.0)
# Whether a person can come at all is soon decided; a limit could throw a legal roster away.
_ANY = replace(_BEST, work=math.inf)
_MOST_TRIED = 60
_MOST_MOVED = 6

Hurry = Callable[[str], bool]
"""Told what is going on; True once the first time that will do is to be taken."""


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


@dataclass(frozen=True)
class _Task:
    """The board, what is locked on it, who ends the search, whose days the solver left open."""

    board: Board
    locked: Locked
    hurry: Hurry
    undecided: set[str] = field(default_factory=set)


def place_meetings(board: Board, locked: Locked, hurry: Hurry) -> None:
    """Put every meeting that is not held yet into the shifts on the board.

    Better times are looked for until `hurry` says True; then the first that will do is taken.

    Raises
    ------
    Infeasible
        A meeting has no time at which all can be there; the text names it and them.
    """
    meetings, task = board.case.scenario.meetings, _Task(board, locked, hurry)
    for meeting in sorted(meetings, key=lambda m: -len(attendees(board.case, m))):
        if meeting.together:
            _together(task, meeting)
    for meeting in meetings:
        if not meeting.together:
            for agent in attendees(board.case, meeting):
                if agent not in _held(board, meeting):
                    _alone(task, meeting, agent)
    wrong = tuple(meetings_wrong(board.case, board.all_duties()))
    if wrong:
        raise Infeasible(f"roster: a meeting could not be placed: {wrong[0]}; widen its window")


def _together(task: _Task, meeting: Meeting) -> None:
    board, held = task.board, _held(task.board, meeting)
    task.undecided.clear()
    people = [board.case.people[a] for a in attendees(board.case, meeting) if a not in held]
    if not people:
        return
    starts = sorted(set(held.values())) if held else list(starts_of(board.case, meeting))
    tried = _promising(task, people, meeting, starts)
    best: tuple[float, list[Duty]] | None = None
    old, stuck, moved = board.all_duties(), "", 0
    for gone_there, _, start in tried[:_MOST_TRIED]:
        if best is not None and (moved == _MOST_MOVED or gone_there or _hurried(task, meeting)):
            break
        who = _try(task, people, meeting, start)
        stuck = stuck or who
        if not who:
            moved += bool(gone_there)
            if best is None or board.objective() < best[0]:
                best = board.objective(), board.all_duties()
        _reset(board, old)
    if best is None:
        best = _late(task, people, meeting, [start for *_, start in tried[_MOST_TRIED:]])
    if best is None and held and _called_off(task, meeting):
        _together(task, meeting)
        return
    if best is None:
        raise _nowhere(task, meeting, stuck)
    _reset(board, best[1])


def _promising(
    task: _Task, people: Sequence[Person], meeting: Meeting, starts: Sequence[int]
) -> list[tuple[int, float, int]]:
    """Return the starts in the order to try: how many cannot come as they work, cost, start.

    In a hurry nothing is priced; who works then counts as able to come.
    """
    gone, cost = dict.fromkeys(starts, 0), dict.fromkeys(starts, 0.0)
    for person in people:
        if _hurried(task, meeting):
            shifts = inside(task.board, person, meeting, starts)
            there = {start for *_, some in shifts for start in some}
            least = dict.fromkeys(there, 0.0)
        else:
            least = {}
            for price, start, _ in fits(task.board, person, meeting, starts, task.locked):
                least[start] = min(price, least.get(start, math.inf))
        for start in starts:
            gone[start] += start not in least
            cost[start] += least.get(start, 0.0)
    return sorted((gone[start], cost[start], start) for start in starts)


def _hurried(task: _Task, meeting: Meeting) -> bool:
    return task.hurry(f"finding a time for meeting {meeting.name!r}")


def _called_off(task: _Task, meeting: Meeting) -> bool:
    """Take a meeting out of all shifts, to find another time; False if it is locked."""
    board = task.board
    held = [
        duty for mine in board.duties.values() for duty in mine.values()
        if any(event.activity == meeting.name for event in duty.events)
    ]  # fmt: skip
    if any(duty.span.day in task.locked.get(duty.agent, {}) for duty in held):
        return False
    for duty in held:
        left = tuple(event for event in duty.events if event.activity != meeting.name)
        board.take(duty.agent, (duty.span.day,))
        board.put(replace(duty, events=left))
    return True


def _late(
    task: _Task, people: Sequence[Person], meeting: Meeting, starts: list[int]
) -> tuple[float, list[Duty]] | None:
    """Return the first of the less promising starts at which all can be there."""
    board, old = task.board, task.board.all_duties()
    for start in starts:
        if not _try(task, people, meeting, start):
            return board.objective(), board.all_duties()
        _reset(board, old)
    return None


def _try(task: _Task, people: Sequence[Person], meeting: Meeting, start: int) -> str:
    """Put all into a meeting at one start; return who cannot be there, empty if all can."""
    for person in people:
        if not _attends(task, person, meeting, (start,)):
            return person.id
    return "" if task.board.floor.kept else people[-1].id


def _alone(task: _Task, meeting: Meeting, agent: str) -> None:
    person = task.board.case.people[agent]
    task.undecided.clear()
    if not _attends(task, person, meeting, starts_of(task.board.case, meeting)):
        raise _nowhere(task, meeting, agent)


def _attends(task: _Task, person: Person, meeting: Meeting, starts: Collection[int]) -> bool:
    """Put a person into a meeting where it costs least, with other days if there must be."""
    best = _into(task, person, meeting, starts)
    if best is None and _rechosen(task, person, meeting, starts):
        best = _into(task, person, meeting, starts)
    if best is None:
        return False
    task.board.take(person.id, (best.span.day,))
    task.board.put(best)
    return True


def _into(
    task: _Task, person: Person, meeting: Meeting, starts: Collection[int]
) -> Duty | None:  # fmt: skip
    """Return the cheapest shift of a person with the meeting in it; in a hurry the first."""
    found = fits(task.board, person, meeting, starts, task.locked)
    if len(starts) > 1 and _hurried(task, meeting):
        return next((duty for *_, duty in found), None)
    return min(found, key=lambda fit: fit[0], default=(0.0, 0, None))[2]


def _rechosen(
    task: _Task, person: Person, meeting: Meeting, starts: Collection[int]
) -> bool:  # fmt: skip
    """Give a person good legal days with a shift that holds the meeting, if there are any."""
    board, case, mine = task.board, task.board.case, task.board.duties[person.id]
    settled = {d: duty for d, duty in mine.items() if duty.events} | {
        d: mine[d] for d in task.locked.get(person.id, {}) if d in mine
    }  # fmt: skip
    free = frozenset(range(case.horizon.days)) - frozenset(settled)
    if not free.intersection(days_of(case, meeting)):
        return False
    old = board.take(person.id, free)
    price = board.prices()[board.spread.groups.index(case.group(person))]
    offers = list(board.priced(person, free, price))
    rules = (*RULES, _There(meeting, frozenset(starts)))
    answer = best_for_one(
        case, person, settled=settled, offers=offers, free=free, rules=rules,
        effort=_HASTY if _hurried(task, meeting) else _BEST, burdens=board.burden_aims(person),
    )  # fmt: skip
    if answer.status == cp_model.UNKNOWN:
        free_of_cost = [Priced(offer.duty, 0.0) for offer in offers]
        answer = best_for_one(case, person, settled=settled, offers=free_of_cost, free=free,
                              rules=rules, effort=_ANY)  # fmt: skip
    if answer.status == cp_model.UNKNOWN:
        task.undecided.add(person.id)
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


def _nowhere(task: _Task, meeting: Meeting, agent: str) -> Infeasible:
    if task.undecided:
        return Infeasible(
            f"roster: no time was found for meeting {meeting.name!r}, but that there is none is "
            f"not proven: the solver gave no answer about the days of {len(task.undecided)} people "
            f"(first: {min(task.undecided)!r}); try again, or widen the meeting's days or clock "
            "times"
        )
    who = f"agent {agent!r} cannot" if agent else "its people cannot"
    all_of = "all its people can" if meeting.together else "each of its people can"
    return Infeasible(
        f"roster: meeting {meeting.name!r} ({meeting.length_min} min from {meeting.first} to "
        f"{meeting.last}, {meeting.start} to {meeting.end}) finds no time at which {all_of} be "
        f"there: {who} be on a shift with room for it beside breaks, other meetings and locks; "
        "widen its days or clock times, leave the person out, or let people attend it one by one "
        "(together = false)"
    )
