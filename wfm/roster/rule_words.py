"""How is each rule of a scenario said to a planner: what it asks, of whom, where it is written?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from wfm.labour import written
from wfm.roster.duties import Case
from wfm.roster.meeting_rules import NAME as MEETINGS
from wfm.roster.meeting_rules import RoomForMeetings, attendees
from wfm.roster.rotas import pattern_of
from wfm.scenario import Scenario
from wfm.timegrid import MINUTES_A_DAY
from wfm.workforce import Contract, LabourRules, ShiftType

_SHOWN = 6
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class Said:
    """One rule in words.

    Attributes
    ----------
    group : str
        What it is about: law, contract, shift, people, house, meeting or pattern.
    asks, who, source : str
    rules : frozenset of str
        Names of the rules of `wfm.roster.audit` that check it.
    agents : frozenset of str or None
        Whose breaches are its; None: everybody's.
    mention : str
        What the text of a breach must hold.
    """

    group: str
    asks: str
    who: str
    source: str
    rules: frozenset[str]
    agents: frozenset[str] | None = None
    mention: str = ""


def said(case: Case) -> Iterator[Said]:
    """Yield every hard rule of a scenario in words, those of single people before those of all."""
    scenario = case.scenario
    yield from _of_hours(scenario)
    yield from _of_days(scenario.rules)
    for contract in scenario.contracts:
        yield from _of_contract(contract, scenario)
    yield from _of_shifts(scenario)
    yield from _of_people(case)
    if scenario.seats is not None:
        yield Said("house", f"At most {scenario.seats} people on a shift at the same time",
                   "everybody", "scenario, seats", frozenset({"seats"}))  # fmt: skip
    yield from _of_meetings(case)
    yield from _of_patterns(case)


def _line(law: LabourRules) -> Callable[[str, str, str], Said]:
    """Return what makes a row of a labour rule: what it asks, its field, the rule's name."""

    def line(asks: str, field: str, rule: str) -> Said:
        return Said("law", asks, "everybody", written(law, field), frozenset({rule}))

    return line


def _of_hours(scenario: Scenario) -> Iterator[Said]:
    law, line = scenario.rules, _line(scenario.rules)
    if law.daily_rest_h:
        yield line(f"At least {law.daily_rest_h:g} h of rest between two shifts", "daily_rest_h",
                   "daily rest")  # fmt: skip
    if law.weekly_rest_h:
        text = f"At least {law.weekly_rest_h:g} h of rest in one piece each week"
        if law.weekly_rest_weeks > 1:
            text = f"Two rests of at least {law.weekly_rest_h:g} h in every two weeks"
        if law.weekly_rest_short_h is not None:
            text += (
                f"; a week may have {law.weekly_rest_short_h:g} h if the week after makes up for it"
            )
        yield line(text, "weekly_rest_h", "weekly rest")
    if law.max_consecutive_days < 28:
        yield line(f"At most {law.max_consecutive_days} days of work in a row",
                   "max_consecutive_days", "max consecutive days")  # fmt: skip
    if law.max_daily_h < 24:
        yield line(f"At most {law.max_daily_h:g} paid h a shift", "max_daily_h", "max daily hours")
    if law.max_week_h < 168:
        yield line(f"At most {law.max_week_h:g} paid h a week", "max_week_h", "legal week hours")
    if law.average_week_h is not None:
        yield line(
            f"At most {law.average_week_h:g} paid h a week on average of {law.average_weeks} weeks",
            "average_week_h", "average week hours",
        )  # fmt: skip
    spacing = _spacing(scenario)
    if spacing:
        fields = ("most_without_break_h", "least_before_break_h", "least_between_breaks_h")
        of_law = [name for name in fields if getattr(law, name) % 24]
        source = written(law, of_law[0]) if of_law else "scenario, shifts"
        yield Said("law", spacing, "everybody", source, frozenset({"break spacing"}))


def _of_days(law: LabourRules) -> Iterator[Said]:
    line = _line(law)
    if law.forbidden_successions:
        pairs = ", ".join(f"{b} after {a}" for a, b in law.forbidden_successions)
        yield line(f"Not on the next day: {pairs}", "forbidden_successions", "forbidden succession")
    if law.min_consecutive_days > 1:
        yield line(f"At least {law.min_consecutive_days} days of work in a row",
                   "min_consecutive_days", "min consecutive days")  # fmt: skip
    if law.min_consecutive_off > 1:
        yield line(f"At least {law.min_consecutive_off} days off in a row", "min_consecutive_off",
                   "min consecutive off")  # fmt: skip
    if law.days_off_together:
        yield line(f"{law.days_off_together} neighbouring days of every week wholly free",
                   "days_off_together", "days off together")  # fmt: skip
    if law.max_start_spread_h < 24:
        yield line(
            f"A person's shifts of a week start within {law.max_start_spread_h:g} h by the clock",
            "max_start_spread_h", "stable start",
        )  # fmt: skip
    if law.max_weekends is not None:
        yield line(f"At most {law.max_weekends} of {law.weekends_of} weekends in a row worked",
                   "max_weekends", "max weekends")  # fmt: skip
    if law.whole_weekends:
        yield line("Both days of a weekend are worked, or none", "whole_weekends", "whole weekends")
    night = f"(at least {law.night_least_h:g} h between {law.night_from} and {law.night_to})"
    if law.max_nights_in_a_row is not None:
        yield line(f"At most {law.max_nights_in_a_row} nights in a row {night}",
                   "max_nights_in_a_row", "max nights in a row")  # fmt: skip
    if law.rest_after_nights_h:
        yield line(
            f"At least {law.rest_after_nights_h:g} h between a night {night} and another shift",
            "rest_after_nights_h", "rest after nights",
        )  # fmt: skip
    most = [f"{x.most} of {'/'.join(x.shifts)}" for x in law.shift_limits if x.most < 7]
    if most:
        yield line(f"At most {', '.join(most)} a week", "shift_limits", "most shifts of a type")
    least = [f"{x.least} of {'/'.join(x.shifts)}" for x in law.shift_limits if x.least]
    if least:
        yield line(f"At least {', '.join(least)} a week", "shift_limits", "least shifts of a type")


def _spacing(scenario: Scenario) -> str:
    """Return how breaks are spaced, by law and by shift type."""
    law = scenario.rules
    parts = [_gaps(law.least_before_break_h, law.most_without_break_h % 24,
                   law.least_between_breaks_h)]  # fmt: skip
    for kind in scenario.shifts:
        own = _gaps(kind.least_before_break_min / 60,
                    kind.most_without_break_min % MINUTES_A_DAY / 60,
                    kind.least_between_breaks_min / 60)  # fmt: skip
        parts.append(own and f"shift {kind.code}: {own[0].lower()}{own[1:]}")
    return "; ".join(filter(None, parts))


def _gaps(before: float, most: float, between: float) -> str:
    parts = [
        f"at least {before:g} h of work before the first break" if before else "",
        f"at most {most:g} h of work at a stretch without a break" if most else "",
        f"at least {between:g} h between two breaks" if between else "",
    ]
    text = ", ".join(filter(None, parts))
    return text[:1].upper() + text[1:]


def _of_contract(contract: Contract, scenario: Scenario) -> Iterator[Said]:
    agents = frozenset(p.id for p in scenario.people if p.contract == contract.name)
    if not agents:
        return
    who = f"contract {contract.name}, {people(len(agents))}"
    source = f"scenario, contract {contract.name}"

    def line(asks: str, *rules: str) -> Said:
        return Said("contract", asks, who, source, frozenset(rules), agents)

    hours = f"{contract.max_week_h:g}"
    if contract.min_week_h != contract.max_week_h:
        hours = f"{contract.min_week_h:g} to {hours}"
    over = f" (and {contract.overtime_h:g} h of overtime)" if contract.overtime_h else ""
    yield line(
        f"{hours} paid h a week{over}, on at most {contract.max_days_per_week} days, with shifts "
        f"{', '.join(contract.shifts)} alone; approved days off lower the least hours",
        "min week hours", "max week hours", "max days per week", "allowed shift",
    )  # fmt: skip
    if contract.period_weeks:
        most = contract.max_period_h
        hours = f"at least {contract.min_period_h:g}" if contract.min_period_h else ""
        hours += " and " if hours and most is not None else ""
        hours += f"at most {most:g}" if most is not None else ""
        if hours:
            yield line(f"In any {contract.period_weeks} weeks in a row {hours} paid h",
                       "min period hours", "max period hours")  # fmt: skip


def _of_shifts(scenario: Scenario) -> Iterator[Said]:
    if scenario.shifts:
        yield Said(
            "shift", "Shifts start, last and have breaks as their type says: "
            + some((_shift(kind) for kind in scenario.shifts), "; "),
            "everybody", "scenario, shifts", frozenset({"allowed start", "breaks"}),
        )  # fmt: skip


def _shift(kind: ShiftType) -> str:
    starts = kind.earliest_start
    if kind.latest_start != kind.earliest_start:
        starts += f"–{kind.latest_start}"
    text = f"{kind.code} {starts}, {kind.length_min / 60:g} h"
    if kind.on_call:
        return f"{text} on call ({kind.paid_share:.0%} paid, {kind.rest_share:.0%} counts as rest)"
    gap = [b.length_min / 60 for b in kind.breaks if b.activity == "gap"]
    rest = len(kind.breaks) - len(gap)
    breaks = f"{rest} break{'' if rest == 1 else 's'}" if rest else ""
    return ", ".join(filter(None, [text, f"split by {gap[0]:g} h" if gap else "", breaks]))


def _of_people(case: Case) -> Iterator[Said]:
    everyone = case.scenario.people
    first, last = case.horizon.date(0), case.horizon.date(case.horizon.days - 1)
    away = {p.id: sum(first <= day <= last for day in p.time_off) for p in everyone}
    some_away = frozenset(agent for agent, days in away.items() if days)
    if some_away:
        yield Said(
            "people", f"No shift on approved days off: {sum(away.values())} in the plan",
            people(len(some_away)), "people file, time_off", frozenset({"time off"}),
        )  # fmt: skip
    never = frozenset(p.id for p in everyone if p.weekdays_off)
    if never:
        yield Said("people", "No shift on weekdays that a person never works", people(len(never)),
                   "people file, weekdays_off", frozenset({"weekdays off"}))  # fmt: skip
    yield Said(
        "people", "One shift a day, in the planned weeks, for the queues a person can serve",
        "everybody", "always",
        frozenset({"one shift a day", "skills", "planned weeks", "known agent"}),
    )  # fmt: skip


def _of_meetings(case: Case) -> Iterator[Said]:
    for meeting in case.scenario.meetings:
        span = f"on {meeting.first}"
        if meeting.last != meeting.first:
            span = f"from {meeting.first} to {meeting.last}"
        text = f"{meeting.name}: {meeting.length_min} min {span}"
        if (meeting.start, meeting.end) != ("00:00", "24:00"):
            text += f", between {meeting.start} and {meeting.end}"
        text += ", all at once" if meeting.together else ", each at their own time"
        yield Said(
            "meeting", text, people(len(attendees(case, meeting))), "scenario, meetings",
            frozenset({MEETINGS, RoomForMeetings.name}), mention=repr(meeting.name),
        )  # fmt: skip


def _of_patterns(case: Case) -> Iterator[Said]:
    for pattern in case.scenario.patterns:
        found = {p.id: pattern_of(case, p) for p in case.scenario.people}
        agents = frozenset(a for a, one in found.items() if one is not None and one[0] is pattern)
        if not agents:
            continue
        teams = [team for team, _ in pattern.teams]
        of = f" (team{'' if len(teams) == 1 else 's'} {some(teams)})" if teams else ""
        yield Said(
            "pattern", f"{pattern.name}: {some(pattern.weeks, ' | ')}, again and again",
            people(len(agents)) + of, "scenario, patterns",
            frozenset({"pattern shift", "pattern day"}), agents,
        )  # fmt: skip


def people(count: int) -> str:
    """Return a number of people with the noun."""
    return "1 person" if count == 1 else f"{count:,} people"


def some(items: Iterable[str], apart: str = ", ") -> str:
    """Return the first few of some texts, and how many more there are."""
    every = list(items)
    more = len(every) - _SHOWN
    return apart.join(every[:_SHOWN]) + (f"{apart}and {more} more" if more > 0 else "")


def weekdays(days: Collection[int]) -> str:
    """Return weekdays in words; nothing where it is all seven.

    >>> weekdays((0, 1, 2, 3, 4)), weekdays((5,)), weekdays((0, 2, 3))
    (', Mon to Fri', ', Sat', ', Mon, Wed, Thu')
    """
    found = sorted(set(days))
    if len(found) == 7:
        return ""
    if len(found) > 2 and found[-1] - found[0] == len(found) - 1:
        return f", {DAYS[found[0]]} to {DAYS[found[-1]]}"
    return f", {', '.join(DAYS[day] for day in found)}"
