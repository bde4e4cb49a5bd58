"""Which rules contradict each other? A smallest set in words: who, which week or day, which rules.

Every rule of every week, every locked shift and every day kept free is a demand that can be dropped
for itself. A deletion filter drops them one by one wherever the rest is still impossible; what
remains is impossible together and possible without any one of its members. Each question is put to
the solver with the very rules of the rule book, so the answer is exact.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

import pandas as pd
from ortools.sat.python import cp_model

from wfm import frames
from wfm.errors import BadInput, Infeasible
from wfm.roster.audit import violations_of
from wfm.roster.breaks import pauses, placements
from wfm.roster.duties import Case, Duty, by_agent, duties_of
from wfm.roster.given import KEPT_FREE, before_of, kept_free
from wfm.roster.grid import horizon_of, step_of
from wfm.roster.meeting_rules import meetings_of, window
from wfm.roster.model import new_choice
from wfm.roster.rulebook import RULES, asked
from wfm.roster.rules import Choice, Rule
from wfm.roster.scoping import of_one
from wfm.roster.week_rules import owed_min
from wfm.scenario import Scenario
from wfm.workforce import Person

_MOST_TOLD = 5


@dataclass(frozen=True)
class Clash:
    """Demands on one person that cannot be met together, though each could be dropped.

    Attributes
    ----------
    agent : str
    week : date
        Monday of the week in which they meet.
    rules : tuple of str
        Names of rules; locks are called ``lock``.
    demands : tuple of str
        The same in words, with week or day.
    """

    agent: str
    week: dt.date
    rules: tuple[str, ...]
    demands: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The clash in words."""
        return (
            f"agent {self.agent!r}, week of {self.week}: these cannot hold together: "
            f"{'; '.join(self.demands)}; relax any one of them"
            if len(self.demands) > 1
            else f"agent {self.agent!r}, week of {self.week}: this cannot hold: {self.demands[0]}; "
            "relax it"
        )


@dataclass(frozen=True)
class _Demand:
    name: str
    text: str
    post: Callable[[cp_model.CpModel, Choice], None]


def clashes(
    scenario: Scenario, *, locked: pd.DataFrame | None = None,
    previous: pd.DataFrame | None = None,
) -> tuple[Clash, ...]:  # fmt: skip
    """Return a smallest clashing set of demands for every person who has no legal roster.

    Parameters
    ----------
    scenario : Scenario
        With a `start`.
    locked : DataFrame, optional
        As for `solve`: shifts that must stand, and days kept free.
    previous : DataFrame, optional
        Roster of the weeks before.

    Returns
    -------
    tuple of Clash
        One a person, in the order of the people; empty if everybody can be rostered. Everything
        clashing is found by mending one clash and asking again.

    Raises
    ------
    BadInput
        If nothing dates the plan or a table cannot be used.

    Examples
    --------
    >>> import datetime as dt
    >>> from wfm.scenario import Contract, Person, Queue, Scenario, ShiftType, Target
    >>> plan = Scenario(
    ...     "one", "UTC", (Queue("voice", Target(0.8)),), (Person("ann", "odd", ("voice",)),),
    ...     (Contract("odd", 36, 38, ("D",)),), (ShiftType("D", "09:00", "09:00", 480),),
    ...     start=dt.date(2003, 3, 3))
    >>> [clash.rules for clash in clashes(plan)]
    [('max week hours', 'min week hours')]
    """
    horizon = horizon_of(scenario, None)
    bare = Case(scenario, horizon, {})
    case = replace(bare, before=before_of(previous, bare), kept_free=kept_free(locked, bare))
    shifts: dict[str, tuple[Duty, ...]] = {}
    if locked is not None:
        frames.check("roster", locked)
        rows = locked[locked["activity"] != KEPT_FREE]
        shifts = by_agent(duties_of(rows, horizon, "locked"))
    unknown = sorted(set(shifts) - set(case.people))
    if unknown:
        raise BadInput(
            f"locked: {len(unknown)} agents are not in the scenario (first: {unknown[0]!r}); drop "
            "their rows"
        )
    found = (clash_of(case, person, shifts.get(person.id, ())) for person in scenario.people)
    return tuple(clash for clash in found if clash is not None)


def why_infeasible(case: Case, locked: dict[str, dict[int, Duty]]) -> Infeasible | None:
    """Return the first clashes in words; None if everybody has a legal roster."""
    told: list[str] = []
    for person in case.scenario.people:
        clash = clash_of(case, person, tuple(locked.get(person.id, {}).values()))
        told += [] if clash is None else [clash.sentence]
        if len(told) == _MOST_TOLD:
            told.append("and perhaps others")
            break
    return Infeasible(f"roster: {'. '.join(told)}") if told else None


def clash_of(case: Case, person: Person, locked: tuple[Duty, ...]) -> Clash | None:
    """Return the clash of one person; None if there is a legal roster."""
    broken = violations_of(
        replace(case, scenario=of_one(case.scenario, person)), locked, growing_only=True
    )
    if broken:
        return _locks_alone(case, person, locked)
    if _possible(case, person, locked, _demands(case, person, locked, case.horizon.weeks)):
        return None
    weeks = next(
        w for w in range(1, case.horizon.weeks + 1)
        if not _possible(case, person, locked, _demands(case, person, locked, w))
    )  # fmt: skip
    kept = _demands(case, person, locked, weeks)
    for demand in list(kept):
        rest = [d for d in kept if d is not demand]
        if not _possible(case, person, locked, rest):
            kept = rest
    names = tuple(dict.fromkeys(sorted(d.name for d in kept)))
    monday = case.horizon.date(7 * (weeks - 1))
    return Clash(person.id, monday, names, tuple(d.text for d in kept))


def _locks_alone(case: Case, person: Person, locked: tuple[Duty, ...]) -> Clash:
    """Locks that break a rule by themselves: the fewest shifts that still break one."""
    alone = replace(case, scenario=of_one(case.scenario, person))
    kept = list(locked)
    for duty in locked:
        rest = tuple(d for d in kept if d is not duty)
        if violations_of(alone, rest, growing_only=True):
            kept = list(rest)
    broken = violations_of(alone, tuple(kept), growing_only=True)
    first = broken[0]
    texts = [_lock_text(case, duty) for duty in kept]
    texts += [f"{v.rule} on {v.day} ({v.text})" for v in broken]
    monday = case.horizon.date(7 * ((first.day - case.horizon.monday).days // 7))
    names = tuple(dict.fromkeys(["lock", *(v.rule for v in broken)]))
    return Clash(person.id, monday, names, tuple(texts))


def _demands(case: Case, person: Person, locked: tuple[Duty, ...], weeks: int) -> list[_Demand]:
    """Return everything asked of a person up to a week, each to be dropped for itself."""
    found = [
        _Demand(rule.name, _rule_text(case, person, rule, week),
                _posting(rule, frozenset(range(7 * week, 7 * week + 7))))
        for week in range(weeks) for rule in RULES if asked(rule, case.scenario.rules)
    ]  # fmt: skip
    found += [
        _Demand("lock", _lock_text(case, duty), _keeping(duty))
        for duty in locked if duty.span.day < 7 * weeks
    ]  # fmt: skip
    for agent, day in sorted(case.kept_free):
        if agent == person.id and 0 <= day < 7 * weeks:
            text = f"{case.horizon.date(day):%a %Y-%m-%d} is kept free by a lock"
            found.append(_Demand("lock", text, _freeing(day)))
    return found


def _posting(rule: Rule, days: frozenset[int]) -> Callable[[cp_model.CpModel, Choice], None]:
    return lambda model, choice: rule.post(model, replace(choice, free=days))


def _keeping(duty: Duty) -> Callable[[cp_model.CpModel, Choice], None]:
    def post(model: cp_model.CpModel, choice: Choice) -> None:
        for offer, literal in choice.on(duty.span.day):
            if offer == duty:
                model.add(literal == 1)

    return post


def _freeing(day: int) -> Callable[[cp_model.CpModel, Choice], None]:
    def post(model: cp_model.CpModel, choice: Choice) -> None:
        for _, literal in choice.on(day):
            model.add(literal == 0)

    return post


def _possible(case: Case, person: Person, locked: tuple[Duty, ...], demands: list[_Demand]) -> bool:
    """Return whether some roster of the person meets these demands, all others dropped."""
    model = cp_model.CpModel()
    free = frozenset(range(case.horizon.days))
    choice, _ = new_choice(model, case, person, settled={},
                           offers=_offers(case, person, locked), free=free)  # fmt: skip
    # Not a rule that could be dropped: who works two shifts at once is no answer to anything.
    for day in free:
        model.add_at_most_one([literal for _, literal in choice.on(day)])
    for demand in demands:
        demand.post(model, choice)
    solver = cp_model.CpSolver()
    solver.parameters.catch_sigint_signal = False
    solver.parameters.num_workers = 1
    return solver.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE)


def _offers(case: Case, person: Person, locked: tuple[Duty, ...]) -> list[Duty]:
    """Return every shift of the scenario on every day with some legal breaks, and the locks."""
    group, step = case.group(person), step_of(case.scenario)
    first = {
        code: next(placements(shift, step), ()) for code, shift in case.shifts.items()
    }  # fmt: skip
    offers = dict.fromkeys(locked)
    for spans in case.spans:
        for span in spans:
            shift = case.shifts[span.shift]
            offers[Duty(person.id, span, group, pauses(shift, span, first[span.shift]))] = None
    return list(offers)


def _lock_text(case: Case, duty: Duty) -> str:
    horizon = case.horizon
    return (
        f"the shift {duty.span.shift} on {horizon.date(duty.span.day):%a %Y-%m-%d} from "
        f"{horizon.stamp(duty.span.start):%H:%M} is locked"
    )


def _rule_text(case: Case, person: Person, rule: Rule, week: int) -> str:
    """Say what a rule asks of a person in a week, with its number where it has one."""
    contract, law = case.contracts[person.contract], case.scenario.rules
    dates = [case.horizon.date(day) for day in range(7 * week, 7 * week + 7)]
    off = ", ".join(f"{d:%a %d %b}" for d in dates if d in person.time_off)
    asked = {
        "min week hours": f"at least {owed_min(case, person, week) / 60:g} paid hours "
        f"(contract {contract.name!r}: {contract.min_week_h:g} to {contract.max_week_h:g})",
        "max week hours": f"at most {contract.most_week_h:g} paid hours (contract "
        f"{contract.name!r})",
        "legal week hours": f"at most {law.max_week_h:g} paid hours (labour rules)",
        "max days per week": f"at most {contract.max_days_per_week} days (contract "
        f"{contract.name!r})",
        "daily rest": f"{law.daily_rest_h:g} h between shifts",
        "weekly rest": f"{law.weekly_rest_h:g} h in one piece",
        "max consecutive days": f"at most {law.max_consecutive_days} days in a row",
        "allowed shift": f"shifts {', '.join(contract.shifts)} alone (contract "
        f"{contract.name!r})",
        "time off": f"leave on {off}" if off else "",
        "skills": "shifts for the person's own queues alone"
        if person.skills else "no shift without a skill",
        "room for meetings": "; ".join(
            f"{m.name!r} of {m.length_min} min, {window(m)}" for m in meetings_of(case, person)
        ),
        "weekdays off": "never on "
        + ", ".join(f"{dates[d]:%A}" for d in sorted(person.weekdays_off)),
    }.get(rule.name) or getattr(rule, "asks", lambda _: "")(law)  # fmt: skip
    when = f" in the week of {dates[0]}" if case.horizon.weeks > 1 else ""
    return f"{rule.name!r}{when} ({asked})" if asked else f"{rule.name!r}{when}"
