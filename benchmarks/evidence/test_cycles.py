"""Do simulated cycles still run, and does the committed table keep its promises?"""

from pathlib import Path

import pandas as pd
import pytest

from benchmarks.evidence import cycles

TABLE = Path(cycles.OUT)
# What Plan promises (`wfm.pdca.design.RISK`), and the risk of a verdict that is not true.
POWER, FALSE = 0.80, 0.05


@pytest.fixture(scope="module")
def committed():
    return pd.read_csv(TABLE)


def test_every_method_and_centre_is_in_the_table(committed):
    made = set(zip(committed["method"], committed["world"], strict=True))
    asked = {(method, world.name) for method in cycles.GROUPS for world in cycles.WORLDS}
    assert made == asked
    none = committed[committed["truth"] == "none"]
    assert (none["cycles"] >= 500).all()


def test_cycles_that_did_nothing_are_hardly_ever_confirmed(committed):
    none = committed[committed["truth"] == "none"]
    assert (none["confirmed"] <= FALSE * none["reached_n"]).all(), none.to_string()


def test_cycles_that_did_what_was_planned_are_confirmed(committed):
    done = committed[committed["truth"] == "planned"]
    assert (done["confirmed_of_reached"] >= POWER).all(), done.to_string()


def test_a_season_or_weekdays_alone_confirm_nothing(committed):
    alone = committed[committed["world"].str.contains("alone") & (committed["truth"] == "none")]
    assert len(alone) == len(cycles.GROUPS)
    assert alone["confirmed"].sum() == 0


def test_the_table_can_be_made_anew(committed):
    got = cycles.table(2, 2, methods=("its",))
    assert list(got.columns) == list(committed.columns)
    assert len(got) == 2 * len(cycles.WORLDS)
