"""A database of any earlier version comes up to date with its data, at once and whole."""

import multiprocessing

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from benchmarks.store import old_data
from wfm.adapters.store import contents, migrating, open_store
from wfm.adapters.store import database as databases
from wfm.adapters.store.schema import METADATA
from wfm.errors import BadInput


def revisions():
    config = Config()
    folder = migrating.__file__.replace("migrating.py", "migrations")
    config.set_main_option("script_location", folder)
    script = ScriptDirectory.from_config(config)
    return [item.revision for item in script.walk_revisions()][::-1], script.get_heads()


def test_the_head_is_the_newest_revision_and_there_is_one():
    known, heads = revisions()
    assert heads == [migrating.HEAD]
    assert known == sorted(known)
    assert len(known) >= 2


def test_the_migrations_make_what_the_tables_say(empty_url):
    store = open_store(empty_url)
    with store.database.read() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "target_metadata": METADATA}
        )
        assert compare_metadata(context, METADATA) == []
    store.close()


@pytest.mark.parametrize("old", revisions()[0][:-1])
def test_data_of_every_earlier_version_is_all_there_afterwards(empty_url, old):
    old_data.make(empty_url, old)
    store = open_store(empty_url)
    assert migrating.revision(store.database) == migrating.HEAD
    rows = contents.contents(store.database).rows
    assert {name for name, count in rows.items() if count} >= {
        "sites", "people", "queues", "users", "roles", "frames", "scenarios", "forecasts",
        "requirements", "rosters", "plans", "audit",
    }  # fmt: skip
    person = store.records.get("people", "a", site="main")
    assert (person.values["name"], person.version) == ("Ä", 3)
    published = store.plans.versions("rosters")[0]
    assert (published.told["status"], published.told["status_by"]) == ("published", "bob")
    assert published.told["status_at"] == published.made_at
    assert store.plans.newest("demo").told["roster"] == published.id
    with store.database.read() as connection:
        assert connection.execute(text("SELECT content FROM frames")).scalar() == b"PAR1"
    if old >= "0002":
        assert store.actuals.read("intervals", site="main")["offered"].tolist() == [7]
        assert store.actuals.undo(1, by="ann").undone_by == "ann"
        assert store.kpis.read(site="main")["numerator"].tolist() == [5]
    store.records.save("people", {"site": "main", "key": "a", "team": "x"}, by="b", version=3)
    with pytest.raises(Exception, match="only ever added to"), store.database.engine.begin() as c:
        c.execute(text("DELETE FROM audit"))
    store.close()


def test_references_hold_after_tables_were_rebuilt(tmp_path):
    url = old_data.make(f"sqlite:///{tmp_path / 's.sqlite'}", "0002")
    store = open_store(url)
    with store.database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    with pytest.raises(BadInput, match="referred to"):
        store.records.remove("sites", "main", version=1, by="x")
    store.close()


def test_a_newer_database_is_left_alone(empty_url):
    store = open_store(empty_url)
    with store.database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    with pytest.raises(BadInput, match="a newer version of wfm made it"):
        open_store(empty_url)


def _open(url, out):
    try:
        open_store(url).close()
        out.put("")
    except BaseException as error:
        out.put(repr(error))


def test_programs_that_start_at_once_migrate_once(empty_url):
    old_data.make(empty_url, "0001")
    fork = multiprocessing.get_context("fork")
    said = fork.Queue()
    started = [fork.Process(target=_open, args=(empty_url, said)) for _ in range(6)]
    for process in started:
        process.start()
    assert [said.get(timeout=120) for _ in started] == [""] * 6
    for process in started:
        process.join()
    database = databases.connect(empty_url)
    assert migrating.revision(database) == migrating.HEAD
    database.engine.dispose()


@pytest.mark.parametrize("place", ["oracle://x/y", "sqlite://", "mysql+pymysql://a:secret@b/c"])
def test_another_database_is_refused_without_telling_a_password(place):
    with pytest.raises(BadInput) as refused:
        open_store(place)
    assert "secret" not in str(refused.value)


def test_a_server_that_is_not_there_is_named_without_its_password(tmp_path):
    with pytest.raises(BadInput, match="nothing was saved") as refused:
        open_store(f"postgresql://ann:secret@/wfm?host={tmp_path}")
    assert "secret" not in str(refused.value)
    assert "WFM_DATABASE_URL" in str(refused.value)
