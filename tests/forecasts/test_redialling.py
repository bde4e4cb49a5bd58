import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasts import BadInput, redials, repeats
from tests.forecasts.histories import daily

ZONE = "America/New_York"
CONTACT = st.tuples(
    st.sampled_from("abcd"), st.integers(0, 5000), st.sampled_from(["x", "y"]), st.booleans()
)


def log(*rows, **columns):
    """Contacts from (customer, minute, queue) and further columns."""
    start = pd.Timestamp("2026-03-02 09:00", tz=ZONE) + pd.to_timedelta(
        [row[1] for row in rows], unit="min"
    )
    return pd.DataFrame({"customer": [row[0] for row in rows], "start": start,
                         "queue": [row[2] for row in rows], **columns})  # fmt: skip


def kinds(table, **choices):
    return repeats(table, **choices).frame["kind"].tolist()


def test_a_hand_counted_morning():
    table = log(
        ("a", 0, "voice"), ("b", 1, "voice"), ("a", 4, "voice"), ("b", 6, "sales"),
        ("c", 7, "voice"), ("a", 300, "voice"), ("b", 3000, "voice"), (None, 3001, "voice"),
        abandoned=[True, False, False, False, True, False, False, False],
    )  # fmt: skip
    table["end"] = table["start"] + pd.Timedelta(minutes=5)
    found = repeats(table)
    assert found.frame["kind"].tolist() == [
        "first", "first", "redial", "transfer", "first", "repeat", "first", "first",
    ]  # fmt: skip
    rates = found.rates.set_index("queue")
    assert rates.loc["voice", ["contacts", "first", "redial", "transfer", "repeat"]].tolist() == [
        7, 5, 1, 0, 1,
    ]  # fmt: skip
    assert rates.loc["sales", "transfer"] == 1
    assert "repeat within 24 h" in rates["definition"].iloc[0]


def test_the_windows_are_choices_and_their_end_is_included():
    table = log(("a", 0, "voice"), ("a", 60, "voice"))
    assert kinds(table, window_h=1)[1] == "repeat"
    assert kinds(table, window_h=0.99)[1] == "first"
    table["abandoned"] = True
    assert kinds(table, redial_h=1)[1] == "redial"
    assert kinds(table, redial_h=0.99)[1] == "first"


def test_the_same_contact_in_a_second_queue_is_a_transfer_by_its_id():
    table = log(("a", 0, "voice"), ("a", 40, "sales"), ("a", 50, "sales"), contact=[1, 1, 2])
    assert kinds(table) == ["first", "transfer", "repeat"]


def test_another_reason_is_no_repeat():
    table = log(("a", 0, "voice"), ("a", 5, "voice"), ("a", 9, "voice"), reason=["x", "y", "y"])
    assert kinds(table) == ["first", "first", "repeat"]


def test_order_of_rows_does_not_matter():
    table = log(("a", 5, "voice"), ("b", 3, "voice"), ("a", 0, "voice"))
    assert kinds(table) == ["first", "first", "repeat"]
    assert table["start"].is_monotonic_increasing is False


@settings(max_examples=50, deadline=None)
@given(st.lists(CONTACT, min_size=1, max_size=40))
def test_kinds_add_up_and_every_customer_is_first_once_at_least(rows):
    table = log(*[row[:3] for row in rows], abandoned=[row[3] for row in rows])
    found = repeats(table)
    rates = found.rates
    assert (rates["contacts"] == rates[["first", "redial", "transfer", "repeat"]].sum(axis=1)).all()
    assert rates["contacts"].sum() == len(rows)
    assert (found.frame["kind"] == "first").sum() >= len({row[0] for row in rows})
    wider = repeats(table, window_h=48).rates
    assert (wider["repeat"] >= rates["repeat"]).all()


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda t: t.drop(columns="customer"), "without a customer key"),
        (lambda t: t.iloc[:0], "no rows"),
        (lambda t: t.assign(start=t["start"].dt.tz_localize(None)), "timezone-aware"),
        (lambda t: t.assign(abandoned="yes"), "true or false"),
        (lambda t: None, "expected a DataFrame"),
    ],
)
def test_contacts_that_cannot_be_used_are_refused(change, what):
    with pytest.raises(BadInput, match=what):
        repeats(change(log(("a", 0, "voice"))))


@pytest.mark.parametrize("window_h", [0, -1, float("nan"), True, "24"])
def test_a_window_must_be_above_zero(window_h):
    with pytest.raises(BadInput, match="window_h"):
        repeats(log(("a", 0, "voice")), window_h=window_h)


def centre(share, *, days=180, seed=0, lasting=0.0):
    """Half hours in which a random share abandons and `share` of those call again next."""
    rng = np.random.default_rng(seed)
    offered, abandoned = np.zeros((days, 20)), np.zeros((days, 20))
    busy = np.exp(lasting * rng.standard_normal((days, 1)))
    fresh = rng.poisson(100 * busy, (days, 20))
    for k in range(20):
        again = rng.binomial(abandoned[:, k - 1].astype(int), share) if k else 0
        offered[:, k] = fresh[:, k] + again
        abandoned[:, k] = rng.binomial(offered[:, k].astype(int), rng.beta(1, 4, days))
    first = pd.date_range("2026-01-05", periods=days, freq="D", tz="UTC")
    start = first.repeat(20) + pd.to_timedelta(np.tile(np.arange(20) * 30 + 480, days), "min")
    return pd.DataFrame({"queue": "voice", "start": start, "offered": offered.ravel(),
                         "abandoned": abandoned.ravel()})  # fmt: skip


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7])
@pytest.mark.parametrize("lasting", [0.0, 0.1])
def test_the_share_that_calls_again_is_told_from_counts(share, lasting):
    inside = 0
    for seed in range(5):
        found = redials(centre(share, seed=seed, lasting=lasting), "30min")["voice"]
        inside += found.lo <= share <= found.hi
        # Three half widths: five draws of six settings all stay within.
        assert abs(found.share - share) < 3 * (found.hi - found.lo) / 2
        assert found.hi - found.lo < 0.3
    assert inside >= 3


def test_where_nobody_gives_up_or_little_is_known_the_share_is_unknown():
    assert np.isnan(redials(centre(0.5).assign(abandoned=0.0), "30min")["voice"].share)
    assert np.isnan(redials(centre(0.5, days=14).iloc[::3], "30min")["voice"].share)


def test_daily_totals_and_histories_without_abandoned_are_refused():
    with pytest.raises(BadInput, match="daily totals"):
        redials(daily().assign(abandoned=1.0), "D")
    with pytest.raises(BadInput, match="'abandoned' is needed"):
        redials(centre(0.5).drop(columns="abandoned"), "30min")
