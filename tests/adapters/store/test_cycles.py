"""A cycle in the store is whole, logged, and the second of two writers learns of the first."""

import threading

import pytest

from tests.adapters.store.made_plans import small
from tests.adapters.test_cycle_folder import ANA, AT, cycle
from wfm.adapters.store import open_store
from wfm.adapters.store.cycles import Cycles
from wfm.errors import BadInput, Conflict


@pytest.fixture
def cycles(store):
    return Cycles(store, by="ann")


def test_what_was_saved_comes_back_equal(cycles):
    stamp = cycles.save(cycle())
    assert cycles.load(cycle().id) == cycle()
    assert cycles.stamp(cycle().id) == stamp
    assert cycles.all() == (cycle(),)


def test_each_change_stands_in_the_audit_log_with_its_reason(cycles):
    stamp = cycles.save(cycle())
    cycles.save(cycle().stopped("F1", "no time", by=ANA, at=AT), stamp)
    first, second = cycles.store.audit.entries(kind="cycles")
    assert (first.action, second.action, second.by) == ("created", "changed", "ann")
    assert "no time" in second.reason
    assert (second.before["state"], second.after["state"]) == ("plan", "stopped")


def test_the_second_writer_is_refused_and_the_first_ones_words_stay(cycles):
    stamp = cycles.save(cycle())
    first = cycle().stopped("F1", "no time", by=ANA, at=AT)
    cycles.save(first, stamp)
    with pytest.raises(Conflict, match="nothing was written over"):
        cycles.save(cycle().stopped("F2", "wrong link", by=ANA, at=AT), stamp)
    with pytest.raises(Conflict, match="nothing was written over"):
        cycles.save(cycle())
    assert cycles.load(cycle().id) == first


def test_a_removed_cycle_is_not_brought_back(cycles):
    stamp = cycles.save(cycle())
    cycles.store.records.remove("cycles", cycle().id, site="main", version=1, by="bob")
    with pytest.raises(Conflict, match="removed meanwhile"):
        cycles.save(cycle(), stamp)
    assert cycles.all() == ()


def test_of_many_writers_at_once_exactly_one_wins(cycles):
    stamp = cycles.save(cycle())
    outcomes = []

    def write(number):
        try:
            cycles.save(cycle().stopped("F1", f"writer {number}", by=ANA, at=AT), stamp)
            outcomes.append("won")
        except Conflict:
            outcomes.append("refused")

    threads = [threading.Thread(target=write, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused"] * 5 + ["won"]


def test_the_beginning_of_an_id_is_enough_where_only_one_fits(cycles):
    cycles.save(cycle())
    cycles.save(cycle("AHT", hour=10))
    assert cycles.load(cycle().id[:12]).title == "FCR 一次解决"
    for id_, said in (("20260302", "fits 2 cycles"), ("x%", "names no cycle"), ("", "names no")):
        with pytest.raises(BadInput, match=said):
            cycles.load(id_)
    assert [c.title for c in cycles.all()] == ["FCR 一次解决", "AHT"]


def test_a_cycle_before_any_plan_makes_the_site_and_the_plan_says_its_zone(url):
    store = open_store(url)
    Cycles(store, by="ann").save(cycle())
    store.plans.save(small(), "demo", by="ann")
    zone = store.records.get("sites", "main").values["timezone"]
    assert zone == small().scenario.timezone != "UTC"
    store.plans.save(small(), "demo", by="ann")
    assert store.records.get("sites", "main").version == 2
    store.close()
