"""Avaya CMS split intervals: clock times without colons, calls counted where they end."""

import pytest

from wfm.adapters.acd import read_history

HEADER = ("ROW_DATE,STARTTIME,INTRVL,SPLIT,CALLSOFFERED,ACDCALLS,ABNCALLS,ACDTIME,HOLDTIME,"
          "ACWTIME,ANSTIME,ABNTIME,ACCEPTABLE\n")  # fmt: skip
DAY = """2026-03-02,830,15,7,10,8,2,800,80,160,60,30,7
2026-03-02,845,15,7,0,0,0,0,0,50,0,0,0
2026-03-02,900,15,7,3,4,0,400,0,0,10,0,3
"""
NIGHT = """2026-03-02,0,15,7,1,1,0,100,0,0,5,0,1
2026-03-02,15,15,7,2,2,0,200,0,0,5,0,2
"""


def read(tmp_path, text):
    path = tmp_path / "split.csv"
    path.write_text(text, encoding="utf-8")
    return read_history(path, timezone="UTC", interval_min=15)


def test_handle_time_is_talk_hold_and_wrap_up_of_the_calls_that_ended(tmp_path):
    found = read(tmp_path, HEADER + DAY)
    frame = found.frame
    assert frame["start"].dt.strftime("%H:%M").tolist() == ["08:30", "08:45", "09:00"]
    assert frame["queue"].unique().tolist() == ["7"]
    assert frame["aht_s"].iloc[0] == (800 + 80 + 160) / 8
    assert frame["wait_abandoned_s"].tolist() == [30, 0, 0]
    for told in ("in the interval in which it ends", "more answered than offered",
                 "1 row with handle time and no call that ended"):  # fmt: skip
        assert any(told in note for note in found.notes)


def test_15_is_a_quarter_past_midnight_and_not_three_in_the_afternoon(tmp_path):
    frame = read(tmp_path, HEADER + NIGHT).frame
    assert frame["start"].dt.strftime("%H:%M").tolist() == ["00:00", "00:15"]


def test_one_row_is_enough_as_intrvl_tells_its_length(tmp_path):
    assert len(read(tmp_path, HEADER + DAY.splitlines()[0])
               .frame) == 1  # fmt: skip


def test_other_files_with_a_start_time_get_no_note_on_calls_that_end(tmp_path):
    text = "DATE,STARTTIME,SPLIT,CALLS\n2026-03-02,8,7,4\n2026-03-02,9,7,5\n"
    path = tmp_path / "other.csv"
    path.write_text(text, encoding="utf-8")
    found = read_history(path, timezone="UTC", interval_min=60)
    assert found.frame["start"].dt.hour.tolist() == [8, 9]
    assert not any("ends" in note for note in found.notes)


@pytest.mark.parametrize("column", ["ACCEPTABLE", "INTRVL", "HOLDTIME"])
def test_a_column_more_or_less_does_not_change_what_was_offered(tmp_path, column):
    lines = [line.split(",") for line in (HEADER + DAY).splitlines()]
    at = lines[0].index(column)
    less = "\n".join(",".join(line[:at] + line[at + 1 :]) for line in lines)
    assert read(tmp_path, less).frame["offered"].tolist() == [10, 0, 3]
