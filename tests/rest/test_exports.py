import io
import zipfile

import icalendar
import pandas as pd
import pytest

from tests.rest.test_application import problem
from wfm.adapters.bundle import load_bundle
from wfm.adapters.export_shifts import shifts_of


def plan_id(planned):
    return planned.ask("GET", "/sites/berlin/plans").json()["items"][0]["id"]


def test_a_bundle_loads_at_another_site_with_the_same_plan_id(planned):
    got = planned.ask("GET", f"/sites/berlin/plans/{plan_id(planned)}/export/bundle")
    assert load_bundle(got.content).id == planned.plan.id
    path, name = "/sites/paris/plans/bundle", {"name": "from berlin"}
    sent = planned.ask("POST", path, params=name, content=got.content)
    assert sent.json()["told"]["plan_id"] == planned.plan.id
    assert planned.store.plans.load("from berlin", site="paris").id == planned.plan.id
    problem(planned.ask("POST", path, user="pia", params=name, content=got.content), 403)
    problem(planned.ask("POST", path, params=name, content=b"PK\x03\x04 no zip"), 400)


def test_every_form_of_export_is_read_by_its_readers(planned):
    def get(form):
        return planned.ask("GET", f"/sites/berlin/plans/{plan_id(planned)}/export/{form}").content

    hours = pd.read_csv(io.BytesIO(get("payroll")))
    shifts = shifts_of(planned.plan.roster, planned.plan.scenario)
    assert hours["paid_h"].sum() == pytest.approx(sum(shift.paid_h for shift in shifts), abs=1e-3)
    with zipfile.ZipFile(io.BytesIO(get("parquet"))) as packed:
        forecast = pd.read_parquet(io.BytesIO(packed.read("forecast.parquet")))
    pd.testing.assert_frame_equal(forecast, planned.plan.forecast, check_dtype=False)
    assert set(pd.read_excel(io.BytesIO(get("xlsx")), sheet_name=None)) >= {"Summary", "Day detail"}
    with zipfile.ZipFile(io.BytesIO(get("calendars"))) as packed:
        assert packed.namelist() == [f"p{n}.ics" for n in range(3)]
    problem(planned.ask("GET", f"/sites/berlin/plans/{plan_id(planned)}/export/exe"), 422)
    problem(
        planned.ask("GET", f"/sites/berlin/plans/{plan_id(planned)}/export/csv", user="vic"), 403
    )


def feed(planned, user="kim"):
    answer = planned.ask("POST", "/sites/berlin/feeds", user=user, json={"person": "p0"})
    assert answer.status_code == 201, answer.text
    return answer.json()


def events(planned, path):
    answer = planned.client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/calendar")
    return icalendar.Calendar.from_ical(answer.content).walk("VEVENT")


def test_a_feed_shows_the_shifts_of_one_person_once_they_are_published(planned):
    path = feed(planned)["path"]
    assert events(planned, path) == []
    planned.store.rosters.publish("week 8", version=1, by="sam", site="berlin")
    shown = events(planned, path)
    frame = planned.plan.roster.frame
    mine = frame[frame["agent"] == "p0"]
    assert min(event["dtstart"].dt for event in shown) == mine["start"].min()
    assert max(event["dtend"].dt for event in shown) == mine["end"].max()
    assert (
        len({str(event["uid"]) for event in shown}) == len(shown) == mine["start"].dt.date.nunique()
    )
    planned.store.rosters.withdraw("week 8", version=1, by="sam", site="berlin")
    assert events(planned, path) == []


def test_a_revoked_feed_an_unknown_one_and_a_token_open_no_calendar(planned):
    made = feed(planned)
    assert planned.ask("POST", f"/tokens/{made['id']}/revoke", user="kim").status_code == 200
    secret = planned.token("ada").secret
    told = {
        problem(planned.client.get(path), 404)["detail"]
        for path in (made["path"], f"/api/v1/calendars/{secret}.ics", "/api/v1/calendars/wfm_x.ics")
    }
    assert told == {"calendar: there is none at this address"}
    problem(planned.ask("GET", "/sites", token=made["path"].rsplit("/", 1)[1][:-4]), 401)


def test_only_the_person_or_who_may_makes_and_revokes_a_feed(planned):
    for user in ("vic", "leo", "pia"):
        problem(planned.ask("POST", "/sites/berlin/feeds", user=user, json={"person": "p0"}), 403)
    problem(planned.ask("POST", "/sites/berlin/feeds", user="kim", json={"person": "p1"}), 403)
    made = feed(planned, user="sam")
    problem(planned.ask("POST", f"/tokens/{made['id']}/revoke", user="vic"), 404)
    problem(planned.ask("POST", "/sites/berlin/feeds", user="sam", json={"person": "nobody"}), 404)
