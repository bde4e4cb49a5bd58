import pandas as pd
import pytest

from wfm import frames
from wfm.errors import BadInput

START = pd.date_range("2026-03-02 08:00", periods=3, freq="30min", tz="UTC")


def history(**changes):
    return pd.DataFrame({"queue": "voice", "start": START, "offered": [3, 0, 5]} | changes)


def test_a_right_table_comes_back_itself():
    frame = history()
    assert frames.check("history", frame) is frame


WRONG = {
    "not a table": ([1, 2], "expected a DataFrame, got list"),
    "a column is missing": (history().drop(columns="offered"), r"missing columns \['offered'\]"),
    "naive times": (history(start=START.tz_localize(None)), "timezone-aware"),
    "text for numbers": (history(offered=["3", "0", "5"]), "must be numbers"),
    "truth values for numbers": (history(offered=[True, False, True]), "must be numbers"),
    "no time": (history(start=[START[0], pd.NaT, START[2]]), "1 missing times"),
    "no queue": (history(queue=["voice", None, "voice"]), "1 missing values"),
    "a repeated key": (history(start=[START[0], START[0], START[2]]), "1 rows repeat a key"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_broken_contract_is_named(case):
    frame, words = WRONG[case]
    with pytest.raises(BadInput, match=words):
        frames.check("history", frame)
