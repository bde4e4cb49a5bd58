"""Is a cycle on disk whole, and does the second of two writers learn of the first?"""

import datetime as dt
import threading

import pytest

from wfm.adapters.cycle_folder import CycleFolder
from wfm.errors import BadInput
from wfm.pdca import Actor, Origin, open_cycle

ANA = Actor("Ana", "lead")
AT = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)


def cycle(title="FCR 一次解决", hour=9):
    return open_cycle(title, by=ANA, at=AT.replace(hour=hour), origin=Origin("alert", "seen"))


def test_what_was_saved_comes_back_equal(tmp_path):
    store = CycleFolder(tmp_path / "new")
    stamp = store.save(cycle())
    assert store.load(cycle().id) == cycle()
    assert store.stamp(cycle().id) == stamp
    assert store.all() == (cycle(),)


def test_the_second_writer_is_refused_and_the_first_ones_words_stay(tmp_path):
    store = CycleFolder(tmp_path)
    stamp = store.save(cycle())
    first = cycle().stopped("F1", "no time", by=ANA, at=AT)
    store.save(first, stamp)
    second = cycle().stopped("F2", "wrong link", by=ANA, at=AT)
    with pytest.raises(BadInput, match="changed by somebody else"):
        store.save(second, stamp)
    assert store.load(cycle().id) == first


def test_a_new_cycle_never_writes_over_one_that_is_there(tmp_path):
    store = CycleFolder(tmp_path)
    store.save(cycle())
    with pytest.raises(BadInput, match="already"):
        store.save(cycle())


def test_a_deleted_cycle_is_not_brought_back(tmp_path):
    store = CycleFolder(tmp_path)
    stamp = store.save(cycle())
    (tmp_path / f"{cycle().id}.json").unlink()
    with pytest.raises(BadInput, match="no longer"):
        store.save(cycle(), stamp)


def test_of_many_writers_at_once_exactly_one_wins(tmp_path):
    store = CycleFolder(tmp_path)
    stamp = store.save(cycle())
    outcomes = []

    def write(number):
        try:
            store.save(cycle().stopped("F1", f"writer {number}", by=ANA, at=AT), stamp)
            outcomes.append("won")
        except BadInput:
            outcomes.append("refused")

    threads = [threading.Thread(target=write, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused"] * 5 + ["won"]
    assert not list(tmp_path.glob(".part-*"))


def test_the_beginning_of_an_id_is_enough_where_only_one_fits(tmp_path):
    store = CycleFolder(tmp_path)
    store.save(cycle())
    store.save(cycle("AHT", hour=10))
    assert store.load(cycle().id[:12]).title == "FCR 一次解决"
    with pytest.raises(BadInput, match="fits 2 cycles"):
        store.load("20260302")
    with pytest.raises(BadInput, match="names no cycle"):
        store.load("../../etc/passwd")
    assert [c.title for c in store.all()] == ["FCR 一次解决", "AHT"]


def test_a_damaged_file_is_named(tmp_path):
    store = CycleFolder(tmp_path)
    store.save(cycle())
    path = tmp_path / f"{cycle().id}.json"
    path.write_text(path.read_text()[:-40])
    with pytest.raises(BadInput, match=path.name):
        store.all()


def test_an_empty_folder_has_no_cycles(tmp_path):
    assert CycleFolder(tmp_path / "none").all() == ()
