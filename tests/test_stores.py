"""The essential paths of commands and pages, on every place where plans may be kept."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from benchmarks.store import cluster as clusters
from tests.adapters.store.made_plans import small
from tests.own_store import forget_store
from tests.test_cli import PLAN, SCENARIO, calls, run
from wfm import wiring
from wfm.actuals import Actuals
from wfm.adapters import actuals_folder, cycle_folder, folder
from wfm.adapters.store import open_store
from wfm.errors import BadInput
from wfm.pdca import Actor, open_cycle

ROOT = Path(__file__).resolve().parents[1]
TZ = "Europe/Berlin"
KINDS = ["folders", "own", "postgresql", pytest.param("sqlite", marks=pytest.mark.slow)]


@pytest.fixture(scope="module")
def server():
    reason = clusters.absent()
    if reason and os.environ.get("CI"):
        pytest.fail(f"CI must test on PostgreSQL too: {reason}")
    if reason:
        pytest.skip(reason)
    with clusters.Cluster(durable=False) as found:
        yield found


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Return an empty folder with inputs; the store is one of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WFM_DATA_FOLDER", str(tmp_path / "data"))
    monkeypatch.delenv("WFM_DATABASE_URL", raising=False)
    monkeypatch.delenv("WFM_SITE", raising=False)
    forget_store()
    calls().to_csv("calls.csv", index=False)
    (tmp_path / "scenario.toml").write_text(SCENARIO, encoding="utf-8")
    yield tmp_path
    forget_store()


@pytest.fixture(params=KINDS)
def kept(request, place, monkeypatch):
    """Return where plans are kept, by one setting."""
    if request.param == "folders":
        monkeypatch.setenv("WFM_DATABASE_URL", "folders:")
    elif request.param == "sqlite":
        monkeypatch.setenv("WFM_DATABASE_URL", f"sqlite:///{place / 'team.sqlite'}")
    elif request.param == "postgresql":
        server = request.getfixturevalue("server")
        monkeypatch.setenv("WFM_DATABASE_URL", server.database())
    return request.param


@pytest.fixture
def wfm(monkeypatch, capsys):
    def told(*arguments, code=0):
        found, out, err = run(monkeypatch, capsys, *arguments)
        assert found == code, err
        return out + err

    return told


def counts(answered=9.0, days=3):
    starts = pd.date_range("2026-02-09 09:00", periods=days, freq="D", tz=TZ)
    return pd.DataFrame({"queue": "voice", "start": starts, "offered": 10.0,
                         "answered": answered, "abandoned": 10.0 - answered})  # fmt: skip


def _page(path):
    from wfm.ui import navigation

    navigation.draw(path)


def test_plan_actuals_kpi_cycle_roster_and_dashboard_work_wherever_plans_are_kept(
    kept, place, wfm, monkeypatch
):
    made = json.loads(wfm(*PLAN, "--out", "out", "--json"))
    assert made["violations"] == 0
    assert json.loads(wfm("show", "--plan", "out", "--json"))["plan"] == made["plan"]
    assert (place / "out" / "roster.xlsx").is_file()
    assert (place / "out" / "plan.json").is_file() is (kept == "folders")
    assert (place / "data").exists() is (kept == "own")

    counts().to_csv("counts.csv", index=False)
    for _ in range(2):
        told = wfm("actuals", "counts.csv", "--table", "interval_actuals", "--plan", "out")
        assert "it has 3 now" in told
    counts(6.0, days=1).to_csv("counts.csv", index=False)
    wfm("actuals", "counts.csv", "--table", "interval_actuals", "--plan", "out")
    rate = json.loads(wfm("kpi", "answer_rate", "--plan", "out", "--json"))
    assert rate[0]["value"] == pytest.approx(24 / 30)

    new = json.loads(wfm("pdca", "new", "Solve it", "--by", "Ana", "--role", "lead", "--json"))
    assert "Solve it" in wfm("pdca", "show", new["id"])
    assert (place / "wfm-cycles").exists() is (kept == "folders")

    wfm("override", "out", "--queue", "voice", "--from", "2026-02-10", "--to", "2026-02-11",
        "--percent", "+50", "--reason", "letter", "--by", "Ana")  # fmt: skip
    assert len(wiring.app().open_plan("out").overrides) == 1
    wfm("roster", "--plan", "out", "--seconds", "2")
    locked = wiring.app().open_plan("out").roster.frame["agent"].iloc[0]
    assert locked in {"p1", "p2"}

    monkeypatch.setenv("WFM_PLAN", str(place / "out"))
    st.cache_resource.clear()
    for path in ("", "kpi"):
        page = AppTest.from_function(_page, args=(path or "home",), default_timeout=60).run()
        assert not page.exception
        assert not page.error
    st.cache_resource.clear()


def test_what_lies_in_folders_is_taken_in_with_nothing_lost(place, wfm):
    folder.save_plan(small(), "old")
    actuals_folder.save_actuals(Actuals({"interval_actuals": counts()}, ("real",)), "old")
    ana = Actor("Ana", "lead")
    cycle = open_cycle("Solve it", by=ana, at=pd.Timestamp("2026-02-01", tz="UTC").to_pydatetime())
    cycle_folder.CycleFolder(cycle_folder.place("old")).save(cycle)
    files = {path: path.read_bytes() for path in Path("old").rglob("*") if path.is_file()}
    assert small().id in wfm("show", "--plan", "old", "--json")
    assert json.loads(wfm("kpi", "answer_rate", "--plan", "old", "--json"))[0]["value"] == 0.9
    assert "Solve it" in wfm("pdca", "list", "--cycles", "old/cycles")
    for path, content in files.items():
        assert path.read_bytes() == content, path
    Path("old").rename("gone")
    assert small().id in wfm("show", "--plan", "old", "--json")
    assert json.loads(wfm("kpi", "answer_rate", "--plan", "old", "--json"))[0]["value"] == 0.9
    assert "Solve it" in wfm("pdca", "list", "--cycles", "old/cycles")
    taken = [e.kind for e in wiring.store().audit.entries() if e.reason.startswith("taken in from")]
    assert sorted(taken) == ["happened", "plans", "sites"]


def test_plans_of_equal_folder_names_in_two_places_are_two_plans(place, wfm, monkeypatch):
    for name in ("a", "b"):
        (place / name).mkdir()
        monkeypatch.chdir(place / name)
        folder.save_plan(small(), "week")
        wfm("show", "--plan", "week")
    names = [row["name"] for row in json.loads(wfm("store", "plans", "--json"))]
    assert names == [(place / name / "week").as_posix() for name in ("a", "b")]
    assert "Published" in wfm("store", "publish", "week", "--version", "1")


def test_the_site_of_the_scenario_is_where_its_plan_is(place, wfm):
    text = SCENARIO.replace('name = "Small"', 'name = "Small"\nsite = "paris"')
    (place / "paris.toml").write_text(text, encoding="utf-8")
    wfm("plan", "--history", "calls.csv", "--scenario", "paris.toml", "--seconds", "3",
        "--out", "week")  # fmt: skip
    counts().to_csv("counts.csv", index=False)
    wfm("actuals", "counts.csv", "--table", "interval_actuals", "--plan", "week")
    assert [one.site for one in wiring.store().actuals.imports()] == ["paris"]
    assert json.loads(wfm("store", "plans", "--json"))[0]["site"] == "paris"
    wfm("pdca", "new", "Solve it", "--by", "Ana", "--role", "lead", "--cycles", "week/cycles")
    assert [one.site for one in wiring.store().records.find("cycles")] == ["paris"]
    wiring.store().plans.save(small(), wiring.plan_name("week"), by="ann", site="main")
    refused = wfm("show", "--plan", "week", code=1)
    assert "2 sites have a plan" in refused
    assert "wfm --site SITE" in refused


@pytest.mark.parametrize("site", ["paris", "main"])
def test_one_of_two_sites_is_chosen_by_the_option(place, wfm, monkeypatch, site):
    monkeypatch.setenv("WFM_SITE", "")
    for key in ("paris", "main"):
        wiring.store().plans.save(small(), wiring.plan_name("week"), by="ann", site=key)
    wfm("--site", site, "show", "--plan", "week")
    forget_store()
    counts().to_csv("counts.csv", index=False)
    wfm("--site", site, "actuals", "counts.csv", "--table", "interval_actuals", "--plan", "week")
    assert [one.site for one in wiring.store().actuals.imports()] == [site]


def test_two_programs_share_the_users_own_store(place):
    wiring.app().ports.save_plan(small(), "week")
    told = "import sys; from wfm import wiring; app = wiring.app(); plan = app.open_plan('week');\n"
    told += "for n in range(5): app.ports.save_plan(plan, f'w{sys.argv[1]}'); app.open_plan('week')"
    code = told.replace("plan;\n", "plan\n")
    both = [
        subprocess.Popen([sys.executable, "-c", code, str(number)], cwd=place,
                         env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE)
        for number in range(2)
    ]  # fmt: skip
    for _ in range(5):
        wiring.app().ports.save_plan(small(), "week")
    for process in both:
        _, words = process.communicate(timeout=120)
        assert process.returncode == 0, words
    found = [version.name for version in wiring.store().plans.versions()]
    assert [found.count(wiring.plan_name(name)) for name in ("week", "w0", "w1")] == [6, 5, 5]
    with wiring.store().database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_a_data_folder_that_cannot_be_made_is_told_with_the_way_out(place, wfm, monkeypatch):
    (place / "taken").write_text("", encoding="utf-8")
    monkeypatch.setenv("WFM_DATA_FOLDER", str(place / "taken"))
    said = wfm("show", "--plan", "week", code=1)
    assert "WFM_DATABASE_URL=folders:" in said
    assert len(said.strip().splitlines()) == 1


def test_a_store_that_may_only_be_read_opens_plans_and_says_why_none_is_saved(place, monkeypatch):
    wiring.app().ports.save_plan(small(), "week")
    name = wiring.plan_name("week")
    forget_store()
    file = place / "data" / "wfm.sqlite"
    monkeypatch.setenv("WFM_DATABASE_URL", f"sqlite:///file:{file}?mode=ro&uri=true")
    assert wiring.store().plans.load(name).id == small().id
    folder.save_plan(small(), "old")
    assert wiring.app().open_plan("old").id == small().id  # read from disk, as before
    with pytest.raises(BadInput, match="cannot be written; check its rights.*folders:"):
        wiring.app().ports.save_plan(small(), "week")


def test_a_store_with_users_shows_what_is_in_it_to_who_keeps_it_only(place, wfm, monkeypatch):
    folder.save_plan(small(), "old")
    store = open_store()
    for user, role in (("ada", "admin"), ("vic", "viewer")):
        store.records.save("users", {"key": user}, by="set-up")
        store.records.save("roles", {"user": user, "role": role}, by="set-up")
    store.close()
    for user, code in (("vic", 1), ("ada", 0)):
        monkeypatch.setenv("WFM_USER", user)
        for command in (("store", "info"), ("store", "import-plan", "old")):
            said = wfm(*command, code=code)
            assert ("store:keep" in said) is (user == "vic")
