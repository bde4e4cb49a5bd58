import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from tests.test_plan import history, scenario
from wfm import plan as planning
from wfm.adapters import folder, jobs
from wfm.errors import BadInput

ROOT = Path(__file__).resolve().parents[2]
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


def test_a_new_save_replaces_the_old_tables_and_changes_the_stamp(plan, tmp_path):
    folder.save_plan(plan, tmp_path)
    before = folder.plan_stamp(tmp_path)
    time.sleep(0.01)
    folder.save_plan(plan, tmp_path)
    assert folder.plan_stamp(tmp_path) != before
    assert len(list(tmp_path.glob("tables-*"))) == 1


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


def test_a_save_that_dies_leaves_the_old_plan(plan, tmp_path, monkeypatch):
    folder.save_plan(plan, tmp_path)
    before = (tmp_path / "plan.json").read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder, "write_aside", full)
    with pytest.raises(BadInput, match="No space left"):
        folder.save_plan(plan, tmp_path)
    assert (tmp_path / "plan.json").read_bytes() == before
    assert folder.load_plan(tmp_path).id == plan.id
    assert len(list(tmp_path.glob("tables-*"))) == 1


def wait_until_over(place):
    end = time.monotonic() + DEADLINE_S
    while jobs.job(place).state == "running":
        assert time.monotonic() < end, "the job did not end"
        time.sleep(0.1)
    return jobs.job(place)


def test_a_roster_job_runs_in_its_own_process_and_tells_how_it_ended(plan, tmp_path):
    folder.save_plan(plan, tmp_path)
    stamp = folder.plan_stamp(tmp_path)
    assert jobs.job(tmp_path).state == "none"
    jobs.start_roster(tmp_path, time_limit_s=3, seed=11)
    with pytest.raises(BadInput, match="already being made"):
        jobs.start_roster(tmp_path, time_limit_s=3, seed=11)
    over = wait_until_over(tmp_path)
    assert (over.state, over.error) == ("done", "")
    assert over.taken == (folder.plan_stamp(tmp_path) != stamp)
    assert folder.load_plan(tmp_path).violations == ()


def test_a_job_that_fails_says_why_and_keeps_the_plan(plan, tmp_path):
    folder.save_plan(plan, tmp_path)
    damage_table(tmp_path)
    jobs.start_roster(tmp_path, time_limit_s=3, seed=1)
    over = wait_until_over(tmp_path)
    assert over.state == "failed"
    assert "was changed" in over.error


def test_a_job_whose_process_is_gone_has_failed(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", "pass"])
    process.wait()
    state = {"state": "running", "fraction": 0.4, "text": "searching", "pid": process.pid}
    (tmp_path / ".roster-job.json").write_text(json.dumps(state), encoding="utf-8")
    assert jobs.job(tmp_path).state == "failed"
    assert os.getpid() != process.pid
