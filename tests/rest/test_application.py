import datetime as dt
import shutil

import pandas as pd
import pytest

from tests.rest.centres import Centre
from tests.test_plan import history, scenario
from wfm.rest import Limits
from wfm.service.making import work_one

ROW = {"queue": "voice", "start": "2026-03-02T09:00:00+01:00", "offered": 41, "aht_s": 210.5}
BODY = {"source": "acd", "rows": [ROW, {**ROW, "start": "2026-03-02T09:30:00+01:00"}]}
PUSH = "/sites/berlin/actuals/intervals"
SPAN = {"start": "2026-03-02T00:00:00+01:00", "end": "2026-03-03T00:00:00+01:00"}


def problem(answer, status):
    """Return the problem, which is one by the book."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found = answer.json()
    assert found["status"] == status
    assert {"type", "title", "detail", "instance"} <= set(found)
    return found


def test_what_is_pushed_can_be_read_in_the_zone_of_the_site(centre):
    done = centre.ask("POST", PUSH, user="pia", json=BODY)
    assert (done.status_code, done.json()["added"]) == (200, 2)
    read = centre.ask("GET", PUSH, user="vic", params=SPAN).json()
    assert read["total"] == 2
    assert read["rows"][0] == {**ROW, "offered": 41.0}


def test_the_same_rows_twice_change_nothing_and_corrected_ones_replace(centre):
    first = centre.ask("POST", PUSH, json=BODY).json()
    second = centre.ask("POST", PUSH, json=BODY).json()
    assert (second["id"], second["added"], second["changed"], second["same"]) == (
        first["id"],
        0,
        0,
        2,
    )
    fixed = {**BODY, "rows": [{**ROW, "offered": 40}]}
    assert centre.ask("POST", PUSH, json=fixed).json()["changed"] == 1
    rows = centre.ask("GET", PUSH, params=SPAN).json()["rows"]
    assert [row["offered"] for row in rows] == [40.0, 41.0]


def test_an_import_can_be_undone_by_who_may(centre):
    made = centre.ask("POST", PUSH, json=BODY).json()
    path = f"/sites/berlin/imports/{made['id']}/undo"
    problem(centre.ask("POST", path, user="vic", json={}), 403)
    assert centre.ask("POST", path, user="pia", json={"reason": "wrong day"}).status_code == 200
    assert centre.ask("GET", PUSH, params=SPAN).json()["total"] == 0
    problem(centre.ask("POST", path, user="pia", json={}), 400)
    problem(centre.ask("POST", "/sites/paris/imports/1/undo", json={}), 404)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"offered": "41"}, 422), ({"offered": True}, 422), ({"offered": -1}, 422),
        ({"start": "2026-03-02T09:00:00"}, 422), ({"start": 1772442000}, 422),
        ({"start": "1772442000"}, 422), ({"start": "0001-01-01T00:00:00Z"}, 422),
        ({"queue": ""}, 422), ({"queue": "a\u0000b"}, 422), ({"surplus": 1}, 422),
    ],
)  # fmt: skip
def test_a_row_is_refused_rather_than_guessed(centre, change, status):
    found = problem(centre.ask("POST", PUSH, json={**BODY, "rows": [{**ROW, **change}]}), status)
    assert found["errors"][0]["at"].startswith("body.rows.0.")
    assert centre.store.actuals.imports(site="berlin") == ()


def test_infinite_numbers_and_broken_json_are_refused(centre):
    for text in ('{"source": "a", "rows": [{"queue": "v", "start": "2026-03-02T09:00:00Z", '
                 '"offered": Infinity}]}', '{"source": "a", "rows": [{"qu'):  # fmt: skip
        answer = centre.ask(
            "POST", PUSH, content=text, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code in (400, 422)
        problem(answer, answer.status_code)


def test_rows_that_give_different_fields_are_refused(centre):
    rows = [ROW, {"queue": "voice", "start": "2026-03-02T09:30:00+01:00", "offered": 3}]
    found = problem(centre.ask("POST", PUSH, json={"source": "acd", "rows": rows}), 400)
    assert "row 1 and row 0 differ in ['aht_s']" in found["detail"]


def test_a_key_once_used_replays_its_answer_and_refuses_another_body(centre):
    key = {"Idempotency-Key": "monday-0900"}
    token = centre.token("pia").secret
    first = centre.ask("POST", PUSH, token=token, json=BODY, headers=key)
    again = centre.ask("POST", PUSH, token=token, json=BODY, headers=key)
    assert again.json() == first.json()
    assert again.json()["added"] == 2
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    problem(centre.ask("POST", PUSH, token=token, json={**BODY, "source": "b"}, headers=key), 409)
    other = centre.ask("POST", PUSH, user="ada", json=BODY, headers=key)
    assert other.json()["same"] == 2, "another user's key is another key"


def test_a_refused_request_frees_its_key(centre):
    key = {"Idempotency-Key": "k"}
    wrong = {**BODY, "rows": [ROW, {**ROW}]}
    token = centre.token("pia").secret
    problem(centre.ask("POST", PUSH, token=token, json=wrong, headers=key), 400)
    assert centre.ask("POST", PUSH, token=token, json=BODY, headers=key).status_code == 200


def test_a_token_that_is_no_good_opens_nothing(centre):
    past = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=5)
    issued = centre.token("pia", expires_at=past)
    assert centre.ask("GET", "/sites", token=issued.secret).status_code == 200
    revoked = centre.token("pia")
    centre.store.access.revoke(revoked.token.id, by="ada")
    later = type(centre.store)(centre.store.database, lambda: past)
    centre.app.state.store = later
    for secret in (issued.secret, revoked.secret, "wfm_nonsense", "x" * 5000, "ä"):
        header = {"Authorization": f"Bearer {secret}".encode()}
        answer = centre.client.get("/api/v1/sites", headers=header)
        assert "www-authenticate" in answer.headers
        problem(answer, 401)
    problem(centre.client.get("/api/v1/sites"), 401)
    user = centre.store.records.get("users", "pia")
    good = centre.token("pia").secret
    centre.store.records.save("users", {"key": "pia", "disabled": True}, by="ada",
                              version=user.version)  # fmt: skip
    problem(centre.ask("GET", "/sites", token=good), 401)


def test_scope_and_site_of_a_token_narrow_its_user(centre):
    reader = centre.token("ada", scopes=("plans:read",)).secret
    problem(centre.ask("POST", PUSH, token=reader, json=BODY), 403)
    berlin = centre.token("ada", site="berlin").secret
    assert centre.ask("POST", PUSH, token=berlin, json=BODY).status_code == 200
    problem(centre.ask("POST", PUSH.replace("berlin", "paris"), token=berlin, json=BODY), 403)
    wide = centre.token("vic").secret
    problem(centre.ask("POST", PUSH, token=wide, json=BODY), 403)


def test_a_foreign_site_and_one_that_is_not_there_look_the_same(centre):
    answers = [centre.ask("GET", f"/sites/{site}/forecasts", user="vic") for site in ("paris", "x")]
    told = [problem(answer, 403)["detail"].replace("paris", "x") for answer in answers]
    assert told[0] == told[1]
    assert [one["key"] for one in centre.ask("GET", "/sites", user="vic").json()["items"]] == [
        "berlin"
    ]
    problem(centre.ask("GET", "/sites/x/forecasts"), 404)


@pytest.mark.parametrize("part", ["forecasts", "requirements", "rosters"])
def test_the_parts_of_a_plan_are_read_page_by_page(planned, part):
    listed = planned.ask("GET", f"/sites/berlin/{part}").json()["items"]
    assert [item["name"] for item in listed] == ["week 8"]
    rows, after = [], 0
    while after is not None:
        path = f"/sites/berlin/{part}/{listed[0]['id']}"
        page = planned.ask("GET", path, params={"after": after, "limit": 97}).json()
        rows, after = rows + page["rows"], page["next"]
    table = {"forecasts": planned.plan.forecast, "requirements": planned.plan.requirement,
             "rosters": planned.plan.roster.frame}[part]  # fmt: skip
    assert len(rows) == page["total"] == len(table)
    assert list(rows[0]) == list(table.columns)
    assert [pd.Timestamp(row["start"]) for row in rows] == list(table["start"])
    problem(planned.ask("GET", f"/sites/paris/{part}/{listed[0]['id']}"), 404)


def test_rosters_of_everybody_are_not_for_viewers_and_agents(planned):
    id_ = planned.ask("GET", "/sites/berlin/rosters").json()["items"][0]["id"]
    for user in ("vic", "kim", "leo"):
        problem(planned.ask("GET", f"/sites/berlin/rosters/{id_}", user=user), 403)
        problem(
            planned.ask("POST", f"/sites/berlin/rosters/{id_}/publish", user=user, json={}), 403
        )


def test_an_agent_reads_the_own_shifts_of_a_published_roster_only(planned):
    id_ = planned.ask("GET", "/sites/berlin/rosters").json()["items"][0]["id"]
    day = {"day": planned.plan.scenario.start.isoformat()}
    problem(planned.ask("GET", "/sites/berlin/me/roster", user="kim", params=day), 404)
    done = planned.ask("POST", f"/sites/berlin/rosters/{id_}/publish", user="sam", json={})
    assert done.json()["told"]["status"] == "published"
    mine = planned.ask("GET", "/sites/berlin/me/roster", user="kim", params=day).json()
    frame = planned.plan.roster.frame
    assert mine["total"] == (frame["agent"] == "p0").sum() > 0
    assert {row["agent"] for row in mine["rows"]} == {"p0"}
    entry = planned.store.audit.entries(action="published")[0]
    assert entry.by == "sam"


def test_a_plan_is_made_as_a_job_of_what_was_pushed(centre):
    centre.store.plans.save_scenario(scenario(people=3), "spring", by="ada", site="berlin")
    centre.store.actuals.put("intervals", history(weeks=4), site="berlin", by="ada", source="test")
    asked = {"name": "week 6", "scenario": "spring", "time_limit_s": 2}
    problem(centre.ask("POST", "/sites/berlin/jobs", user="vic", json=asked), 403)
    problem(centre.ask("POST", "/sites/berlin/jobs", json={**asked, "scenario": "no"}), 404)
    started = centre.ask("POST", "/sites/berlin/jobs", user="pia", json=asked)
    assert started.status_code == 202
    where = started.headers["location"].removeprefix("/api/v1")
    assert centre.ask("GET", where, user="pia").json()["state"] == "waiting"
    assert work_one(centre.store, "tester").state == "done"
    job = centre.ask("GET", where, user="pia").json()
    assert (job["state"], job["fraction"]) == ("done", 1.0)
    plan = centre.store.plans.load("week 6", site="berlin")
    assert job["result"]["plan_id"] == plan.id
    forecast = centre.ask("GET", f"/sites/berlin/forecasts/{job['result']['forecast']}").json()
    assert forecast["total"] == len(plan.forecast)
    assert centre.store.plans.versions(site="berlin")[0].made_by == "pia"


def test_a_job_that_cannot_be_done_says_why_and_a_cancelled_one_is_left(centre):
    centre.store.plans.save_scenario(scenario(people=0), "spring", by="ada", site="berlin")
    asked = {"name": "week 6", "scenario": "spring"}
    first = centre.ask("POST", "/sites/berlin/jobs", json=asked).json()["id"]
    second = centre.ask("POST", "/sites/berlin/jobs", json=asked).json()["id"]
    cancelled = centre.ask("POST", f"/sites/berlin/jobs/{second}/cancel")
    assert cancelled.json()["state"] == "cancelled"
    problem(centre.ask("GET", f"/sites/paris/jobs/{first}"), 404)
    assert work_one(centre.store, "tester").state == "failed"
    assert work_one(centre.store, "tester") is None
    error = centre.ask("GET", f"/sites/berlin/jobs/{first}").json()["error"]
    assert "has no actuals of the scenario's queues" in error


def test_too_many_requests_are_told_to_wait(template, tmp_path):
    centre = Centre(
        shutil.copy(template, tmp_path / "s.sqlite"), Limits(requests_min=3, refused_min=2)
    )
    token = centre.token("vic").secret
    for _ in range(3):
        assert centre.ask("GET", "/sites", token=token).status_code == 200
    answer = centre.ask("GET", "/sites", token=token)
    problem(answer, 429)
    assert int(answer.headers["retry-after"]) >= 1
    assert centre.ask("GET", "/sites", user="ada").status_code == 200
    codes = [centre.ask("GET", "/sites", token=f"guess{n}").status_code for n in range(4)]
    assert codes == [401, 401, 429, 429]
    centre.store.close()


def test_a_body_that_is_too_long_is_refused_whether_it_says_so_or_not(template, tmp_path):
    centre = Centre(shutil.copy(template, tmp_path / "s.sqlite"), Limits(body_bytes=1000))
    long = b'{"source": "' + b"x" * 2000 + b'", "rows": []}'
    problem(centre.ask("POST", PUSH, content=long), 413)
    problem(centre.ask("POST", PUSH, content=iter([long])), 413)
    centre.store.close()


def test_unknown_paths_and_methods_are_problems_too(centre):
    problem(centre.ask("GET", "/nowhere"), 404)
    problem(centre.ask("DELETE", "/sites"), 405)


def test_the_service_says_that_it_is_well_without_a_token(centre):
    assert centre.client.get("/api/v1/health").json() == {"status": "ok"}


def test_people_are_left_out_of_kpis_for_who_may_not_read_about_them(centre):
    start = pd.Timestamp("2026-03-02", tz="UTC")
    facts = pd.DataFrame({
        "kpi": "occupancy", "definition": "d", "level": ["queue", "agent"], "unit": ["voice", "p0"],
        "start": start, "end": start + pd.Timedelta("1D"), "numerator": [8.0, 3.0],
        "denominator": 10.0, "value": [0.8, 0.3],
    })  # fmt: skip
    centre.store.kpis.put(facts, site="berlin", by="ada", source="test")
    assert centre.ask("GET", "/sites/berlin/kpis", user="sam").json()["total"] == 2
    seen = centre.ask("GET", "/sites/berlin/kpis", user="vic").json()["rows"]
    assert [row["level"] for row in seen] == ["queue"]
    problem(centre.ask("GET", "/sites/berlin/kpis", user="vic", params={"level": "agent"}), 403)


def test_a_cycle_is_read_with_its_content(centre):
    content = {"aim": "fewer abandons", "blocks": [1, 2]}
    cycle = {"site": "berlin", "key": "c1", "state": "do", "owner": "leo", "content": content}
    centre.store.records.save("cycles", cycle, by="leo")
    listed = centre.ask("GET", "/sites/berlin/cycles", user="vic").json()["items"]
    assert listed == [centre.ask("GET", "/sites/berlin/cycles/c1", user="vic").json()]
    assert listed[0]["content"] == content
    problem(centre.ask("GET", "/sites/berlin/cycles/c2", user="vic"), 404)


CSV = "start,queue,calls\n2026-03-02 09:00,voice,4\n2026-03-02 09:15,voice,x\n" + "".join(
    f"2026-03-02 10:{minute},voice,5\n" for minute in ("00", "15", "30", "45")
)


def test_a_file_is_offered_then_taken_without_its_bad_rows(centre):
    path, name = "/sites/berlin/imports", {"name": "../march.csv"}
    offered = centre.ask("POST", f"{path}/offer", user="pia", params=name, content=CSV).json()
    assert (offered["intervals"], offered["interval_min"], offered["bad_rows"]) == (5, 15, 1)
    assert offered["bad"] == [
        {"line": 3, "column": "calls", "value": "x", "reason": "text where a number belongs"}
    ]
    refused = problem(centre.ask("POST", path, user="pia", params=name, content=CSV), 400)
    assert "line 3, column 'calls', 'x'" in refused["detail"]
    taken = centre.ask("POST", path, user="pia", params={**name, "leave_out": True}, content=CSV)
    done = taken.json()["done"]
    assert (done["added"], done["refused"], done["source"]) == (5, 1, "march.csv")
    assert centre.ask("GET", path, user="vic").json()["items"] == [done]
    problem(centre.ask("POST", path, user="vic", params=name, content=CSV), 403)
    problem(centre.ask("POST", path, user="pia", params=name), 400)


def test_a_misspelt_filter_is_refused_rather_than_ignored(centre):
    found = problem(centre.ask("GET", "/sites/berlin/plans", params={"nmae": "x"}), 422)
    assert "'nmae'" in found["detail"]
    problem(centre.ask("GET", "/sites/berlin/plans?limit=5&limit=6"), 422)


def test_the_log_of_a_site_that_is_not_there_is_not_an_empty_one(centre):
    problem(centre.ask("GET", "/sites/nowhere/audit"), 404)
    assert centre.ask("GET", "/sites/berlin/audit").json()["items"]


HOSTILE = (
    "'; DROP TABLE interval_actuals; --", "<script>alert(1)</script>", '=HYPERLINK("x")', "%s%n{0}",
    "../../etc/passwd", "\u202egnp.exe", "名 \U0001f600", "a" * 200,
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_comes_back_as_it_was_and_does_nothing(centre, text):
    body = {"source": text, "reason": text, "rows": [{**ROW, "queue": text}]}
    assert centre.ask("POST", PUSH, user="pia", json=body).json()["source"] == text
    read = centre.ask("GET", PUSH, params={**SPAN, "queue": text}).json()["rows"]
    assert [row["queue"] for row in read] == [text]
    entry = centre.ask("GET", "/sites/berlin/audit", params={"limit": 1000}).json()["items"][-1]
    assert entry["reason"] == entry["after"]["source"] == text
    target = {"kpi": "service_level", "value": 0.8, "direction": "up", "owner": text}
    centre.ask("POST", "/sites/berlin/targets/t", user="pia", json=target)
    (kept,) = centre.ask("GET", "/sites/berlin/targets").json()["items"]
    assert kept["content"]["owner"] == text
    for path in ("forecasts", "plans", "requirements"):
        found = centre.ask("GET", f"/sites/berlin/{path}", params={"name": text}).json()
        assert found["items"] == []
    problem(centre.ask("GET", "/sites/berlin/kpis/aht_s", params={"plan": text}), 404)
    assert centre.ask("GET", PUSH, params=SPAN).json()["total"] == 1
