"""Commands and screens find their plan in the store by the folder they name."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.adapters.store.made_plans import revised, small
from wfm import wiring
from wfm.adapters import folder
from wfm.adapters.store import parts
from wfm.adapters.store.places import Places, name_of
from wfm.errors import BadInput, Conflict

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def places(store):
    return Places(store, by="ann")


def test_a_plan_is_called_what_its_folder_is_called_here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert name_of("wfm-demo") == name_of(tmp_path / "wfm-demo") == "wfm-demo"
    assert name_of(tmp_path.parent / "x") == (tmp_path.parent / "x").as_posix()
    assert name_of(".") == tmp_path.as_posix()


def test_plan_exports_stamp_and_number_go_on_as_in_a_folder(places, tmp_path):
    assert (places.plan_stamp(tmp_path), places.revision(tmp_path)) == ("", 0)
    paths = places.save_plan(small(), tmp_path, exports={"a/roster.csv": b"1"})
    assert [path.read_bytes() for path in paths] == [b"1"]
    assert parts.same_plan(places.load_plan(tmp_path), small())
    stamp = places.plan_stamp(tmp_path)
    assert (bool(stamp), places.revision(tmp_path)) == (True, 1)
    places.save_plan(revised(small(), revision=4), tmp_path, expected=stamp)
    assert places.plan_stamp(tmp_path) != stamp
    assert places.revision(tmp_path) == 5
    with pytest.raises(Conflict, match="changed meanwhile"):
        places.save_plan(small(), tmp_path, expected=stamp)


def test_a_plan_on_disk_is_taken_in_when_it_is_first_asked_for(places, tmp_path):
    folder.save_plan(revised(small(), revision=6), tmp_path)
    on_disk = (tmp_path / "plan.json").read_bytes()
    stamp = places.plan_stamp(tmp_path)
    assert stamp.startswith("v1-")
    assert places.load_plan(tmp_path).id == small().id
    assert (places.plan_stamp(tmp_path), places.revision(tmp_path)) == (stamp, 7)
    assert places.store.audit.entries(kind="plans")[0].reason.startswith("taken in from")
    places.save_plan(revised(small(), revision=7), tmp_path, expected=stamp)
    assert places.load_plan(tmp_path).provenance.revision == 7
    assert (tmp_path / "plan.json").read_bytes() == on_disk


def test_a_plan_on_disk_is_taken_in_once(places, tmp_path):
    folder.save_plan(small(), tmp_path)
    name = places.take_in(tmp_path)
    kept = places.store.plans.load(name)
    assert (kept.id, kept.summary) == (small().id, small().summary)
    with pytest.raises(Conflict):
        places.take_in(tmp_path)


def test_a_new_plan_in_an_old_folder_comes_after_the_one_there(places, tmp_path):
    folder.save_plan(revised(small(), revision=6), tmp_path)
    places.save_plan(revised(small(), revision=7), tmp_path)
    seen = places.store.plans.versions(name=name_of(tmp_path))
    assert [version.version for version in seen] == [1, 2]
    assert places.store.plans.load(name_of(tmp_path), version=1).provenance.revision == 6


def test_a_damaged_plan_on_disk_is_told_and_hides_nothing(places, tmp_path):
    (tmp_path / "plan.json").write_text("{", encoding="utf-8")
    with pytest.raises(BadInput, match="damaged"):
        places.load_plan(tmp_path)


def test_no_plan_anywhere_says_how_to_make_one(places, tmp_path):
    with pytest.raises(BadInput, match="wfm demo --out"):
        places.load_plan(tmp_path)


def test_the_use_cases_keep_plans_in_the_database_by_one_setting(url, tmp_path, monkeypatch):
    monkeypatch.setenv("WFM_DATABASE_URL", url)
    monkeypatch.setenv("WFM_USER", "ann")
    wiring.app.cache_clear()
    wiring.store.cache_clear()
    try:
        app = wiring.app()
        plan = small()
        app.ports.save_plan(plan, tmp_path, exports=app.ports.exports(plan))
        assert app.open_plan(tmp_path).summary == plan.summary
        assert not (tmp_path / "plan.json").exists()
        assert (tmp_path / "roster.xlsx").exists()
        assert {check.name: check.ok for check in app.doctor()}["store"]
        app.solve_roster(tmp_path, time_limit_s=1)
        wiring.store().plans.save(plan, "elsewhere/team plan", by="ann")
        assert app.size_files("elsewhere/team plan").scenario == plan.scenario
        assert wiring.store().audit.entries(kind="plans")[0].by == "ann"
        wiring.store().close()
    finally:
        wiring.app.cache_clear()
        wiring.store.cache_clear()


def wfm(*arguments, url, cwd):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "WFM_DATABASE_URL": url,
                   "WFM_USER": "ann"}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "wfm.cli", *arguments], cwd=cwd, env=environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
def test_the_commands_do_the_same_on_both_databases(url, tmp_path):
    def run(*arguments, code=0):
        found, said = wfm(*arguments, url=url, cwd=tmp_path)
        assert found == code, said
        return said

    run("demo", "--seconds", "2")
    assert "Demo centre" in run("show")
    folder.save_plan(small(), tmp_path / "old")
    assert "Took in plan 'old'" in run("store", "import-plan", "old")
    assert "Published wfm-demo version 1" in run("store", "publish", "wfm-demo", "--version", "1")
    assert "published by ann" in run("store", "publish", "wfm-demo", "--version", "1", code=1)
    assert not (tmp_path / "wfm-demo" / "actuals").exists()
    assert "voice" in run("kpi", "answer_rate", "--plan", "wfm-demo", "--by", "queue")
    assert "largest" in run("variance", "wfm-demo", "--actuals", "wfm-demo", "--json")
    made = run("pdca", "new", "Solve it first", "--by", "Ana", "--role", "lead", "--alert", "fcr",
               "--choice", "method=survey", "--group", "team=team 1", "--actuals", "wfm-demo",
               "--timezone", "America/New_York", "--json")  # fmt: skip
    assert json.loads(made)["origin"]["kind"] == "alert"
    assert "Solve it first" in run("pdca", "list")
    assert "Solve it first" not in run("--site", "demo", "pdca", "list")
    assert "Solve it first" not in run("pdca", "list", "--cycles", "wfm-demo/cycles")
    assert not (tmp_path / "wfm-cycles").exists()
    names = {v["name"]: v["site"] for v in json.loads(run("store", "plans", "--json"))}
    assert names == {"wfm-demo": "demo", "old": "main"}
    assert "ann: published rosters 'wfm-demo'" in run("store", "audit")
    assert "rows of" in run("store", "backup", "all.zip")
    assert "nothing so old" in run("store", "forget", "--plans", "30")
    run("store", "withdraw", "wfm-demo", "--version", "1", "--reason", "holiday")
    assert "no roster is published" in run("store", "roll-back", "2003-10-27", code=1)
    assert "revision" in run("store", "info")
    other = {"url": str(tmp_path / "other.sqlite"), "cwd": tmp_path}
    assert wfm("store", "restore", "all.zip", **other)[0] == 0
    assert "Demo centre" in wfm("show", **other)[1]


def test_with_users_only_the_plans_of_the_site_that_was_asked_for_are_found(places, tmp_path):
    store = places.store
    Places(store, "ann", "berlin").save_plan(small(), tmp_path)
    assert places.load_plan(tmp_path).id == small().id
    store.access.add_user("ann", by="ann")
    with pytest.raises(BadInput, match="no plan"):
        places.load_plan(tmp_path)
    elsewhere = replace(small(), scenario=replace(small().scenario, site="berlin"))
    with pytest.raises(BadInput, match="--site berlin"):
        places.save_plan(elsewhere, tmp_path / "new")
    assert Places(store, "ann", "berlin").load_plan(tmp_path).id == small().id
