"""Which rules hold? All of them, in one list; the solver posts it and the audit reads it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from wfm.roster.break_rules import BreakSpacing
from wfm.roster.duties import Case, Duty
from wfm.roster.limit_rules import AverageWeekHours, LeastShifts, MaxNightsInARow, MostShifts
from wfm.roster.meeting_rules import RoomForMeetings
from wfm.roster.pattern_rules import (
    DaysOffTogether,
    MaxWeekends,
    MinConsecutiveDays,
    MinConsecutiveOff,
    WholeWeekends,
)
from wfm.roster.period_rules import MaxPeriodHours, MinPeriodHours
from wfm.roster.rota_rules import PatternDay
from wfm.roster.rules import SHIFT_RULES, Breaks, DutyRule, KnownAgent, Rule, Work
from wfm.roster.sequence_rules import DailyRest, MaxConsecutiveDays, OneShiftADay
from wfm.roster.succession_rules import ForbiddenSuccession, RestAfterNights, StableStart
from wfm.roster.week_rules import (
    LegalWeekHours,
    MaxDaysPerWeek,
    MaxWeekHours,
    MinWeekHours,
)
from wfm.roster.weekly_rest import WeeklyRest
from wfm.workforce import LabourRules, Person

RULES: tuple[Rule, ...] = (
    KnownAgent(), *SHIFT_RULES, Breaks(), BreakSpacing(), OneShiftADay(), DailyRest(), WeeklyRest(),
    MaxConsecutiveDays(), MaxDaysPerWeek(), MaxWeekHours(), LegalWeekHours(), MinWeekHours(),
    ForbiddenSuccession(), StableStart(), RestAfterNights(), MaxNightsInARow(),
    MinConsecutiveDays(), MinConsecutiveOff(), DaysOffTogether(), MaxWeekends(), WholeWeekends(),
    AverageWeekHours(), MostShifts(), LeastShifts(), RoomForMeetings(),
    PatternDay(), MinPeriodHours(), MaxPeriodHours(),
)  # fmt: skip
_TOGETHER = tuple(rule for rule in RULES if not isinstance(rule, DutyRule))


def asked(rule: Rule, law: LabourRules) -> bool:
    """Return whether a rule asks for anything under these labour rules."""
    asks = getattr(rule, "asks", None)
    return asks is None or bool(asks(law))


@cache
def _together(law: LabourRules) -> tuple[Rule, ...]:
    return tuple(rule for rule in _TOGETHER if asked(rule, law))


def clean(case: Case, person: Person, duties: Iterable[Duty]) -> bool:
    """Return whether shifts that are legal one by one are legal together."""
    work = Work(case, person.id, tuple(sorted(duties, key=lambda duty: duty.span.start)))
    rules = _together(case.scenario.rules)
    return not any(True for rule in rules for _ in rule.violations(work))
