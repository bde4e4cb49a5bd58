import dataclasses
import datetime as dt
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest

from forecasts import Campaign
from tests.test_plan import history, scenario
from wfm import plan as planning
from wfm import wiring
from wfm.adapters import folder, jobs
from wfm.errors import BadInput

DEADLINE_S = 90  # a bound on waiting for a process, never a claim about speed


@pytest.fixture(scope="module")
def plan():
    return planning.make_plan(scenario(people=3), history(weeks=4), time_limit_s=3)


def test_a_plan_comes_back_from_its_folder_as_it_was(plan, tmp_path):
    folder.save_plan(plan, tmp_path)
    again = folder.load_plan(tmp_path)
    assert again.id == plan.id
    assert again.scenario == plan.scenario
    assert again.summary == plan.summary
    assert again.provenance == plan.provenance
    for name in ("history", "forecast", "requirement"):
        pd.testing.assert_frame_equal(
            getattr(again, name), getattr(plan, name).reset_index(drop=True), check_dtype=False
        )
    for name in ("frame", "unmet", "coverage", "hours"):
        pd.testing.assert_frame_equal(
            getattr(again.roster, name), getattr(plan.roster, name).reset_index(drop=True),
            check_dtype=False,
        )  # fmt: skip
    assert again.roster.start == plan.roster.start


def test_cleaning_and_campaigns_come_back_too(tmp_path):
    frame = history(rate=60.0)
    frame.loc[frame["start"].dt.strftime("%m-%d") == "02-03", "offered"] = 0.0
    mailing = Campaign("bills", "mailing", dt.date(2026, 2, 17), 1, (90, 100, 110), (1.0,),
                       {"voice": 1.0}, registered_on=dt.date(2026, 2, 1))  # fmt: skip
    made = planning.make_plan(scenario(people=0), frame, campaigns=[mailing])
    folder.save_plan(made, tmp_path)
    again = folder.load_plan(tmp_path)
    assert again.id == made.id
    assert again.campaigns == (mailing,)
    assert again.cleaning["what"].tolist() == ["outage"]
    assert again.extra["extra"].sum() == pytest.approx(100.0)
    for name in ("cleaning", "extra", "forecast"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(made, name), check_dtype=False)


def test_a_plan_saved_before_there_was_cleaning_still_opens(plan, tmp_path):
    folder.save_plan(plan, tmp_path)
    path = tmp_path / "plan.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    del content["campaigns"]
    for name in ("cleaning", "extra", "locked", "overrides"):
        content["hashes"].pop(name, None)
    path.write_text(json.dumps(content), encoding="utf-8")
    again = folder.load_plan(tmp_path)
    assert again.id == plan.id
    assert (len(again.cleaning), again.campaigns, again.locked) == (0, (), None)


def test_a_new_save_replaces_the_old_tables_and_changes_the_stamp(plan, tmp_path):
    folder.save_plan(plan, tmp_path)
    before = folder.plan_stamp(tmp_path)
    folder.save_plan(plan, tmp_path)
    assert folder.plan_stamp(tmp_path) != before
    assert len(list(tmp_path.glob("tables-*"))) == 1


def test_what_somebody_else_keeps_in_the_folder_stays(plan, tmp_path):
    (tmp_path / "tables-2025").mkdir()
    (tmp_path / "tables-2025" / "mine.csv").write_text("mine", encoding="utf-8")
    (tmp_path / "calendars").mkdir()
    (tmp_path / "calendars" / "family.ics").write_text("BEGIN:VCALENDAR", encoding="utf-8")
    for _ in range(2):
        folder.save_plan(plan, tmp_path, exports=wiring.app().ports.exports(plan))
    assert (tmp_path / "tables-2025" / "mine.csv").read_text() == "mine"
    assert (tmp_path / "calendars" / "family.ics").exists()


def test_calendars_of_people_without_a_shift_any_more_are_removed(plan, tmp_path):
    exports = wiring.app().ports.exports(plan)
    folder.save_plan(plan, tmp_path, exports=exports)
    gone = next(name for name in exports if name.startswith("calendars/"))
    folder.save_plan(plan, tmp_path, exports={n: c for n, c in exports.items() if n != gone})
    assert not (tmp_path / gone).exists()
    assert len(list((tmp_path / "calendars").glob("*.ics"))) == 2


def test_saves_at_the_same_time_leave_one_whole_plan(plan, tmp_path):
    def save(_):
        for _ in range(10):
            folder.save_plan(plan, tmp_path, exports={"roster.csv": b"x"})
            assert folder.load_plan(tmp_path).id == plan.id

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(save, range(4)))
    assert folder.load_plan(tmp_path).id == plan.id
    assert len(list(tmp_path.glob("tables-*"))) == 1
    assert not list(tmp_path.glob("**/.part-*"))


def test_a_plan_changed_meanwhile_is_not_written_over(plan, tmp_path):
    folder.save_plan(plan, tmp_path)
    stamp = folder.plan_stamp(tmp_path)
    folder.save_plan(plan, tmp_path)
    before = (tmp_path / "plan.json").read_bytes()
    with pytest.raises(BadInput, match="changed meanwhile"):
        folder.save_plan(plan, tmp_path, expected=stamp)
    assert (tmp_path / "plan.json").read_bytes() == before


def test_the_number_of_plans_is_read_even_from_another_format(plan, tmp_path):
    assert folder.revision(tmp_path) == 0
    later = dataclasses.replace(plan.provenance, revision=7)
    folder.save_plan(dataclasses.replace(plan, provenance=later), tmp_path)
    damage_format(tmp_path)
    assert folder.revision(tmp_path) == 8
    damage_json(tmp_path)
    with pytest.raises(BadInput, match="damaged"):
        folder.revision(tmp_path)


def test_no_plan_no_stamp_and_a_way_out(tmp_path):
    assert folder.plan_stamp(tmp_path) == ""
    with pytest.raises(BadInput, match="holds no plan.*wfm demo"):
        folder.load_plan(tmp_path)


def damage_json(place):
    (place / "plan.json").write_text("{", encoding="utf-8")


def damage_table(place):
    path = next(place.glob("tables-*")) / "forecast.csv"
    path.write_text(path.read_text().replace("voice", "vice"), encoding="utf-8")


def damage_format(place):
    path = place / "plan.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 99}), encoding="utf-8")


def damage_lost(place):
    (next(place.glob("tables-*")) / "forecast.csv").unlink()


@pytest.mark.parametrize(
    ("damage", "words"),
    [(damage_json, "damaged"), (damage_table, "was changed"), (damage_format, "format 99"),
     (damage_lost, "lost some")],
)  # fmt: skip
def test_a_damaged_plan_is_named(plan, tmp_path, damage, words):
    folder.save_plan(plan, tmp_path)
    damage(tmp_path)
    with pytest.raises(BadInput, match=words):
        folder.load_plan(tmp_path)


@pytest.mark.parametrize("dies_at", ["roster.csv", "plan.json"])
def test_a_save_that_dies_leaves_plan_and_exports_as_they_were(
    plan, tmp_path, monkeypatch, dies_at
):
    folder.save_plan(plan, tmp_path, exports={"roster.csv": b"old"})
    before = (tmp_path / "plan.json").read_bytes()
    aside = folder._aside

    def full(path, content):
        if path.name == dies_at:
            raise OSError(28, "No space left on device", str(path))
        return aside(path, content)

    monkeypatch.setattr(folder, "_aside", full)
    with pytest.raises(BadInput, match="No space left"):
        folder.save_plan(plan, tmp_path, exports={"a.csv": b"new", "roster.csv": b"new"})
    assert (tmp_path / "plan.json").read_bytes() == before
    assert (tmp_path / "roster.csv").read_bytes() == b"old"
    assert not (tmp_path / "a.csv").exists()
    assert folder.load_plan(tmp_path).id == plan.id
    assert len(list(tmp_path.glob("tables-*"))) == 1
    assert not list(tmp_path.glob("**/.part-*"))


def wait_until_over(place):
    pid = jobs.job(place).pid
    jobs._children[pid].wait(timeout=DEADLINE_S)
    return jobs.job(place)


def test_a_roster_job_runs_in_its_own_process_and_tells_how_it_ended(plan, tmp_path):
    ports = wiring.app().ports
    ports.save_plan(plan, tmp_path)
    stamp = ports.plan_stamp(tmp_path)
    assert jobs.job(tmp_path).state == "none"
    jobs.start(tmp_path, kind="roster", time_limit_s=3, seed=11)
    with pytest.raises(BadInput, match="already being made"):
        jobs.start(tmp_path, kind="roster", time_limit_s=3, seed=11)
    over = wait_until_over(tmp_path)
    assert (over.state, over.error) == ("done", "")
    assert over.taken == (ports.plan_stamp(tmp_path) != stamp)
    assert ports.load_plan(tmp_path).violations == ()


def test_a_demo_job_makes_a_plan_where_there_was_none(tmp_path):
    jobs.start(tmp_path / "new", kind="demo", time_limit_s=1)
    over = wait_until_over(tmp_path / "new")
    assert (over.state, over.taken, over.error) == ("done", True, "")
    assert len(wiring.app().open_plan(tmp_path / "new").scenario.people) == 60


def test_a_job_that_fails_says_why_and_keeps_the_plan(plan, tmp_path):
    folder.save_plan(plan, tmp_path)
    damage_table(tmp_path)
    jobs.start(tmp_path, kind="roster", time_limit_s=3, seed=1)
    over = wait_until_over(tmp_path)
    assert over.state == "failed"
    assert "was changed" in over.error


def test_another_process_with_the_same_id_is_not_taken_for_the_job(tmp_path):
    state = {"state": "running", "fraction": 0.4, "text": "searching", "pid": os.getpid()}
    path = tmp_path / ".job.json"
    path.write_text(json.dumps(state), encoding="utf-8")
    long_ago = path.stat().st_mtime - 3600
    os.utime(path, (long_ago, long_ago))
    assert jobs.job(tmp_path).state == "failed"


def test_a_job_whose_process_is_gone_has_failed(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", "pass"])
    process.wait()
    state = {"state": "running", "fraction": 0.4, "text": "searching", "pid": process.pid}
    (tmp_path / ".job.json").write_text(json.dumps(state), encoding="utf-8")
    assert jobs.job(tmp_path).state == "failed"
