"""Which days may follow which in a rotation?

A rotation is one endless row of days that everybody works through, each person weeks behind the
last. Whether a day fits depends on a few things about the days before it: a *state*. A rotation of
n weeks is then a closed walk of 7 n arcs through the states of the seven weekdays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from wfm.errors import BadInput
from wfm.timegrid import MINUTES_A_DAY

OFF = "-"
"""How a day off is written in rows and forbidden successions."""

MOST_STATES = 60_000


@dataclass(frozen=True)
class RotationShift:
    """A shift of a rotation.

    Attributes
    ----------
    code : str
    start_min, length_min : int
        Minutes after midnight, and of presence.
    least_run, most_run : int
        Days in a row with this very shift.
    paid_min : int or None
        Paid minutes; None: the whole length.
    """

    code: str
    start_min: int
    length_min: int
    least_run: int = 1
    most_run: int = 7
    paid_min: int | None = None

    @property
    def paid(self) -> int:
        """Paid minutes."""
        return self.length_min if self.paid_min is None else self.paid_min


@dataclass(frozen=True)
class RotationRules:
    """What every stretch of a rotation must keep; the row is read as endless.

    Attributes
    ----------
    shifts : tuple of RotationShift
    work, off : (int, int)
        Least and most days in a row at work, and free.
    forbidden : frozenset of tuple of str
        Successions of two or three codes that must not occur; `OFF` is a day off.
    most_week_days : int
        Worked days in a Monday-Sunday week.
    week_min : (int, int)
        Least and most paid minutes in a Monday-Sunday week.
    weekly_rest_min : int
        Minutes free of work that every Monday-Sunday week must hold in one piece.
    """

    shifts: tuple[RotationShift, ...]
    work: tuple[int, int] = (1, 6)
    off: tuple[int, int] = (1, 6)
    forbidden: frozenset[tuple[str, ...]] = frozenset()
    most_week_days: int = 7
    week_min: tuple[int, int] = (0, 7 * MINUTES_A_DAY)
    weekly_rest_min: int = 0

    def __post_init__(self) -> None:
        codes = [shift.code for shift in self.shifts]
        if not codes or len(set(codes)) < len(codes) or OFF in codes:
            raise BadInput(
                f"rotation: expected shifts with codes of their own, none of them {OFF!r}, got "
                f"{codes}"
            )
        for name, (least, most) in (("work", self.work), ("off", self.off)):
            if not 1 <= least <= most:
                raise BadInput(
                    f"rotation: {name} is (least, most) days in a row with 1 <= least <= most, "
                    f"got {(least, most)}"
                )
        for shift in self.shifts:
            if not 1 <= shift.least_run <= shift.most_run:
                raise BadInput(
                    f"rotation: shift {shift.code!r} needs 1 <= least_run <= most_run, got "
                    f"{shift.least_run} and {shift.most_run}"
                )
        wrong = [row for row in self.forbidden
                 if len(row) not in (2, 3) or not set(row) <= {*codes, OFF}]  # fmt: skip
        if wrong:
            raise BadInput(
                f"rotation: {len(wrong)} forbidden successions are not two or three known codes "
                f"(first: {' '.join(map(str, wrong[0]))}); known are {', '.join([*codes, OFF])}"
            )


class State(NamedTuple):
    """What the next day must know of the days before; what it need not know is 0 or -2.

    `kind` is today's shift (-1: off), `before` yesterday's, `same` and `run` how many days in a
    row of this shift and of work (or off), `days` and `paid` what the week holds, `rested` whether
    it has had its rest, `last` the last shift worked.
    """

    kind: int
    before: int
    same: int
    run: int
    days: int
    paid: int
    rested: bool
    last: int


class Arc(NamedTuple):
    """A day of the rotation: from the state after the day before to the one after it."""

    weekday: int
    source: State
    target: State


def arcs_of(rules: RotationRules) -> list[Arc]:
    """Return every arc that lies on some closed walk.

    Raises
    ------
    BadInput
        If the rules remember so much that there are more than `MOST_STATES` states.
    """
    steps = _Steps(rules)
    arcs: list[Arc] = []
    seen: set[tuple[int, State]] = {(6, state) for state in steps.sundays()}
    stack = list(seen)
    while stack:
        weekday, source = stack.pop()
        after = (weekday + 1) % 7
        for target in steps.after(source, after):
            arcs.append(Arc(after, source, target))
            if (after, target) not in seen:
                seen.add((after, target))
                stack.append((after, target))
        if len(seen) > MOST_STATES:
            raise BadInput(
                f"rotation: these rules make more than {MOST_STATES} states; give fewer shifts or "
                "starts, or shorter rows of days"
            )
    return _on_cycles(arcs)


class _Steps:
    """The rules as steps from one state to the next."""

    def __init__(self, rules: RotationRules) -> None:
        self.rules = rules
        rank = {shift.code: at for at, shift in enumerate(rules.shifts)} | {OFF: -1}
        bans = [tuple(rank[code] for code in row) for row in rules.forbidden]
        self.pairs = {row for row in bans if len(row) == 2}
        self.triples = {row for row in bans if len(row) == 3}
        self.openings = {row[:2] for row in self.triples}
        self.kinds = range(-1, len(rules.shifts))
        self.counts_same = [s.least_run > 1 or s.most_run < rules.work[1] for s in rules.shifts]
        self.counts_days = rules.most_week_days < 7
        self.counts_paid = rules.week_min[0] > 0 or (
            rules.week_min[1] < rules.work[1] * max(s.paid for s in rules.shifts)
        )

    def sundays(self) -> Iterator[State]:
        """Return states from which a week may begin; too many do no harm."""
        rules = self.rules
        for kind, before in product(self.kinds, self.kinds):
            longest = rules.off[1] if kind < 0 else rules.work[1]
            kept = before if (before, kind) in self.openings else -2
            if kept == -2 and before > -1:
                continue
            lasts = self.kinds[1:] if rules.weekly_rest_min and kind < 0 else (-2,)
            for run, last in product(range(1, longest + 1), lasts):
                most = rules.shifts[kind].most_run if kind >= 0 and self.counts_same[kind] else 0
                for same in range(min(1, most), min(run, most) + 1):
                    yield State(kind, kept, same, run, 0, rules.week_min[0], True, last)

    def after(self, now: State, weekday: int) -> Iterator[State]:
        """Return the states that may follow on `weekday`."""
        if weekday == 0:
            if not self._week_done(now):
                return
            now = now._replace(days=0, paid=0, rested=not self.rules.weekly_rest_min)
        for kind in self.kinds:
            if (now.kind, kind) in self.pairs or (now.before, now.kind, kind) in self.triples:
                continue
            found = self._off(now) if kind < 0 else self._work(now, kind, weekday)
            if found is not None:
                before = now.kind if (now.kind, kind) in self.openings else -2
                found = found._replace(before=before)
                # A day may end its week only in a state that counts as done.
                yield self._closed(found) if weekday == 6 else found

    def _closed(self, state: State) -> State:
        """Return a Sunday's state with the week settled: what it lacks stands as not rested."""
        done = self._fits(state)
        return state._replace(days=0, paid=self.rules.week_min[0], rested=done)

    def _week_done(self, state: State) -> bool:
        return state.rested

    def _fits(self, state: State) -> bool:
        rules = self.rules
        rested = state.rested
        if not rested:  # the rest may last to the end of the week
            end = self._free_from(state, 7)
            rested = 7 * MINUTES_A_DAY - end >= rules.weekly_rest_min
        return rested and (not self.counts_paid or state.paid >= rules.week_min[0])

    def _free_from(self, state: State, day: int) -> int:
        """Return the minute of the week from which a person has been free before `day` begins."""
        shift = self.rules.shifts[state.last if state.kind < 0 else state.kind]
        worked = day - 1 - (state.run if state.kind < 0 else 0)
        return max(0, worked * MINUTES_A_DAY + shift.start_min + shift.length_min)

    def _off(self, now: State) -> State | None:
        rules = self.rules
        if now.kind < 0:
            return now._replace(run=now.run + 1) if now.run < rules.off[1] else None
        if now.run < rules.work[0] or not self._enough(now):
            return None
        last = now.kind if rules.weekly_rest_min else -2
        return State(-1, -2, 0, 1, now.days, now.paid, now.rested, last)

    def _work(self, now: State, kind: int, weekday: int) -> State | None:
        rules, shift = self.rules, self.rules.shifts[kind]
        same = now.same + 1 if now.kind == kind else 1
        run = now.run + 1 if now.kind >= 0 else 1
        if now.kind < 0:
            allowed = now.run >= rules.off[0]
        else:
            allowed = run <= rules.work[1] and (now.kind == kind or self._enough(now))
        days, paid = now.days + self.counts_days, now.paid + shift.paid * self.counts_paid
        allowed &= not self.counts_same[kind] or same <= shift.most_run
        allowed &= not self.counts_days or days <= rules.most_week_days
        allowed &= not self.counts_paid or paid <= rules.week_min[1]
        if not allowed:
            return None
        rested = now.rested
        if not rested:
            begin = weekday * MINUTES_A_DAY + shift.start_min
            rested = begin - self._free_from(now, weekday) >= rules.weekly_rest_min
        return State(kind, -2, same if self.counts_same[kind] else 0, run, days, paid, rested, -2)

    def _enough(self, now: State) -> bool:
        """Return whether a row of one shift is long enough to end."""
        least = self.rules.shifts[now.kind].least_run
        return not self.counts_same[now.kind] or now.same >= least


def _on_cycles(arcs: list[Arc]) -> list[Arc]:
    """Drop, again and again, arcs that nothing leads to or that lead nowhere."""
    while True:
        ends = {(arc.weekday, arc.target) for arc in arcs}
        begins = {((arc.weekday - 1) % 7, arc.source) for arc in arcs}
        kept = [arc for arc in arcs if ((arc.weekday - 1) % 7, arc.source) in ends
                and (arc.weekday, arc.target) in begins]  # fmt: skip
        if len(kept) == len(arcs):
            return kept
        arcs = kept
