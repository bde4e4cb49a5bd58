"""Has everybody a shift in which their meetings fit, and is each meeting held as it should be?

The search keeps room: `RoomForMeetings` is a rule of two faces about shifts. The meetings
themselves are put into the shifts after it (`meeting_places`) and judged by `meetings_wrong`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from ortools.sat.python import cp_model

from wfm.meetings import Meeting
from wfm.roster.breaks import placements
from wfm.roster.duties import Case, Duty, Pause, Span
from wfm.roster.grid import step_of
from wfm.roster.result import Violation
from wfm.roster.rules import Choice, Work
from wfm.timegrid import minutes
from wfm.workforce import Person

NAME = "meetings"


class RoomForMeetings:
    """Everybody has, for each meeting, a shift in which it fits beside the breaks."""

    name = "room for meetings"
    growing = False

    def post(self, model: cp_model.CpModel, choice: Choice) -> None:
        """Choose one of the shifts that have room, for each meeting."""
        for meeting in meetings_of(choice.case, choice.person):
            days = days_of(choice.case, meeting)
            if not choice.free.intersection(days):
                continue
            items = [item for day in days for item in choice.on(day)]
            model.add_bool_or([x for d, x in items if has_room(choice.case, meeting, d.span)])

    def violations(self, work: Work) -> Iterator[Violation]:
        """Look for a shift with room, for each meeting."""
        if work.person is None:
            return
        for meeting in meetings_of(work.case, work.person):
            days = days_of(work.case, meeting)
            mine = (d.span for d in work.all if d.span.day in days)
            if not any(has_room(work.case, meeting, span) for span in mine):
                text = f"no shift has room for {meeting.name!r} ({window(meeting)})"
                yield work.broken(self.name, max(0, days.start), text)


def meetings_of(case: Case, person: Person) -> tuple[Meeting, ...]:
    """Return the meetings a person is to attend in this plan; see `attendees`."""
    if not case.scenario.meetings:
        return ()
    return tuple(m for m in case.scenario.meetings if person.id in attendees(case, m))


def attendees(case: Case, meeting: Meeting) -> tuple[str, ...]:
    """Return who is to attend a meeting in this plan.

    Excused are people whose leave or weekdays off take all of its days, and who attended it in the
    weeks before. A meeting none of whose days is planned is not asked for.
    """
    found = case.attending.get(meeting.name)
    if found is None:
        days = range(max(0, days_of(case, meeting).start + 1), days_of(case, meeting).stop)
        there = (
            p for p in case.scenario.people if p.id in meeting.people or p.team in meeting.teams
        )
        found = case.attending[meeting.name] = tuple(
            p.id for p in there
            if any(not _away(case, p, day) for day in days) and not _held_before(case, meeting, p)
        )  # fmt: skip
    return found


def days_of(case: Case, meeting: Meeting) -> range:
    """Return the days whose shifts can hold a meeting: also the night before its first day."""
    first = (meeting.first - case.horizon.monday).days
    last = (meeting.last - case.horizon.monday).days
    return range(max(0, first) - 1, min(last, case.horizon.days - 1) + 1)


def starts_of(case: Case, meeting: Meeting) -> tuple[int, ...]:
    """Return the minutes of the plan at which a meeting may begin, on the grid."""
    found = case.begins.get(meeting.name)
    if found is None:
        step, times = step_of(case.scenario), list[int]()
        days = days_of(case, meeting)
        for day in range(days.start + 1, days.stop):
            begin = case.horizon.clock(day, minutes(meeting.start))
            end = case.horizon.clock(day, minutes(meeting.end)) - meeting.length_min
            times += range(begin + -begin % step, end + 1, step)
        found = case.begins[meeting.name] = tuple(times)
    return found


def has_room(case: Case, meeting: Meeting, span: Span) -> bool:
    """Return whether a meeting fits into a shift, with some legal placement of its breaks."""
    key = (meeting.name, span)
    if key not in case.rooms:
        case.rooms[key] = any(True for _ in fitting(case, meeting, span))
    return case.rooms[key]


def fitting(case: Case, meeting: Meeting, span: Span) -> Iterator[int]:
    """Yield the starts at which a meeting lies in a shift, clear of some placement of breaks."""
    shift, step = case.shifts.get(span.shift), step_of(case.scenario)
    if shift is None:
        return
    inside = [
        t - span.start for t in starts_of(case, meeting)
        if span.start <= t and t + meeting.length_min <= span.end
    ]  # fmt: skip
    for at in inside:
        for taken in placements(shift, step):
            pairs = zip(taken, shift.breaks, strict=True)
            if all(s + b.length_min <= at or at + meeting.length_min <= s for s, b in pairs):
                yield span.start + at
                break


def meetings_wrong(
    case: Case, duties: Iterable[Duty], *, growing_only: bool = False
) -> Iterator[Violation]:
    """Yield what is wrong with the meetings in a roster of all people.

    `growing_only` leaves out meetings that are not held yet, and people who are missing from one.
    """
    known = {meeting.name: meeting for meeting in case.scenario.meetings}
    held: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for duty in duties:
        for event in duty.events:
            held[event.activity][duty.agent].append(event.start)
            text = _event_wrong(case, duty, event, known.get(event.activity))
            if text:
                yield Violation(NAME, duty.agent, case.horizon.date(duty.span.day), text)
    for name, meeting in known.items():
        yield from _attendance(case, meeting, held[name], growing_only=growing_only)


def _event_wrong(case: Case, duty: Duty, event: Pause, meeting: Meeting | None) -> str:
    if meeting is None:
        return f"no meeting is called {event.activity!r}"
    if duty.agent not in attendees(case, meeting):
        return f"{meeting.name!r} is not for this person"
    if event.end - event.start != meeting.length_min:
        return f"{meeting.name!r} lasts {meeting.length_min} min, got {event.end - event.start}"
    if event.start not in starts_of(case, meeting):
        return f"{meeting.name!r} is held {window(meeting)}, got {case.horizon.stamp(event.start)}"
    others = [p for p in (*duty.breaks, *duty.events) if p is not event]
    if any(p.start < event.end and event.start < p.end for p in others):
        return f"{meeting.name!r} overlaps a break or another meeting"
    return ""


def _attendance(
    case: Case, meeting: Meeting, held: dict[str, list[int]], *, growing_only: bool
) -> Iterator[Violation]:
    day = case.horizon.date(days_of(case, meeting).start + 1)
    for agent in attendees(case, meeting):
        got = len(held.get(agent, ()))
        if got > 1 or (got == 0 and not growing_only):
            yield Violation(NAME, agent, day, f"expected {meeting.name!r} once, got {got} times")
    times = sorted({start for starts in held.values() for start in starts})
    if meeting.together and len(times) > 1:
        text = f"expected all at {meeting.name!r} at the same time, got {len(times)} times from "
        yield Violation(NAME, "", day, text + f"{case.horizon.stamp(times[0]):%a %H:%M}")


def _away(case: Case, person: Person, day: int) -> bool:
    return day % 7 in person.weekdays_off or case.horizon.date(day) in person.time_off


def _held_before(case: Case, meeting: Meeting, person: Person) -> bool:
    before = case.before.get(person.id, ())
    return any(event.activity == meeting.name for duty in before for event in duty.events)


def window(meeting: Meeting) -> str:
    """Return in words when a meeting may be held."""
    return f"{meeting.first} to {meeting.last}, {meeting.start} to {meeting.end}"
