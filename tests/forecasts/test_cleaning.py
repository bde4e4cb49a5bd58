import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasts import BadInput, clean, clock, coverage, forecast, marks
from forecasts.history import check
from forecasts.past import split
from tests.forecasts.histories import bank, daily, intraday, real, table

ZONE = "America/New_York"
NEAR = 0.25  # relative error of a usual count that rests on a handful of Poisson neighbours


def faulty():
    """Eight weeks with one of everything, and where."""
    made = intraday(first="2026-02-02", days=84, tz=ZONE, a_day=2000)
    day, hour = made["start"].dt.strftime("%m-%d"), made["start"].dt.hour
    made.loc[(day == "03-03") & (hour >= 14), "offered"] = 0.0
    made.loc[(day == "03-12") & (hour == 11), "offered"] *= 10
    made.loc[(day == "03-18") & (hour >= 13), "offered"] = 77.0
    made.loc[day == "03-24", "offered"] = made.loc[day == "03-23", "offered"].to_numpy()
    made.loc[day == "04-01", "offered"] *= 6
    return made[day != "04-09"].reset_index(drop=True)


def kinds(log):
    return log.groupby("what").size().to_dict()


def test_every_kind_of_fault_is_logged_once_with_its_span():
    cleaned = clean(faulty(), "30min")
    assert kinds(cleaned.log) == {"outage": 1, "outlier": 1, "frozen": 1, "copied": 1,
                                  "outlier day": 1, "gap": 1}  # fmt: skip
    spans = cleaned.log.set_index("what")
    assert str(spans.loc["outage", "start"]) == "2026-03-03 14:00:00-05:00"
    assert str(spans.loc["outage", "end"]) == "2026-03-03 20:00:00-05:00"
    assert str(spans.loc["gap", "start"]) == "2026-04-09 08:00:00-04:00"
    assert str(spans.loc["gap", "end"]) == "2026-04-09 20:00:00-04:00"
    assert spans.loc["outage", "was"] == 0
    assert spans[["used"]].loc[["outage", "frozen", "copied", "gap"]].isna().all(axis=None)


def test_outliers_hold_the_usual_count_and_faults_are_left_out():
    history = faulty()
    cleaned = clean(history, "30min")
    log = cleaned.log.set_index("what")
    assert log.loc["outlier", "was"] / log.loc["outlier", "used"] == pytest.approx(10, rel=NEAR)
    assert log.loc["outlier day", "was"] / log.loc["outlier day", "used"] == pytest.approx(
        6, rel=NEAR
    )
    gone = history[~history["start"].isin(cleaned.frame["start"])]
    assert set(gone["start"].dt.strftime("%m-%d")) == {"03-03", "03-18", "03-24"}
    check(cleaned.frame, "30min")


def test_log_and_frame_agree():
    history = faulty()
    cleaned = clean(history, "30min")
    left_out = cleaned.log.loc[cleaned.log["used"].isna(), "was"].sum()
    replaced = cleaned.log.loc[cleaned.log["used"].notna()]
    change = replaced["used"].sum() - replaced["was"].sum()
    assert cleaned.frame["offered"].sum() == pytest.approx(
        history["offered"].sum() - left_out + change
    )


def test_the_history_given_is_not_changed_and_kept():
    history = faulty()
    before = history.copy(deep=True)
    cleaned = clean(history, "30min")
    pd.testing.assert_frame_equal(history, before)
    pd.testing.assert_frame_equal(cleaned.undo(), before)


def test_each_change_can_be_taken_back_alone():
    history = faulty()
    cleaned = clean(history, "30min")
    for label, entry in cleaned.log.iterrows():
        back = cleaned.undo([label])
        inside = (back["start"] >= entry["start"]) & (back["start"] < entry["end"])
        if entry["what"] != "gap":
            assert back.loc[inside, "offered"].sum() == entry["was"]
        rest = cleaned.frame[~cleaned.frame["start"].isin(back.loc[inside, "start"])]
        pd.testing.assert_frame_equal(
            back[~inside].reset_index(drop=True), rest.reset_index(drop=True)
        )


def test_taking_back_everything_gives_the_original():
    history = faulty()
    cleaned = clean(history, "30min")
    pd.testing.assert_frame_equal(cleaned.undo(cleaned.log.index), history)


def test_a_label_that_is_not_in_the_log_is_refused():
    with pytest.raises(BadInput, match="1 rows are not in the log"):
        clean(faulty(), "30min").undo([0, 99])


def test_a_clean_history_is_returned_as_it_is():
    history = intraday()
    cleaned = clean(history, "30min")
    assert not len(cleaned.log)
    pd.testing.assert_frame_equal(cleaned.frame, history)


def test_queues_are_cleaned_apart():
    both = pd.concat([faulty(), intraday(queue="chat", first="2026-02-02", days=84, tz=ZONE)])
    cleaned = clean(both.sort_values(["start", "queue"]).reset_index(drop=True), "30min")
    assert set(cleaned.log["queue"]) == {"voice"}
    assert (cleaned.frame["queue"] == "chat").sum() == (both["queue"] == "chat").sum()


def test_a_holiday_and_its_neighbours_and_events_are_not_outliers():
    history = daily(days=84)
    history.loc[[40, 60], "offered"] *= 8
    holidays = pd.DatetimeIndex([history["start"].iloc[41].tz_localize(None)])
    events = pd.DataFrame({"start": [history["start"].iloc[60]], "end": [None], "name": ["sale"]})
    assert kinds(clean(history, "D").log) == {"outlier day": 2}
    assert kinds(clean(history, "D", holidays=holidays).log) == {"outlier day": 1}
    assert not len(clean(history, "D", holidays=holidays, events=events).log)


def test_zeros_on_a_holiday_say_something_about_the_holiday():
    history = daily(days=84)
    history.loc[40, "offered"] = 0
    holiday = pd.DatetimeIndex([history["start"].iloc[40].tz_localize(None)])
    assert kinds(clean(history, "D").log) == {"outage": 1}
    assert not len(clean(history, "D", holidays=holiday).log)


def test_a_history_that_cannot_be_used_is_refused():
    history = intraday()
    history.loc[3, "offered"] = -1
    with pytest.raises(BadInput, match="negative offered"):
        clean(history, "30min")


def test_a_change_of_the_clock_is_no_fault():
    for first in ("2026-02-09", "2026-10-05"):
        made = intraday(first=first, days=56, tz=ZONE, closed_rows=True)
        assert not len(clean(made, "30min").log)
        assert not len(clean(daily(first=first, days=56, tz=ZONE), "D").log)


def test_a_forecast_leaves_out_what_cleaning_finds():
    history, spoilt = intraday(days=84, a_day=2000), intraday(days=84, a_day=2000)
    wild = spoilt["start"].dt.strftime("%m-%d") == "03-26"
    spoilt.loc[wild, "offered"] *= 8
    of = {"horizon": 7 * 48, "freq": "30min", "model": "profile"}
    true = forecast(history, **of).frame["volume"].sum()
    assert forecast(spoilt, **of).frame["volume"].sum() == pytest.approx(true, rel=0.01)
    of["model"] = "weekday_mean"  # which takes every count as it is
    assert forecast(spoilt, **of).frame["volume"].sum() > 1.2 * true


def test_notes_count_what_is_left_out():
    history = faulty()
    [past] = split(history, check(history, "30min"))
    found = marks.mark(past, coverage.cover(past), special=np.zeros(len(past.days), bool))
    assert found.notes[0].startswith("12 intervals on 1 days left out as outage")
    assert len(found.notes) == 5


@settings(max_examples=25, deadline=None)
@given(
    zone=st.sampled_from(["UTC", ZONE, "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe"]),
    freq=st.sampled_from(["15min", "30min", "h", "D"]),
    seed=st.integers(0, 99),
    lost=st.integers(0, 5),
)
def test_cleaning_twice_changes_nothing_more_and_undo_gives_all_back(zone, freq, seed, lost):
    rng = np.random.default_rng(seed)
    make = daily if freq == "D" else intraday
    given_ = {"first": "2026-03-02", "days": 70, "tz": zone, "seed": seed, "a_day": 800.0}
    history = make(**given_) if freq == "D" else make(freq=freq, closed_rows=True, **given_)
    at = rng.choice(len(history), max(lost, 1), replace=False)
    history.loc[at, "offered"] *= rng.choice([0, 1, 30], len(at))
    cleaned = clean(history, freq)
    pd.testing.assert_frame_equal(cleaned.undo(cleaned.log.index), history)
    again = clean(cleaned.frame, freq).log
    assert set(again["what"]) <= {"gap"}
    assert (cleaned.frame["offered"] >= 0).all()


def test_the_recording_outages_that_are_known_of_the_ambulance_data_are_found():
    raw = pd.read_csv(real("emergency_ems_30min.csv.gz"), parse_dates=["timestamp"])
    log = clean(table("ems", raw["timestamp"], raw["contacts"], ZONE), "30min").log
    spans = [f"{a:%m-%d %H:%M} {b:%m-%d %H:%M}" for a, b in zip(log["start"], log["end"])]  # noqa: B905
    assert spans[:5] == ["12-17 23:00 12-18 07:00", "12-18 23:00 12-19 08:30",
                         "04-12 11:00 04-12 13:00", "04-12 19:00 04-12 21:00",
                         "05-01 13:00 05-02 03:00"]  # fmt: skip
    assert set(log["what"]) == {"outage"}
    assert len(log) <= 6


def test_a_calm_bank_has_gaps_and_nothing_else():
    assert kinds(clean(bank(), "30min", holidays="US").log) == {"gap": 2}


def test_the_marks_of_an_interval_of_a_repeated_hour_cover_both():
    made = intraday(first="2026-10-05", days=56, tz=ZONE, closed_rows=True, a_day=3000)
    made["offered"] += 20.0
    twice = made["start"].dt.strftime("%m-%d %H:%M") == "11-01 01:00"
    assert twice.sum() == 2
    day = made["start"].dt.strftime("%m-%d") == "11-01"
    made.loc[day & (made["start"].dt.hour <= 5), "offered"] = 0.0
    log = clean(made, "30min").log
    assert log["what"].tolist() == ["outage"]
    assert (
        clock.utc_ns(pd.DatetimeIndex(log["end"]))[0]
        - clock.utc_ns(pd.DatetimeIndex(log["start"]))[0]
        == 7 * 3600 * 10**9
    )
