"""Day totals, files of one interval, and offsets that are not the site's."""

import pandas as pd
import pytest

from tests.adapters.acd_reading import QUARTERS, read, said, volumes
from wfm.adapters.acd import DailyCounts
from wfm.errors import BadInput

DAYS = "date,calls\n2026-03-07,40\n2026-03-08,0\n2026-03-09,50\n"
ONE = "start,calls\n2026-03-02 09:00,4\n"


def test_day_totals_start_at_local_midnight_across_a_clock_change(tmp_path):
    imported = read(tmp_path, DAYS, interval_min=1440)
    assert volumes(imported) == {
        "03-07 00:00-0500": 40, "03-08 00:00-0500": 0, "03-09 00:00-0400": 50
    }  # fmt: skip


def test_day_totals_are_refused_for_a_plan(tmp_path):
    with pytest.raises(DailyCounts, match="take day totals as they are"):
        read(tmp_path, DAYS)


def test_intervals_are_not_summed_to_days(tmp_path):
    with pytest.raises(BadInput, match="has times of day; day totals are not made of them"):
        read(tmp_path, QUARTERS, interval_min=1440)


def test_a_single_row_counts_the_usual_interval(tmp_path):
    imported = read(tmp_path, ONE, usual_interval_min=30)
    assert volumes(imported) == {"03-02 09:00-0500": 4}
    assert said(imported, "1 row, too few to show how long an interval is: taken as 30 min")
    with pytest.raises(BadInput, match="too few rows"):
        read(tmp_path, ONE)


def test_a_single_row_off_the_usual_grid_is_refused(tmp_path):
    with pytest.raises(BadInput, match="09:15 begins no interval of 30 min"):
        read(tmp_path, ONE.replace("09:00", "09:15"), usual_interval_min=30)


def test_a_file_that_shows_its_interval_is_believed(tmp_path):
    imported = read(tmp_path, QUARTERS, usual_interval_min=30)
    assert volumes(imported) == {"03-02 09:00-0500": 10, "03-02 09:30-0500": 0}


MIXED = (
    "start,calls\n2026-03-02 09:00-05:00,4\n2026-03-02 14:30+00:00,6\n"
    "2026-03-02 10:00-05:00,5\n2026-03-02 10:30-05:00,5\n"
)


def test_offsets_that_are_not_the_sites_are_converted_and_told(tmp_path):
    imported = read(tmp_path, MIXED)
    assert volumes(imported)["03-02 09:30-0500"] == 6
    assert said(imported, "offsets from UTC (-05:00, +00:00); 1 row with another")


def test_the_sites_own_offsets_need_no_note(tmp_path):
    imported = read(tmp_path, MIXED.replace("14:30+00:00", "09:30-05:00"))
    assert not said(imported, "offsets")


@pytest.mark.parametrize(
    ("text", "setting"),
    [
        ("when,calls\n2026-03-02 09:00,4\n", 'columns = {start = "..."}'),
        ("start,agents\n2026-03-02 09:00,4\n", 'columns = {offered = "agents"}'),
        ("start,calls\n2026-03-02 09:00,4.5\n2026-03-02 09:30,4\n", "fractional = true"),
        ("start,calls\n3/4/2026 09:00,4\n3/5/2026 09:00,4\n", "day_first = true or false"),
        ("start,calls\n2026-03-02 09:00,1e12\n2026-03-02 09:30,4\n", 'columns = {offered = "'),
        (ONE, "file_interval_min = 30"),
    ],
)
def test_a_refusal_says_where_a_setting_is_written(tmp_path, text, setting):
    with pytest.raises(BadInput) as refused:
        read(tmp_path, text)
    assert "in [history] of a scenario file (--scenario): " in str(refused.value)
    assert setting in str(refused.value)


def test_what_a_refusal_asks_to_write_is_read(tmp_path):
    from wfm.adapters import scenario_file

    head = (
        'name = "x"\ntimezone = "UTC"\n[[queues]]\nname = "voice"\n[queues.target]\n'
        "service_level = 0.8\n"
    )
    (tmp_path / "s.toml").write_text(
        head + '[history]\ncolumns = {offered = "agents"}\nfractional = true\nday_first = false\n'
        "file_interval_min = 30\n",
        encoding="utf-8",
    )
    source = scenario_file.read_scenario(tmp_path / "s.toml")[1]
    imported = read(tmp_path, "start,agents\n3/2/2026 09:00,4.5\n", source)
    assert pd.Timestamp("2026-03-02 09:00", tz="America/New_York") == imported.frame["start"][0]
