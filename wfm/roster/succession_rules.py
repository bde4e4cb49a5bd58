"""Which shift may come after which, and at which clock times within a week?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ortools.sat.python import cp_model

from wfm.roster.duties import Duty
from wfm.roster.result import Violation
from wfm.roster.rules import Choice, Work
from wfm.roster.sequence_rules import rest_min
from wfm.timegrid import MINUTES_A_DAY
from wfm.workforce import LabourRules


class ForbiddenSuccession:
    """Certain shifts may not be worked on the day after certain others."""

    name = "forbidden succession"
    growing = True

    def post(self, model: cp_model.CpModel, choice: Choice) -> None:
        """Of a shift and those that may not follow it the day after, choose at most one."""
        for first, later in _after(choice.case.scenario.rules).items():
            for day in sorted({d for free in choice.free for d in (free - 1, free)}):
                before = [x for duty, x in choice.on(day) if duty.span.shift == first]
                behind = [x for duty, x in choice.on(day + 1) if duty.span.shift in later]
                if before and behind:
                    model.add_at_most_one(before + behind)

    def violations(self, work: Work) -> Iterator[Violation]:
        """Look at every shift with a shift on the day before."""
        after = _after(work.case.scenario.rules)
        if not after:
            return
        codes = defaultdict(list)
        for duty in work.all:
            codes[duty.span.day].append(duty.span.shift)
        for duty in work.duties:
            for before in codes.get(duty.span.day - 1, ()):
                if duty.span.shift in after.get(before, ()):
                    text = f"shift {duty.span.shift!r} may not follow {before!r} of the day before"
                    yield work.broken(self.name, duty.span.day, text)

    def asks(self, law: LabourRules) -> str:
        """Say what the rule asks."""
        return ", ".join(f"no {b} after {a}" for a, b in law.forbidden_successions)


class StableStart:
    """The shifts of a Monday-Sunday week start within `max_start_spread_h` by the clock."""

    name = "stable start"
    growing = True

    def post(self, model: cp_model.CpModel, choice: Choice) -> None:
        """Choose the week's earliest start; used starts lie within the spread behind it."""
        most = rest_min(choice.case.scenario.rules.max_start_spread_h)
        if most >= MINUTES_A_DAY:
            return
        for week in choice.weeks:
            at_clock: dict[int, list[cp_model.IntVar]] = defaultdict(list)
            for day in range(7 * week, 7 * week + 7):
                for duty, literal in choice.on(day):
                    at_clock[choice.case.clock(duty.span)].append(literal)
            if not at_clock or max(at_clock) - min(at_clock) <= most:
                continue
            first = model.new_int_var(min(at_clock), max(at_clock), "")
            for clock, literals in at_clock.items():
                used = model.new_bool_var("")
                for literal in literals:
                    model.add_implication(literal, used)
                model.add_linear_constraint(first, clock - most, clock).only_enforce_if(used)

    def violations(self, work: Work) -> Iterator[Violation]:
        """Compare the earliest and latest clock start of each week."""
        most = rest_min(work.case.scenario.rules.max_start_spread_h)
        if most >= MINUTES_A_DAY:
            return
        for week in range(work.case.horizon.weeks):
            mine = [duty for duty in work.duties if duty.span.day // 7 == week]
            clocks = [work.case.clock(duty.span) for duty in mine]
            if mine and max(clocks) - min(clocks) > most:
                text = (
                    f"expected starts within {most / 60:g} h of each other in the week, got "
                    f"{_clock(min(clocks))} to {_clock(max(clocks))}"
                )
                yield work.broken(self.name, 7 * week, text)

    def asks(self, law: LabourRules) -> str:
        """Say what the rule asks."""
        most = law.max_start_spread_h
        return f"starts within {most:g} h of each other" if most < 24 else ""


class RestAfterNights:
    """Between a night and any later shift that is no night lie `rest_after_nights_h`."""

    name = "rest after nights"
    growing = True

    def post(self, model: cp_model.CpModel, choice: Choice) -> None:
        """Of nights that end late and other shifts that begin too soon after, at most one."""
        rest = rest_min(choice.case.scenario.rules.rest_after_nights_h)
        if not rest:
            return
        reach = rest // MINUTES_A_DAY + 3
        for day in sorted({d for f in choice.free for d in range(f - reach, f + 1)}):
            nights = [(d, x) for d, x in choice.on(day) if choice.case.is_night(d.span)]
            for later in range(day, day + reach + 1):
                if nights and (day in choice.free or later in choice.free):
                    days = [(d, x) for d, x in choice.on(later) if not choice.case.is_night(d.span)]
                    _at_most_one_of(model, nights, days, rest)

    def violations(self, work: Work) -> Iterator[Violation]:
        """Measure the rest between the last night and each other planned shift."""
        hours = work.case.scenario.rules.rest_after_nights_h
        if not hours:
            return
        planned, case = set(work.duties), work.case
        nights = [duty.span for duty in work.all if case.is_night(duty.span)]
        for duty in work.all:
            if case.is_night(duty.span):
                continue
            ends = [night.end for night in nights if night.start < duty.span.start]
            got = duty.span.start - max(ends, default=-(10**9))
            if got < rest_min(hours):
                day = duty.span.day
                if duty not in planned:
                    continue
                text = f"expected {hours:g} h after a night, got {max(got, 0) / 60:g} h"
                yield work.broken(self.name, day, text)

    def asks(self, law: LabourRules) -> str:
        """Say what the rule asks."""
        hours = law.rest_after_nights_h
        return f"{hours:g} h after nights" if hours else ""


def _at_most_one_of(
    model: cp_model.CpModel, nights: list[tuple[Duty, cp_model.IntVar]],
    days: list[tuple[Duty, cp_model.IntVar]], rest: int,
) -> None:  # fmt: skip
    for night, literal in nights:
        soon = [
            x for duty, x in days
            if night.span.start < duty.span.start < night.span.end + rest
        ]  # fmt: skip
        if soon:
            model.add_at_most_one([literal, *soon])


def _after(law: LabourRules) -> dict[str, set[str]]:
    """Return shift code to the codes that may not follow it."""
    found: dict[str, set[str]] = defaultdict(set)
    for first, later in law.forbidden_successions:
        found[first].add(later)
    return found


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
