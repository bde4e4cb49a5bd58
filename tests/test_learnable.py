"""What of a history can be learned from: queues that ended, rows that have not happened yet."""

import datetime as dt

import pandas as pd
import pytest

from wfm import learnable
from wfm.errors import BadInput

TZ = "Europe/Berlin"
NOW = dt.datetime(2026, 4, 6, 8, 10, tzinfo=dt.UTC)  # 10:10 in Berlin


def queue(name, first, last, *, freq="D", offered=10.0):
    start = pd.date_range(pd.Timestamp(first, tz=TZ), pd.Timestamp(last, tz=TZ), freq=freq)
    return pd.DataFrame({"queue": name, "start": start, "offered": offered})


def both(last, **more):
    return pd.concat(
        [queue("voice", "2026-01-01", "2026-04-05"), queue("fax", "2026-01-01", last, **more)],
        ignore_index=True,
    )


def test_a_queue_that_goes_on_is_not_silent():
    assert learnable.silent(both("2026-03-30")).empty


@pytest.mark.parametrize(("last", "ended"), [("2026-03-25", False), ("2026-03-08", False),
                                             ("2026-03-07", True)])  # fmt: skip
def test_a_queue_has_ended_after_four_weeks_without_a_contact(last, ended):
    found = learnable.silent(both(last)).iloc[0]
    assert (found["queue"], found["ended"]) == ("fax", ended)


def test_zeros_after_the_end_do_not_keep_a_queue_alive():
    history = both("2026-04-05")
    late = (history["queue"] == "fax") & (history["start"] > pd.Timestamp("2026-02-01", tz=TZ))
    history.loc[late, "offered"] = 0.0
    assert learnable.silent(history)["ended"].tolist() == [True]


def test_a_queue_that_was_as_silent_before_has_not_ended():
    seasonal = pd.concat([queue("fax", "2025-11-01", "2025-12-01"),
                          queue("fax", "2026-02-01", "2026-02-28")])  # fmt: skip
    history = pd.concat([queue("voice", "2025-11-01", "2026-04-05"), seasonal])
    assert learnable.silent(history)["ended"].tolist() == [False]


def test_an_ended_queue_is_refused_once_unless_kept():
    history = both("2026-02-01")
    with pytest.raises(BadInput, match='1 of 2 queues .*--leave-out "fax".*--keep "fax"'):
        learnable.refuse_ended(history)
    learnable.refuse_ended(history, keep=["fax"])
    learnable.refuse_ended(learnable.chosen(history, leave_out=["fax"]))
    with pytest.raises(BadInput, match="--keep: no queue 'telex'"):
        learnable.refuse_ended(history, keep=["telex"])


def test_the_running_interval_is_left_out_and_those_over_are_kept():
    history = queue("voice", "2026-04-06 09:00", "2026-04-06 10:00", freq="30min")
    kept, told = learnable.happened(history, now=NOW, interval_min=30)
    assert kept["start"].dt.strftime("%H:%M").tolist() == ["09:00", "09:30"]
    assert "1 rows left out (first: 2026-04-06 10:00)" in told[0]


def test_a_day_is_over_at_local_midnight():
    history = queue("voice", "2026-03-28", "2026-03-29")  # the 29th has 23 hours
    before = dt.datetime(2026, 3, 29, 21, 30, tzinfo=dt.UTC)
    assert len(learnable.happened(history, now=before, interval_min=1440)[0]) == 1
    after = dt.datetime(2026, 3, 29, 22, 0, tzinfo=dt.UTC)
    assert len(learnable.happened(history, now=after, interval_min=1440)[0]) == 2


def test_rows_of_the_future_are_refused_with_the_first_of_them():
    history = queue("voice", "2026-04-01", "2026-04-09")
    with pytest.raises(BadInput, match=r"3 of 9 rows start after now .*2026-04-07 .*--now 2026-"):
        learnable.happened(history, now=NOW, interval_min=1440)


def test_an_old_history_is_told_and_a_recent_one_is_not():
    assert learnable.old(queue("voice", "2026-01-01", "2026-03-06"), now=NOW) == ()
    assert "32 days ago" in learnable.old(queue("voice", "2026-01-01", "2026-03-05"), now=NOW)[0]


def test_every_queue_that_cannot_be_used_is_named_at_once():
    history = pd.concat([both("2026-01-05"), queue("chat", "2026-04-01", "2026-04-05")])
    error = learnable.unfit(BadInput("whole"), history, interval_min=1440)
    assert "2 of 3 queues" in str(error)
    assert '--leave-out "fax" --leave-out "chat"' in str(error)


def test_a_fault_of_all_queues_stays_what_it_is():
    whole = BadInput("whole")
    young = queue("voice", "2026-04-01", "2026-04-05")
    assert learnable.unfit(whole, young, interval_min=1440) is whole
    assert learnable.unfit(whole, both("2026-04-05"), interval_min=1440) is whole


def test_a_queue_that_is_not_there_is_named():
    with pytest.raises(BadInput, match="no queue 'telex'; it has 'voice', 'fax'"):
        learnable.chosen(both("2026-04-05"), leave_out=["telex"])
    with pytest.raises(BadInput, match="every queue is left out"):
        learnable.chosen(both("2026-04-05"), leave_out=["voice", "fax"])


def joined(*parts):
    return pd.concat([queue("voice", first, last) for first, last in parts], ignore_index=True)


def test_one_day_in_another_year_is_refused_with_its_date():
    table = joined(("2026-01-01", "2026-04-04"), ("2036-04-05", "2036-04-05"))
    with pytest.raises(BadInput, match="3,654 days, after 2026-04-04.*is a year wrong.*Only 1 day"):
        learnable.torn(table)


def test_a_first_day_in_another_year_and_a_long_pause_are_told():
    (said,) = learnable.torn(joined(("2016-01-01", "2016-01-01"), ("2026-01-01", "2026-04-05")))
    assert "after 2016-01-01 and before 2026-01-01: is a year wrong?" in said
    paused = joined(("2025-09-01", "2025-12-01"), ("2026-03-15", "2026-03-20"))
    assert len(learnable.torn(paused)) == 1


def test_a_closed_month_is_no_wrong_year():
    assert learnable.torn(joined(("2026-01-01", "2026-02-01"), ("2026-03-01", "2026-04-05"))) == ()
    assert learnable.torn(joined(("2026-01-01", "2026-01-01"))) == ()
