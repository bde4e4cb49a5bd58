"""Do actuals come back as they were kept, and is a wrong file refused before anything is kept?"""

import multiprocessing

import filelock
import pandas as pd
import pytest

from wfm import actuals as contract
from wfm.actuals import Actuals
from wfm.adapters import actuals_folder as folder
from wfm.errors import BadInput

TZ = "Europe/Berlin"
HEADER = "queue,start,offered,answered,abandoned,answered_in_awt,abandoned_in_awt,tier\n"
ROWS = HEADER + (
    "voice,2026-03-02 09:00,10,9,1,8,0,gold\nvoice,2026-03-02T09:30:00+01:00,12,12,0,11,0,gold\n"
)


def write(tmp_path, text, name="mine.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def read(path, table="interval_actuals"):
    return folder.read_table(path, table, timezone=TZ)


def test_a_csv_becomes_a_table_with_local_times_and_its_slices(tmp_path):
    table = read(write(tmp_path, ROWS))
    assert table["start"].dt.tz.key == TZ
    assert table["start"].dt.hour.tolist() == [9, 9]
    assert table["offered"].tolist() == [10.0, 12.0]
    assert table["tier"].tolist() == ["gold", "gold"]


def test_what_is_kept_comes_back_and_a_file_brought_twice_changes_nothing(tmp_path):
    table = read(write(tmp_path, ROWS))
    assert folder.put_table(table, "interval_actuals", tmp_path) == 2
    stamp = folder.actuals_stamp(tmp_path)
    assert folder.put_table(table, "interval_actuals", tmp_path) == 2
    assert stamp
    back = folder.load_actuals(tmp_path)
    pd.testing.assert_frame_equal(back.intervals, table)
    later = table.assign(offered=[20.0, 12.0], answered=[19.0, 12.0])
    folder.put_table(later, "interval_actuals", tmp_path)
    assert folder.load_actuals(tmp_path).intervals["offered"].tolist() == [20.0, 12.0]


def test_a_parquet_file_is_read_as_well(tmp_path):
    table = read(write(tmp_path, ROWS))
    table.to_parquet(tmp_path / "mine.parquet", index=False)
    pd.testing.assert_frame_equal(read(tmp_path / "mine.parquet"), table)


def test_notes_and_every_table_survive_and_tables_left_out_are_gone(tmp_path):
    table = read(write(tmp_path, ROWS))
    folder.save_actuals(Actuals({"interval_actuals": table}, ("generated",)), tmp_path)
    assert folder.load_actuals(tmp_path).notes == ("generated",)
    people = pd.DataFrame({"agent": ["a"], "start": table["start"][:1], "paid_s": [1.0]})
    folder.save_actuals(Actuals({"agent_actuals": people}), tmp_path)
    assert set(folder.load_actuals(tmp_path).tables) == {"agent_actuals"}


@pytest.mark.parametrize(("text", "said"), [
    (ROWS.replace("12,12", "twelve,12"), "line 3"),
    (ROWS.replace("2026-03-02 09:00", "02.03.2026"), "line 2.*start"),
    (ROWS.replace("offered", "calls"), "missing columns .'offered'"),
    (ROWS + "voice,2026-03-02 09:00,1,1,0,1,0,gold\n", "repeat a key"),
    (HEADER, "no rows"),
    (ROWS.replace(",", ";"), "separated by ';'"),
    (ROWS.replace("2026-03-02 09:00", "2026-03-29 02:30"), "clock change"),
])  # fmt: skip
def test_a_wrong_file_is_refused_by_line_and_nothing_is_kept(tmp_path, text, said):
    with pytest.raises(BadInput, match=said):
        folder.put_table(read(write(tmp_path, text)), "interval_actuals", tmp_path)
    assert folder.actuals_stamp(tmp_path) == ""


def test_a_folder_without_actuals_says_how_to_get_some(tmp_path):
    with pytest.raises(BadInput, match="wfm actuals"):
        folder.load_actuals(tmp_path)
    with pytest.raises(BadInput, match="no table 'other'"):
        read(write(tmp_path, ROWS), "other")
    (tmp_path / "actuals").mkdir()
    (tmp_path / "actuals" / "surveys.parquet").write_bytes(b"no parquet")
    with pytest.raises(BadInput, match="damaged"):
        folder.load_actuals(tmp_path)


def test_a_kpi_reads_the_table_that_has_its_columns_or_names_the_one_to_bring(tmp_path):
    table = read(write(tmp_path, ROWS))
    own = Actuals({"interval_actuals": table})
    assert own.for_kpi("service_level", ["queue"]) == "interval_actuals"
    assert own.compute("service_level", ["queue"])["numerator"].tolist() == [19.0]
    with pytest.raises(BadInput, match="import agent_contacts or agent_actuals"):
        own.for_kpi("aht_s", ["agent"])
    at = dict.fromkeys(("opened_at", "due_at", "closed_at"), table["start"][:1])
    cases = pd.DataFrame({"case": ["1"], "queue": "m", **at})
    assert not Actuals({"cases": cases}).has("complaint_on_time")
    assert Actuals({"complaints": cases}).has("complaint_on_time")
    assert not Actuals({"cases": cases, "complaints": cases}).has("pdca_cycle_days")


def test_a_span_of_days_holds_both_ends(tmp_path):
    table = read(write(tmp_path, ROWS))
    two = pd.concat([table, table.assign(start=table["start"] + pd.Timedelta(days=1))])
    own = Actuals({"interval_actuals": two})
    assert len(own.between("2026-03-02", "2026-03-02").intervals) == 2
    assert len(own.between("2026-03-03").intervals) == 2
    assert len(own.between(last="2026-03-03").intervals) == 4
    with pytest.raises(BadInput, match="expected a day"):
        own.between("soon")
    assert contract.time_of("surveys") == "contact_at"


def _put(place, number, start):
    start.wait()
    at = pd.DatetimeIndex([pd.Timestamp("2026-03-02", tz=TZ) + pd.Timedelta(days=number)])
    for minute in range(0, 60, 15):
        table = pd.DataFrame({
            "queue": "voice", "start": at + pd.Timedelta(minutes=minute), "offered": 1.0,
            "answered": 1.0, "abandoned": 0.0, "answered_in_awt": 1.0, "abandoned_in_awt": 0.0,
        })  # fmt: skip
        folder.put_table(table, "interval_actuals", place)


def test_programs_that_put_rows_at_once_lose_none(tmp_path):
    fork = multiprocessing.get_context("fork")
    start = fork.Event()
    running = [fork.Process(target=_put, args=(tmp_path, n, start)) for n in range(4)]
    for process in running:
        process.start()
    start.set()
    for process in running:
        process.join()
    assert [process.exitcode for process in running] == [0] * 4
    assert len(folder.load_actuals(tmp_path).intervals) == 16


def test_who_waits_too_long_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "_LOCK_S", 0.01)
    (tmp_path / "actuals").mkdir()
    table = read(write(tmp_path, ROWS))
    with (
        filelock.FileLock(tmp_path / "actuals" / ".lock"),
        pytest.raises(BadInput, match="another program has been writing"),
    ):
        folder.put_table(table, "interval_actuals", tmp_path)
    assert folder.put_table(table, "interval_actuals", tmp_path) == 2
