"""What comes over REST or by an import is what KPIs, cycles and variances of a plan count."""

import json

import numpy as np
import pandas as pd
import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from tests.adapters.store.made_plans import small
from wfm import wiring
from wfm.access import PERMISSIONS
from wfm.actuals import Actuals
from wfm.adapters.store import overlay
from wfm.cli import cli
from wfm.errors import BadInput
from wfm.rest import Limits, make

TZ = "Europe/Berlin"
NAME = "week"


def day(date, offered, answered, hours=(8, 9, 10, 11)):
    starts = [pd.Timestamp(f"{date} {hour:02}:00", tz=TZ) for hour in hours]
    return pd.DataFrame({"queue": "voice", "start": starts, "offered": float(offered),
                         "answered": float(answered),
                         "abandoned": float(offered - answered)})  # fmt: skip


class Team:
    """A store with a plan, reached by commands, by REST and by the use cases."""

    def __init__(self, url, place):
        self.store = wiring.store()
        self.place = place
        wiring.app().ports.save_plan(small(), NAME)
        secret = self.store.access.issue(
            by="set-up", label="acd", scopes=tuple(PERMISSIONS), user=self.user()
        ).secret
        made = make(self.store, limits=Limits(requests_min=1e6, refused_min=1e6))
        self.client = TestClient(made, raise_server_exceptions=False)
        self.client.headers["Authorization"] = f"Bearer {secret}"

    def user(self):
        self.store.records.save("users", {"key": "ann"}, by="set-up")
        self.store.records.save("roles", {"user": "ann", "role": "admin"}, by="set-up")
        return "ann"

    def ask(self, path, **body):
        answer = self.client.post(f"/api/v1/sites/main/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def push(self, kind, rows):
        return self.ask(f"actuals/{kind}", source="acd", rows=rows)

    def undo(self, made):
        self.ask(f"imports/{made['id']}/undo", reason="wrong")

    def run(self, *args):
        done = CliRunner().invoke(cli, [str(arg) for arg in args])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.output

    def kpi(self, key="answer_rate", *more):
        told = json.loads(self.run("kpi", key, "--plan", NAME, "--json", *more))
        return {row.get("team") or row.get("queue"): row["value"] for row in told}

    def bring(self, frame, table):
        frame.to_csv(self.place / f"{table}.csv", index=False)
        self.run("actuals", self.place / f"{table}.csv", "--table", table, "--plan", NAME)


@pytest.fixture
def team(url, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WFM_DATABASE_URL", url)
    monkeypatch.setenv("WFM_USER", "ann")
    for kept in (wiring.app, wiring.store):
        kept.cache_clear()
    made = Team(url, tmp_path)
    yield made
    made.store.close()
    for kept in (wiring.app, wiring.store):
        kept.cache_clear()


def pushed(start, offered, answered):
    return {"queue": "voice", "start": start, "offered": offered, "answered": answered,
            "abandoned": offered - answered}  # fmt: skip


def test_a_push_changes_the_next_kpi_exactly_and_its_undo_gives_the_old_one_back(team):
    wiring.app().ports.save_actuals(Actuals({"interval_actuals": day("2026-02-02", 10, 9)}), NAME)
    stamp = wiring.app().measuring.stamp(NAME)
    assert team.kpi() == {None: pytest.approx(36 / 40)}
    made = team.push("intervals", [
        pushed("2026-02-02T09:00:00+01:00", 20, 10), pushed("2026-02-02T12:00:00+01:00", 5, 5),
    ])  # fmt: skip
    assert wiring.app().measuring.stamp(NAME) != stamp
    assert team.kpi() == {None: pytest.approx((27 + 10 + 5) / (30 + 20 + 5))}
    team.undo(made)
    assert team.kpi() == {None: pytest.approx(36 / 40)}


def test_a_site_whose_rows_came_by_an_import_alone_has_kpis(team):
    assert wiring.app().measuring.stamp(NAME) == ""
    day("2026-02-02", 8, 6).drop(columns="queue").rename(
        columns={"offered": "Offered", "answered": "Answered", "abandoned": "Abandoned"}
    ).assign(queue="voice").to_csv("acd.csv", index=False)
    team.run("import", "acd.csv", "--interval", "60")
    assert team.kpi() == {None: pytest.approx(0.75)}
    team.run("undo-import", 1)
    assert wiring.app().measuring.stamp(NAME) == ""


def test_what_is_brought_by_hand_is_an_import_that_can_be_undone(team):
    team.bring(day("2026-02-02", 10, 9).assign(tier="gold"), "interval_actuals")
    assert team.kpi("answer_rate", "--where", "tier=gold") == {None: pytest.approx(0.9)}
    team.push("intervals", [pushed("2026-02-02T09:00:00+01:00", 30, 15)])
    assert team.kpi() == {None: pytest.approx((27 + 15) / 60)}
    team.bring(day("2026-02-02", 10, 10)[1:2], "interval_actuals")
    assert team.kpi() == {None: pytest.approx(37 / 40)}  # what came last counts
    for one in reversed(team.store.actuals.imports(site="main")):
        team.run("undo-import", one.id)
    assert wiring.app().measuring.stamp(NAME) == ""
    with pytest.raises(BadInput, match="no actuals yet"):
        wiring.app().measuring.actuals(NAME)


def test_people_are_counted_by_the_team_the_store_knows(team):
    team.store.records.save(
        "people", {"site": "main", "key": "p0", "name": "Kim", "team": "red"}, by="ann"
    )
    rows = [{"agent": "p0", "start": f"2026-02-02T{hour}:00:00+01:00", "signed_in_s": 3600,
             "talk_s": busy, "hold_s": 0, "acw_s": 0, "available_s": 3600 - busy}
            for hour, busy in (("09", 1800), ("10", 2700))]  # fmt: skip
    made = team.push("agents", rows)
    assert team.kpi("occupancy", "--by", "team") == {"red": pytest.approx(4500 / 7200)}
    agents = wiring.app().measuring.actuals(NAME).agents
    assert agents["start"].tolist() == [pd.Timestamp("2026-02-02", tz=TZ)]  # a day a row
    team.undo(made)
    assert wiring.app().measuring.stamp(NAME) == ""


def test_cycles_and_variances_read_the_rows_too(team):
    plan = small()
    weeks = pd.concat(
        [day(f"{date:%Y-%m-%d}", 10, 9) for date in pd.date_range("2025-09-01", periods=140)]
    )
    wiring.app().ports.save_actuals(Actuals({"interval_actuals": weeks}), NAME)
    rows = [pushed(f"{date:%Y-%m-%d}T09:00:00+01:00", 40, 4)
            for date in pd.date_range("2026-01-05", periods=14)]  # fmt: skip
    args = ("pdca", "new", "Answer more", "--by", "ann", "--role", "lead", "--alert",
            "answer_rate", "--actuals", NAME, "--timezone", TZ, "--json")  # fmt: skip
    made = team.push("intervals", rows)
    assert json.loads(team.run(*args))["origin"]["kind"] == "alert"
    team.undo(made)
    with pytest.raises(BadInput, match="noise|signal"):
        team.run(*args)

    busy = plan.forecast[plan.forecast["volume"] > 1]
    lead = busy.head(8)
    told = lead[["queue", "start"]].assign(
        offered=lead["volume"], answered=lead["volume"], abandoned=0.0, aht_s=lead["aht_s"],
        heads=2.0, shrinkage=0.0, adherence=1.0,
    )  # fmt: skip
    team.bring(told, "interval_actuals")
    use = wiring.improving("cycles")
    before = use.explain(NAME, [NAME])
    assert before.frame["volume"].tolist() == pytest.approx(told["offered"].tolist())
    team.push("intervals", [pushed(told["start"].iloc[0].isoformat(), 70, 1)])
    after = use.explain(NAME, [NAME])
    assert after.frame["volume"].tolist() == pytest.approx([70, *told["offered"].iloc[1:]])
    team.push("intervals", [pushed(busy["start"].iloc[12].isoformat(), 70, 1)])
    less = use.explain(NAME, [NAME])
    assert len(less.frame) == 8
    assert any("1 intervals do not tell volume, heads" in note for note in less.notes)


def rows(step, parts, offered=4.0, **more):
    starts = pd.date_range("2026-02-02 09:00", periods=parts, freq=f"{step}min", tz=TZ)
    return pd.DataFrame({"queue": "voice", "start": starts, "offered": offered, **more})


def laid(own, new, **more):
    return overlay.intervals(own, new, None, interval_min=30, awt_s={"voice": 15.0}, **more)


def test_finer_rows_are_added_up_and_half_an_interval_does_not_hide_a_whole_one():
    own = rows(30, 2, 20.0, answered=20.0, abandoned=0.0)
    quarters = rows(15, 3, 4.0, aht_s=[100.0, 200.0, 300.0], longest_wait_s=[1.0, 9.0, 3.0])
    out = laid(own, quarters)
    assert out["offered"].tolist() == [8.0, 20.0]
    assert out["answered"].tolist() == [20.0, 20.0]
    assert out["aht_s"].iloc[0] == pytest.approx(150.0)
    assert out["longest_wait_s"].iloc[0] == 9.0
    assert laid(None, quarters)["offered"].tolist() == [8.0, 4.0]


def test_single_corrections_are_no_longer_intervals_however_far_apart():
    own = rows(30, 6, 20.0, answered=20.0, abandoned=0.0)
    out = laid(own, rows(60, 2, 50.0))
    assert out["offered"].tolist() == [50.0, 20.0, 50.0, 20.0, 20.0, 20.0]


def test_new_intervals_say_which_waiting_time_they_were_counted_with():
    own = rows(30, 1, 20.0, answered=20.0, abandoned=0.0, answered_in_awt=9.0, awt_s=30.0)
    new = rows(30, 2, 20.0, answered_in_awt=9.0)
    assert laid(own, new)["awt_s"].tolist() == [30.0, 30.0]
    assert laid(None, new)["awt_s"].tolist() == [15.0, 15.0]
    assert np.isnan(laid(None, new)["answered"]).all()
