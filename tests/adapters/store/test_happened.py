"""Actuals of a plan are kept in the store as in its folder, with versions and an audit entry."""

import datetime as dt
import threading

import pandas as pd
import pytest

from wfm.actuals import Actuals
from wfm.adapters import actuals_folder
from wfm.adapters.store import Retention, open_store
from wfm.adapters.store.happened import Happened
from wfm.errors import BadInput, Conflict

TZ = "Europe/Berlin"
START = pd.date_range("2026-03-02 09:00", periods=3, freq="30min", tz=TZ)


def table(first=10.0, rows=3):
    frame = pd.DataFrame({"queue": "voice", "start": START[:rows], "offered": 10.0})
    return frame.assign(answered=first, abandoned=0.0, tier="gold")


def people(agent="a17"):
    day = START[0].normalize()
    return pd.DataFrame({"agent": [agent, "b2"], "start": [day] * 2, "paid_s": [1.0, 2.0]})


@pytest.fixture
def happened(store):
    return Happened(store, by="ann")


def test_every_table_and_note_comes_back_and_the_same_again_is_no_version(happened, tmp_path):
    made = Actuals({"interval_actuals": table(), "agent_actuals": people()}, ("generated",))
    assert happened.actuals_stamp(tmp_path) == ""
    assert happened.save_actuals(made, tmp_path) == ()
    stamp = happened.actuals_stamp(tmp_path)
    back = happened.load_actuals(tmp_path)
    assert back.notes == ("generated",)
    assert back.tables.keys() == made.tables.keys()
    for name, frame in made.tables.items():
        pd.testing.assert_frame_equal(back.tables[name], frame)
    happened.save_actuals(made, tmp_path)
    assert happened.actuals_stamp(tmp_path) == stamp
    happened.save_actuals(Actuals({"agent_actuals": people()}), tmp_path)
    assert set(happened.load_actuals(tmp_path).tables) == {"agent_actuals"}
    assert set(happened.load_actuals(tmp_path, version=1).tables) == set(made.tables)
    entries = happened.store.audit.entries(kind="happened")
    assert [(entry.by, entry.version) for entry in entries] == [("ann", 1), ("ann", 2)]


def test_a_row_whose_key_is_there_is_replaced_and_others_are_added(happened, tmp_path):
    assert happened.put_table(table(rows=2), "interval_actuals", tmp_path) == 2
    later = table(9.0)[1:]
    assert happened.put_table(later, "interval_actuals", tmp_path, source="b.csv") == 3
    assert happened.load_actuals(tmp_path).intervals["answered"].tolist() == [10.0, 9.0, 9.0]
    with pytest.raises(BadInput, match="repeat a key"):
        happened.put_table(pd.concat([table(), table()]), "interval_actuals", tmp_path)
    assert happened.load_actuals(tmp_path).intervals["tier"].tolist() == ["gold"] * 3
    last = happened.store.actuals.imports(site="main")[-1]
    assert (last.kind, last.source, last.added, last.changed) == ("intervals", "b.csv", 1, 1)
    happened.store.actuals.undo(last.id, by="ann")
    assert happened.load_actuals(tmp_path).intervals["answered"].tolist() == [10.0, 10.0]


def test_a_table_that_rows_have_no_place_for_keeps_its_versions(happened, tmp_path):
    wish = pd.DataFrame({"agent": "a17", "team": "red", "start": START, "preference": "early",
                         "roster": "late"})  # fmt: skip
    assert happened.put_table(wish[:2], "wishes", tmp_path) == 2
    assert happened.put_table(wish[1:], "wishes", tmp_path) == 3
    assert len(happened.load_actuals(tmp_path, version=1).tables["wishes"]) == 2
    with pytest.raises(BadInput, match="version 3"):
        happened.load_actuals(tmp_path, version=3)


def test_the_second_of_two_from_one_stamp_is_told_and_nothing_is_written_over(happened, tmp_path):
    first = happened.actuals_stamp(tmp_path)
    happened.put_table(table(), "interval_actuals", tmp_path, expected=first)
    with pytest.raises(Conflict, match="ann saved version 1"):
        happened.save_actuals(Actuals({"agent_actuals": people()}), tmp_path, expected=first)
    stamp = happened.actuals_stamp(tmp_path)
    happened.put_table(people(), "agent_actuals", tmp_path, expected=stamp)
    assert set(happened.load_actuals(tmp_path).tables) == {"interval_actuals", "agent_actuals"}


def test_rows_put_by_many_at_once_are_all_kept(happened, tmp_path):
    many = pd.date_range("2026-03-02", periods=6, freq="D", tz=TZ)
    said = []

    def put(number):
        try:
            rows = table(rows=1).assign(start=many[number : number + 1])
            happened.put_table(rows, "interval_actuals", tmp_path)
        except BaseException as error:
            said.append(error)

    threads = [threading.Thread(target=put, args=(number,)) for number in range(len(many))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == []
    assert list(happened.load_actuals(tmp_path).intervals["start"]) == list(many)


def test_actuals_on_disk_are_taken_in_when_they_are_first_asked_for(happened, tmp_path):
    actuals_folder.save_actuals(Actuals({"agent_actuals": people()}), tmp_path)
    stamp = actuals_folder.actuals_stamp(tmp_path)
    assert happened.actuals_stamp(tmp_path).startswith("a1-")
    assert happened.store.audit.entries(kind="happened")[0].reason.startswith("taken in from")
    happened.put_table(table(), "interval_actuals", tmp_path)
    assert set(happened.load_actuals(tmp_path).tables) == {"interval_actuals", "agent_actuals"}
    assert actuals_folder.actuals_stamp(tmp_path) == stamp


def test_no_actuals_anywhere_say_how_to_get_some(happened, tmp_path):
    with pytest.raises(BadInput, match="wfm actuals"):
        happened.load_actuals(tmp_path)


def test_a_deleted_person_is_in_no_version_of_the_tables(happened, tmp_path):
    store = happened.store
    store.records.save("people", {"site": "main", "key": "a17", "name": "Anna"}, by="ann")
    happened.save_actuals(Actuals({"agent_actuals": people()}), tmp_path)
    happened.save_actuals(Actuals({"agent_actuals": people().assign(paid_s=3.0)}), tmp_path)
    happened.put_table(people().assign(paid_s=4.0), "agent_actuals", tmp_path)
    gone = store.privacy.delete_person("a17", site="main", by="ann")
    for version in (1, 2, None):
        agents = happened.load_actuals(tmp_path, version=version).agents
        assert set(agents["agent"]) == {gone.pseudonym, "b2"}
    with store.database.read() as connection:
        packed = connection.exec_driver_sql("SELECT content FROM frames").scalars().all()
    assert not any(b"a17" in bytes(content) for content in packed)


def test_retention_shortens_rows_and_tables_and_drops_old_versions(url, tmp_path):
    clock = [dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)]
    store = open_store(url, now=lambda: clock[0])
    store.records.save("sites", {"key": "main", "timezone": TZ}, by="set-up")
    happened = Happened(store, by="ann")
    old, new = START[0], START[0] + pd.Timedelta(days=20)
    both = pd.concat([table(rows=1), table(rows=1).assign(start=new)], ignore_index=True)
    wish = pd.DataFrame({"agent": "a17", "team": "red", "start": [old, new],
                         "preference": "early", "roster": "late"})  # fmt: skip
    kept = Actuals({"interval_actuals": both, "wishes": wish})
    happened.save_actuals(kept, tmp_path)
    happened.save_actuals(Actuals(kept.tables, ("again",)), tmp_path)
    happened.put_table(both.assign(queue="chat"), "interval_actuals", tmp_path)
    clock[0] += dt.timedelta(days=21)
    stamp = happened.actuals_stamp(tmp_path)
    gone = store.privacy.forget(Retention(agents=10), by="ann")
    assert gone["happened_rows"] == 1
    assert happened.load_actuals(tmp_path).tables["wishes"]["start"].tolist() == [new]
    assert len(happened.load_actuals(tmp_path).intervals) == 4
    gone = store.privacy.forget(Retention(intervals=10), by="ann")
    assert (gone["happened_rows"], gone["interval_actuals"]) == (2, 1)  # the table, and tiers
    left = happened.load_actuals(tmp_path).intervals
    assert (left["start"].tolist(), sorted(left["queue"])) == ([new, new], ["chat", "voice"])
    assert len(happened.load_actuals(tmp_path, version=1).intervals) == 1
    assert happened.actuals_stamp(tmp_path) != stamp
    assert store.privacy.forget(Retention(plans=10), by="ann")["happened"] == 2
    assert len(happened.load_actuals(tmp_path).intervals) == 2
    with pytest.raises(BadInput, match="version 1"):
        happened.load_actuals(tmp_path, version=1)
    store.close()
