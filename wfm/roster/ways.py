"""In which ways could one person be on seat at a moment, and what forbids each of them?

Everybody else's shifts stand, and so do the person's own on other days. A way is one change of one
day: a shift given or put in the place of another, or a break left out. It counts only if the whole
plan becomes less short by it: a way that merely moves the hole helps nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from wfm.roster.board import Board
from wfm.roster.breaks import best_breaks, pauses
from wfm.roster.duties import Case, Duty, Pause, Span
from wfm.roster.model import seat_steps
from wfm.roster.result import Violation
from wfm.roster.rulebook import RULES
from wfm.roster.rules import SHIFT_RULES, Work, allowed_spans
from wfm.workforce import Person

REASONS = ("breaks", "shift grid", "rest", "contract hours", "leave", "skill")
OF_RULE = {
    "breaks": "breaks", "break spacing": "breaks", "room for meetings": "breaks",
    "meetings": "breaks",
    "allowed shift": "shift grid", "allowed start": "shift grid", "pattern shift": "shift grid",
    "min week hours": "contract hours", "max week hours": "contract hours",
    "legal week hours": "contract hours", "average week hours": "contract hours",
    "min period hours": "contract hours", "max period hours": "contract hours",
    "time off": "leave", "skills": "skill",
}  # fmt: skip
"""Which reason a rule stands for; every other rule is of rest and days off."""

_SURE = 1e4  # more than any shift can gain, so that the moment asked for is covered first

_LEAST = 0.5  # agent-steps; shortages are whole numbers, sums of prices are floats


@dataclass(frozen=True)
class Way:
    """One change of one day that puts a person on seat.

    Attributes
    ----------
    agent : str
    old : Duty or None
        The shift of that day before; None is no shift.
    new : Duty
        The shift after.
    day : int
    reasons : frozenset of str
        What must yield, of `REASONS`; empty if the change is legal.
    rules : tuple of str
        Names of the rules broken.
    less_short : float
        Agent-hours by which the whole plan is less short.
    gain : float
        Weighted agent-hours by which the coverage part of the objective falls.
    """

    agent: str
    old: Duty | None
    new: Duty
    day: int
    reasons: frozenset[str]
    rules: tuple[str, ...]
    less_short: float
    gain: float


@dataclass(frozen=True)
class Cell:
    """The queue and grid steps that are looked at."""

    queue: int
    steps: range


class Prices:
    """What agents on seat are worth around a cell, in agent-steps short."""

    def __init__(self, board: Board, cell: Cell) -> None:
        step = board.demand.step_min
        near = 2 * 24 * 60 // step  # shifts of the day of the cell and of the day before
        self.cell, self.board = cell, board
        self.first = max(0, cell.steps.start - near)
        self.last = min(board.demand.steps, cell.steps.stop + near)
        window = slice(self.first, self.last)
        self.wanted = board.demand.wanted[:, window]
        self.supply = board.supply[:, window]
        self.now = board.spread.shortage(self.wanted, self.supply)
        self._known: dict[tuple[str, str, bool], np.ndarray] = {}

    def after(self, less: str, more: str, *, trained: bool = False) -> np.ndarray:
        """Return the change of shortage at each step if one of `less` goes, one of `more` comes.

        Empty stands for nobody. With `trained` who comes can serve the cell's queue as well.
        """
        key = (less, more, trained)
        if key not in self._known:
            supply = self.supply.copy()
            if less:
                supply[self._rank(less)] -= 1
            found = self._shortage(supply, more, self.wanted) if more or not trained else None
            if trained:
                wanted = self.wanted.copy()
                wanted[self.cell.queue] = np.maximum(wanted[self.cell.queue] - 1, 0)
                only = self._shortage(supply, "", wanted)
                found = only if found is None else np.minimum(found, only)
            assert found is not None
            self._known[key] = found - self.now
        return self._known[key]

    def _rank(self, group: str) -> int:
        return self.board.spread.groups.index(group)

    def _shortage(self, supply: np.ndarray, more: str, wanted: np.ndarray) -> np.ndarray:
        if more:
            supply = supply.copy()
            supply[self._rank(more)] += 1
        return self.board.spread.shortage(wanted, supply)


class Ways:
    """All the ways of all people into a cell."""

    def __init__(self, board: Board, cell: Cell) -> None:
        self.board, self.cell, self.case = board, cell, board.case
        self.prices = Prices(board, cell)
        self.step_min = board.demand.step_min
        self.queue = board.demand.queues[cell.queue]
        self._before: dict[str, frozenset[tuple[str, object]]] = {}
        self._rules: dict[tuple[str, Span], tuple[str, ...]] = {}
        self._spans: dict[int, tuple[Span, ...]] = {}
        self._at: dict[tuple[int, int], list[tuple[bool, str, list[Span]]]] = {}

    def of(self, person: Person, step: int) -> Iterator[Way]:
        """Yield the ways in which `person` would be on seat for the queue at `step`."""
        trained = self.queue not in person.skills
        on_seat = self._on_seat(person)
        here = [
            duty for duty in self.board.duties[person.id].values()
            if duty.span.start <= step * self.step_min < duty.span.end
        ]  # fmt: skip
        if step in on_seat:
            if trained:
                yield from self._in_place(person, on_seat[step], step)
            return
        yield from self._without_break(person, here, step, trained)
        for day in self._days():
            yield from self._on_day(person, day, step, trained)

    def _days(self) -> list[int]:
        """Return the days whose shifts can reach the cell: no shift is longer than a day."""
        horizon = self.case.horizon
        begin = int(horizon.days_of(np.array([self.cell.steps.start * self.step_min]))[0])
        return [day for day in (begin - 1, begin) if 0 <= day < horizon.days]

    def _on_seat(self, person: Person) -> dict[int, Duty]:
        return {
            step: duty
            for duty in self.board.duties[person.id].values()
            for step in seat_steps(duty, self.step_min, self.board.demand.steps)
        }

    def _in_place(self, person: Person, duty: Duty, step: int) -> Iterator[Way]:
        """The person sits there already and only cannot serve the queue."""
        group = self.case.group(person)
        change = self.prices.after(group, group, trained=True)
        steps = self._seat_rows(duty)
        if change[step - self.prices.first] < 0:
            yield self._way(person, duty, duty, -float(change[steps].sum()), ("skills",))

    def _without_break(
        self, person: Person, here: list[Duty], step: int, trained: bool
    ) -> Iterator[Way]:
        """The person has a break at that moment: move it within the shift, or leave it out.

        A meeting can only be left out: when it is held is not one person's to choose.
        """
        at = step * self.step_min
        for duty in here:
            if any(event.start <= at < event.end for event in duty.events):
                less = replace(duty, events=tuple(
                    event for event in duty.events if not event.start <= at < event.end
                ))  # fmt: skip
                value = self._value(person, duty, less, trained=trained)
                if value > 0:
                    rules = ("meetings", "skills") if trained else ("meetings",)
                    yield self._way(person, duty, less, value, rules)
                continue
            kept = tuple(p for p in duty.breaks if not p.start <= at < p.end)
            tries = [_replaced(duty, (*kept, pause)) for pause in self._elsewhere(duty, kept, at)]
            for new in (max(tries, key=partial(self._value, person, duty, trained=trained),
                            default=None), _replaced(duty, kept)):  # fmt: skip
                value = 0.0 if new is None else self._value(person, duty, new, trained=trained)
                if new is not None and value > 0:
                    rules = ("breaks", "skills") if trained else ("breaks",)
                    yield self._way(person, duty, new, value, rules)
                    break

    def _elsewhere(self, duty: Duty, kept: tuple[Pause, ...], at: int) -> Iterator[Pause]:
        """Yield the break of a moment at every other place of the shift, windows disregarded."""
        pause = next(p for p in duty.breaks if p.start <= at < p.end)
        length = pause.end - pause.start
        for start in range(duty.span.start, duty.span.end - length + 1, self.step_min):
            taken = (*kept, *duty.events)
            clear = all(start + length <= p.start or p.end <= start for p in taken)
            if clear and not start <= at < start + length:
                yield Pause(pause.activity, start, start + length)

    def _on_day(self, person: Person, day: int, step: int, trained: bool) -> Iterator[Way]:
        """Another shift on that day, or a shift where there is none."""
        case, group = self.case, self.case.group(person)
        old = self.board.duties[person.id].get(day)
        allowed = set(allowed_spans(case, person, day))
        price, back = self._price(person, old, trained), 0.0
        if old is not None:
            back = float(self.prices.after(group, "")[self._seat_rows(old)].sum())
        price[step - self.prices.first] -= _SURE
        whole = np.concatenate((np.zeros(self.prices.first + 1), np.cumsum(price)))
        legal = False
        for regular, code, spans in self._spans_at(day, step):
            if legal and not regular:
                break  # what is legal already needs no start that is not offered
            at = np.array([span.start // self.step_min for span in spans])
            best = best_breaks(case.shifts[code], at, whole, self.step_min)
            ends = np.minimum(at + case.shifts[code].length_min // self.step_min, len(whole) - 1)
            value = -(whole[ends] - whole[at] - best.saved) - _SURE - back
            for row in np.flatnonzero(value > _LEAST).tolist():
                span, starts = spans[row], tuple(best.starts[row].tolist())
                new = Duty(person.id, span, group or self.queue,
                           pauses(case.shifts[code], span, starts))  # fmt: skip
                rules = self._broken(person, new, legal=span in allowed)
                if old is not None and old.events:
                    rules = tuple(sorted({*rules, "meetings"}))
                legal = legal or not rules
                yield self._way(person, old, new, float(value[row]), rules)

    def _spans_at(self, day: int, step: int) -> list[tuple[bool, str, list[Span]]]:
        """Return the shifts of a day that cover a step, by shift type; offered starts first."""
        if (day, step) not in self._at:
            regular = set(self.case.spans[day])
            found: dict[tuple[bool, str], list[Span]] = {}
            for span in self._every_span(day):
                if span.start <= step * self.step_min < span.end:
                    found.setdefault((span in regular, span.shift), []).append(span)
            self._at[day, step] = [(*key, spans) for key, spans in sorted(
                found.items(), key=lambda item: not item[0][0])]  # fmt: skip
        return self._at[day, step]

    def _every_span(self, day: int) -> tuple[Span, ...]:
        """Return every shift type at every grid step of a day, its regular starts first."""
        if day not in self._spans:
            begin, end = self.case.horizon.midnights[day : day + 2]
            found = dict.fromkeys(self.case.spans[day])
            for shift in self.case.scenario.shifts:
                for start in range(begin, end, self.step_min):
                    found[Span(day, shift.code, start, start + shift.length_min)] = None
            self._spans[day] = tuple(found)
        return self._spans[day]

    def _price(self, person: Person, old: Duty | None, trained: bool) -> np.ndarray:
        """Return what being on seat changes at each step, the old shift taken away."""
        group = self.case.group(person)
        price = self.prices.after("", group, trained=trained).astype(float)
        if old is not None:
            rows = self._seat_rows(old)
            back = self.prices.after(group, group, trained=trained)
            price[rows] = (back - self.prices.after(group, ""))[rows]
        return price

    def _value(self, person: Person, old: Duty | None, new: Duty, *, trained: bool) -> float:
        """Return the agent-steps by which the plan is less short with `new` for `old`."""
        price, group = self._price(person, old, trained), self.case.group(person)
        total = float(price[self._seat_rows(new)].sum())
        if old is not None:
            total += float(self.prices.after(group, "")[self._seat_rows(old)].sum())
        return -total

    def _seat_rows(self, duty: Duty) -> np.ndarray:
        steps = seat_steps(duty, self.step_min, self.board.demand.steps)
        rows = np.array(steps, dtype=np.int64) - self.prices.first
        return rows[(rows >= 0) & (rows < len(self.prices.now))]

    def _broken(self, person: Person, new: Duty, *, legal: bool) -> tuple[str, ...]:
        """Return the names of the rules that the person's plan breaks with `new` and not before.

        A shift that is not legal by itself breaks its rules whatever was broken before.
        """
        key = (person.id, new.span)
        if key not in self._rules:
            mine = self.board.duties[person.id]
            if person.id not in self._before:
                self._before[person.id] = _faults(self.case, person, mine)
            after = _faults(self.case, person, {**mine, new.span.day: new})
            names = {rule for rule, _ in after - self._before[person.id]}
            if not legal:  # also what the day's old shift broke already: the new one breaks it too
                names |= {r.name for r in SHIFT_RULES if r.wrong(self.case, person, new)}
            if self.queue not in person.skills:
                names.add("skills")
            assert legal or names, "a shift that is not allowed breaks a rule"
            self._rules[key] = tuple(sorted(names))
        return self._rules[key]

    def _way(
        self, person: Person, old: Duty | None, new: Duty, value: float, rules: tuple[str, ...]
    ) -> Way:  # fmt: skip
        weights, step_h = self.case.scenario.weights, self.board.demand.step_h
        more = len(self._seat_rows(new)) - (0 if old is None else len(self._seat_rows(old)))
        gain = step_h * (weights.under * value - weights.over * (more - value))
        return Way(
            person.id,
            old,
            new,
            new.span.day,
            frozenset(OF_RULE.get(rule, "rest") for rule in rules),
            rules,
            value * step_h,
            gain,
        )


def _replaced(duty: Duty, breaks: Iterable[Pause]) -> Duty:
    return replace(duty, breaks=tuple(sorted(breaks, key=lambda pause: pause.start)))


def _faults(case: Case, person: Person, duties: dict[int, Duty]) -> frozenset[tuple[str, object]]:
    work = Work(case, person.id, tuple(sorted(duties.values(), key=lambda d: d.span.start)))
    found: list[Violation] = [v for rule in RULES for v in rule.violations(work)]
    return frozenset((v.rule, v.day) for v in found)
