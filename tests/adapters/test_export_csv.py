"""What pandas reads from our CSV files is the roster."""

import datetime as dt
import io
import zipfile

import pandas as pd

from tests.adapters.export_rosters import MONDAY, person, roster, scenario, stretches
from wfm.adapters.export import csv_zip_bytes, write_csv

NIGHT = dt.date(2003, 10, 25)


def written(tmp_path, rows, plan):
    made = roster(rows, plan)
    paths = write_csv(tmp_path / "out", made, plan)
    return made, {path.name: pd.read_csv(path, encoding="utf-8-sig") for path in paths}


def test_stretches_and_coverage_come_back_as_the_same_instants(tmp_path):
    plan = scenario(person("ann", name="Ann"))
    rows = [*stretches("ann", MONDAY, "07:00", "E"), *stretches("ann", NIGHT, "22:00", "N")]
    made, files = written(tmp_path, rows, plan)
    back = files["roster.csv"]
    assert back["start"].iloc[0] == "2003-10-20T07:00:00-04:00"
    for name in ("start", "end"):
        assert (pd.to_datetime(back[name], utc=True) == made.frame[name]).all()
    assert back["activity"].tolist() == made.frame["activity"].tolist()
    coverage = files["coverage.csv"]
    assert (pd.to_datetime(coverage["start"], utc=True) == made.coverage["start"]).all()
    assert coverage["gap"].tolist() == made.coverage["gap"].tolist()
    assert coverage["start"].is_unique is False
    assert not coverage.duplicated(["queue", "start"]).any(), "the repeated hour keeps its offset"


def test_one_row_a_shift_for_payroll(tmp_path):
    plan = scenario(person("ann", name="Ann"))
    rows = [*stretches("ann", MONDAY, "07:00", "E"), *stretches("ann", NIGHT, "22:00", "N")]
    _, files = written(tmp_path, rows, plan)
    shifts = files["shifts.csv"]
    assert shifts["date"].tolist() == ["2003-10-20", "2003-10-25"]
    assert shifts["shift"].tolist() == ["E", "N"]
    assert shifts["paid_h"].tolist() == [8.0, 8.0]
    assert shifts["end"].iloc[1] == "2003-10-26T05:00:00-05:00"
    assert shifts["breaks"].iloc[0] == ("break 09:00-09:15, lunch 11:00-11:30, break 13:30-13:40")


def test_texts_that_look_like_formulas_are_escaped_and_negative_numbers_are_not(tmp_path):
    evil = ["=1+1", "+1", "-1", "@x", "\tx", "plain"]
    plan = scenario(*(person(text, name=text) for text in evil))
    rows = [row for text in evil for row in stretches(text, MONDAY, "07:00", "E")]
    _, files = written(tmp_path, rows, plan)
    for column in ("agent", "name"):
        assert set(files["shifts.csv"][column]) == {
            "'=1+1", "'+1", "'-1", "'@x", "'\tx", "plain",
        }  # fmt: skip
    assert files["coverage.csv"]["gap"].min() == -1


def test_chinese_text_opens_in_excel_by_its_byte_order_mark(tmp_path):
    plan = scenario(person("甲", name="张伟"))
    _, files = written(tmp_path, stretches("甲", MONDAY, "07:00", "E"), plan)
    assert files["shifts.csv"]["name"].tolist() == ["张伟"]
    assert (tmp_path / "out" / "shifts.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_an_empty_roster_gives_headers_only(tmp_path):
    plan = scenario(person("ann"))
    _, files = written(tmp_path, [], plan)
    assert files["roster.csv"].empty
    assert list(files["shifts.csv"].columns)[:3] == ["agent", "name", "date"]


def test_the_zip_holds_the_same_files_and_the_same_bytes_each_time(tmp_path):
    plan = scenario(person("ann"))
    made = roster(stretches("ann", MONDAY, "07:00", "E"), plan)
    paths = write_csv(tmp_path, made, plan)
    packed = csv_zip_bytes(made, plan)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert {n: archive.read(n) for n in archive.namelist()} == {
            path.name: path.read_bytes() for path in paths
        }
    assert csv_zip_bytes(made, plan) == packed
