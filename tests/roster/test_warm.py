"""A search that begins from a roster at hand is no worse than it, and locks can be set on one."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

from wfm import roster
from wfm.errors import BadInput

from .builders import MONDAY, demo

CLOSE = 1e-6  # sums of a few hundred floats


@pytest.fixture(scope="module")
def good():
    plan, need = demo(people=16, queues=("voice", "chat"))
    return plan, need, roster.solve(need, plan, time_limit_s=5)


def stop_at_once(share: float, text: str) -> bool:
    return False


def test_a_search_stopped_at_once_gives_the_roster_it_began_from(good):
    plan, need, made = good
    cold = roster.solve(need, plan, time_limit_s=2, progress=stop_at_once)
    assert cold.objective > made.objective + 1
    warm = roster.solve(need, plan, time_limit_s=2, progress=stop_at_once, start=made)
    assert warm.objective <= made.objective + CLOSE
    assert roster.audit(warm, plan) == ()
    pd.testing.assert_frame_equal(warm.frame, made.frame)


def test_shifts_that_are_not_legal_any_more_are_left_out(good):
    plan, need, made = good
    gone = made.frame["agent"].iloc[0]
    day = made.frame["start"].iloc[0].date()
    people = tuple(replace(p, time_off=(*p.time_off, day)) if p.id == gone else p
                   for p in plan.people)  # fmt: skip
    told = replace(plan, people=people)
    warm = roster.solve(need, told, time_limit_s=2, progress=stop_at_once, start=made.frame)
    assert roster.audit(warm, told) == ()
    others = made.frame[made.frame["agent"] != gone].reset_index(drop=True)
    got = warm.frame[warm.frame["agent"] != gone].reset_index(drop=True)
    pd.testing.assert_frame_equal(got, others)


# ---- locks ----------------------------------------------------------------------------------


def rows_of(made, agent):
    return made.frame[made.frame["agent"] == agent].reset_index(drop=True)


def test_a_roster_made_anew_around_locks_keeps_locked_shifts_and_free_days(good):
    plan, need, made = good
    who = made.frame["agent"].iloc[0]
    tuesday = MONDAY + dt.timedelta(days=1)
    held = roster.lock(roster.lock(made, agents=[who]), days=[tuesday])
    anew = roster.solve(need, plan, time_limit_s=3, seed=3, locked=held.locked)
    assert roster.audit(anew, plan) == ()
    pd.testing.assert_frame_equal(rows_of(anew, who), rows_of(made, who))
    for table in (anew.frame, made.frame):
        assert len(table) > 0
    on_tuesday = [t[t["start"].dt.date == tuesday].reset_index(drop=True)
                  for t in (anew.frame, made.frame)]  # fmt: skip
    pd.testing.assert_frame_equal(*on_tuesday)
    assert not anew.frame.equals(made.frame), "other days are free to change"


def test_locks_are_listed_by_person_and_day_and_can_be_taken_off(good):
    made = good[2]
    who = made.frame["agent"].iloc[0]
    held = roster.lock(made, agents=[who])
    table = roster.locks(held)
    assert len(table) == 7
    assert set(table["agent"]) == {who}
    worked = set(rows_of(made, who)["start"].dt.date)
    assert set(table.loc[table["shift"] != "", "day"]) == worked
    assert len(roster.locks(roster.lock(held, agents=[who]))) == 7, "twice locked is locked"
    less = roster.unlock(held, days=[MONDAY])
    assert len(roster.locks(less)) == 6
    assert MONDAY not in set(roster.locks(less)["day"])
    assert roster.unlock(held).locked is None
    assert len(roster.locks(made)) == 0


@pytest.mark.parametrize(
    ("options", "part"),
    [({"agents": ["zoe"]}, "first: 'zoe'"),
     ({"days": [dt.date(2003, 4, 1)]}, "not in the planned weeks")],
)  # fmt: skip
def test_locks_on_nobody_and_no_day_are_refused(good, options, part):
    with pytest.raises(BadInput, match=part):
        roster.lock(good[2], **options)
