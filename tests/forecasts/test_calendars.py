import datetime as dt

import numpy as np
import pandas as pd
import pytest

from forecasts import BadInput, calendars, clock
from forecasts import events as register


def days(*dates):
    return clock.day_numbers(pd.DatetimeIndex(dates))


FIRST, LAST = days("2025-12-01", "2026-01-31")


def test_a_country_code_gives_named_holidays():
    names = calendars.resolve("US", FIRST, LAST)
    assert names.to_dict() == {
        days("2025-12-25")[0]: "Christmas Day",
        days("2026-01-01")[0]: "New Year's Day",
        days("2026-01-19")[0]: "Martin Luther King Jr. Day",
    }


def test_a_subdivision_adds_its_own():
    bavarian = calendars.resolve("DE-BY", FIRST, LAST)
    assert days("2026-01-06")[0] in bavarian.index
    assert days("2026-01-06")[0] not in calendars.resolve("DE", FIRST, LAST).index


def test_dates_without_names_share_one():
    names = calendars.resolve(pd.DatetimeIndex(["2026-01-01", "2025-12-25"]), FIRST, LAST)
    assert set(names) == {"holiday"}
    assert sorted(names.index) == sorted(days("2026-01-01", "2025-12-25"))


@pytest.mark.parametrize(
    "index",
    [
        pd.DatetimeIndex(["2026-01-01"]),
        pd.DatetimeIndex(["2026-01-01"], tz="America/New_York"),
        pd.Index(["2026-01-01"]),
        pd.Index([dt.date(2026, 1, 1)]),
    ],
)
def test_a_named_series_may_be_indexed_by_any_kind_of_date(index):
    names = calendars.resolve(pd.Series(["New Year"], index=index), FIRST, LAST)
    assert names.to_dict() == {days("2026-01-01")[0]: "New Year"}


def test_two_holidays_on_one_day_are_joined():
    twice = pd.Series(["a", "b", "a"], index=pd.DatetimeIndex(["2026-01-01"] * 3))
    assert calendars.resolve(twice, FIRST, LAST).tolist() == ["a + b"]


def test_dates_outside_the_span_are_left_out():
    index = pd.DatetimeIndex(["2024-01-01", "2026-01-01", "2028-01-01"])
    assert len(calendars.resolve(index, FIRST, LAST)) == 1


def test_both_ends_of_the_span_count():
    found = calendars.resolve(pd.DatetimeIndex(["2025-12-01", "2026-01-31"]), FIRST, LAST)
    assert found.index.tolist() == [FIRST, LAST]


def test_none_means_no_holidays():
    assert len(calendars.resolve(None, FIRST, LAST)) == 0


@pytest.mark.parametrize(
    "given",
    ["XX", "usa!", "", "US-ZZ", 7, ["2026-01-01"], pd.Series(["x"], index=["soon"]),
     pd.Series(["x"]), pd.Series([None], index=pd.DatetimeIndex(["2026-01-01"])),
     pd.DatetimeIndex(["2026-01-01", None])],
)  # fmt: skip
def test_other_holidays_are_refused(given):
    with pytest.raises(BadInput, match="holidays: "):
        calendars.resolve(given, FIRST, LAST)


def event(**changes):
    row = {"start": "2026-01-10", "end": "2026-01-12", "name": "mailing"}
    return pd.DataFrame([row | changes])


def test_an_event_covers_both_its_ends():
    checked = register.check(event())
    covered = register.named(checked, "voice", np.arange(*days("2026-01-08", "2026-01-15")))
    assert covered["mailing"].tolist() == [False, False, True, True, True, False, False]


def test_an_event_without_an_end_lasts_a_day():
    covered = register.named(
        register.check(event(end=None)), "voice", days("2026-01-10", "2026-01-11")
    )
    assert covered["mailing"].tolist() == [True, False]


def test_events_of_one_name_are_one_effect():
    twice = pd.concat([event(), event(start="2026-01-20", end="2026-01-20")])
    covered = register.named(register.check(twice), "voice", days("2026-01-11", "2026-01-20"))
    assert covered["mailing"].tolist() == [True, True]


def test_an_event_of_another_queue_does_not_count():
    checked = register.check(event(queue="chat"))
    assert register.named(checked, "voice", days("2026-01-11")) == {}
    assert register.named(checked, "chat", days("2026-01-11"))["mailing"].all()


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ([1], "expected a DataFrame"),
        (event().drop(columns="name"), "missing columns"),
        (event(name=None), "1 rows have no name"),
        (event(start=None), "1 rows have no start"),
        (event(end="2026-01-01"), "end before they start"),
        (event(start="soon"), "must be dates"),
    ],
)
def test_a_broken_register_is_refused(given, what):
    with pytest.raises(BadInput, match=what):
        register.check(given)
