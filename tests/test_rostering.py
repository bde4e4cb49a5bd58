"""Use cases and commands about a plan's roster: what is told, what is kept, what exits how."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import math
import shutil

import openpyxl
import pytest

from tests.test_plan import history, scenario
from wfm import cli, roster, wiring
from wfm import plan as planning
from wfm.errors import BadInput

CLOSE = 1e-9  # sums of a few floats


@pytest.fixture(scope="module")
def app():
    return wiring.app()


@pytest.fixture(scope="module")
def origin(app, tmp_path_factory):
    """A saved plan whose people are just too few."""
    plan = planning.make_plan(scenario(people=4), history(), time_limit_s=3)
    folder = tmp_path_factory.mktemp("plan")
    app.ports.save_plan(plan, folder, exports=app.ports.exports(plan))
    return folder


@pytest.fixture
def place(origin, app, tmp_path):
    """A plan of a test's own: the same files, and the same plan where plans are kept."""
    copied = shutil.copytree(origin, tmp_path / "plan")
    app.ports.save_plan(app.ports.load_plan(origin), copied)
    return copied


@pytest.fixture
def plan(app, place):
    return app.open_plan(place)


@pytest.fixture
def wfm(monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr("sys.argv", ["wfm", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        out = capsys.readouterr()
        return stop.value.code or 0, out.out, out.err

    return run


def a_shift(plan) -> tuple[str, dt.date]:
    row = plan.roster.frame.iloc[0]
    return str(row["agent"]), row["start"].date()


def somebody_else(plan, agent: str) -> str:
    return next(p.id for p in plan.scenario.people if p.id != agent)


# ---- use cases ------------------------------------------------------------------------------


def test_a_saved_plan_explains_a_red_cell_as_the_roster_itself_does(app, plan):
    row = plan.roster.unmet.sort_values("unmet").iloc[-1]
    why = app.rostering.explain(plan, row["queue"], row["start"])
    assert why.short == pytest.approx(row["unmet"], abs=CLOSE)
    assert math.fsum(p.fte for p in why.parts) == pytest.approx(why.short, abs=CLOSE)
    assert plan.roster.scenario == plan.scenario
    assert roster.explain(plan.roster, row["queue"], row["start"]) == why


def test_an_absence_lowers_the_service_and_stands_in_the_plan_once_it_is_kept(app, plan, place):
    gone = a_shift(plan)
    made = app.rostering.repaired(plan, absent=[gone])
    assert app.open_plan(place).id == plan.id, "nothing is kept yet"
    assert made.short_after_h >= made.short_before_h
    touched = made.effect
    assert len(touched) > 0
    assert set(touched["start"].dt.date) == {gone[1]}
    assert (touched["p_after"] <= touched["p_before"] + CLOSE).mean() > 0.5
    (row,) = made.service.to_dict("records")
    assert row["p_after"] < row["p_before"]
    app.rostering.keep(place, made, by="Ana", reason="flu")
    kept = app.open_plan(place)
    assert kept.provenance.revision == plan.provenance.revision + 1
    assert kept.provenance.scenario_id == kept.scenario.id != plan.scenario.id
    assert kept.scenario.parent == plan.scenario.id
    assert next(p for p in kept.scenario.people if p.id == gone[0]).time_off == (gone[1],)
    assert kept.provenance.notes[-1].startswith(
        f"roster: mended, absent: {gone[0]} on {gone[1]} (Ana, "
    )
    assert kept.provenance.notes[-1].endswith(": flu)")
    assert roster.audit(kept.roster, kept.scenario) == ()


def test_a_request_on_a_plan_changed_meanwhile_is_not_kept(app, plan, place):
    made = app.rostering.repaired(plan, absent=[a_shift(plan)])
    stamp = app.plan_stamp(place)
    app.rostering.lock(place)
    with pytest.raises(BadInput, match="changed meanwhile"):
        app.rostering.keep(place, made, by="Ana", reason="", expected_stamp=stamp)


def test_a_request_that_breaks_rules_or_has_no_name_cannot_be_kept(app, plan, place):
    fine = app.rostering.repaired(plan)
    agent, _ = a_shift(plan)
    cut = plan.roster.frame[plan.roster.frame["agent"] != agent].reset_index(drop=True)
    broken = roster.audit(cut, plan.scenario)
    assert {v.rule for v in broken} == {"min week hours"}
    made = dataclasses.replace(fine, plan=dataclasses.replace(fine.plan, violations=broken))
    with pytest.raises(BadInput, match="nothing was saved"):
        app.rostering.keep(place, made, by="Ana", reason="")
    with pytest.raises(BadInput, match="say who"):
        app.rostering.keep(place, fine, by=" ", reason="")


def test_a_new_roster_is_made_around_locks_and_from_the_old_one(app, plan, place):
    agent, _ = a_shift(plan)
    app.rostering.lock(place, agents=[agent])
    worse = app.open_plan(place)
    app.ports.save_plan(
        dataclasses.replace(worse, roster=dataclasses.replace(worse.roster, objective=1e9)), place
    )
    run = app.solve_roster(place, time_limit_s=2, seed=4)
    assert run.taken
    assert run.plan.roster.objective <= plan.roster.objective + 1e-6
    kept = app.open_plan(place)
    assert len(app.rostering.locks(kept)) == 7
    mine = [p.roster.frame[p.roster.frame["agent"] == agent].reset_index(drop=True)
            for p in (plan, kept)]  # fmt: skip
    for name in ("start", "end", "activity", "shift"):
        assert mine[0][name].tolist() == mine[1][name].tolist()
    freed = app.rostering.lock(place, on=False)
    assert len(app.rostering.locks(freed)) == 0


def test_a_plan_without_a_roster_says_how_to_make_one(app, plan):
    bare = dataclasses.replace(plan, roster=None)
    with pytest.raises(BadInput, match="make one with 'wfm roster'"):
        app.rostering.repaired(bare)


# ---- commands -------------------------------------------------------------------------------


def test_explain_tells_reasons_in_sentences_and_as_json(plan, place, wfm):
    row = plan.roster.unmet.sort_values("unmet").iloc[-1]
    at = f"{row['start']:%Y-%m-%d %H:%M}"
    code, out, _ = wfm("explain", place, "--queue", row["queue"], "--at", at)
    assert code == 0
    assert out.startswith(f"Queue '{row['queue']}' is {row['unmet']:.2f} agents short on ")
    code, out, _ = wfm("explain", place, "--queue", row["queue"], "--at", at, "--json")
    values = json.loads(out)
    assert math.fsum(p["fte"] for p in values["parts"]) == pytest.approx(row["unmet"])
    code, _, err = wfm("explain", place, "--queue", "none", "--at", at)
    assert (code, "no queue 'none'" in err) == (1, True)


def test_least_short_prints_its_proof(place, wfm):
    code, out, _ = wfm("least-short", place, "--seconds", "5")
    assert code == 0
    values = json.loads(wfm("least-short", place, "--seconds", "5", "--json")[1])
    assert out.splitlines() == list(values["sentences"])
    assert values["hours"] >= max(values["heads_h"], values["contract_h"])


def test_repair_tells_and_keeps_only_when_asked(app, plan, place, wfm):
    agent, day = a_shift(plan)
    code, out, _ = wfm("repair", place, "--absent", f"{agent}:{day}")
    assert code == 0
    assert "Nothing was changed; keep it with --keep." in out
    assert app.open_plan(place).provenance.revision == plan.provenance.revision
    code, out, _ = wfm("repair", place, "--absent", f"{agent}:{day}:{day}", "--keep", "--by", "Bo",
                       "--reason", "flu", "--json")  # fmt: skip
    assert json.loads(out)["kept"] is True
    assert app.open_plan(place).provenance.notes[-1].endswith(": flu)")


def test_swap_leave_and_fill_answer_and_exit_0(plan, place, wfm, tmp_path):
    agent, day = a_shift(plan)
    other = somebody_else(plan, agent)
    code, out, _ = wfm("swap", place, "--give", f"{agent}:{day}", "--to", f"{other}:{day}")
    assert code == 0
    assert out.startswith(("Approved", "Refused"))
    code, out, _ = wfm("leave", place, "--agent", agent, "--from", day, "--json")
    assert code == 0
    assert json.loads(out)["text"].startswith(("Approved", "Refused"))
    kind = plan.scenario.shifts[0]
    code, out, _ = wfm("fill", place, "--day", day, "--shift", kind.code, "--start",
                       kind.earliest_start, "--out", tmp_path / "who.csv")  # fmt: skip
    assert code == 0
    assert "weighted h saved" in out
    assert (tmp_path / "who.csv").is_file()


def test_lock_lists_and_unlocks(plan, place, wfm):
    agent, day = a_shift(plan)
    code, out, _ = wfm("lock", place, "--agent", agent, "--day", day)
    assert (code, out.splitlines()[0]) == (0, "1 days of people are locked")
    assert agent in out
    assert json.loads(wfm("lock", place, "--show", "--json")[1])[0]["agent"] == agent
    assert wfm("lock", place, "--off")[1].startswith("0 days")


def test_audit_of_our_own_workbook_is_clean_and_of_a_changed_one_exits_3(plan, place, wfm):
    assert wfm("audit", place / "roster.xlsx", "--plan", place)[0] == 0
    assert wfm("audit", place / "roster.csv", "--plan", place)[0] == 0
    book = openpyxl.load_workbook(place / "roster.xlsx")
    page = book["Day detail"]
    heads = [cell.value for cell in page[1]]
    page.cell(2, heads.index("shift") + 1).value = "Z"
    book.save(place / "changed.xlsx")
    code, out, _ = wfm("audit", place / "changed.xlsx", "--plan", place, "--out",
                       place / "found.csv")  # fmt: skip
    assert code == 3
    assert "allowed shift" in out
    assert (place / "found.csv").is_file()
    assert wfm("audit", place / "roster.csv")[0] == 1


@pytest.mark.parametrize(
    "arguments",
    [("repair", "--absent", "p1"), ("swap", "--give", "p1", "--to", "p2:2026-03-02"),
     ("leave", "--agent", "p1", "--from", "soon")],
)  # fmt: skip
def test_words_that_are_no_person_and_day_are_wrong_usage(arguments, place, wfm):
    command, *options = arguments
    assert wfm(command, place, *options)[0] == 2
