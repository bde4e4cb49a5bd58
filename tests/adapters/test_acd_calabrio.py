"""Calabrio's forecast file: no headers, skill after skill, means per contact."""

import pytest

from wfm.adapters.acd import HistorySource, read_history
from wfm.adapters.acd_offer import offer
from wfm.errors import BadInput

# The second skill is called as a header is; the night of the first ends on the next day.
FILE = """Insurance,20210218 08:00,20210218 08:15,16,135.36,490.74,16.85
Insurance,20210218 08:15,20210218 08:30,25.5,127.93,443.24,21.48
Insurance,20210218 23:45,20210219 00:00,0,0,0,0
Day,20210218 08:00,20210218 08:15,36,136.78,407.05,28.43
Day,20210218 08:15,20210218 08:30,4,100,20,1
"""


def read(tmp_path, text, source=None):
    path = tmp_path / "forecast.csv"
    path.write_text(text, encoding="utf-8-sig")
    return read_history(path, source, timezone="UTC", interval_min=15)


@pytest.mark.parametrize("agents", [True, False])
def test_no_row_is_taken_for_a_header_and_the_two_times_are_added(tmp_path, agents):
    text = FILE if agents else "\n".join(line.rpartition(",")[0] for line in FILE.splitlines())
    found = read(tmp_path, text)
    frame = found.frame.set_index(["queue", "start"])["offered"]
    assert frame["Insurance"].tolist() == [16, 25.5, 0]
    assert frame["Day"].tolist() == [36, 4]
    assert found.frame["aht_s"].iloc[0] == pytest.approx(136.78 + 407.05)
    assert found.frame["aht_s"].iloc[2] == pytest.approx(135.36 + 490.74)
    assert any("expected contacts, not counted ones" in note for note in found.notes)
    assert any("means per contact" in note for note in found.notes)


def test_sums_are_read_as_sums_where_the_planner_says_so(tmp_path):
    source = HistorySource(columns={"handle_total_s": "Task + after task (s)"})
    aht = read(tmp_path, FILE, source).frame["aht_s"]
    assert aht.iloc[1] == pytest.approx((100 + 20) / 4)


def test_an_end_before_its_start_is_told_by_its_line(tmp_path):
    with pytest.raises(BadInput, match=r"'End'.*line 2"):
        read(tmp_path, FILE.replace("20210218 08:30,25.5", "20210218 08:00,25.5"))


def test_a_bad_volume_is_set_aside_and_the_rest_offered(tmp_path):
    path = tmp_path / "forecast.csv"
    path.write_text(FILE.replace(",25.5,", ",many,"), encoding="utf-8")
    found = offer(path, timezone="UTC")
    assert [(row.line, row.column, row.value) for row in found.bad] == [(2, "Volume", "many")]
    assert len(found.history.frame) == 4


def test_another_file_without_headers_is_still_refused(tmp_path):
    with pytest.raises(BadInput, match="add a line of headers"):
        read(tmp_path, "care,20210218 08:00,16,135\ncare,20210218 08:15,25,127\n")


def test_a_forecast_is_known_as_one_and_is_not_taken_for_what_happened(tmp_path):
    found = read(tmp_path, FILE)
    assert found.expected
    with pytest.raises(BadInput, match=r"march\.csv: is Calabrio's forecast file.*expected"):
        found.counted("march.csv")
    counted = read(tmp_path, "start,calls\n2021-02-18 08:00,16\n2021-02-18 08:15,25\n")
    assert counted.counted("x") is counted
