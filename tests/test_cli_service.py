"""The commands of store and service as a person types them: what they do, what they refuse."""

import io
import json
import zipfile

import pandas as pd
import pytest
from typer.testing import CliRunner

from tests.adapters.store.made_plans import small
from wfm import wiring
from wfm.access import NotAllowed
from wfm.cli import cli
from wfm.errors import BadInput
from wfm.rest import serving

ROWS = "start,queue,calls\n" + "".join(
    f"2026-03-02 {hour:02d}:{minute:02d},voice,{hour + minute}\n"
    for hour in range(9, 12) for minute in (0, 15, 30, 45)
)  # fmt: skip


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Return a folder that the commands run in, with a store of its own and a plan in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WFM_DATABASE_URL", f"sqlite:///{tmp_path / 'store.sqlite'}")
    monkeypatch.setenv("WFM_USER", "ann")
    _forget()
    wiring.places().save_plan(small(), "week 8")
    (tmp_path / "day.csv").write_text(ROWS)
    yield tmp_path
    wiring.store().close()
    _forget()


def _forget():
    for kept in (wiring.app, wiring.store):
        kept.cache_clear()


def wfm(*words, given=None):
    """Return what a command says; an error is raised as it is."""
    done = CliRunner().invoke(cli, [*map(str, words)], input=given, standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    return done.output


def refused(*words, kind=BadInput, given=None):
    with pytest.raises(kind) as error:
        wfm(*words, given=given)
    return str(error.value)


def usage(*words):
    """Return the exit code of a command that is spelt wrongly."""
    return CliRunner().invoke(cli, [*map(str, words)]).exit_code


def test_a_file_is_imported_once_listed_and_taken_back(place):
    assert "12 intervals new, 0 replaced, 0 the same" in wfm("import", "day.csv")
    again = json.loads(wfm("import", "day.csv", "--json"))
    assert (again["import"]["same"], again["intervals"]) == (12, 12)
    assert "day.csv, 12 new" in wfm("imports")
    (number,) = {one["id"] for one in json.loads(wfm("imports", "--json"))}
    assert "12 rows gone" in wfm("undo-import", number, "--reason", "the wrong day")
    assert "undone by ann" in wfm("imports")
    assert "the wrong day" in wfm("store", "audit", "--kind", "intervals")


def test_an_import_refuses_what_it_cannot_take(place):
    (place / "bad.csv").write_text(ROWS.replace("voice,24", "voice,many"))
    assert "line 3, column 'calls', 'many'" in refused("import", "bad.csv")
    said = wfm("import", "bad.csv", "--check")
    assert "Bad: line 3" in said
    assert "11 intervals" in said
    assert wfm("imports").strip() == "no imports"
    assert "11 intervals new" in wfm("import", "bad.csv", "--leave-out")
    assert "cannot be read" in refused("import", "nowhere.csv")
    assert "no site 'moon'" in refused("import", "day.csv", "--site", "moon").replace('"', "'")
    assert "no import 99" in refused("undo-import", 99)
    assert usage("undo-import", "x") == 2


def test_cells_pasted_from_a_spreadsheet_are_imported(place):
    pasted = ROWS.replace(",", "\t")
    assert "12 intervals new" in wfm("import", "-", given=pasted)
    assert "pasted, 12 new" in wfm("imports")
    assert "nothing came" in refused("import", "-", given=" \n")


def test_how_a_file_was_read_is_kept_and_used_for_the_next(place):
    odd = ROWS.replace("start,queue,calls", "When,Where,How many")
    (place / "odd.csv").write_text(odd)
    (place / "layout.toml").write_text(
        'name = "x"\ntimezone = "Europe/Berlin"\n[[queues]]\nname = "voice"\naht_s = 200\n'
        '[queues.target]\nservice_level = 0.8\n[history.columns]\nstart = "When"\n'
        'queue = "Where"\noffered = "How many"\n'
    )
    refused("import", "odd.csv")
    said = wfm("import", "odd.csv", "--scenario", "layout.toml", "--save-profile", "old acd")
    assert "profile 'old acd'" in said
    assert "old acd: odd.csv" in wfm("profiles")
    kept = json.loads(wfm("profiles", "--json"))
    assert kept[0]["columns"]["offered"] == "How many"
    assert "12 the same" in wfm("import", "odd.csv", "--profile", "old acd")
    assert "profile or a source" in refused("import", "odd.csv", "--profile", "old acd",
                                            "--scenario", "layout.toml")  # fmt: skip
    assert "no profile" in refused("import", "odd.csv", "--profile", "new acd")


def test_a_bundle_carries_a_plan_elsewhere_and_a_broken_one_does_not(place):
    assert small().id in wfm("bundle", "all.zip", "--plan", "week 8")
    assert small().id in wfm("unbundle", "all.zip", "--out", "copy")
    assert small().id in wfm("show", "--plan", "copy", "--json")
    assert "holds a plan already" in refused("unbundle", "all.zip", "--out", "copy")
    (place / "broken.zip").write_bytes((place / "all.zip").read_bytes()[:-40])
    refused("unbundle", "broken.zip", "--out", "other")
    assert not (place / "other").exists()
    assert "cannot be read" in refused("unbundle", "nowhere.zip", "--out", "other")
    assert "no plan 'none'" in refused("bundle", "all.zip", "--plan", "none")


def test_payroll_and_parquet_are_written_for_their_readers(place):
    wfm("payroll", "hours.csv", "--plan", "week 8")
    assert pd.read_csv("hours.csv")["paid_h"].sum() > 0
    said = wfm("parquet", "tables", "--plan", "week 8")
    assert "forecast.parquet" in said
    assert len(pd.read_parquet(place / "tables" / "roster.parquet")) == len(small().roster.frame)
    for command in (("payroll", "hours.csv"), ("parquet", "tables")):
        assert "no plan 'none'" in refused(*command, "--plan", "none")
    (place / "blocked").write_text("a file")
    refused("payroll", "blocked/hours.csv", "--plan", "week 8")


def test_a_feed_is_made_for_a_person_and_revoked(place):
    wiring.store().records.save("people", {"site": "main", "key": "p0"}, by="set-up")
    said = wfm("feed", "p0")
    assert said.startswith("/api/v1/calendars/wfm_")
    number = said.split("Feed ")[1].split(";")[0]
    assert "calendar of p0" in wfm("token", "list")
    assert f"Revoked token {number}" in wfm("token", "revoke", number)
    assert "no person 'nobody'" in refused("feed", "nobody").replace('"', "'")


def test_a_token_is_made_shown_once_and_revoked(place):
    wfm("user", "add", "ann")
    made = json.loads(wfm("token", "new", "nightly", "--scope", "actuals:write", "--site", "main",
                          "--days", 30, "--json"))  # fmt: skip
    assert made["secret"].startswith("wfm_")
    assert (made["user"], made["scopes"], made["site"]) == ("ann", ["actuals:write"], "main")
    listed = wfm("token", "list")
    assert "nightly: user ann, main" in listed
    assert made["secret"] not in listed
    assert made["secret"] not in wfm("token", "list", "--json")
    assert "Revoked" in wfm("token", "revoke", made["id"], "--reason", "left")
    assert "no token" in refused("token", "revoke", 99)
    assert "not permissions" in refused("token", "new", "x", "--scope", "everything")
    assert "not in the store" in refused("token", "new", "x", "--scope", "plans:read", "--user",
                                         "zoe")  # fmt: skip
    assert usage("token", "new", "x") == 2
    assert usage("token", "new", "x", "--scope", "plans:read", "--days", "0") == 2


def test_users_get_roles_and_those_without_may_do_nothing(place, monkeypatch):
    assert "single person's" in wfm("user", "list")
    assert wfm("user", "add", "ann", "--name", "Ann Lee").strip() == "ann: admin at all sites"
    assert wfm("user", "add", "bob").strip() == "bob: no role"
    assert wfm("user", "give", "bob", "viewer", "--site", "main").strip() == "bob: viewer at main"
    assert {one["key"] for one in json.loads(wfm("user", "list", "--json"))} == {"ann", "bob"}
    assert "there is no role 'king'" in refused("user", "give", "bob", "king")
    assert "last admin" in refused("user", "take", "ann", "admin")
    assert "last admin" in refused("user", "disable", "ann")
    monkeypatch.setenv("WFM_USER", "bob")
    assert small().id in wfm("show", "--plan", "week 8", "--json")
    for words in (
        ("import", "day.csv"), ("user", "list"), ("payroll", "h.csv", "--plan", "week 8"),
        ("store", "publish", "week 8", "--version", 1), ("store", "backup", "all.zip"),
        ("roster", "--plan", "week 8", "--seconds", 1), ("lock", "week 8"),
        ("pdca", "new", "Shorter waits"), ("token", "new", "x", "--scope", "plans:read",
                                           "--user", "ann"),
    ):  # fmt: skip
        assert refused(*words, kind=NotAllowed).startswith("access: 'bob'"), words
    assert not (place / "h.csv").exists()
    monkeypatch.setenv("WFM_USER", "ann")
    assert "disabled" in wfm("user", "disable", "bob")
    monkeypatch.setenv("WFM_USER", "bob")
    refused("show", "--plan", "week 8", kind=NotAllowed)
    monkeypatch.setenv("WFM_USER", "ann")
    assert wfm("user", "disable", "bob", "--back").strip() == "bob: viewer at main"
    assert wfm("user", "take", "bob", "viewer", "--site", "main").strip() == "bob: no role"


def test_a_roster_is_published_withdrawn_and_rolled_back(place):
    assert "Published week 8 version 1" in wfm("store", "publish", "week 8", "--version", 1)
    day = small().scenario.start.isoformat()
    wiring.places().save_plan(small(), "another")
    assert "Published another version 1" in wfm("store", "publish", "another", "--version", 1)
    assert "week 8 version 1 again" in wfm("store", "roll-back", day)
    assert "Withdrew week 8" in wfm("store", "withdraw", "week 8", "--version", 1)
    refused("store", "roll-back", day)
    assert usage("store", "roll-back", "soon") == 2
    refused("store", "publish", "week 9", "--version", 1)
    refused("store", "publish", "week 8", "--version", 7)
    assert "week 8 version 1" in wfm("store", "plans")
    actions = {one["action"] for one in json.loads(wfm("store", "audit", "--json"))}
    assert {"saved", "published", "withdrawn"} <= actions


def test_a_store_is_backed_up_and_fills_an_empty_one(place, monkeypatch):
    wfm("import", "day.csv")
    assert "rows of" in wfm("store", "backup", "all.zip")
    rows = json.loads(wfm("store", "info", "--json"))["rows"]
    assert "not empty" in refused("store", "restore", "all.zip")
    monkeypatch.setenv("WFM_DATABASE_URL", f"sqlite:///{place / 'other.sqlite'}")
    wiring.store().close()
    _forget()
    assert "Restored" in wfm("store", "restore", "all.zip")
    again = json.loads(wfm("store", "info", "--json"))["rows"]
    assert {k: v for k, v in again.items() if k != "audit"} == {
        k: v for k, v in rows.items() if k != "audit"
    }
    refused("store", "restore", "nowhere.zip")


def test_old_data_and_a_person_are_erased(place):
    wiring.store().records.save("people", {"site": "main", "key": "p0"}, by="set-up")
    wfm("import", "day.csv")
    assert "12" in wfm("store", "forget", "--intervals", 0)
    assert wfm("store", "forget", "--intervals", 0).strip() == "nothing so old"
    assert usage("store", "forget", "--intervals", "-1") == 2
    assert "Erased" in wfm("store", "delete-person", "p0", "--reason", "asked to")
    refused("store", "delete-person", "p0")


def test_work_makes_the_plans_that_were_asked_for(place):
    from tests.test_plan import history, scenario

    store = wiring.store()
    store.plans.save_scenario(scenario(people=0), "spring", by="x")
    store.actuals.put("intervals", history(weeks=4), site="main", by="x", source="f")
    making = wiring.service().making
    job = making.start("main", name="week 6", scenario="spring", time_limit_s=1)
    bad = making.start("main", name="week 7", scenario="spring", time_limit_s=1)
    making.cancel("main", bad.id)
    assert wfm("work", "--once").strip() == f"job {job.id}: done"
    assert store.plans.newest("week 6") is not None
    assert wfm("work", "--once") == ""


def test_serve_listens_on_this_machine_only_unless_told(place, monkeypatch):
    asked = {}
    monkeypatch.setattr(serving.uvicorn, "run", lambda app, **how: asked.update(how))
    assert "http://127.0.0.1:8600/api/v1" in wfm("serve", "--workers", 0)
    assert asked["host"] == "127.0.0.1"
    assert "--allow-host" in refused("serve", "--host", "0.0.0.0", "--workers", 0)
    wfm("serve", "--host", "0.0.0.0", "--allow-host", "plan.example", "--workers", 0)
    assert asked["host"] == "0.0.0.0"
    assert usage("serve", "--port", "0") == 2
    assert usage("serve", "--workers", "99") == 2


def test_a_bundle_holds_every_table_of_the_plan(place):
    wfm("bundle", "all.zip", "--plan", "week 8")
    with zipfile.ZipFile(io.BytesIO((place / "all.zip").read_bytes())) as packed:
        held = " ".join(packed.namelist())
    for table in ("history", "forecast", "requirement", "roster"):
        assert table in held
