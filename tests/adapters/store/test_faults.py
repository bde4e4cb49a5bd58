"""kill -9, a full disk, a database that goes away, many writers: nothing lost, nothing by halves.

The same trials, more of them, are behind the table in docs/reliability.md.
"""

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from benchmarks.store import cluster as clusters
from benchmarks.store import old_data, trials, workers
from tests.adapters.store.made_plans import small
from tests.test_plan import history, scenario
from wfm.adapters.store import StoreDown, contents, open_store, parts
from wfm.adapters.store.places import Places

ROOT = Path(__file__).resolve().parents[3]
FEW, MANY = 2, 60
SEED = 20260302


@pytest.fixture(params=[FEW, pytest.param(MANY, marks=pytest.mark.slow)])
def times(request):
    return request.param


def test_an_import_that_is_killed_is_there_whole_or_not_at_all(url, tmp_path, times):
    trials.set_up(url)
    found = trials.killed_imports(url, tmp_path / "notes", trials=times, seed=SEED)
    assert found.clean, found
    assert found.acknowledged > 0


def test_a_plan_whose_save_is_killed_is_there_whole_or_not_at_all(url, tmp_path, times):
    trials.set_up(url)
    found = trials.killed_saves(url, tmp_path / "notes", small(), trials=times, seed=SEED)
    assert found.clean, found
    assert found.acknowledged > 0


@pytest.mark.slow
def test_plans_whose_workers_are_killed_are_made_once_each(url, tmp_path):
    trials.set_up(url)
    workers.set_up(url, scenario(people=3), history(weeks=4))
    found = workers.killed_workers(url, tmp_path / "notes", times=10, seed=SEED)
    assert found.clean, found
    assert found.acknowledged == found.tried == 10


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_migration_that_is_killed_leaves_the_old_or_the_new(kind, request, tmp_path, times):
    made = []

    def make(revision):
        made.append(revision)
        if kind == "sqlite":
            return old_data.make(f"sqlite:///{tmp_path / f'{len(made)}.sqlite'}", revision)
        return old_data.make(request.getfixturevalue("cluster").database(), revision)

    found = trials.killed_migrations(make, tmp_path / "notes", trials=times, seed=SEED)
    assert found.clean, found


def test_many_writers_lose_and_double_nothing(url, tmp_path, times):
    trials.set_up(url)
    saves = 5 if times == FEW else 400
    found = trials.writers(url, tmp_path / "notes", processes=8, saves=saves)
    assert found.clean, found
    assert found.acknowledged == 2 * 8 * saves


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["stopped", "crashed"])
def test_a_database_that_goes_away_and_comes_back_keeps_what_it_acknowledged(how, tmp_path):
    reason = clusters.absent()
    if reason:
        assert not os.environ.get("CI"), reason
        pytest.skip(reason)
    with clusters.Cluster(durable=True) as own:
        url = own.database()
        trials.set_up(url)
        found = trials.interrupted(
            url, tmp_path / "notes", lambda: own.stop(how), own.start,
            times=6,
        )  # fmt: skip
    assert found.clean, found


def test_an_open_store_works_again_after_the_database_was_away(tmp_path):
    reason = clusters.absent()
    if reason:
        assert not os.environ.get("CI"), reason
        pytest.skip(reason)
    with clusters.Cluster() as own:
        store = open_store(own.database())
        store.records.save("sites", {"key": "main", "timezone": "UTC"}, by="x")
        own.stop(signal.SIGINT)
        for attempt in (
            lambda: store.records.save("sites", {"key": "b", "timezone": "UTC"}, by="x"),
            lambda: store.records.find("sites"),
            lambda: put(store, 10),
        ):
            with pytest.raises(StoreDown, match="nothing was saved"):
                attempt()
        own.start()
        assert [s.key for s in store.records.find("sites")] == ["main"]
        assert put(store, 10).added == 10
        store.close()


def put(store, rows):
    return store.actuals.put("intervals", trials.day(1, rows), site="main", by="x", source="f")


def test_a_full_disk_refuses_an_import_and_keeps_what_was_there(tmp_path):
    """SIGXFSZ ignored, the limit on a file's size is what a full disk is to SQLite."""
    url = f"sqlite:///{tmp_path / 's.sqlite'}"
    trials.set_up(url)
    code = f"""
import json, resource, signal
from benchmarks.store import trials
from wfm.adapters.store import StoreDown, open_store
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = open_store({url!r})
put = lambda n, rows: store.actuals.put("intervals", trials.day(n, rows), site="main", by="x",
                                        source="f")
put(1, 500)
resource.setrlimit(resource.RLIMIT_FSIZE, (800_000, resource.RLIM_INFINITY))
try:
    put(2, 20_000)
    said = "not full"
except StoreDown as error:
    said = str(error)
again = len(store.actuals.read("intervals", site="main"))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(json.dumps([said, again, put(2, 20_000).added]))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said, again, added = json.loads(done.stdout)
    assert "nothing was saved" in said
    assert "make room" in said
    assert (again, added) == (500, 20_000)
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 800_000
    store = open_store(url)
    assert trials.intact(store)
    assert len(store.actuals.read("intervals", site="main")) == 20_500
    store.close()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_file_system_without_room_refuses_and_works_again_with_room(kind, tmp_path):
    """A real one: a file system in memory, filled by a ballast file."""
    reason = clusters.absent() if kind == "postgresql" else ""
    if reason:
        assert not os.environ.get("CI"), reason
        pytest.skip(reason)
    try:
        with trials.full_disk(160, clusters.short_folder()) as place:
            _fill_up(kind, place)
    except PermissionError as error:
        pytest.skip(f"this user may not mount a file system: {error}")


def _fill_up(kind, place):
    own = clusters.Cluster(durable=True, place=place) if kind == "postgresql" else None
    if own is not None:
        own.__enter__()
    try:
        url = f"sqlite:///{place / 's.sqlite'}" if own is None else own.database()
        trials.set_up(url)
        store = open_store(url)
        assert put(store, 500).added == 500
        ballast = place / "ballast"
        room = os.statvfs(place)
        ballast.write_bytes(b"x" * (room.f_bavail * room.f_frsize - 2_000_000))
        big = trials.day(2, 100_000)
        with pytest.raises(StoreDown, match="nothing was saved"):
            store.actuals.put("intervals", big, site="main", by="x", source="f")
        ballast.unlink()
        if own is not None and not own.alive:
            own.stop()
            own.start()
        assert len(store.actuals.read("intervals", site="main")) == 500
        made = store.actuals.put("intervals", big, site="main", by="x", source="f")
        assert made.added == 100_000
        assert trials.intact(store)
        store.close()
    finally:
        if own is not None:
            own.__exit__()


def test_a_copy_of_the_file_made_while_others_write_is_a_backup(tmp_path):
    """SQLite's own backup of a store in use opens as a store, plan and all."""
    import sqlite3

    store = open_store(str(tmp_path / "s.sqlite"))
    plan = small()
    store.plans.save(plan, "demo", by="x")
    with sqlite3.connect(store.database.path) as source, sqlite3.connect(tmp_path / "b") as copy:
        source.backup(copy)
    store.plans.save(plan, "later", by="x")
    restored = open_store(str(tmp_path / "b"))
    assert parts.same_plan(restored.plans.load("demo"), store.plans.load("demo"))
    assert restored.plans.newest("later") is None
    store.close()
    restored.close()


def test_a_dump_of_the_server_is_a_backup(store, url, cluster):
    if not url.startswith("postgresql"):
        pytest.skip("a dump is PostgreSQL's; SQLite's backup has a test of its own")
    plan = small()
    store.plans.save(plan, "demo", by="x")
    copy = cluster.dumped(url)
    restored = open_store(copy)
    assert parts.same_plan(restored.plans.load("demo"), store.plans.load("demo"))
    rows = contents.contents(store.database).rows
    assert contents.contents(restored.database).rows == rows
    with pytest.raises(Exception, match="only ever added to"), restored.database.write() as c:
        c.execute(text("DELETE FROM audit"))
    restored.close()


def test_a_plan_and_its_exports_are_saved_both_or_neither(store, tmp_path):
    places = Places(store, by="ann")
    places.save_plan(small(), tmp_path / "p", exports={"roster.csv": b"1"})
    stamp = places.plan_stamp(tmp_path / "p")
    (tmp_path / "p" / "week.csv").mkdir()
    with pytest.raises(Exception, match="cannot write"):
        places.save_plan(small(), tmp_path / "p", exports={"week.csv": b"2"}, expected=stamp)
    assert places.plan_stamp(tmp_path / "p") == stamp
