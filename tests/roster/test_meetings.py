"""Meetings are held once by everybody, together where asked, and where that costs least."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from dataclasses import replace

import pandas as pd
import pytest
from ortools.sat.python import cp_model

from wfm import roster
from wfm.errors import BadInput, Infeasible
from wfm.roster import meeting_places
from wfm.roster.breaks import pauses, placements
from wfm.roster.budget import Budget
from wfm.roster.duties import Case, Duty, Pause
from wfm.roster.grid import horizon_of
from wfm.roster.meeting_places import place_meetings
from wfm.roster.meeting_rules import RoomForMeetings, has_room, meetings_wrong
from wfm.roster.model import Answer, best_for_one
from wfm.roster.standing import stand
from wfm.roster.ways import Cell, Ways
from wfm.scenario import BreakRule, Meeting, Person, Scenario, ShiftType

from .builders import MONDAY, NO_RULES, contract, requirement, scenario
from .test_rules import audit_calls_clean, solver_allows

LUNCH = BreakRule("lunch", 60, 120, 240, paid=False)
EARLY = ShiftType("E", "08:00", "08:00", 420, breaks=(LUNCH,))
LATE = ShiftType("L", "13:00", "13:00", 420, breaks=(LUNCH,))
FRIDAY = MONDAY + dt.timedelta(days=4)
TALK = Meeting("talk", 60, MONDAY, FRIDAY, people=("ann", "bob"), start="09:00", end="17:00")


def centre(*meetings: Meeting, people=("ann", "bob"), least=30, interval=60, **changes) -> Scenario:
    plan = scenario(
        people=tuple(Person(name, "full", ("voice",), team="red") for name in people),
        shifts=(EARLY, LATE), rules=NO_RULES, interval_min=interval,
        contracts=(contract("full", least, 30, shifts=("E", "L")),), **changes,
    )  # fmt: skip
    return replace(plan, meetings=meetings)


def solved(plan: Scenario, want=1):
    wanted = requirement(plan, {"voice": want})
    got = roster.solve(wanted, plan, time_limit_s=1, workers=1)
    assert roster.audit(got, plan) == ()
    return got


def held(got, name: str) -> dict[str, pd.Timestamp]:
    rows = got.frame[got.frame["activity"] == name]
    assert rows["agent"].is_unique
    return dict(zip(rows["agent"], rows["start"], strict=True))


@pytest.mark.parametrize(("start", "end"), [("09:00", "10:00"), ("15:00", "17:00"),
                                            ("10:00", "12:00")])  # fmt: skip
def test_solver_and_audit_agree_on_who_has_room_for_a_meeting(start, end):
    talk = replace(TALK, start=start, end=end, last=MONDAY + dt.timedelta(days=1))
    plan = centre(talk)
    case = Case(plan, horizon_of(plan, None), {})
    rule, seen = RoomForMeetings(), set()
    by_day = [[None, *(Duty("ann", s, "voice") for s in case.spans[d])] for d in range(3)]
    offers = [duty for day in by_day for duty in day if duty is not None]
    for combination in itertools.product(*by_day):
        chosen = tuple(duty for duty in combination if duty is not None)
        clean = audit_calls_clean(case, rule, chosen)
        assert solver_allows(case, rule, offers, chosen) == clean, chosen
        seen.add(clean)
    assert seen == {True, False}


def test_room_is_what_trying_every_start_and_every_break_finds():
    plan = centre(replace(TALK, start="10:00", end="13:00", length_min=120))
    case, found = Case(plan, horizon_of(plan, None), {}), {}
    for span in case.spans[0]:
        fits = False
        for at in (600, 660):
            for starts in placements(case.shifts[span.shift], 60):
                taken = pauses(case.shifts[span.shift], span, starts)
                duty = Duty("ann", span, "voice", taken, (Pause("talk", at, at + 120),))
                inside = span.start <= at and at + 120 <= span.end
                told = [v for v in meetings_wrong(case, [duty]) if "overlaps" in v.text]
                fits |= inside and not told
        found[span.shift] = fits
        assert has_room(case, plan.meetings[0], span) == fits
    assert found == {"E": True, "L": False}


@pytest.mark.parametrize(("change", "told"), [
    (lambda f: f.assign(activity=f["activity"].replace("talk", "work")), "once, got 0 times"),
    (lambda f: f.assign(activity=f["activity"].replace("talk", "walk")), "no meeting is called"),
    (lambda f: f.assign(
        end=f["end"].where(f["activity"] != "talk", f["end"] - pd.Timedelta("30min")),
        start=f["start"].where(f["activity"].shift() != "talk",
                               f["start"] - pd.Timedelta("30min")),
    ), "lasts 60"),
])  # fmt: skip
def test_a_meeting_left_out_renamed_or_cut_is_found(change, told):
    plan = centre(TALK)
    got = solved(plan)
    wrong = roster.audit(change(got.frame), plan)
    assert "meetings" in {v.rule for v in wrong}
    assert any(told in v.text for v in wrong)


def test_people_who_meet_at_different_times_are_found():
    plan = centre(replace(TALK, together=False))
    got = solved(plan, want=1)
    when = held(got, "talk")
    assert set(when) == {"ann", "bob"}
    as_one = replace(plan, meetings=(TALK,))
    told = {v.text[:39] for v in roster.audit(got, as_one)}
    assert told == (set() if when["ann"] == when["bob"] else {
        "expected all at 'talk' at the same time"})  # fmt: skip


def test_a_meeting_alone_takes_the_hour_that_is_wanted_least():
    # One person, one shift type, wanted on weekdays: the only free hour is 13:00 on Wednesday.
    alone = replace(TALK, people=("ann",))
    only = (contract("full", 30, 30, shifts=("E",)),)
    plan = replace(centre(alone, people=("ann",)), shifts=(EARLY,), contracts=only)

    def want(at: pd.Timestamp) -> int:
        if at.weekday() > 4:
            return 0
        return 0 if (at.weekday(), at.hour) == (2, 13) else 1

    got = solved(plan, want)
    assert held(got, "talk") == {"ann": pd.Timestamp("2003-03-05 13:00", tz="UTC")}
    paid = got.hours["paid_h"].sum()
    assert paid == 30.0  # off the phone, but paid


def test_the_time_of_a_meeting_is_the_best_of_all_times_the_shifts_allow():
    plan = centre(replace(TALK, last=MONDAY))
    rng = {h: (h * 7) % 3 for h in range(24)}
    got = solved(plan, lambda at: rng[at.hour])
    (when,) = set(held(got, "talk").values())
    costs = {}
    for hour in range(9, 17):
        fixed = replace(plan, meetings=(replace(plan.meetings[0], start=f"{hour:02d}:00",
                                                end=f"{hour + 1:02d}:00"),))  # fmt: skip
        frame = got.frame.assign(activity=got.frame["activity"].replace("talk", "work"))
        try:
            once = roster.solve(requirement(plan, {"voice": lambda at: rng[at.hour]}), fixed,
                                locked=None, start=frame, time_limit_s=1, workers=1)  # fmt: skip
        except Infeasible:
            continue
        costs[hour] = once.objective
    assert got.objective <= costs[when.hour] + 1e-6
    assert len(costs) > 2


def board_of(plan, want=1):
    """The shifts of a solved roster, without their meetings."""
    board = stand(solved(plan, want)).board
    for mine in board.duties.values():
        for duty in list(mine.values()):
            board.take(duty.agent, (duty.span.day,))
            board.put(replace(duty, events=()))
    return board


@pytest.fixture
def tries(monkeypatch):
    """The starts that were tried for a meeting held together."""
    found, real = [], meeting_places._try

    def counted(task, people, meeting, start):
        found.append(start)
        return real(task, people, meeting, start)

    monkeypatch.setattr(meeting_places, "_try", counted)
    return found


@pytest.mark.parametrize("together", [True, False])
def test_in_a_hurry_the_first_time_that_will_do_is_taken(tries, together):
    plan = centre(replace(TALK, together=together))
    board, told = board_of(plan), []
    tries.clear()
    place_meetings(board, {}, lambda text: told.append(text) or True)
    assert list(meetings_wrong(board.case, board.all_duties())) == []
    assert set(told) == {"finding a time for meeting 'talk'"}
    assert len(tries) == together
    if together:
        at_leisure, hasty = board_of(plan), len(tries)
        place_meetings(at_leisure, {}, lambda text: False)
        assert len(tries) > hasty + 1
        assert at_leisure.objective() <= board.objective()


def test_who_stops_the_planning_stops_the_search_for_times(tries):
    plan = centre(TALK)
    texts = []

    def stop(share, text):
        texts.append(text)
        return "meeting" not in text

    wanted = requirement(plan, {"voice": 1})
    got = roster.solve(wanted, plan, time_limit_s=1, workers=1, progress=stop)
    assert roster.audit(got, plan) == ()
    assert len(tries) == 1
    assert not got.reproducible
    assert any("meeting 'talk'" in text for text in texts)
    tries.clear()
    calm = roster.solve(wanted, plan, time_limit_s=1, workers=1)
    assert len(tries) > 1
    assert calm.objective <= got.objective + 1e-6


def test_a_share_of_the_time_is_kept_for_meetings_and_none_without_them(monkeypatch):
    shares, real = [], Budget.keep
    monkeypatch.setattr(
        Budget, "keep", lambda self, share: shares.append(share) or real(self, share)
    )
    solved(centre())
    assert shares == []
    solved(centre(TALK))
    assert len(shares) == 1
    assert 0 < shares[0] < 0.5


def test_what_was_kept_back_is_time_left_once_the_search_is_over():
    budget = Budget(1000.0)
    all_of_it = budget.left
    budget.keep(0.25)
    assert all_of_it - 251 < budget.left <= all_of_it - 250
    assert not budget.hurried("a meeting")
    assert budget.left > all_of_it - 1, "what was kept is for the meetings"


def test_days_the_solver_leaves_open_do_not_throw_a_legal_roster_away(monkeypatch):
    # Ann works early and Bob late: to meet, one of them needs other days.
    both = Meeting("team day", 120, MONDAY, FRIDAY, teams=("red",), start="08:00", end="12:00")
    asked, real = [], best_for_one

    def tired(*args, effort, **options):
        asked.append(effort.work)
        if effort.work < math.inf:
            return Answer(cp_model.UNKNOWN, (), 0.0)
        return real(*args, effort=effort, **options)

    monkeypatch.setattr(meeting_places, "best_for_one", tired)
    got = solved(centre(both), lambda at: 1 if 8 <= at.hour < 20 else 0)
    assert len(set(held(got, "team day").values())) == 1
    assert math.inf in asked
    monkeypatch.setattr(meeting_places, "best_for_one",
                        lambda *args, **options: Answer(cp_model.UNKNOWN, (), 0.0))  # fmt: skip
    with pytest.raises(Infeasible, match=r"no time was found for meeting 'team day', but .* not "
                                         r"proven"):  # fmt: skip
        solved(centre(both), lambda at: 1 if 8 <= at.hour < 20 else 0)


def test_who_works_early_and_who_works_late_get_days_on_which_they_meet():
    # The whole week wants one early and one late: only 13:00 and 14:00 see both; lunch may move.
    both = Meeting("team day", 120, MONDAY, FRIDAY, teams=("red",), start="08:00", end="12:00")
    got = solved(centre(both), lambda at: 1 if 8 <= at.hour < 20 else 0)
    assert len(set(held(got, "team day").values())) == 1
    assert set(held(got, "team day")) == {"ann", "bob"}


def test_two_meetings_of_one_person_do_not_overlap():
    one = replace(TALK, name="one", last=MONDAY, start="09:00", end="11:00")
    two = replace(TALK, name="two", last=MONDAY, start="09:00", end="11:00", together=False)
    got = solved(centre(one, two))
    assert held(got, "one")["ann"] != held(got, "two")["ann"]


def test_a_meeting_without_room_is_refused_before_anything_is_returned():
    night = replace(TALK, start="01:00", end="03:00")
    with pytest.raises(Infeasible, match=r"cannot hold: 'room for meetings' \('talk' of .*01:00"):
        solved(centre(night))
    crowd = tuple(replace(TALK, name=f"m{i}", last=MONDAY, start="09:00", end="11:00")
                  for i in range(3))  # fmt: skip
    with pytest.raises(Infeasible, match=r"meeting 'm\d' .* finds no time"):
        solved(centre(*crowd))


def test_who_is_on_leave_all_its_days_is_excused_and_who_met_before_does_not_meet_again():
    plan = centre(replace(TALK, last=MONDAY))
    away = replace(plan, people=(replace(plan.people[0], time_off=(MONDAY,)), plan.people[1]))
    assert set(held(solved(away), "talk")) == {"bob"}
    first = solved(plan)
    wide = replace(plan, meetings=(replace(TALK, last=FRIDAY + dt.timedelta(days=7)),),
                   start=MONDAY + dt.timedelta(days=7))  # fmt: skip
    wanted = requirement(wide, {"voice": 1})
    got = roster.solve(wanted, wide, previous=first.frame, time_limit_s=1, workers=1)
    assert held(got, "talk") == {}
    assert roster.audit(got, wide, previous=first.frame) == ()
    assert roster.audit(got, wide) == (), "the roster carries the weeks before"
    alone = {v.text for v in roster.audit(got.frame, wide)}
    assert alone == {"expected 'talk' once, got 0 times"}, "a bare table does not"


def test_a_locked_shift_keeps_its_meeting_and_its_breaks():
    plan = centre(TALK)
    first = solved(plan)
    fixed = roster.lock(first, agents=["ann"])
    again = roster.solve(requirement(plan, {"voice": 2}), plan, locked=fixed.locked,
                         time_limit_s=1, workers=1)  # fmt: skip
    mine = [f[f["agent"] == "ann"].reset_index(drop=True) for f in (first.frame, again.frame)]
    pd.testing.assert_frame_equal(*mine)
    assert roster.audit(again, plan) == ()


def test_a_repair_keeps_the_meeting_or_finds_another_time_for_all():
    plan = centre(TALK, people=("ann", "bob", "eve"), least=24)
    first = solved(plan)
    day = held(first, "talk")["ann"].date()
    mended = roster.repair(first, absent=[("ann", day)])
    assert roster.audit(mended.roster, mended.roster.scenario) == ()
    after = held(mended.roster, "talk")
    assert set(after) == {"ann", "bob"}
    assert after["ann"].date() != day


def test_a_repair_without_time_finds_the_meeting_another_time_and_is_not_complete(tries):
    plan = centre(TALK, people=("ann", "bob", "eve"), least=24)
    first = solved(plan)
    day = held(first, "talk")["ann"].date()
    tries.clear()
    mended = roster.repair(first, absent=[("ann", day)], time_limit_s=0)
    assert roster.audit(mended.roster, mended.roster.scenario) == ()
    assert not mended.complete
    hasty = len(tries)
    told = []
    roster.repair(first, absent=[("ann", day)], progress=lambda share, text: told.append(text))
    assert len(tries) - hasty > hasty > 0
    assert "finding a time for meeting 'talk'" in told


def test_a_swap_that_gives_a_meeting_away_is_refused():
    plan = centre(TALK, people=("ann", "bob", "eve"), least=0)
    got = solved(plan)
    day = held(got, "talk")["ann"].date()
    eves = set(got.frame.loc[got.frame["agent"] == "eve", "start"].dt.date)
    free = [d for i in range(7) if (d := MONDAY + dt.timedelta(days=i)) not in eves]
    assert free
    told = roster.swap(got, ("ann", day), ("eve", free[0]), most_short_h=1e6)
    assert not told.approved
    assert "meetings" in {v.rule for v in told.violations} or "one shift" in told.reason


def test_a_cell_that_is_red_for_a_meeting_says_so():
    plan = centre(replace(TALK, last=MONDAY, start="10:00", end="11:00"))
    got = solved(plan, lambda at: int((at.weekday(), at.hour) == (0, 10)))
    why = roster.explain(got, "voice", "2003-03-03 10:00")
    assert why.short == 1.0
    assert {part.reason for part in why.parts if part.fte > 0} <= {"breaks", "demand"}
    assert any("meetings" in way.rules for way in _ways(got, plan))


def _ways(got, plan):
    board = stand(got, plan).board
    cell = Cell(0, range(10, 11))
    return [way for person in plan.people for way in Ways(board, cell).of(person, 10)]


@pytest.mark.parametrize(("wrong", "match"), [
    ({"name": "work"}, "name stands"), ({"length_min": 600}, "length_min"),
    ({"last": MONDAY - dt.timedelta(days=1)}, "before the first"), ({"people": ()}, "nobody"),
])  # fmt: skip
def test_impossible_meetings_are_refused(wrong, match):
    with pytest.raises(BadInput, match=match):
        replace(TALK, **wrong)


def test_meetings_of_strangers_and_unknown_teams_are_refused():
    with pytest.raises(BadInput, match="unknown person"):
        centre(replace(TALK, people=("zoe",)))
    with pytest.raises(BadInput, match="unknown team"):
        centre(replace(TALK, teams=("blue",)))
