import re

import numpy as np
import pandas as pd
import pytest

from forecasts import BadInput, clock
from forecasts.history import check
from forecasts.past import split
from tests.forecasts.histories import daily, intraday


def refused(table, freq="30min"):
    with pytest.raises(BadInput) as caught:
        check(table, freq)
    return str(caught.value)


def changed(row, column, value):
    table = intraday()
    table[column] = table[column].astype(object) if isinstance(value, str) else table[column]
    table.loc[row, column] = value
    return table


def test_a_good_history_passes_and_is_not_changed():
    table = intraday()
    before = table.copy(deep=True)
    assert check(table, "30min").minutes == 30
    pd.testing.assert_frame_equal(table, before)


@pytest.mark.parametrize("thing", [None, [1, 2], {"queue": ["a"]}, pd.Series([1.0])])
def test_only_a_frame_is_a_history(thing):
    assert "expected a DataFrame" in refused(thing)


def test_an_empty_frame_is_refused():
    assert "no rows" in refused(intraday().iloc[:0])


@pytest.mark.parametrize("name", ["queue", "start", "offered"])
def test_a_missing_column_is_named(name):
    assert f"missing columns ['{name}']" in refused(intraday().drop(columns=name))


def test_a_column_that_stands_twice_is_refused():
    table = intraday()
    table = pd.concat([table, table["offered"]], axis=1)
    assert "'offered' stands twice" in refused(table)


def test_times_without_a_zone_are_refused():
    table = intraday()
    table["start"] = table["start"].dt.tz_localize(None)
    assert "timezone-aware" in refused(table)


def test_text_times_are_refused():
    table = intraday()
    table["start"] = table["start"].astype(str)
    assert "timezone-aware" in refused(table)


def test_a_missing_start_is_refused():
    assert "1 rows have no start (first: row 7)" in refused(changed(7, "start", pd.NaT))


def test_a_missing_queue_is_refused():
    assert "1 rows have no queue (first: row 3)" in refused(changed(3, "queue", None))


@pytest.mark.parametrize(
    ("value", "what"), [(np.nan, "no offered"), (-4.0, "negative offered"), (np.inf, "infinite")]
)
def test_a_bad_count_is_refused_with_its_row(value, what):
    table = changed(10, "offered", value)
    text = refused(table)
    assert what in text
    assert "1 rows" in text
    assert str(table["start"].iloc[10]) in text


def test_text_among_numbers_is_refused_with_its_row():
    text = refused(changed(5, "offered", "1,234"))
    assert "'1,234'" in text
    assert "1 rows" in text


@pytest.mark.parametrize("kind", ["bool", "complex128", "category", "string"])
def test_a_column_of_the_wrong_kind_is_refused(kind):
    table = intraday()
    table["offered"] = table["offered"].astype(kind)
    assert "offered" in refused(table)


@pytest.mark.parametrize("kind", ["int32", "Int64", "float32", "Float64"])
def test_any_real_number_kind_is_accepted(kind):
    table = intraday()
    table["offered"] = table["offered"].astype(kind)
    check(table, "30min")


def test_a_missing_nullable_integer_is_missing():
    table = intraday()
    table["offered"] = table["offered"].astype("Int64")
    table.loc[4, "offered"] = pd.NA
    assert "1 rows have no offered" in refused(table)


def test_a_repeated_interval_is_refused():
    table = intraday()
    table = pd.concat([table, table.iloc[[20]]]).sort_values("start")
    assert "1 rows repeat a queue and start" in refused(table)


def test_rows_out_of_order_are_refused_with_the_first():
    table = intraday()
    order = np.arange(len(table))
    order[[30, 31]] = 31, 30
    swapped = table.iloc[order]
    text = refused(swapped)
    assert "1 rows come before the row above them" in text
    assert str(table["start"].iloc[30]) in text
    assert "sort_values" in text


def test_queues_may_be_interleaved():
    both = pd.concat([intraday(queue="a"), intraday(queue="b", seed=1)])
    check(both.sort_values(["start", "queue"]), "30min")


def test_a_start_off_the_grid_is_refused():
    table = intraday()
    table.loc[40, "start"] += pd.Timedelta(minutes=10)
    text = refused(table)
    assert re.search(r"1 of \d+ starts are not on one grid of 30 min", text)


def test_two_interval_lengths_in_one_history_are_refused():
    mixed = pd.concat([intraday(), intraday(queue="b", freq="15min")])
    assert "not on one grid of 30 min" in refused(mixed)


def test_a_coarser_history_than_freq_is_refused():
    assert "only every 60 min" in refused(intraday(freq="h"), "30min")


def test_half_hours_are_not_daily():
    assert "not on local midnight" in refused(intraday(), "D")


def test_daily_totals_are_not_half_hours():
    assert "only every 1440 min" in refused(daily(), "30min")


@pytest.mark.parametrize("tz", ["Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe"])
@pytest.mark.parametrize("freq", ["15min", "30min", "h"])
def test_odd_zones_keep_a_wall_clock_grid(tz, freq):
    check(intraday(first="2026-03-02", days=60, tz=tz, freq=freq), freq)


def test_hours_exported_in_utc_are_on_a_grid_in_a_half_hour_zone():
    table = intraday(freq="h")
    table["start"] = table["start"].dt.tz_convert("Asia/Kolkata")
    check(table, "h")


@pytest.mark.parametrize("freq", ["2h", "12h"])
@pytest.mark.parametrize("first", ["2026-02-16", "2026-10-12"])
def test_long_intervals_keep_wall_clock_starts_over_a_clock_change(first, freq):
    begin = pd.Timestamp(first)
    start = pd.date_range(begin, periods=42 * 24 // int(freq[:-1]), freq=freq)
    local = start.tz_localize("America/New_York", ambiguous=True, nonexistent="shift_forward")
    table = pd.DataFrame({"queue": "q", "start": local, "offered": 5.0})
    interval = check(table, freq)
    [past] = split(table, interval)
    assert past.offered.sum() == 5.0 * len(table)
    assert past.exists.sum() == len(table)
    ahead = clock.instants(clock.following(past.last, 5, past.tz, interval), past.tz)
    assert ahead[0].hour == 0
    assert set(ahead.hour) <= set(start.hour)


@pytest.mark.parametrize("first", ["2026-02-16", "2026-10-12"])
@pytest.mark.parametrize("tz", ["America/New_York", "Europe/Berlin", "Australia/Sydney"])
def test_clock_changes_keep_the_grid(first, tz):
    check(intraday(first=first, tz=tz, days=42), "30min")
    check(daily(first=first, tz=tz), "D")


@pytest.mark.parametrize(("days", "ok"), [(13, False), (14, True)])
def test_two_weeks_are_the_least(days, ok):
    table = intraday(days=days)
    if ok:
        check(table, "30min")
    else:
        assert "spans 13 days; at least 14 are needed" in refused(table)


def test_a_placeholder_date_is_caught():
    table = intraday()
    table.loc[0, "start"] = pd.Timestamp("1970-01-01 08:00", tz="UTC")
    assert "56 years" in refused(table)


@pytest.mark.parametrize(
    ("value", "what"), [(-1.0, "negative or infinite aht_s"), (np.inf, "negative or infinite"),
                        (0.0, "aht_s 0 with contacts")]
)  # fmt: skip
def test_a_bad_handle_time_is_refused(value, what):
    table = intraday().assign(aht_s=200.0)
    table.loc[12, ["offered", "aht_s"]] = 9.0, value
    assert what in refused(table)


def test_no_contact_needs_no_handle_time():
    table = intraday().assign(aht_s=200.0)
    table.loc[12, ["offered", "aht_s"]] = 0.0, np.nan
    table.loc[13, ["offered", "aht_s"]] = 0.0, 0.0
    check(table, "30min")


def test_negative_waits_are_refused():
    table = intraday().assign(wait_answered_s=10.0)
    table.loc[2, "wait_answered_s"] = -1.0
    assert "wait_answered_s" in refused(table)


def test_every_contact_is_laid_out_once():
    table = pd.concat([intraday(queue="a"), intraday(queue="b", seed=3, tz="UTC")])
    for past in split(table, clock.interval_of("30min")):
        own = table[table["queue"] == past.queue]
        assert past.offered.sum() == own["offered"].sum()
        assert past.seen.sum() == len(own)


def test_the_repeated_hour_has_two_intervals_in_its_cell_and_the_skipped_none():
    half_hour = clock.interval_of("30min")
    spring = intraday(first="2026-02-16", tz="America/New_York", closed_rows=True)
    [past] = split(spring, half_hour)
    day = int(np.flatnonzero(past.days == clock.day_numbers(["2026-03-08"])[0])[0])
    assert past.exists[day, 3:7].tolist() == [1, 0, 0, 1]
    autumn = intraday(first="2026-10-12", tz="America/New_York", closed_rows=True)
    [past] = split(autumn, half_hour)
    day = int(np.flatnonzero(past.days == clock.day_numbers(["2026-11-01"])[0])[0])
    assert past.exists[day, 1:5].tolist() == [1, 2, 2, 1]


def test_holding_back_keeps_exactly_the_earlier_rows():
    table = intraday(closed_rows=True)
    [past] = split(table, clock.interval_of("30min"))
    cut = pd.Timestamp("2026-02-09", tz="UTC")
    before = past.until(int(clock.day_numbers(pd.DatetimeIndex([cut]))[0]))
    [direct] = split(table[table["start"] < cut], clock.interval_of("30min"))
    assert before.last == direct.last
    np.testing.assert_array_equal(before.offered, direct.offered)
    np.testing.assert_array_equal(before.exists, direct.exists)


def test_enormous_counts_are_refused_as_another_column():
    text = refused(changed(10, "offered", 1.7e12))
    assert "1 rows have more than 1e+09 contacts" in text
    assert "another column" in text


def test_rows_of_the_future_are_refused_when_the_time_is_given():
    table = intraday()
    now = table["start"].iloc[-5]
    with pytest.raises(BadInput, match="4 rows start after"):
        check(table, "30min", now=now)
    check(table, "30min", now=table["start"].iloc[-1])


def test_one_row_says_how_much_is_needed():
    assert "spans 1 days; at least 14 are needed" in refused(intraday().iloc[:1])


def test_mixed_zones_are_named():
    table = intraday()
    berlin = table["start"].dt.tz_convert("Europe/Berlin").astype(object)
    table["start"] = table["start"].astype(object).where(table.index % 2 == 0, berlin)
    text = refused(table)
    assert "mixes 2 time zones" in text
    assert "tz_convert" in text


def test_a_caller_may_ask_for_fewer_days():
    assert check(intraday(days=5), "30min", shortest_days=5).minutes == 30


@pytest.mark.parametrize("tz", ["Asia/Kathmandu", "Asia/Kolkata", "Australia/Lord_Howe"])
@pytest.mark.parametrize("freq", ["5min", "15min", "30min", "h", "D"])
def test_every_contact_is_laid_out_on_its_local_day(tz, freq):
    made = daily(first="2026-03-02", days=60, tz=tz) if freq == "D" else intraday(
        first="2026-03-02", days=60, tz=tz, freq=freq, closed_rows=True
    )  # fmt: skip
    [past] = split(made, check(made, freq))
    by_day = made.groupby(made["start"].dt.tz_localize(None).dt.normalize())["offered"].sum()
    assert past.offered.sum(axis=1).tolist() == by_day.tolist()
    assert past.exists.sum() == len(made) == past.seen.sum()


@pytest.mark.parametrize("tz", ["Asia/Kathmandu", "Asia/Kolkata", "Australia/Lord_Howe"])
def test_hours_stored_in_utc_are_counted_on_the_local_day_once_converted(tz):
    start = pd.date_range("2026-03-02", periods=24 * 60, freq="h", tz="UTC")
    table = pd.DataFrame({"queue": "q", "start": start.tz_convert(tz), "offered": 1.0})
    [past] = split(table, check(table, "h"))
    by_day = table.groupby(table["start"].dt.tz_localize(None).dt.normalize())["offered"].sum()
    assert past.offered.sum(axis=1).tolist() == by_day.tolist()


def test_lord_howe_repeats_half_an_hour():
    start = pd.date_range("2026-03-20", "2026-04-20", freq="30min", tz="Australia/Lord_Howe")
    table = pd.DataFrame({"queue": "q", "start": start, "offered": 1.0})
    [past] = split(table, check(table, "30min"))
    day = int(np.flatnonzero(past.days == clock.day_numbers(["2026-04-05"])[0])[0])
    assert past.exists[day].sum() == 49
    assert past.exists[day].max() == 2


def test_a_zone_that_gave_up_changing_its_clock_keeps_its_grid():
    # Sao Paulo changed its clock for the last time in 2019.
    for first in ("2018-10-20", "2019-02-01", "2019-10-20"):
        made = intraday(first=first, days=42, tz="America/Sao_Paulo", closed_rows=True)
        [past] = split(made, check(made, "30min"))
        assert past.offered.sum() == made["offered"].sum()
        changes = (past.exists[1:-1].sum(axis=1) != 48).sum()
        assert changes == (0 if first == "2019-10-20" else 1)


def test_queues_with_the_same_starts_are_laid_out_as_they_are_alone():
    tables = [
        intraday(queue="a", tz="America/New_York", first="2026-10-12").assign(aht_s=200.0),
        intraday(queue="b", tz="America/New_York", first="2026-10-12", seed=1).assign(aht_s=np.nan),
        intraday(queue="c", tz="America/New_York", first="2026-10-13", seed=2).assign(aht_s=90.0),
    ]
    both = pd.concat(tables)
    for made in (both, both.sort_values(["start", "queue"]),
                 both.assign(queue=both["queue"].astype("category"))):  # fmt: skip
        found = split(made, check(made, "30min"))
        assert [past.queue for past in found] == ["a", "b", "c"]
        for past, table in zip(found, tables, strict=True):
            [alone] = split(table, check(table, "30min"))
            for name in ("days", "offered", "exists", "seen", "aht_s", "handled"):
                np.testing.assert_array_equal(getattr(past, name), getattr(alone, name))
            assert (past.first, past.last) == (alone.first, alone.last)
