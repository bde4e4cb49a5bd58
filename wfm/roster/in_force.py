"""Which rules does a plan really have, and how does its roster keep each of them?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from wfm.roster.floor import on_call_missing, staff_missing
from wfm.roster.judging import of_frame
from wfm.roster.money import overtime
from wfm.roster.result import Roster, Violation
from wfm.roster.rule_words import Said, people, said, some, weekdays
from wfm.roster.wishes import outcomes
from wfm.scenario import Scenario

_SHARED_WORDS = {
    "fairness": "paid hours", "nights": "nights", "weekends": "weekends",
    "early": "early shifts", "late": "late shifts",
}  # fmt: skip


@dataclass(frozen=True)
class RuleInForce:
    """One rule of a plan.

    Attributes
    ----------
    group : str
        What it is about: law, contract, shift, people, house, meeting, pattern, wish or other.
    asks : str
        What it asks, with its figures.
    who : str
        Who it applies to.
    source : str
        Where it is written.
    hard : bool
        Whether it must be kept; else departing from it has a price.
    breaches : int
        Breaches that the audit found; of a soft rule the times, days or wishes that go without,
        0 where nothing is counted (overtime, even sharing).
    told : str
        The same in words: ``"kept"``, or what is wrong.
    """

    group: str
    asks: str
    who: str
    source: str
    hard: bool
    breaches: int
    told: str


def in_force(
    roster: Roster | pd.DataFrame, scenario: Scenario, violations: Iterable[Violation]
) -> tuple[RuleInForce, ...]:
    """Return the rules of a scenario with how a roster keeps them.

    Parameters
    ----------
    roster : Roster or DataFrame
    scenario : Scenario
    violations : iterable of Violation
        What `wfm.roster.audit` found in the roster. Each is counted once; what belongs to no rule
        in words makes a row of its own.

    Returns
    -------
    tuple of RuleInForce
        Hard rules first. Rules that the scenario does not ask for are left out.
    """
    case = of_frame(roster, scenario)
    left = list(violations)
    rows = []
    for rule in said(case):
        mine = [found for found in left if _is_of(found, rule)]
        left = [found for found in left if not _is_of(found, rule)]
        rows.append(_hard(rule, mine))
    for name in sorted({found.rule for found in left}):
        mine = [found for found in left if found.rule == name]
        rows.append(_hard(Said("other", name.capitalize(), "", "", frozenset({name})), mine))
    return (*rows, *_soft(roster, case.scenario))


def _is_of(found: Violation, rule: Said) -> bool:
    return (
        found.rule in rule.rules
        and (rule.agents is None or found.agent in rule.agents)
        and rule.mention in found.text
    )


def _hard(rule: Said, found: list[Violation]) -> RuleInForce:
    told = "kept"
    if found:
        first = min(found, key=lambda v: (v.day, v.agent))
        who = f"{first.agent}, " if first.agent else ""
        noun = "breach" if len(found) == 1 else "breaches"
        names = Counter(one.rule for one in found)
        of = ", ".join(f"{name} {count}" for name, count in names.items())
        told = f"{len(found)} {noun}{f': {of}' if len(rule.rules) > 1 else ''} "
        told += f"(first: {who}{first.day})"
    return RuleInForce(rule.group, rule.asks, rule.who, rule.source, True, len(found), told)


def _soft(roster: Roster | pd.DataFrame, scenario: Scenario) -> Iterator[RuleInForce]:
    yield from _minimum_staff(roster, scenario)
    yield from _on_call(roster, scenario)
    yield from _overtime(roster, scenario)
    yield from _requests(roster, scenario)
    yield from _shared(scenario)


def _minimum_staff(roster: Roster | pd.DataFrame, scenario: Scenario) -> Iterator[RuleInForce]:
    if not scenario.minimum_staff:
        return
    lack = staff_missing(roster, scenario)
    for role in dict.fromkeys(minimum.role for minimum in scenario.minimum_staff):
        mine = lack[lack["role"] == role]
        asked = [
            f"at least {m.least} on a shift from {m.start} to {m.end}{weekdays(m.weekdays)}"
            for m in scenario.minimum_staff if m.role == role
        ]  # fmt: skip
        hours = float(((mine["end"] - mine["start"]).dt.total_seconds() / 3600).sum())
        yield _weighed(
            "house", f"{role}: {some(asked, '; ')}",
            people(sum(role in person.roles for person in scenario.people)),
            source=f"minimum_staff (weight {scenario.weights.staff:g})", breaches=len(mine),
            told=f"missing {hours:g} h in {len(mine)} stretch{'' if len(mine) == 1 else 'es'}",
        )  # fmt: skip


def _on_call(roster: Roster | pd.DataFrame, scenario: Scenario) -> Iterator[RuleInForce]:
    if not scenario.on_call_staff:
        return
    lack = on_call_missing(roster, scenario)
    for code in dict.fromkeys(staff.shift for staff in scenario.on_call_staff):
        mine = lack[lack["shift"] == code]
        asked = [
            f"{s.least} a day{weekdays(s.weekdays)}"
            for s in scenario.on_call_staff if s.shift == code
        ]  # fmt: skip
        able = {c.name for c in scenario.contracts if code in c.shifts}
        yield _weighed(
            "house", f"People on call, {code}: {some(asked, '; ')}",
            people(sum(person.contract in able for person in scenario.people)),
            source=f"on_call_staff (weight {scenario.weights.on_call:g})",
            breaches=int(mine["missing"].sum()),
            told=f"missing on {len(mine)} day{'' if len(mine) == 1 else 's'}",
        )  # fmt: skip


def _overtime(roster: Roster | pd.DataFrame, scenario: Scenario) -> Iterator[RuleInForce]:
    after = scenario.rules.overtime_after_h
    allowed = {c.name for c in scenario.contracts if c.overtime_h}
    able = [p for p in scenario.people if after is not None or p.contract in allowed]
    if not able:
        return
    worked = overtime(roster, scenario)
    hours = float(worked["overtime_h"].sum())
    begins = "a contract's most" if after is None else f"{after:g}"
    price = f"weight {scenario.weights.overtime:g}" if scenario.weights.overtime else "no price"
    told = f"{hours:g} h worked by {people(worked['agent'].nunique())}" if hours else "none worked"
    yield RuleInForce(
        "wish", f"Hours beyond {begins} a week are overtime, to be kept low",
        "everybody" if after is not None else people(len(able)),
        f"scenario, weights.overtime ({price})", False, 0, told,
    )  # fmt: skip


def _requests(roster: Roster | pd.DataFrame, scenario: Scenario) -> Iterator[RuleInForce]:
    if not scenario.requests:
        return
    answers = outcomes(roster, scenario)
    refused = int((~answers["granted"]).sum())
    yield _weighed(
        "wish", f"Requests for single days: {len(answers)} in the plan",
        people(answers["agent"].nunique()), source="requests (each with its weight)",
        breaches=refused, told=f"{refused} refused, {len(answers) - refused} granted",
    )  # fmt: skip


def _shared(scenario: Scenario) -> Iterator[RuleInForce]:
    named = [
        f"{words} ({weight:g})" for name, words in _SHARED_WORDS.items()
        if (weight := getattr(scenario.weights, name))
    ]  # fmt: skip
    if named:
        yield RuleInForce(
            "wish", f"Shared evenly among people of a contract: {', '.join(named)}", "everybody",
            "scenario, weights", False, 0, "weighed",
        )  # fmt: skip


def _weighed(
    group: str, asks: str, who: str, *, source: str, breaches: int, told: str
) -> RuleInForce:
    told = told if breaches else "kept"
    return RuleInForce(group, asks, who, f"scenario, {source}", False, breaches, told)
