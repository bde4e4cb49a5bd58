"""Are the figures that the service tells those that the commands count, and for whom?"""

import math
from pathlib import Path

import pandas as pd
import pytest

from tests.rest.centres import Centre, fill
from tests.rest.test_application import problem
from wfm import variance, wiring
from wfm.adapters.store.happened import Happened

PLAN = {"plan": "demo"}
BASE = "/sites/berlin"


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)]
)
def demo(request, tmp_path_factory, demo_plan, demo_actuals):
    """Return a centre with the demo's plan and what happened there."""
    address = str(tmp_path_factory.mktemp("demo") / "store.sqlite")
    if request.param == "postgresql":
        address = request.getfixturevalue("cluster").database()
    fill(address)
    made = Centre(address)
    made.store.plans.save(demo_plan, "demo", by="set-up", site="berlin")
    Happened(made.store, "set-up", "berlin").save_actuals(demo_actuals, "demo")
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def use():
    return wiring.app().measuring


def same(row, frame_row):
    for name, value in frame_row.items():
        if isinstance(value, float) and math.isnan(value):
            assert row[name] is None
        elif isinstance(value, pd.Timestamp):
            assert pd.Timestamp(row[name]) == value
        else:
            assert row[name] == value, name


@pytest.mark.parametrize(
    ("kpi", "asked", "more"),
    [
        ("service_level", {"by": "queue"}, {"by": ["queue"]}),
        ("service_level", {"by": "queue,week", "where": "queue=voice", "variant": "rule=SL2"},
         {"by": ["queue", "week"], "where": {"queue": "voice"}, "rule": "SL2"}),
        ("aht_s", {}, {}),
        ("csat", {"by": "team"}, {"by": ["team"]}),
    ],
)  # fmt: skip
def test_a_kpi_is_the_one_the_command_counts(demo, demo_actuals, kpi, asked, more):
    use = wiring.app().measuring
    told = demo.ask("GET", f"{BASE}/kpis/{kpi}", user="vic", params={**PLAN, **asked}).json()
    table = use.kpi(demo_actuals, kpi, **more)
    assert told["total"] == len(table)
    assert told["columns"] == list(table.columns)
    assert {"numerator", "denominator", "value", "lo", "hi", "n", "definition"} <= set(table)
    for row, counted in zip(told["rows"], table.to_dict("records"), strict=False):
        same(row, counted)


def test_a_span_of_days_and_pages_narrow_what_is_told(demo, demo_actuals, use):
    last = demo_actuals.intervals["start"].max().date()
    first = last - pd.Timedelta(days=6)
    path, span = f"{BASE}/kpis/aht_s", {"first": first.isoformat(), "last": last.isoformat()}
    table = use.kpi(demo_actuals, "aht_s", by=["queue", "day"], first=first, last=last)
    rows, after = [], 0
    while after is not None:
        page = demo.ask("GET", path, params={**PLAN, **span, "by": "queue,day", "after": after,
                                             "limit": 5}).json()  # fmt: skip
        assert len(page["rows"]) <= 5
        rows, after = rows + page["rows"], page["next"]
    assert [row["value"] for row in rows] == table["value"].tolist()


def test_figures_of_people_need_more_than_a_viewer_has(demo):
    asked = {**PLAN, "by": "agent"}
    found = problem(demo.ask("GET", f"{BASE}/kpis/aht_s", user="vic", params=asked), 403)
    assert "agents:read" in found["detail"]
    assert demo.ask("GET", f"{BASE}/kpis/aht_s", user="pia", params=asked).json()["total"] > 10
    where = {**PLAN, "where": "agent=a01"}
    problem(demo.ask("GET", f"{BASE}/kpis/aht_s/chart", user="vic", params=where), 403)
    problem(demo.ask("GET", f"{BASE}/kpis/aht_s", user="leo", params=PLAN), 403)
    problem(demo.ask("GET", f"{BASE}/kpis/aht_s", user="kim", params=PLAN), 403)


@pytest.mark.parametrize(
    ("path", "asked", "status", "said"),
    [
        ("kpis/no_such_kpi", PLAN, 400, "no_such_kpi"),
        ("kpis/aht_s", {"plan": "nobody's"}, 404, "none of a plan"),
        ("kpis/aht_s", {"plan": "../../../etc"}, 404, "none of a plan"),
        ("kpis/aht_s", {**PLAN, "by": "shoe"}, 400, "shoe"),
        ("kpis/aht_s", {**PLAN, "where": "queue"}, 400, "name=value"),
        ("kpis/aht_s", {**PLAN, "where": "queue=moon"}, 400, "no rows of queue moon"),
        ("kpis/aht_s", {**PLAN, "variant": "where=1"}, 400, "no choice 'where'"),
        ("kpis/service_level", {**PLAN, "variant": "rule=SL9"}, 400, "SL9"),
        ("kpis/aht_s", {**PLAN, "first": "soon"}, 422, "first"),
        ("kpis/aht_s/chart", {**PLAN, "every": "hour"}, 422, "every"),
        ("variance", {**PLAN, "as_planned": "moon"}, 400, "moon"),
        ("signals", {**PLAN, "days": "0"}, 422, "days"),
    ],
)  # fmt: skip
def test_what_cannot_be_counted_is_a_problem_in_words(demo, path, asked, status, said):
    found = problem(demo.ask("GET", f"{BASE}/{path}", params=asked), status)
    assert said in found["detail"]


def test_a_control_chart_tells_points_limits_and_signals(demo, demo_actuals, demo_plan, use):
    asked = {**PLAN, "where": "queue=voice", "limit": 1000}
    told = demo.ask("GET", f"{BASE}/kpis/aht_s/chart", user="vic", params=asked).json()
    off = use.holidays(demo_plan, demo_actuals)
    made = use.chart(demo_actuals, "aht_s", where={"queue": "voice"}, holidays=off)
    assert (told["kind"], told["every"], told["centre"]) == (made.kind, made.every, made.centre)
    assert [flag["first"] for flag in told["signals"]] == [f.first.isoformat() for f in made.flags]
    assert told["points"]["total"] == len(made.frame)
    for row, point in zip(told["points"]["rows"], made.frame.to_dict("records"), strict=True):
        assert (row["signal"], row["baseline"]) == (point["signal"], point["baseline"])
        assert row["value"] == point["value"]


def test_signals_are_those_of_the_command(demo, demo_actuals, demo_plan, use):
    told = demo.ask("GET", f"{BASE}/signals", user="vic", params={**PLAN, "days": 90}).json()
    off = use.holidays(demo_plan, demo_actuals)
    found = use.alerts(demo_actuals, holidays=off, within_days=90)
    assert [one["id"] for one in told["alerts"]] == [one.id for one in found.alerts] != []
    assert [one["text"] for one in told["alerts"]] == [one.text for one in found.alerts]
    assert [one["contacts"] for one in told["spikes"]] == [one.contacts for one in found.spikes]


def test_the_parts_of_a_variance_add_up(demo, demo_plan, demo_actuals):
    asked = {**PLAN, "by": "queue"}
    answer = demo.ask("GET", f"{BASE}/variance", user="vic", params=asked)
    split = variance.explain(demo_plan, demo_actuals.intervals)
    told = answer.json()
    assert told["split"]["total"] == len(split.by("queue"))
    for row in told["split"]["rows"]:
        parts = sum(row[name] for name in told["drivers"])
        assert row["planned"] + parts == pytest.approx(row["modelled"], abs=1e-12)


def test_the_catalogue_is_told_page_by_page(demo):
    first = demo.ask("GET", f"{BASE}/kpis/catalogue", user="vic", params={"limit": 7}).json()
    assert (len(first["items"]), first["next"]) == (7, 7)
    everything = demo.ask("GET", f"{BASE}/kpis/catalogue", params={"limit": 1000}).json()
    assert everything["next"] is None
    level = next(item for item in everything["items"] if item["key"] == "service_level")
    assert "SL4" in next(c for c in level["choices"] if c["name"] == "rule")["allowed"]


def test_targets_are_set_by_version_and_by_planners(centre):
    path = f"{BASE}/targets/voice"
    body = {"kpi": "service_level", "value": 0.8, "direction": "up", "deadline": "2026-09-01"}
    problem(centre.ask("POST", path, user="ann", json=body), 403)
    made = centre.ask("POST", path, user="pia", json=body).json()
    assert (made["version"], made["content"]["value"]) == (1, 0.8)
    problem(centre.ask("POST", path, user="pia", json=body), 409)
    problem(centre.ask("POST", path, user="pia", json={**body, "kpi": "no_such"}), 400)
    again = {**body, "value": 0.85, "version": 1, "reason": "the board's"}
    assert centre.ask("POST", path, user="pia", json=again).json()["version"] == 2
    problem(centre.ask("POST", path, user="pia", json=again), 409)
    listed = centre.ask("GET", f"{BASE}/targets", user="vic").json()["items"]
    assert [(one["key"], one["content"]["value"]) for one in listed] == [("voice", 0.85)]
    entry = centre.store.audit.entries(kind="targets", action="changed")[0]
    assert (entry.by, entry.reason) == ("pia", "the board's")


def test_a_plan_is_called_by_its_whole_name_in_the_store(demo, demo_plan, demo_actuals):
    here = str(Path.cwd() / "week 8")  # what the plan of a folder is called in a person's own store
    demo.store.plans.save(demo_plan, here, by="set-up", site="berlin")
    Happened(demo.store, "set-up", "berlin", str).save_actuals(demo_actuals, here)
    told = [
        demo.ask("GET", f"{BASE}/kpis/aht_s", user="vic", params={"plan": plan}).json()["rows"]
        for plan in (here, "demo")
    ]
    assert told[0] == told[1]
