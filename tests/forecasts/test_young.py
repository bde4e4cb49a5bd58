import numpy as np
import pandas as pd
import pytest

from forecasts import BadInput, forecast
from tests.forecasts.histories import WEEK, daily, intraday

LEVEL = 0.1  # three days of 300 contacts: 3 % noise; the week's own shape a few more
NOISY = 0.25  # a share of a day, from 1,000 contacts over 24 intervals


def old(**given):
    return intraday(**({"days": 84, "a_day": 1000, "queue": "old"} | given))


def cut(table, days):
    first = table["start"].max().normalize() - pd.Timedelta(days=days - 1)
    return table[table["start"] >= first]


def new(known, **given):
    return cut(intraday(**({"days": 84, "a_day": 300, "queue": "new", "seed": 5} | given)), known)


def of(result, queue="new"):
    return result.frame[result.frame["queue"] == queue]


@pytest.mark.parametrize("days", [1, 3, 7, 13])
def test_a_young_queue_gets_the_weekdays_of_its_analogue_at_its_own_level(days):
    result = forecast(pd.concat([old(), new(days)]), 7 * 48, freq="30min")
    found = of(result)
    by_day = found.groupby(found["start"].dt.day_of_week)["volume"].sum()
    assert by_day.to_numpy() == pytest.approx(300 * WEEK, rel=2 * LEVEL)
    assert result.model == {"old": "profile", "new": "borrowed"}


def test_what_was_borrowed_is_said():
    notes = forecast(pd.concat([old(), new(3)]), 48, freq="30min").notes
    [line] = [note for note in notes if "'new'" in note]
    assert "3 days" in line
    assert "borrowed from queue 'old'" in line


def test_the_nearer_of_two_analogues_is_chosen():
    night = old(queue="night", seed=3)
    night["start"] += pd.Timedelta(hours=8)
    both = pd.concat([night, old(), new(5)])
    found = of(forecast(both, 48, freq="30min"))
    alone = of(forecast(pd.concat([old(), new(5)]), 48, freq="30min"))
    assert found["volume"].to_numpy() == pytest.approx(alone["volume"].to_numpy())


def test_a_named_analogue_is_used_even_if_another_is_nearer():
    other = old(queue="other", seed=3)
    other["offered"] *= np.where(other["start"].dt.day_of_week == 0, 3.0, 1.0)
    both = pd.concat([other, old(), new(2)])
    notes = forecast(both, 7 * 48, freq="30min", analogues={"new": "other"}).notes
    assert any("'new'" in note and "from queue 'other'" in note for note in notes)


def test_channels_are_not_mixed_where_the_history_names_them():
    chat = old(queue="chat", seed=7).assign(channel="chat")
    voice = old(a_day=5000).assign(channel="voice")
    voice["offered"] *= np.linspace(0.8, 1.2, len(voice))
    young = new(3).assign(channel="voice")
    notes = forecast(pd.concat([chat, voice, young]), 48, freq="30min").notes
    assert any("'new'" in note and "from queue 'old'" in note for note in notes)


def test_the_own_profile_takes_over_as_contacts_come():
    late = new(10, a_day=5000)
    late["start"] += pd.Timedelta(hours=4)
    found = of(forecast(pd.concat([old(), late]), 7 * 48, freq="30min", analogues={"new": "old"}))
    hour = found["start"].dt.hour
    share = found.loc[(hour >= 12), "volume"].sum() / found["volume"].sum()
    assert share == pytest.approx(1.0, abs=LEVEL)


def test_without_an_analogue_the_own_days_are_repeated_and_the_bands_are_wider():
    alone = forecast(new(4), 7 * 48, freq="30min")
    helped = forecast(pd.concat([old(), new(4)]), 7 * 48, freq="30min")

    def width(frame):
        busy = frame["volume"] > 3
        return ((frame["p90"] - frame["p10"]) / frame["volume"])[busy].mean()

    assert width(of(alone)) > 1.1 * width(of(helped))
    assert "no analogue" in alone.notes[0]
    assert of(alone)["volume"].sum() == pytest.approx(new(7)["offered"].sum(), rel=NOISY)


def test_bands_narrow_as_days_are_added():
    widths = []
    for days in (1, 4, 12):
        found = of(forecast(pd.concat([old(), new(days)]), 14 * 48, freq="30min"))
        found = found[found["volume"] > 3]
        widths.append(((found["p97_5"] - found["p2_5"]) / found["volume"]).mean())
    assert widths == sorted(widths, reverse=True)


def test_a_holiday_of_the_analogue_closes_the_young_queue_too():
    first = pd.Timestamp("2026-03-25")
    known = pd.Series("founders", index=pd.DatetimeIndex(["2026-02-04", "2026-03-04", first]))
    elder = old(days=79)
    gone = elder["start"].dt.normalize().dt.tz_localize(None).isin(known.index)
    both = pd.concat([elder[~gone], new(5, days=79)])
    found = of(forecast(both, 7 * 48, freq="30min", holidays=known))
    that_day = found["start"].dt.tz_localize(None).dt.normalize() == first
    assert that_day.any()
    assert found.loc[that_day, "volume"].sum() == 0
    assert found.loc[~that_day, "volume"].sum() > 0


def test_days_of_a_week_are_borrowed_for_daily_totals_too():
    young = daily(days=84, a_day=200, queue="new", seed=4).iloc[-3:]
    found = of(forecast(pd.concat([daily(queue="old"), young]), 7, freq="D"))
    assert found["volume"].to_numpy() == pytest.approx(200 * WEEK, rel=2 * LEVEL)


def test_one_interval_of_history_is_enough_and_zeros_give_zeros():
    table = new(1).iloc[20:21]
    sound = forecast(table, 48, freq="30min").frame
    assert np.isfinite(sound["p97_5"]).all()
    assert (sound["volume"] >= 0).all()
    silent = forecast(table.assign(offered=0.0), 48, freq="30min")
    assert (silent.frame["volume"] == 0).all()
    assert "no contacts" in silent.notes[0]


def test_nothing_is_held_back_from_a_young_queue():
    score = forecast(pd.concat([old(), new(6)]), 48, freq="30min").score.set_index("queue")
    assert np.isnan(score.loc["new", "wape"])
    assert score.loc["old", "wape"] > 0


@pytest.mark.parametrize(
    ("analogues", "said"),
    [
        (["new"], "expected a mapping"),
        ({"new": "older"}, "not queues of the history"),
        ({"old": "new"}, "begin later"),
        ({"new": "newer"}, "begin later|less than 14 days"),
    ],
)
def test_an_analogue_that_cannot_be_is_refused(analogues, said):
    both = pd.concat([old(), new(5), new(3).assign(queue="newer")])
    with pytest.raises(BadInput, match=said):
        forecast(both, 48, freq="30min", analogues=analogues)


def test_the_simple_models_still_need_two_weeks():
    with pytest.raises(BadInput, match="at least 14"):
        forecast(new(5), 48, freq="30min", model="weekday_mean")
