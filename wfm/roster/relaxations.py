"""What would one relaxation really bring? Measured, with everything else standing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from wfm.roster.board import Board
from wfm.roster.coverage import allocate, spread_of
from wfm.roster.duties import Case, Duty
from wfm.roster.standing import Standing
from wfm.roster.ways import Cell, Way

_TRIED = 3  # ways measured of each set of reasons; more differ by breaks alone


@dataclass(frozen=True)
class Relaxation:
    """One change of one person's day, and what it brings.

    Attributes
    ----------
    agent : str
    reasons, rules : tuple of str
        What must yield; both empty for a legal change.
    change : str
        What is done, in words.
    cell_before, cell_after : float
        Agents short in the cell.
    short_before_h, short_after_h : float
        Agent-hours short in the whole plan.
    gain : float
        Weighted agent-hours by which the objective falls; below 0 if agents beyond demand cost
        more than the shortage that goes.
    """

    agent: str
    reasons: tuple[str, ...]
    rules: tuple[str, ...]
    change: str
    cell_before: float
    cell_after: float
    short_before_h: float
    short_after_h: float
    gain: float

    @property
    def sentence(self) -> str:
        """The change and its gain in words."""
        yields = f" (against {', '.join(self.rules)})" if self.rules else ""
        worth = "saves" if self.gain >= 0 else "costs"
        return (
            f"{self.change}{yields}: this cell {self.cell_before:.2f} to {self.cell_after:.2f} "
            f"agents short, the plan {self.short_before_h:,.2f} to {self.short_after_h:,.2f} "
            f"agent-hours short; all weights counted it {worth} {abs(self.gain):,.2f} weighted "
            "agent-hours."
        )


def measured(
    standing: Standing, cell: Cell, ways: Iterable[Way]
) -> tuple[Relaxation | None, Relaxation | None]:
    """Return the best legal change, and the relaxation that helps most.

    Fewest reasons come first: two that must yield together are no single relaxation. Among them the
    objective decides, then the plan's shortage.
    """
    ordered = sorted(ways, key=lambda way: (len(way.reasons), sorted(way.reasons), -way.gain,
                                            -way.less_short, way.agent))  # fmt: skip
    before = _figures(standing.board, cell, _missing(standing.board, cell))
    legal: list[Relaxation] = []
    found: list[Relaxation] = []
    fewest = min((len(way.reasons) for way in ordered if way.reasons), default=0)
    for reasons, group in groupby(ordered, key=lambda way: way.reasons):
        if len(reasons) in (0, fewest):
            into = found if reasons else legal
            tried: list[tuple[str, int]] = []
            for way in group:
                if len(tried) < _TRIED and (way.agent, way.day) not in tried:
                    tried.append((way.agent, way.day))
                    into.append(_measure(standing, cell, way, before))
    return _best(legal), _best(found)


def _best(tried: list[Relaxation]) -> Relaxation | None:
    return max(tried, key=lambda one: (one.gain, -one.short_after_h), default=None)


def _measure(
    standing: Standing, cell: Cell, way: Way, before: tuple[float, float, float]
) -> Relaxation:
    board = standing.board
    trained = "skill" in way.reasons
    case = _trained(standing.case, way.agent, board.demand.queues[cell.queue], trained)
    after = Board(case, board.demand, spread_of(case))
    group = case.group(case.people[way.agent])
    for duty in board.all_duties():
        if (duty.agent, duty.span.day) != (way.agent, way.day):
            after.put(replace(duty, queue=group) if duty.agent == way.agent else duty)
    after.put(replace(way.new, queue=group))
    # Who comes can serve the cell's queue, so what all queues gain at a moment is the cell's gain.
    fall = _all_short(board, cell) - _all_short(after, cell)
    missing = np.maximum(_missing(board, cell) - fall, 0)
    cell_after, short_after, objective = _figures(after, cell, missing)
    return Relaxation(
        way.agent, tuple(sorted(way.reasons)), way.rules, _words(standing, cell, way),
        before[0], cell_after, before[1], short_after, before[2] - objective,
    )  # fmt: skip


def _trained(case: Case, agent: str, queue: str, trained: bool) -> Case:
    if not trained:
        return case
    people = tuple(
        replace(p, skills=(*p.skills, queue)) if p.id == agent else p for p in case.scenario.people
    )
    known = replace(case, scenario=replace(case.scenario, people=people))
    before = {
        who: tuple(replace(d, queue=known.group(known.people[who])) for d in duties)
        for who, duties in case.before.items()
    }
    return replace(known, before=before)


def _missing(board: Board, cell: Cell) -> np.ndarray:
    """Return the agents that the cell's queue lacks at each of its steps."""
    window = slice(cell.steps.start, cell.steps.stop)
    wanted = board.demand.wanted[:, window]
    served = allocate(board.spread, wanted, board.supply[:, window])
    return wanted[cell.queue] - served[:, cell.queue].sum(axis=0)


def _all_short(board: Board, cell: Cell) -> np.ndarray:
    """Return the agents short in all queues at each step of the cell."""
    window = slice(cell.steps.start, cell.steps.stop)
    return board.spread.shortage(board.demand.wanted[:, window], board.supply[:, window])


def _figures(board: Board, cell: Cell, missing: np.ndarray) -> tuple[float, float, float]:
    """Return agents short in the cell, agent-hours short in the plan, and the objective."""
    return float(missing.mean()), board.short_h(), board.objective()


def _words(standing: Standing, cell: Cell, way: Way) -> str:
    case, old, new = standing.case, way.old, way.new
    person, day = case.people[way.agent], case.horizon.date(way.day)
    who, when = person.name or person.id, f"{day:%a %Y-%m-%d}"
    shift = f"{new.span.shift} {_clock(case, new.span.start)}-{_clock(case, new.span.end)}"
    queue = standing.board.demand.queues[cell.queue]
    if way.reasons == {"skill"} and old is new:
        return f"train {who} on {queue!r}"
    if old is not None and old.span == new.span:
        text = _moved_break(case, old, new, who)
    elif old is not None:
        text = (
            f"move {who} on {when} from {old.span.shift} {_clock(case, old.span.start)} to {shift}"
        )
    elif "leave" in way.reasons:
        text = f"call {who} back from leave on {when} for {shift}"
    else:
        text = f"give {who} a shift on {when}: {shift}"
    if "contract hours" in way.reasons:
        hours = case.paid_min(new.span) - (0 if old is None else case.paid_min(old.span))
        text += f", {hours / 60:+g} paid hours that week"
    if "shift grid" in way.reasons:
        text += ", a start or shift type that is not offered"
    return text + (f", after training on {queue!r}" if "skill" in way.reasons else "")


def _moved_break(case: Case, old: Duty, new: Duty, who: str) -> str:
    gone = [p for p in old.off_seat if p not in new.off_seat]
    come = [p for p in new.off_seat if p not in old.off_seat]
    was = f"{who}'s {gone[0].activity} of {case.horizon.stamp(gone[0].start):%a %H:%M}"
    if len(gone) == len(come):
        moves = ", ".join(f"{p.activity} to {_clock(case, p.start)}" for p in come)
        return f"move {was}: {moves}"
    return f"do without {was}"


def _clock(case: Case, minute: int) -> str:
    return f"{case.horizon.stamp(minute):%H:%M}"
