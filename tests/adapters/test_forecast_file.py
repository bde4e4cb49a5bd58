import pytest

from wfm.adapters.forecast_file import read_forecast
from wfm.errors import BadInput

HEAD = "queue,start,volume,aht_s\n"


def read(tmp_path, text):
    path = tmp_path / "forecast.csv"
    path.write_text(text, encoding="utf-8")
    return read_forecast(path, timezone="Europe/Berlin")


def test_local_and_zoned_starts_are_the_same_moment(tmp_path):
    got = read(tmp_path, HEAD + "a,2026-03-02 09:00,100,180\nb,2026-03-02T08:00Z,50,\n")
    assert got["start"].nunique() == 1
    assert got["p90"].tolist() == [100.0, 50.0]
    assert got["aht_s"].isna().tolist() == [False, True]


WRONG = {
    "decimal comma": (HEAD + 'a,2026-03-02 09:00,"10,5",180\n', "line 2: volume.*'10,5'.*a point"),
    "text": (HEAD + "a,2026-03-02 09:00,ten,180\n", "line 2: volume expects a number"),
    "no column": ("queue,start,volume\na,2026-03-02 09:00,1\n", "missing columns.*aht_s"),
    "part of the quantiles": ("queue,start,volume,aht_s,p90\na,2026-03-02,1,2,3\n", "all of them"),
    "a start": (HEAD + "a,yesterday o'clock,1,2\n", "line 2: start expects a time"),
    "an hour that is skipped": (HEAD + "a,2026-03-29 02:30,1,2\n", "clock change"),
    "twice": (HEAD + "a,2026-03-02 09:00,1,2\n" * 2, "repeat a key"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_file_that_cannot_be_sized_names_line_and_column(name, tmp_path):
    text, words = WRONG[name]
    with pytest.raises(BadInput, match=words):
        read(tmp_path, text)


def test_no_file(tmp_path):
    with pytest.raises(BadInput, match="no such file"):
        read_forecast(tmp_path / "none.csv", timezone="UTC")


@pytest.mark.parametrize(("text", "words"), [
    ("queue,start,volume,aht_s\n", "no rows"),
    ("queue;start;volume;aht_s\nq;2026-03-02 09:00;1;2\n", "';'"),
    ("queue,start,volume,aht_s\nq,02.03.2026 09:00,1,2\n", "day and month are not guessed"),
])  # fmt: skip
def test_what_a_file_would_only_seem_to_say_is_refused(tmp_path, text, words):
    path = tmp_path / "forecast.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=words):
        read_forecast(path, timezone="Europe/Berlin")
