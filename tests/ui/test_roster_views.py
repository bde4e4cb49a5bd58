"""The frames behind the roster page: who works, where it is short or over, whose queue it is."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from wfm.ui.views import axes, forecast, home, roster

from . import fakes

MONDAY = axes.Span(fakes.START, 1, fakes.TZ)
WEEK = axes.Span(fakes.START, 7, fakes.TZ)
# Sums of halves and quarters of hours are exact; this only forgives float addition order.
EXACT = 1e-9


def test_a_surplus_in_one_queue_does_not_hide_a_shortage_in_another(plan):
    start = pd.DatetimeIndex([MONDAY.begin + pd.Timedelta(hours=9)] * 2)
    cover = pd.DataFrame({"queue": ["voice", "chat"], "start": start, "scheduled": [10, 2],
                          "on_seat": [7.0, 8.0], "gap": [-3.0, 6.0], "unmet": [3.0, 0.0],
                          "over": [0.0, 6.0]})  # fmt: skip
    small = fakes.revised(plan, roster=SimpleNamespace(coverage=cover))
    row = roster.coverage(small, None, MONDAY).iloc[0]
    assert (row["short"], row["over"]) == (3.0, 6.0)
    cell = roster.gap_matrix(small, None, MONDAY).iloc[0]
    assert (cell["gap"], cell["text"]) == (-3.0, "-3")
    assert roster.gap_matrix(small, "chat", MONDAY).iloc[0]["text"] == "+6"


def test_the_gap_matrix_keeps_each_interval_of_the_coverage(plan):
    cells = roster.gap_matrix(plan, "voice", WEEK)
    frame = plan.roster.coverage[plan.roster.coverage["queue"] == "voice"]
    assert len(cells) == len(frame)
    for name, column in (("short", "unmet"), ("over", "over")):
        assert cells[name].sum() == pytest.approx(frame[column].sum(), abs=1e-6)


def break_hides(plan, unmet: float):
    """The fake plan with one interval that lacks `unmet` at one moment and has it at another."""
    start = pd.DatetimeIndex([MONDAY.begin + pd.Timedelta(hours=9)])
    cover = pd.DataFrame({"queue": ["voice"], "start": start, "scheduled": [10], "on_seat": [10.0],
                          "gap": [0.0], "unmet": [unmet], "over": [unmet]})  # fmt: skip
    short = cover[["queue", "start", "scheduled", "on_seat", "unmet"]]
    roster = SimpleNamespace(**vars(plan.roster) | {"coverage": cover, "unmet": short})
    return fakes.revised(plan, roster=roster)


@pytest.mark.parametrize(
    ("unmet", "gap", "text"),
    [(0.049, 0.049, ""), (0.05, -0.05, "-0.1"), (0.5, -0.5, "-0.5"), (2.0, -2.0, "-2")],
)
def test_a_heat_map_cell_is_short_even_where_the_interval_is_level(plan, unmet, gap, text):
    cell = roster.gap_matrix(break_hides(plan, unmet), None, MONDAY).iloc[0]
    assert (cell["gap"], cell["text"]) == (gap, text)


def test_short_is_the_same_number_on_every_screen(plan):
    app = fakes.FakeApp(plan)
    per_queue = home.queue_table(plan, app.service_reached(plan))["Hours short"].astype(float)
    hours = plan.summary.gap_hours
    # Each of three queues is rounded to one decimal.
    assert per_queue.sum() == pytest.approx(hours, abs=0.15)
    assert roster.short_hours(plan, None) == pytest.approx(hours, abs=EXACT)
    assert roster.gap_matrix(plan, None, WEEK)["short"].sum() / 2 == pytest.approx(hours)
    assert roster.unmet(plan, None)["Short"].sum() / 2 == pytest.approx(hours, rel=0.01)


def test_a_break_that_the_interval_evens_out_still_counts_as_short(plan):
    level = break_hides(plan, 2.0)
    table = home.queue_table(level, fakes.FakeApp(plan).service_reached(plan))
    assert list(table.loc[0, ["Hours short", "Hours over"]]) == ["1.0", "1.0"]
    assert roster.short_hours(level, "voice") == 1.0


def test_shifts_are_paid_without_their_unpaid_lunch(plan):
    done = roster.shifts(plan.roster, plan)
    assert set(done["paid_h"]) == {8.0}
    assert len(done) == 5 * len(plan.scenario.people) - 1
    assert roster.totals(plan).paid_h == 8.0 * len(done)


def test_back_to_back_stretches_are_one_shift_and_a_pause_makes_two(plan):
    begin = MONDAY.begin + pd.Timedelta(hours=8)
    hour = pd.Timedelta(hours=1)
    frame = pd.DataFrame({
        "agent": "P000", "start": [begin, begin + hour, begin + 5 * hour],
        "end": [begin + hour, begin + 2 * hour, begin + 6 * hour],
        "activity": ["work", "break", "work"], "queue": "voice", "shift": "E",
    })  # fmt: skip
    done = roster.shifts(SimpleNamespace(frame=frame), plan)
    assert list((done["end"] - done["start"]) / hour) == [2.0, 1.0]


def test_an_empty_roster_has_no_shifts(plan):
    empty = SimpleNamespace(frame=plan.roster.frame.iloc[:0])
    assert roster.shifts(empty, plan).empty


def test_the_gantt_sorts_by_start_and_keeps_every_minute(plan):
    frame = roster.gantt(plan, MONDAY, None)
    firsts = frame.groupby("rank")["x"].min()
    assert firsts.is_monotonic_increasing
    shown = (frame["x2"] - frame["x"]).sum()
    local = plan.roster.frame["start"].dt.tz_convert(fakes.TZ).dt.date
    day = plan.roster.frame[local == fakes.START]
    assert shown == pytest.approx((day["end"] - day["start"]).dt.total_seconds().sum() / 60)


def test_the_gantt_of_a_queue_holds_only_people_who_serve_it(plan):
    frame = roster.gantt(plan, MONDAY, "email")
    assert set(frame["queue"]) == {"chat+email"}
    assert set(frame["skills"]) == {"chat (synthetic), email (synthetic)"}


def test_a_queue_whose_name_holds_a_plus_keeps_its_people(plan):
    plus = fakes.renamed(plan, "voice", "sales+care")
    for view in (
        lambda plan, queue: roster.gantt(plan, MONDAY, queue)["agent"].unique(),
        lambda plan, queue: roster.week_grid(plan, WEEK, queue)["Person"],
    ):
        assert list(view(plus, "sales+care")) == list(view(plan, "voice"))
    working = roster.at_work(plan, WEEK, "voice")
    assert roster.at_work(plus, WEEK, "sales+care").equals(working)


def test_a_queue_named_like_a_part_of_another_does_not_take_its_people(plan):
    plus = fakes.renamed(plan, "voice", "email+")
    ids = {person.id for person in plan.scenario.people if "email" in person.skills}
    assert set(roster.gantt(plus, MONDAY, "email")["agent"]) == ids


def test_every_table_marks_the_queues_whose_history_was_made_up(plan):
    reached = fakes.FakeApp(plan).service_reached(plan)
    tables = {
        "home": home.queue_table(plan, reached)["Queue"],
        "score": forecast.score_table(plan)["Queue"],
        "unmet": roster.unmet(plan, None)["Queue"],
        "people": roster.week_grid(plan, WEEK)["Queues"],
    }
    for name, shown in tables.items():
        words = set(", ".join(shown).split(", "))
        assert words == {"voice", "chat (synthetic)", "email (synthetic)"}, name


def test_a_night_shift_shows_from_midnight_on_the_next_day(plan):
    begin = MONDAY.begin - pd.Timedelta(hours=2)
    frame = pd.DataFrame({"agent": ["P000"], "start": [begin], "end": [begin + pd.Timedelta("8h")],
                          "activity": "work", "queue": "voice", "shift": "N"})  # fmt: skip
    night = fakes.revised(plan, roster=SimpleNamespace(frame=frame))
    row = roster.gantt(night, MONDAY, None).iloc[0]
    assert (row["x"], row["x2"], row["from_to"]) == (0.0, 360.0, "22:00–06:00")


def test_people_at_work_counts_people_and_not_stretches(plan):
    row = roster.at_work(plan, WEEK).iloc[0]
    assert row["Mon 10-27"] == len(plan.scenario.people)
    assert row["Tue 10-28"] == len(plan.scenario.people) - 1
    assert row["Sat 11-01"] == 0


def test_hours_stand_beside_the_contract(plan):
    frame = roster.hours(plan, WEEK)
    assert set(frame["paid_h"]) == {32.0, 40.0}
    assert set(zip(frame["min_h"], frame["max_h"], strict=True)) == {(32, 40)}


def test_unmet_is_listed_worst_first_and_complete(plan):
    table = roster.unmet(plan, None)
    assert len(table) == len(plan.roster.unmet)
    assert table["Short"].is_monotonic_decreasing
    total = plan.roster.unmet["unmet"].sum() / 2
    assert roster.short_hours(plan, None) == pytest.approx(total, abs=EXACT)


@pytest.mark.parametrize(
    ("gap", "text"),
    [(-3.4, "-3"), (-0.5, "-0.5"), (-0.02, ""), (0.0, ""), (0.3, ""), (0.5, "+0.5"), (1.6, "+2")],
)
def test_a_cell_never_says_plus_or_minus_nothing(gap, text):
    assert roster._cell_text(gap) == text
