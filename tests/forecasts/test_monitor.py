import numpy as np
import pandas as pd
import pytest

from forecasts import BadInput, forecast, monitor
from forecasts.dispersion import Dispersion
from tests.forecasts.given import actuals, days_of, frame
from tests.forecasts.histories import bank

RUNS = 1500
# Three standard errors of a mean of 1,500 run lengths, which are nearly exponential.
SIMULATED = 3 / RUNS**0.5


def run_lengths(draw, longest=20_000):
    """Interval of the first signal of a sum fed by `draw(size)`, many times over."""
    total, lengths = np.zeros(RUNS), np.zeros(RUNS)
    running = np.arange(RUNS)
    for interval in range(1, longest):
        total[running] = np.maximum(0, total[running] + draw(len(running)) - monitor.ALLOWANCE)
        over = total[running] > monitor.LIMIT
        lengths[running[over]] = interval
        running = running[~over]
        if not len(running):
            return lengths
    raise AssertionError("a run has not ended")


def test_the_worked_example_signals_at_the_sixth_interval():
    usual = frame([100.0] * 6)
    found = monitor.watch(usual, actuals(usual, [104, 96, 118, 125, 131, 122]), phi=1.5)
    assert found["direction"].tolist() == ["spike"]
    assert found["start"].tolist() == [usual["start"][2]]
    assert found["signal"].tolist() == [usual["start"][5]]
    assert (found["contacts"].tolist(), found["intervals"].tolist()) == ([96.0], [4])
    assert found["event"].tolist() == [None]


@pytest.mark.parametrize(("shift", "published"), [
    # Montgomery, Introduction to Statistical Quality Control, table 9.3: k 0.5, h 5; its two
    # sides halved at shift 0.
    (0.0, 2 * 465), (0.5, 38.0), (1.0, 10.4), (1.5, 5.75), (2.0, 4.01), (3.0, 2.57),
])  # fmt: skip
def test_run_lengths_are_the_published_ones(shift, published):
    rng = np.random.default_rng(7)
    simulated = run_lengths(lambda size: rng.standard_normal(size) + shift).mean()
    assert simulated == pytest.approx(published, rel=SIMULATED)
    # Siegmund's formula lets a run end exactly on the limit, which shortens brief ones.
    assert monitor.run_length(shift) == pytest.approx(published, rel=0.08)


def test_false_alarms_of_the_watch_are_as_rare_as_stated():
    rng = np.random.default_rng(3)
    intervals = 60_000
    usual = frame([400.0] * intervals)
    found = monitor.watch(usual, actuals(usual, rng.poisson(400, intervals)))
    between = intervals / found["direction"].value_counts()
    # About 65 alarms a side: three standard errors are 37 %; counts of 400 are nearly normal.
    assert between["spike"] == pytest.approx(930, rel=0.37)
    assert between["outage"] == pytest.approx(930, rel=0.37)


def test_a_spike_and_an_outage_are_found_and_told_apart():
    usual = frame([50.0] * 40)
    came = np.full(40, 50.0)
    came[10:14] = 90
    came[25:28] = 0
    found = monitor.watch(usual, actuals(usual, came)).set_index("direction")
    assert found.loc["spike", "start"].iloc[0] == usual["start"][10]
    assert (found.loc[["outage"], "start"] == usual["start"][25]).iloc[0]
    assert (found.loc["spike", "contacts"] > 0).all()
    assert (found.loc[["outage"], "contacts"] < 0).all()


def test_the_sum_begins_again_after_a_signal():
    usual = frame([100.0] * 4)
    found = monitor.watch(usual, actuals(usual, [200.0] * 4))
    assert found["intervals"].tolist() == [1, 1, 1, 1]


def test_a_known_event_is_linked_and_another_queues_is_not():
    usual = pd.concat([frame([50.0] * 4), frame([50.0] * 4, queue="chat")], ignore_index=True)
    register = pd.DataFrame({"start": ["2026-03-02"], "end": [None], "name": ["bills"],
                             "queue": ["voice"]})  # fmt: skip
    found = monitor.watch(usual, actuals(usual, [150.0] + [50.0] * 3 + [150.0] + [50.0] * 3),
                          register=register)  # fmt: skip
    assert found.set_index("queue")["event"].to_dict() == {"voice": "bills", "chat": None}


def test_missing_and_closed_intervals_leave_the_sum_as_it_is():
    plain = frame([100.0] * 6)
    came = [104, 96, 118, 125, 131, 122]
    gaps = frame([100.0, 100.0, 0.0, 100.0, 100.0, 100.0, 100.0, 100.0])
    with_gaps = [104, 96, 5, 118, 125, np.nan, 131, 122]
    a = monitor.watch(plain, actuals(plain, came), phi=1.5)
    b = monitor.watch(gaps, actuals(gaps, with_gaps), phi=1.5)
    assert a["contacts"].tolist() == b["contacts"].tolist()
    assert not len(monitor.watch(plain, actuals(plain, came).iloc[:0]))


def test_rows_in_any_order_give_the_same_signals():
    usual = frame([50.0] * 40)
    came = actuals(usual, np.r_[np.full(20, 50.0), np.full(20, 70.0)])
    shuffled = monitor.watch(usual.sample(frac=1, random_state=1), came)
    pd.testing.assert_frame_equal(shuffled, monitor.watch(usual, came))


def test_the_dispersion_is_that_of_the_residuals_and_one_spike_does_not_widen_it():
    rng = np.random.default_rng(5)
    usual = frame([100.0] * 3000)
    came = 100 + rng.normal(0, np.sqrt(250), 3000)
    came[:30] = 2000
    found = monitor.dispersion(usual, actuals(usual, came))
    assert found["voice"] == pytest.approx(2.5, rel=0.1)  # 1 / sqrt(3000) times about 2.3, thrice
    assert monitor.dispersion(usual, actuals(usual, [100.0] * 3000)) == {"voice": 1.0}


def test_errors_that_last_for_hours_cry_wolf_unless_their_parts_are_known():
    rng = np.random.default_rng(6)
    true, days = Dispersion(0.01, 0.02, 0.005, 3.0), 400
    usual = days_of(days, freq="h", a_day=6000.0)
    root = np.linalg.cholesky(true.covariance(np.arange(24.0)) + 1e-12 * np.eye(24))
    factor = 1 + rng.standard_normal((days, 24)) @ root.T + rng.normal(0, 0.005**0.5, (days, 24))
    came = actuals(usual, rng.poisson(np.maximum(factor.ravel(), 0) * usual["volume"]))
    watched = monitor.watch(usual, came, parts=true)["direction"].value_counts()
    naive = monitor.watch(usual, came, phi=monitor.dispersion(usual, came))
    # 4,800 open hours: about five alarms a side, Poisson, so at most a dozen.
    assert (watched <= 12).all()
    assert len(naive) > 4 * watched.sum()


def test_innovations_are_what_conditioning_one_by_one_leaves():
    parts = Dispersion(0.02, 0.03, 0.01, 2.0)
    usual = frame([40.0, 80.0, 60.0, 20.0], freq="h")
    off = np.array([0.3, -0.1, 0.4, 0.9])
    found = monitor._innovations(off, usual["volume"].to_numpy(), usual["start"], parts)
    mean = np.zeros(4)
    left = parts.covariance(np.arange(4.0)) + np.diag(1 / usual["volume"] + 0.01)
    for at in range(4):
        z = (off[at] - mean[at]) / np.sqrt(left[at, at])
        assert found[at] == pytest.approx(z)
        gain = left[:, at] / left[at, at]
        mean, left = mean + gain * (off[at] - mean[at]), left - np.outer(gain, left[at])


def test_a_spike_put_into_a_real_day_is_found_within_an_hour():
    history = bank()
    cut = pd.Timestamp("2003-09-22", tz="America/New_York")
    past, came = history[history["start"] < cut], history[history["start"] >= cut]
    made = forecast(past, 5 * 48, freq="30min", holidays="US")
    earlier = history[history["start"] < cut - pd.Timedelta(days=14)]
    phi = monitor.dispersion(forecast(earlier, 14 * 48, freq="30min", holidays="US"), history)
    quiet = monitor.watch(made, came, phi=phi)
    start = cut + pd.Timedelta(days=1, hours=11)
    spiked = came.copy()
    spiked.loc[(came["start"] >= start) & (came["start"] < start + pd.Timedelta(hours=3)),
               "offered"] *= 1.6  # fmt: skip
    found = monitor.watch(made, spiked, phi=phi)
    hits = found[(found["direction"] == "spike")
                 & (found["signal"].between(start, start + pd.Timedelta(hours=1)))]  # fmt: skip
    assert len(hits)
    assert not quiet["signal"].between(start, start + pd.Timedelta(hours=1)).any()


@pytest.mark.parametrize(("changed", "said"), [
    ({"phi": 0.5}, "phi: expected a number >= 1"),
    ({"phi": {"chat": 2.0}}, "for queue 'voice'"),
    ({"limit": 0}, "limit"), ({"allowance": float("inf")}, "allowance"),
])  # fmt: skip
def test_bad_settings_are_refused(changed, said):
    usual = frame([100.0] * 3)
    with pytest.raises(BadInput) as refused:
        monitor.watch(usual, actuals(usual, [1, 2, 3]), **changed)
    assert said in str(refused.value)


def test_the_end_of_a_spike_is_no_outage():
    usual = frame([100.0] * 12)
    came = actuals(usual, [100, 100, 300, 300, 300, 300, 170, 160, 150, 140, 130, 130])
    split = Dispersion(day=0.05, drift=0.05)
    found = monitor.watch(usual, came, parts=split)
    assert "spike" in set(found["direction"])
    assert (found.loc[found["direction"] == "outage", "contacts"] < 0).all()
