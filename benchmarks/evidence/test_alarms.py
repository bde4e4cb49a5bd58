"""Do the alarm tables still come out of the code, and do the committed ones keep their promises?"""

from pathlib import Path

import pandas as pd

from benchmarks.evidence import chart_alarms, effect_alarms

HERE = Path(__file__).parent


def committed(name):
    return pd.read_csv(HERE / name)


def test_the_tables_can_be_made_anew():
    charts, effects = chart_alarms.table(repeats=5), effect_alarms.table(repeats=5)
    assert list(charts.columns) == list(committed("chart_alarms.csv").columns)
    assert list(effects.columns) == list(committed("effect_alarms.csv").columns)
    assert len(charts) == len(committed("chart_alarms.csv"))
    assert len(effects) == len(committed("effect_alarms.csv"))


def test_the_default_charts_of_large_counts_do_not_cry_wolf_as_p_and_u_do():
    table = committed("chart_alarms.csv").set_index(["chart", "data"])["false_alarm"]
    for plain, wide, data in [
        ("p", "laney_p", "share of 20000, days vary"),
        ("u", "laney_u", "2000 events, days vary"),
    ]:
        assert table[plain, data] > 0.9
        assert table[wide, data] < 0.3


def test_no_recommended_test_finds_effects_that_are_not_there():
    table = committed("effect_alarms.csv")
    plain = table["test"].str.contains("large_sample|plain Poisson")
    one = table[~plain & ~table["test"].str.startswith("funnel")]
    assert (one["false_alarm"] <= 0.09).all(), one.to_string()
    calm = one[~one["data"].str.startswith("autocorrelation")]
    assert (calm["false_alarm"] <= 0.07).all(), calm.to_string()


def test_the_planned_sample_has_the_planned_power():
    table = committed("effect_alarms.csv").set_index("test")
    assert 0.76 <= table.loc["two shares", "sees_it"] <= 0.84


def test_every_chart_is_in_the_table():
    table = committed("chart_alarms.csv")
    assert {"xmr", "p", "laney_p", "u", "laney_u", "cusum", "ewma"} <= set(table["chart"])
    rules = set(table.loc[table["chart"] == "xmr", "rules"])
    assert {"3 sigma", "3 sigma + Anhoej", "Nelson 1-4"} <= rules
