import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasts import BadInput, channels
from tests.forecasts.given import days_of, frame

EXACT = 1e-12


def two(dispersion=0.01):
    return pd.concat([frame([100.0, 200.0, 0.0], dispersion=dispersion),
                      frame([40.0, 0.0, 20.0], queue="chat", aht_s=600.0, dispersion=dispersion)],
                     ignore_index=True)  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(share=st.floats(0, 1), each=st.floats(0, 3), aht_s=st.floats(1, 2000))
def test_contacts_and_workload_move_and_nothing_is_lost(share, each, aht_s):
    usual = two()
    found = channels.shift(usual, source="voice", target="chat", share=share,
                           contacts_each=each, aht_s=aht_s)  # fmt: skip
    voice = found["queue"] == "voice"
    leaving = usual.loc[voice, "volume"] * share
    gone = usual.loc[voice, "volume"] - found.loc[voice, "volume"]
    assert gone.to_numpy() == pytest.approx(leaving.to_numpy(), abs=1e-9)
    chat = found.loc[~voice, "volume"].sum() - usual.loc[~voice, "volume"].sum()
    assert chat == pytest.approx(leaving.sum() * each, abs=1e-9)
    seconds = (found["volume"] * found["aht_s"]).sum() - (usual["volume"] * usual["aht_s"]).sum()
    assert seconds == pytest.approx(leaving.sum() * (each * aht_s - 240), abs=1e-6)
    assert (found["volume"] >= 0).all()


def test_contacts_wait_for_a_closed_channel_to_open():
    found = channels.shift(two(), source="voice", target="chat", share=0.1)
    assert found.loc[found["queue"] == "chat", "volume"].tolist() == pytest.approx([50, 0, 40])


def test_an_unsure_share_widens_both_bands():
    sure, unsure = (channels.shift(two(), source="voice", target="chat", share=0.2, share_sd=sd)
                    for sd in (0.0, 0.1))  # fmt: skip
    assert (unsure["dispersion"] >= sure["dispersion"]).all()
    assert unsure["dispersion"][0] > 1.5 * sure["dispersion"][0]
    assert unsure["volume"].equals(sure["volume"])


def test_moving_nothing_changes_nothing_and_moving_all_empties_the_queue():
    usual = two()
    same = channels.shift(usual, source="voice", target="chat", share=0.0)
    assert same["volume"].equals(usual["volume"])
    assert same["dispersion"].to_numpy() == pytest.approx(
        np.where(usual["volume"] > 0, usual["dispersion"], 0.0)
    )
    none = channels.shift(usual, source="voice", target="chat", share=1.0)
    assert (none.loc[none["queue"] == "voice", "volume"] == 0).all()


def test_self_service_takes_its_share_and_the_rest_is_harder():
    found = channels.contain(two(), queue="voice", share=0.25, aht_factor=1.2)
    assert found["volume"].tolist() == [75, 150, 0, 40, 0, 20]
    assert found["aht_s"].tolist() == [288, 288, 288, 600, 600, 600]
    unsure = channels.contain(two(), queue="voice", share=0.25, share_sd=0.1)
    assert unsure["dispersion"][0] == pytest.approx((0.01 * 0.75**2 + 0.1**2) / 0.75**2)


@settings(max_examples=50, deadline=None)
@given(volumes=st.lists(st.floats(0, 1e6), min_size=3, max_size=9), seed=st.integers(0, 99))
def test_totals_do_not_depend_on_the_order_of_queues_and_are_exactly_rounded(volumes, seed):
    table = pd.concat([frame([v], queue=f"q{at}") for at, v in enumerate(volumes)])
    names = [f"q{at}" for at in range(len(volumes))]
    shuffled = list(np.random.default_rng(seed).permutation(names))
    first = channels.totals(table, {"all": names})["volume"].iloc[0]
    second = channels.totals(table, {"all": shuffled})["volume"].iloc[0]
    assert first == second == math.fsum(volumes)


def test_totals_cover_the_hours_of_any_queue_and_weigh_handle_times():
    table = pd.concat([frame([100.0, 50.0]), frame([100.0], queue="chat", aht_s=600.0)])
    found = channels.totals(table, {"centre": ["voice", "chat"]})
    assert found["volume"].tolist() == [200.0, 50.0]
    assert found["aht_s"].tolist() == pytest.approx([420.0, 240.0])


def test_errors_together_make_wider_totals_than_errors_apart():
    table = pd.concat([frame([100.0] * 2, queue=name, dispersion=0.04) for name in "abcd"])
    apart, half, whole = (channels.totals(table, {"all": list("abcd")}, together=t)["dispersion"][0]
                          for t in (0.0, 0.5, 1.0))  # fmt: skip
    assert (apart, half, whole) == pytest.approx((0.01, 0.025, 0.04))


def test_a_day_around_a_clock_change_is_added_instant_by_instant():
    table = pd.concat([days_of(1, first="2026-11-01", tz="America/New_York", queue=name)
                       for name in "ab"])  # fmt: skip
    found = channels.totals(table, {"all": ["a", "b"]})
    assert len(found) == 50
    assert found["volume"].sum() == pytest.approx(2000)


@pytest.mark.parametrize(("call", "said"), [
    (lambda f: channels.shift(f, source="voice", target="chat", share=20), "was a percent passed?"),
    (lambda f: channels.shift(f, source="voice", target="voice", share=0.2), "name two queues"),
    (lambda f: channels.shift(f, source="fax", target="chat", share=0.2), "'fax' is not in"),
    (lambda f: channels.shift(f, source="voice", target="chat", share=0.2, aht_s=0), "aht_s"),
    (lambda f: channels.contain(f, queue="voice", share=True), "fraction"),
    (lambda f: channels.contain(f, queue="voice", share=0.1, share_sd=-1), "share_sd"),
    (lambda f: channels.totals(f, {}), "mapping of group"),
    (lambda f: channels.totals(f, {"all": "voice"}), "list of different queues"),
    (lambda f: channels.totals(f, {"all": ["voice", "voice"]}), "list of different queues"),
    (lambda f: channels.totals(f, {"all": ["voice", "fax"]}), "'fax' is not in"),
])  # fmt: skip
def test_bad_input_is_refused(call, said):
    with pytest.raises(BadInput) as refused:
        call(two())
    assert said in str(refused.value)
