"""Imports: the same rows twice change nothing, corrected ones replace, each can be undone."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wfm.errors import BadInput

BERLIN = "Europe/Berlin"


def day(first="2026-03-02", count=4, queue="voice", offered=10.0, **columns):
    starts = pd.date_range(first, periods=count, freq="30min", tz=BERLIN)
    return pd.DataFrame({"queue": queue, "start": starts, "offered": offered, **columns})


def put(store, frame, **more):
    given = {"site": "main", "by": "acd", "source": "day.csv", **more}
    return store.actuals.put("intervals", frame, **given)


def read(store, **more):
    return store.actuals.read("intervals", site="main", **more)


def test_rows_come_back_as_they_were_in_the_zone_of_the_site(store):
    frame = pd.concat([day(aht_s=[200.5, np.nan, 0.1 + 0.2, 1e-9]), day(queue="chat 聊天")])
    made = put(store, frame)
    assert (made.added, made.changed, made.same) == (8, 0, 0)
    wanted = frame.sort_values(["queue", "start"], ignore_index=True)
    wanted["start"] = wanted["start"].dt.as_unit("ns")
    pd.testing.assert_frame_equal(read(store), wanted)
    assert [q.key for q in store.records.find("queues", site="main")] == ["voice", "chat 聊天"]


def test_the_same_file_twice_changes_nothing(store):
    first = put(store, day(), content=b"file")
    entries = store.audit.entries()
    again = put(store, day(), content=b"file")
    assert (again.added, again.changed, again.same, again.id) == (0, 0, 4, first.id)
    assert store.audit.entries() == entries
    assert len(store.actuals.imports()) == 1


def test_a_corrected_file_replaces_and_never_adds(store):
    put(store, day())
    corrected = put(store, day(offered=[10.0, 12.0, 10.0, 13.0]))
    assert (corrected.added, corrected.changed, corrected.same) == (0, 2, 2)
    assert read(store)["offered"].tolist() == [10, 12, 10, 13]


def test_fields_that_a_file_does_not_have_stay(store):
    put(store, day(answered=9.0))
    put(store, day()[["queue", "start"]].assign(talk_s=1800.0))
    assert read(store).drop(columns=["queue", "start"]).iloc[0].to_dict() == {
        "offered": 10, "answered": 9, "talk_s": 1800
    }  # fmt: skip


def test_the_repeated_hour_of_autumn_is_two_rows_and_the_missing_one_of_spring_none(store):
    for first, count in (("2026-10-25", 50), ("2026-03-29", 46)):
        frame = day(first, count)
        assert frame["start"].iloc[-1].hour == 23
        put(store, frame)
        begin = pd.Timestamp(first, tz=BERLIN)
        found = read(store, start=begin, end=begin + pd.DateOffset(days=1))
        assert found["start"].tolist() == frame["start"].tolist()


def test_only_what_is_asked_for_is_read(store):
    put(store, pd.concat([day(count=10, answered=1.0), day(count=10, queue="chat")]))
    start = pd.Timestamp("2026-03-02 01:00", tz=BERLIN)
    found = read(store, start=start, end=start + pd.Timedelta("1h"), units=["chat", "unknown"],
                 fields=["offered"])  # fmt: skip
    assert list(found) == ["queue", "start", "offered"]
    assert set(found["queue"]) == {"chat"}
    assert found["start"].tolist() == [start, start + pd.Timedelta("30min")]
    assert read(store, units=[]).empty
    assert read(store, units=["unknown"]).empty
    assert read(store, end=start - pd.Timedelta("5D")).empty


def test_an_import_is_undone_to_the_row(store):
    put(store, day())
    before = read(store)
    wrong = put(store, day(count=6, offered=99.0))
    undone = store.actuals.undo(wrong.id, by="ann", reason="the wrong month")
    assert (undone.undone_by, undone.added, undone.changed) == ("ann", 2, 4)
    pd.testing.assert_frame_equal(read(store), before)
    with pytest.raises(BadInput, match="undone by ann"):
        store.actuals.undo(wrong.id, by="ann")
    again = put(store, day(count=6, offered=99.0))
    assert (again.added, again.changed) == (2, 4)


def test_an_import_is_not_undone_under_a_later_one(store):
    first = put(store, day())
    second = put(store, day(offered=11.0))
    with pytest.raises(BadInput, match=f"import {second.id} changed rows"):
        store.actuals.undo(first.id, by="ann")
    store.actuals.undo(second.id, by="ann")
    store.actuals.undo(first.id, by="ann")
    assert read(store).empty
    with pytest.raises(BadInput, match="no import 77"):
        store.actuals.undo(77, by="ann")


def test_agents_are_kept_by_person(store):
    frame = day().rename(columns={"queue": "agent", "offered": "paid_s"}).assign(agent="a17")
    made = store.actuals.put("agents", frame, site="main", by="acd", source="x")
    assert made.added == 4
    found = store.actuals.read("agents", site="main", units=["a17"])
    assert found["paid_s"].tolist() == [10] * 4
    assert store.records.get("people", "a17", site="main").version == 1


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda f: f.assign(start=f["start"].dt.tz_localize(None)), "with a zone"),
        (lambda f: f.drop(columns="queue"), "missing columns"),
        (lambda f: pd.concat([f, f.head(1)]), "1 rows repeat a key"),
        (lambda f: f.assign(queue=[None, "a", "b", "c"]), "1 rows name no queue"),
        (lambda f: f.assign(offered="many"), "must be numbers"),
        (lambda f: f.assign(offered=np.inf), "infinite"),
        (lambda f: f.assign(offerd=1.0), "unknown fields"),
    ],
)
def test_what_cannot_be_a_fact_is_refused_and_nothing_is_kept(store, spoil, words):
    with pytest.raises(BadInput, match=words):
        put(store, spoil(day()))
    assert store.actuals.imports() == ()
    assert read(store).empty


def test_an_unknown_site_is_refused(store):
    with pytest.raises(BadInput, match="no site 'moon'"):
        put(store, day(), site="moon")


def test_a_kpi_fact_of_the_same_key_replaces(store):
    start = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    fact = {"kpi": "service_level", "definition": "SL4", "level": "Q", "unit": "voice",
            "start": start, "end": start + dt.timedelta(days=1), "numerator": 80.0,
            "denominator": 100.0, "value": np.nan}  # fmt: skip
    for numerator in (80.0, 81.0):
        frame = pd.DataFrame([fact | {"numerator": numerator}])
        assert store.kpis.put(frame, site="main", by="wfm", source="nightly") == 1
    found = store.kpis.read(site="main", kpi="service_level", start=start)
    assert found["numerator"].tolist() == [81]
    assert found["start"].iloc[0] == start
    assert np.isnan(found["value"].iloc[0])
    assert store.kpis.read(site="main", kpi="asa_s").empty


KEYS = st.tuples(st.sampled_from(["a", "b"]), st.integers(0, 5))
FILES = st.lists(st.dictionaries(KEYS, st.integers(0, 3), min_size=1, max_size=8), max_size=6)


@settings(max_examples=15, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(files=FILES, undone=st.integers(0, 6))
def test_any_row_of_imports_and_undos_is_what_a_dictionary_would_hold(store, files, undone):
    site = f"site {len(store.records.find('sites', limit=1000))}"
    store.records.save("sites", {"key": site, "timezone": "UTC"}, by="x")
    begin = pd.Timestamp("2026-01-01", tz="UTC")
    states, made = [{}], []
    for file in files:
        rows = [(q, begin + pd.Timedelta(minutes=30 * i), float(v)) for (q, i), v in file.items()]
        frame = pd.DataFrame(rows, columns=["queue", "start", "offered"])
        made.append(put(store, frame, site=site))
        states.append({**states[-1], **{(r[0], r[1]): r[2] for r in rows}})
    kept = len(made) - min(undone, len(made))
    for item in reversed(made[kept:]):
        if item.added or item.changed:
            store.actuals.undo(item.id, by="x")
    found = store.actuals.read("intervals", site=site, fields=["offered"])
    keys = zip(found["queue"], found["start"], strict=True)
    assert dict(zip(keys, found["offered"], strict=True)) == states[kept]
