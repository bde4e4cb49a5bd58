"""Are improvement cycles read and taken on over HTTP as they are by hand, and by whom?"""

import json

import pytest

from tests.databases import KINDS
from tests.rest.centres import Centre, fill
from tests.rest.test_application import problem
from wfm.adapters.demo_cycles import demo_cycles
from wfm.adapters.store.cycles import Cycles
from wfm.adapters.store.happened import Happened
from wfm.pdca import to_json

BASE = "/sites/berlin/cycles"
ANSWERS = {"goal_reached": "yes", "problems": "none", "new_phenomena": "<b>none</b>"}
TOML = """
hypothesis = "breaks at calmer times leave fewer waiting"
begins = 2026-03-04
expected = 0.80

[target]
key = "answer_rate"
value = 0.775
direction = "up"
"""


@pytest.fixture(scope="module")
def made(demo_plan, demo_actuals):
    return demo_cycles(demo_plan, demo_actuals)


@pytest.fixture(scope="module", params=KINDS)
def board(request, tmp_path_factory, demo_plan, demo_actuals, made):
    """Return a centre with the demo's plan, what happened, and its cycles."""
    address = str(tmp_path_factory.mktemp("board") / "store.sqlite")
    if request.param == "postgresql":
        address = request.getfixturevalue("cluster").database()
    fill(address)
    centre = Centre(address)
    centre.store.plans.save(demo_plan, "demo", by="set-up", site="berlin")
    Happened(centre.store, "set-up", "berlin").save_actuals(demo_actuals, "demo")
    for cycle in made:
        Cycles(centre.store, "set-up", "berlin").save(cycle)
    yield centre
    centre.store.close()


def checked(made):
    return next(cycle for cycle in made if cycle.report is not None and cycle.sign_off is None)


def test_cycles_and_their_reports_are_read_as_they_were_kept(board, made):
    listed = board.ask("GET", BASE, user="vic", params={"limit": 2}).json()
    assert (len(listed["items"]), listed["next"] is not None) == (2, True)
    cycle = checked(made)
    found = board.ask("GET", f"{BASE}/{cycle.id}", user="vic").json()
    assert found["content"] == json.loads(to_json(cycle))
    told = board.ask("GET", f"{BASE}/{cycle.id}/report", user="vic").json()
    assert told["verdict"] == cycle.verdict
    assert told["report"] == json.loads(to_json(cycle))["cycle"]["reports"][-1]
    problem(board.ask("GET", f"{BASE}/{cycle.id}/report", user="kim"), 403)
    problem(board.ask("GET", f"{BASE}/none/report"), 404)


def test_the_report_as_a_page_runs_nothing(board, made):
    answer = board.ask("GET", f"{BASE}/{checked(made).id}/report.html", user="vic")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "<script" not in answer.text
    assert "1 Against target" in answer.text


def test_a_cycle_without_a_check_has_no_report(board):
    key = board.ask("POST", BASE, user="pia", json={"title": "Shorter waits"}).json()["key"]
    for form in ("report", "report.html"):
        found = problem(board.ask("GET", f"{BASE}/{key}/{form}", user="vic"), 404)
        assert "not checked yet" in found["detail"]


def test_a_check_is_signed_by_somebody_else_than_its_owner(board, made):
    key = checked(made).id
    problem(board.ask("POST", f"{BASE}/{key}/sign", user="sam", json=ANSWERS), 403)
    problem(board.ask("POST", f"{BASE}/{key}/sign", user="vic", json=ANSWERS), 403)
    scoped = board.token("ann", scopes=("cycles:read", "cycles:write")).secret
    problem(board.ask("POST", f"{BASE}/{key}/sign", token=scoped, json=ANSWERS), 403)
    done = board.ask("POST", f"{BASE}/{key}/sign", user="ann", json=ANSWERS)
    assert done.status_code == 200, done.text
    signed = done.json()["content"]["cycle"]["sign_off"]
    assert (signed["who"], signed["new_phenomena"]) == ("ann", "<b>none</b>")
    entry = board.store.audit.entries(kind="cycles", key=key)[-1]
    assert entry.by == "ann"


def test_a_cycle_is_opened_planned_and_followed_by_its_people(board):
    body = {"title": "Fewer redials", "owner": "Ana"}
    for user, status in (("vic", 403), ("kim", 403), ("leo", 403), ("sam", 400)):
        problem(board.ask("POST", BASE, user=user, json=body), status)
    key = {"Idempotency-Key": "once"}
    token = board.token("pia").secret
    opened = board.ask("POST", BASE, token=token, json=body, headers=key)
    again = board.ask("POST", BASE, token=token, json=body, headers=key)
    assert (opened.status_code, again.status_code) == (201, 201)
    path = f"{BASE}/{opened.json()['key']}"
    assert again.json()["key"] == opened.json()["key"]
    planned = board.ask("POST", f"{path}/plan", user="ann", json={"toml": TOML}).json()
    assert planned["content"]["cycle"]["proposal"]["target"]["key"] == "answer_rate"
    noted = board.ask("POST", f"{path}/log", user="ann", json={"text": "=1+1 <script>"})
    assert problem(noted, 400)["detail"].startswith("pdca:"), "a log belongs to Do"
    locked = board.ask("POST", f"{path}/lock", user="pia", json={"plan": "demo"})
    assert problem(locked, 400)["detail"].startswith("pdca:"), "it lacks an owner, a deadline, ..."
    closed = board.ask("POST", f"{path}/close", user="pia",
                       json={"reason": "the new system comes", "cause": "F3"})  # fmt: skip
    assert closed.json()["content"]["cycle"]["cause"] == "F3"
    who = [entry["who"] for entry in closed.json()["content"]["cycle"]["history"]]
    assert who == ["pia", "ann", "pia"]


def test_nobody_acts_in_a_role_he_has_not(board):
    body = {"title": "Fewer redials", "role": "lead"}
    found = problem(board.ask("POST", BASE, user="pia", json=body), 403)
    assert "'pia' is not lead for site 'berlin' but planner" in found["detail"]
    assert board.ask("POST", BASE, user="ada", json=body).status_code == 201


def test_a_cycle_is_born_from_a_signal_or_refused_where_there_is_noise_only(board):
    body = {"title": "Answer more", "plan": "demo", "alert": "fcr"}
    refused = board.ask("POST", BASE, user="pia", json={**body, "plan": None})
    assert "needs the plan" in problem(refused, 400)["detail"]
    problem(board.ask("POST", BASE, user="pia", json={**body, "plan": "none"}), 404)
    origins = set()
    for kpi in ("aht_s", "csat", "abandonment"):
        answer = board.ask("POST", BASE, user="pia", json={**body, "alert": kpi})
        if answer.status_code == 201:
            origins.add(answer.json()["content"]["cycle"]["origin"]["kind"])
        else:
            assert problem(answer, 400)["detail"].startswith(("pdca", "kpi"))
    assert origins == {"alert"}


@pytest.mark.parametrize("toml", ["[[[", "x = 1", "[target]\nkey = 7", "a" * 90_000])
def test_a_plan_that_is_none_is_refused_in_words(board, toml):
    key = board.ask("POST", BASE, user="pia", json={"title": "Shorter waits"}).json()["key"]
    problem(board.ask("POST", f"{BASE}/{key}/plan", user="pia", json={"toml": toml}), 400)
