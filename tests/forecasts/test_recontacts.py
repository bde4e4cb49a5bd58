import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasts import BadInput, recontacts
from forecasts.recontacts import Recontacts
from tests.forecasts.given import frame

EXACT = 1e-9


def listed(rows):
    table = pd.DataFrame(rows, columns=["customer", "queue", "start"])
    return table.assign(start=pd.to_datetime(table["start"]).dt.tz_localize("UTC"))


def shares(pairs, window_days=2, queues=("voice", "chat")):
    rho = np.zeros((len(queues), len(queues), window_days + 1))
    for (source, target, lag), share in pairs.items():
        rho[queues.index(source), queues.index(target), lag] = share
    return Recontacts(queues, rho, window_days, np.full(len(queues), 1000))


def daily(voice, chat):
    return pd.concat([frame(voice, freq="D"), frame(chat, freq="D", queue="chat")],
                     ignore_index=True)  # fmt: skip


def test_a_hand_counted_list():
    table = listed([
        ("a", "voice", "2026-03-02 09:00"), ("a", "voice", "2026-03-02 15:00"),
        ("a", "chat", "2026-03-04 09:00"), ("b", "voice", "2026-03-02 10:00"),
        ("b", "voice", "2026-03-30 10:00"), ("c", "chat", "2026-03-03 10:00"),
        (None, "voice", "2026-03-03 11:00"), ("d", "voice", "2026-03-31 12:00"),
    ])  # fmt: skip
    found = recontacts.measured(table, window_days=7)
    # Voice: a twice and b once lie a window before the end; chat: a and c.
    assert found.contacts.tolist() == [3, 2]
    assert found.rho[0, 0, 0] == pytest.approx(1 / 3)
    assert found.rho[0, 1, 2] == pytest.approx(1 / 3)
    assert found.rho.sum() == pytest.approx(2 / 3)
    assert found.frame.set_index("queue").loc["voice", "repeat_rate"] == pytest.approx(2 / 3)
    assert found.frame.set_index("queue").loc["voice", "hops"] == pytest.approx(1 / 3)


def test_shares_that_made_the_contacts_are_found_again():
    rng = np.random.default_rng(0)
    rows, customer = [], 0
    for day in range(60):
        for _ in range(200):
            customer += 1
            at, queue = day, "voice"
            while at < 60:
                rows.append((customer, queue, pd.Timestamp("2026-01-01 12:00")
                             + pd.Timedelta(days=at, seconds=len(rows) % 3600)))  # fmt: skip
                draw = rng.random()
                if draw >= 0.25:
                    break
                at, queue = (at + 1, queue) if draw < 0.15 else (at + 3, "chat")
    found = recontacts.measured(listed(rows), window_days=7)
    voice = found.queues.index("voice")
    # About 12,000 contacts: three standard errors of a share of 0.15 are 0.01.
    assert found.rho[voice, voice, 1] == pytest.approx(0.15, abs=0.01)
    assert found.rho[voice, found.queues.index("chat"), 3] == pytest.approx(0.10, abs=0.01)


@settings(max_examples=40, deadline=None)
@given(voice=st.lists(st.floats(0, 1000), min_size=9, max_size=9),
       chat=st.lists(st.floats(0, 1000), min_size=9, max_size=9),
       same=st.floats(0, 0.4), hop=st.floats(0, 0.4))  # fmt: skip
def test_new_repeats_and_hops_add_up_to_the_forecast(voice, chat, same, hop):
    usual = daily(voice, chat)
    found = recontacts.parts(usual, shares({("voice", "voice", 1): same, ("voice", "chat", 2): hop,
                                            ("chat", "voice", 0): hop}))  # fmt: skip
    parts = found.frame[["new", "same", "hops"]].sum(axis=1)
    assert parts.to_numpy() == pytest.approx(found.frame["volume"].to_numpy(), abs=1e-6)
    assert found.frame["volume"].tolist() == pytest.approx(usual["volume"].tolist())


def test_a_hand_counted_day_has_the_days_before_in_it():
    usual = daily([100.0, 100.0], [50.0, 50.0])
    before = pd.DataFrame(
        {
            "queue": ["voice"] * 2 + ["chat"] * 2,
            "start": pd.to_datetime(["2026-02-28", "2026-03-01"] * 2).tz_localize("UTC"),
            "offered": [80.0, 60.0, 10.0, 20.0],
        }
    )
    found = recontacts.parts(usual, shares({("voice", "voice", 1): 0.1, ("voice", "chat", 2): 0.2}),
                             before=before).frame  # fmt: skip
    assert found["same"].tolist() == pytest.approx([6.0, 10.0, 0.0, 0.0])
    assert found["hops"].tolist() == pytest.approx([0.0, 0.0, 16.0, 12.0])


def test_the_same_shares_change_nothing():
    usual = daily([100.0] * 9, [50.0] * 9)
    now = shares({("voice", "voice", 0): 0.1, ("voice", "chat", 1): 0.2, ("chat", "voice", 2): 0.3})
    found = recontacts.what_if(usual, now, now)
    assert found["volume"].to_numpy() == pytest.approx(usual["volume"].to_numpy(), rel=EXACT)


def test_without_repeats_only_new_contacts_are_left():
    usual = daily([100.0] * 30, [50.0] * 30)
    now = shares({("voice", "voice", 1): 0.2, ("voice", "chat", 1): 0.1})
    found = recontacts.what_if(usual, now, now.scaled(0.0)).set_index("queue")["volume"]
    assert found["voice"].to_numpy() == pytest.approx(np.full(30, 80.0), rel=EXACT)
    assert found["chat"].to_numpy() == pytest.approx(np.full(30, 40.0), rel=EXACT)


def test_halved_repeats_settle_where_the_geometric_series_says():
    usual = daily([100.0] * 60, [50.0] * 60)
    now = shares({("voice", "voice", 1): 0.2})
    found = recontacts.what_if(usual, now, now.scaled(0.5))["volume"]
    # New contacts 80; with a repeat share of 0.1 each brings 1 / 0.9 contacts.
    assert found[59] == pytest.approx(80 / 0.9, rel=EXACT)
    assert found[0] == pytest.approx(80 + 0.1 * 100, rel=EXACT)


def test_same_day_repeats_repeat_on_the_same_day():
    usual = daily([100.0] * 3, [50.0] * 3)
    now = shares({("voice", "voice", 0): 0.5})
    found = recontacts.what_if(usual, now, now.scaled(0.5))["volume"]
    assert found[:3].to_numpy() == pytest.approx(np.full(3, 50 / 0.75), rel=EXACT)


def test_intervals_keep_their_profile():
    usual = pd.concat([frame([10.0, 30.0] * 12, freq="h"),
                       frame([5.0] * 24, freq="h", queue="chat")], ignore_index=True)  # fmt: skip
    now = shares({("voice", "voice", 0): 0.2})
    found = recontacts.what_if(usual, now, now.scaled(0.0))
    ratio = found["volume"] / usual["volume"]
    assert ratio[:24].to_numpy() == pytest.approx(np.full(24, 0.8), rel=EXACT)
    assert ratio[24:].to_numpy() == pytest.approx(np.ones(24), rel=EXACT)


@pytest.mark.parametrize(("call", "said"), [
    (lambda: recontacts.measured(listed([]), window_days=7), "repeats need to know who called"),
    (lambda: recontacts.measured(listed([("a", "voice", "2026-03-02")]), window_days=-1), ">= 0"),
    (lambda: recontacts.measured(pd.DataFrame({"queue": []})), "missing columns"),
    (lambda: recontacts.measured("list"), "expected a DataFrame"),
    (lambda: shares({("voice", "voice", 1): 0.5}).scaled(2.0), "below 1 they die out"),
    (lambda: shares({}).scaled(-1), "factor"),
    (lambda: shares({}).scaled(0.5, source="fax"), "no queue 'fax'"),
    (lambda: recontacts.what_if(frame([1.0]), shares({}), shares({}, queues=("voice",))),
     "the same queues"),
    (lambda: recontacts.parts(frame([1.0], queue="fax"), shares({})), "is in the forecast"),
])  # fmt: skip
def test_bad_input_is_refused(call, said):
    with pytest.raises(BadInput) as refused:
        call()
    assert said in str(refused.value)
