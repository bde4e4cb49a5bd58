"""Which rules hold? All of them, in one list; the solver posts it and the audit reads it."""

from __future__ import annotations

from collections.abc import Iterable

from wfm.roster.duties import Case, Duty
from wfm.roster.rules import SHIFT_RULES, Breaks, DutyRule, KnownAgent, Rule, Work
from wfm.roster.sequence_rules import DailyRest, MaxConsecutiveDays, OneShiftADay
from wfm.roster.week_rules import (
    LegalWeekHours,
    MaxDaysPerWeek,
    MaxWeekHours,
    MinWeekHours,
    WeeklyRest,
)
from wfm.workforce import Person

RULES: tuple[Rule, ...] = (
    KnownAgent(), *SHIFT_RULES, Breaks(), OneShiftADay(), DailyRest(), WeeklyRest(),
    MaxConsecutiveDays(), MaxDaysPerWeek(), MaxWeekHours(), LegalWeekHours(), MinWeekHours(),
)  # fmt: skip
_TOGETHER = tuple(rule for rule in RULES if not isinstance(rule, DutyRule))


def clean(case: Case, person: Person, duties: Iterable[Duty]) -> bool:
    """Return whether shifts that are legal one by one are legal together."""
    work = Work(case, person.id, tuple(sorted(duties, key=lambda duty: duty.span.start)))
    return not any(True for rule in _TOGETHER for _ in rule.violations(work))
