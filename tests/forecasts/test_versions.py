import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasts import BadInput, value_added, versions
from tests.forecasts.given import actuals, days_of, frame

NOW = dt.datetime(2026, 2, 24, 10, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(hours=1)


def locked(table=None):
    table = frame([100.0, 200.0, 0.0, 300.0], freq="D") if table is None else table
    return versions.lock(table, name="week 10", by="Ana", at=NOW)


def changed(version=None, **more):
    more = {"queue": "voice", "start": "2026-03-02", "end": "2026-03-04", "reason": "letter",
            "by": "Ben", "at": LATER, **more}  # fmt: skip
    if "value" not in more and "change" not in more:
        more["change"] = 0.1
    return versions.override(version or locked(), **more)


def test_a_locked_version_cannot_be_changed_from_outside():
    table = frame([100.0, 200.0], freq="D")
    version = locked(table)
    table["volume"] = 0.0
    copy = version.frame
    copy["volume"] = -1.0
    assert version.frame["volume"].tolist() == [100.0, 200.0]
    with pytest.raises(AttributeError):
        version.name = "other"


def test_equal_forecasts_have_equal_digests_and_a_changed_digit_another():
    table = frame([100.0, 200.0], freq="D")
    other = table.assign(volume=[100.0, 200.0 + 1e-9])
    assert locked(table).digest == locked(table[::-1][::-1].copy()).digest
    assert locked(table).digest != locked(other).digest


def test_a_percentage_scales_every_row_and_a_value_is_the_new_total():
    more = changed(change=0.1).frame["volume"].tolist()
    assert more == pytest.approx([110, 220, 0, 300])
    total = changed(value=600.0, end="2026-03-05").frame["volume"].tolist()
    assert total == pytest.approx([200, 400, 0, 300])
    opened = changed(value=50.0, start="2026-03-04", end="2026-03-05").frame["volume"].tolist()
    assert opened == [100, 200, 50, 300]


@settings(max_examples=40, deadline=None)
@given(first=st.floats(-0.9, 3), value=st.floats(0, 1e5))
def test_every_step_is_remembered_and_the_first_version_stays(first, value):
    base = locked()
    end = changed(changed(base, change=first), value=value, at=LATER + dt.timedelta(minutes=5))
    assert [item.override is None for item in end.lineage] == [True, False, False]
    assert end.lineage[0].digest == base.digest == locked().digest
    assert end.overrides["after"].iloc[1] == pytest.approx(value)
    assert end.overrides["before"].iloc[1] == pytest.approx(300 * (1 + first))
    assert end.frame["volume"].sum() == pytest.approx(300 + value)


def test_bands_move_with_the_volume_and_other_rows_keep_theirs():
    base = locked(frame([100.0] * 4, freq="D", dispersion=0.01, shown=True))
    found = changed(base, change=1.0).frame
    quantiles = ["p2_5", "p10", "p50", "p90", "p97_5"]
    assert found.loc[2:, quantiles].equals(base.frame.loc[2:, quantiles])
    assert (found.loc[:1, "p2_5"] > base.frame.loc[:1, "p97_5"]).all()
    assert list(found.columns) == list(base.frame.columns)


def test_other_queues_and_days_are_left_alone():
    both = pd.concat([frame([100.0] * 3, freq="D"), frame([50.0] * 3, freq="D", queue="chat")])
    found = changed(locked(both), queue="chat", end="2026-03-03", change=1.0).frame
    assert found["volume"].tolist() == [100, 100, 100, 100, 50, 50]


def test_a_local_day_is_overridden_whole_on_a_25_hour_day():
    base = locked(days_of(1, first="2026-11-01", tz="America/New_York", freq="h"))
    found = changed(base, start="2026-11-01", end="2026-11-02", value=2000.0)
    assert found.override.rows == 25
    assert found.frame["volume"].sum() == pytest.approx(2000)


def test_compare_shows_only_what_differs():
    base = locked()
    found = versions.compare(base, changed(base))
    assert found["difference"].tolist() == pytest.approx([10.0, 20.0])
    assert found["change"].tolist() == pytest.approx([0.1, 0.1])
    assert not len(versions.compare(base, locked()))
    short = versions.lock(base.frame.iloc[:2], name="short", by="Ana", at=NOW)
    assert versions.compare(base, short)["after"].isna().sum() == 2


def test_value_added_is_the_wape_before_less_the_wape_after():
    end = changed(change=0.5)
    found = value_added.judge(end, actuals(end.frame, [140.0, 200.0, 0.0, 300.0])).iloc[0]
    # Before |100-140| + |200-200| = 40, after |150-140| + |300-200| = 110, of 340 contacts.
    assert found["wape_before"] == pytest.approx(40 / 340)
    assert found["wape_after"] == pytest.approx(110 / 340)
    assert found["value_added"] == pytest.approx(-70 / 340)
    assert (found["intervals"], found["days_better"], found["days_worse"]) == (2, 1, 1)
    assert found["bias_before"] == pytest.approx(-40 / 340)
    assert found["verdict"] == "undecided"


def test_each_override_is_judged_against_the_version_it_changed():
    first = changed(change=1.0)
    second = changed(first, change=-0.5, at=LATER + dt.timedelta(minutes=1), by="Cem")
    found = value_added.judge([first, second], actuals(second.frame, [100.0, 200.0, 0.0, 300.0]))
    assert found["by"].tolist() == ["Ben", "Cem"]
    assert found["value_added"].tolist() == pytest.approx([-1.0, 1.0])


def test_a_person_who_is_right_on_twenty_days_is_told_so_and_luck_is_not():
    rng = np.random.default_rng(1)
    base = locked(frame([100.0] * 20, freq="D"))
    end = changed(base, end="2026-03-22", change=0.3)
    right = value_added.judge(end, actuals(base.frame, rng.normal(130, 3, 20)))
    assert right["verdict"].tolist() == ["better"]
    wrong = value_added.judge(end, actuals(base.frame, rng.normal(100, 3, 20)))
    assert wrong["verdict"].tolist() == ["worse"]
    luck = value_added.judge(end, actuals(base.frame, [130.0, 100.0] * 10))
    assert luck["verdict"].tolist() == ["undecided"]


def test_worthless_overrides_are_called_good_or_bad_no_more_often_than_stated():
    rng = np.random.default_rng(2)
    base = locked(frame([100.0] * 30, freq="D"))
    end = changed(base, end="2026-04-01", change=0.2)
    said = [value_added.judge(end, actuals(base.frame, rng.choice([90.0, 130.0], 30)))
            ["verdict"].iloc[0] for _ in range(60)]  # fmt: skip
    # 5 % of 60 are 3; the sign test is conservative, three standard errors more are 8.
    assert sum(one != "undecided" for one in said) <= 8


def test_without_actuals_there_is_no_verdict():
    end = changed()
    found = value_added.judge(end, actuals(end.frame, [np.nan] * 4)).iloc[0]
    assert found["verdict"] == "no actuals"
    assert np.isnan(found["value_added"])
    assert not len(value_added.judge(locked(), actuals(end.frame, [1.0] * 4)))


def test_the_summary_joins_errors_and_days_of_a_person():
    base = locked(frame([100.0] * 6, freq="D"))
    first = changed(base, end="2026-03-05", change=0.2)
    second = changed(first, start="2026-03-05", end="2026-03-08", change=0.4,
                     at=LATER + dt.timedelta(minutes=1), reason="storm")  # fmt: skip
    judged = value_added.judge(second, actuals(base.frame, [120.0] * 3 + [110.0] * 3))
    joined = value_added.summary(judged).iloc[0]
    assert joined["overrides"] == 2
    assert joined["wape_before"] == pytest.approx(90 / 690)
    assert joined["wape_after"] == pytest.approx(90 / 690)
    assert (joined["days_better"], joined["days_worse"]) == (3, 3)
    assert set(value_added.summary(judged, by="reason")["reason"]) == {"letter", "storm"}
    with pytest.raises(BadInput, match="by: expected"):
        value_added.summary(judged, by="mood")


@pytest.mark.parametrize(("more", "said"), [
    ({"reason": ""}, "reason: expected a text"),
    ({"by": None}, "by: expected a text"),
    ({"at": dt.datetime(2026, 3, 1)}, "timezone-aware"),
    ({"at": NOW - dt.timedelta(days=1)}, "before the version it changes"),
    ({"change": 0.1, "value": 5.0}, "either change or value"),
    ({"change": None}, "either change or value"),
    ({"change": -1.0}, "use value=0"),
    ({"change": float("nan")}, "expected a fraction"),
    ({"value": -5.0}, "contacts >= 0"),
    ({"queue": "fax"}, "no interval of queue 'fax'"),
    ({"start": "2027-01-01", "end": "2027-01-02"}, "no interval"),
    ({"start": "soon"}, "start: expected a time"),
    ({"end": pd.NaT}, "end: expected a time"),
])  # fmt: skip
def test_a_bad_override_is_refused(more, said):
    with pytest.raises(BadInput) as refused:
        changed(**more)
    assert said in str(refused.value)


def test_a_lock_without_a_name_or_zone_is_refused():
    with pytest.raises(BadInput, match="name: expected a text"):
        versions.lock(frame([1.0]), name="", by="Ana", at=NOW)
    with pytest.raises(BadInput, match="timezone-aware"):
        versions.lock(frame([1.0]), name="w", by="Ana", at=dt.datetime(2026, 3, 1))


@pytest.mark.parametrize(("start", "end", "hours"), [
    ("2026-03-01", "2026-04-01", (0, 24)),
    ("2026-03-02 09:10", "2026-03-02 10:10", (9.5, 10.5)),
    ("2026-03-02 09:00", "2026-03-02 10:00", (9, 10)),
])  # fmt: skip
def test_an_override_records_the_intervals_that_it_changed(start, end, hours):
    at = pd.date_range("2026-03-02", periods=48, freq="30min", tz="UTC")
    frame = pd.DataFrame({"queue": "voice", "start": at, "volume": 10.0, "dispersion": 0.0})
    base = versions.lock(frame, name="one day", by="Ana", at=NOW)
    said = versions.override(base, queue="voice", start=start, end=end, change=0.1, reason="r",
                             by="Ben", at=NOW).override  # fmt: skip
    day = pd.Timestamp("2026-03-02", tz="UTC")
    assert (said.start, said.end) == tuple(day + pd.Timedelta(hours=hour) for hour in hours)
