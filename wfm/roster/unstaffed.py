"""Who can never be rostered, and which work can nobody do? In words, before anybody wonders."""

from __future__ import annotations

from collections import defaultdict

from wfm.roster.demand import Demand
from wfm.roster.duties import Case, Duty
from wfm.roster.rules import SHIFT_RULES, PlannedWeeks, allowed_spans
from wfm.workforce import Person


def unstaffed(case: Case, demand: Demand) -> tuple[str, ...]:
    """Return a sentence on each queue, person, set of requests and meeting that is left out.

    Those are queues that nobody serves, people without a shift, and requests and meetings of other
    weeks.
    """
    return (*_queues(case, demand), *_people(case), *_requests(case), *_meetings(case))


def _queues(case: Case, demand: Demand) -> list[str]:
    served = {queue for person in case.scenario.people for queue in person.skills}
    return [
        f"queue {queue!r}: nobody has this skill, so that all of its "
        f"{demand.wanted[at].sum() * demand.step_min / 60:g} agent-hours stay short"
        for at, queue in enumerate(demand.queues)
        if queue not in served and demand.wanted[at].any()
    ]


def _people(case: Case) -> list[str]:
    if not case.scenario.people:
        return ["there are no people in the scenario, so that nobody is rostered"]
    stuck: dict[str, list[str]] = defaultdict(list)
    days = range(case.horizon.days)
    for person in case.scenario.people:
        if not any(allowed_spans(case, person, day) for day in days):
            stuck[_why(case, person)].append(person.id)
    return [
        f"{len(who)} of {len(case.scenario.people)} people have no shift that they may be given "
        f"(first: agent {who[0]!r}): {why}"
        for why, who in sorted(stuck.items(), key=lambda item: -len(item[1]))
    ]


def _why(case: Case, person: Person) -> str:
    """Return what takes the last shifts away: the rule that is broken by all of them, or several.

    Shifts of other contracts are not meant; skills and leave are said before anything else.
    """
    group = case.group(person)
    if not group:
        return "no skill in a queue of the scenario"
    own = case.contracts[person.contract].shifts
    left = [
        Duty(person.id, span, group) for spans in case.spans for span in spans if span.shift in own
    ]
    if not left:
        return f"contract {person.contract!r} names no shift type that is planned"
    found: list[str] = []
    for rule in SHIFT_RULES:
        broken = [duty for duty in left if rule.wrong(case, person, duty)]
        if broken and not isinstance(rule, PlannedWeeks):
            text = rule.wrong(case, person, broken[0])
            found.append(f"{rule.name} (shift {broken[0].span.shift!r}: {text})")
        left = [duty for duty in left if duty not in broken]
        if not left:
            break
    return " and ".join(found) or "no rule allows one"


def _requests(case: Case) -> list[str]:
    first, last = case.horizon.date(0), case.horizon.date(case.horizon.days - 1)
    late = [r for r in case.scenario.requests if not first <= r.day <= last]
    if not late:
        return []
    return [
        f"{len(late)} of {len(case.scenario.requests)} requests are not for {first} to {last} and "
        f"were not looked at (first: agent {late[0].agent!r}, {late[0].day})"
    ]


def _meetings(case: Case) -> list[str]:
    first, last = case.horizon.date(0), case.horizon.date(case.horizon.days - 1)
    return [
        f"meeting {m.name!r} is for {m.first} to {m.last}, outside of {first} to {last}, and is "
        "not placed"
        for m in case.scenario.meetings
        if m.last < first or m.first > last
    ]
