"""A person can be taken out, old things forgotten, everything taken along and brought back."""

import dataclasses
import datetime as dt
import json
import re
import zipfile

import pandas as pd
import pytest
from sqlalchemy import select, text

from tests.adapters.store.made_plans import full, revised, small
from wfm.adapters.store import Retention, contents, open_store, parts
from wfm.adapters.store.schema import METADATA
from wfm.errors import BadInput

NAME, MAIL = "Annegret Überhauser", "annegret@example.test"
NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


def fill(store):
    """Put one of everything in that may tell who a person is."""
    plan = small()
    people = tuple(
        dataclasses.replace(p, name=NAME) if n == 0 else p
        for n, p in enumerate(plan.scenario.people)
    )
    key = people[0].id
    plan = dataclasses.replace(
        plan,
        scenario=dataclasses.replace(
            plan.scenario, people=people, reason=f"leave of {key} and {NAME}"
        ),
        provenance=dataclasses.replace(
            plan.provenance, notes=(*plan.provenance.notes, f"roster: leave of {key}")
        ),
    )
    save = store.records.save
    save("people", {"site": "main", "key": key, "name": NAME, "email": MAIL,
                    "content": {"phone": "1"}}, by="ann", reason=f"{NAME} joined")  # fmt: skip
    for kind, values in {
        "skills": {"queue": "voice"}, "locks": {"start": NOON, "end": NOON, "text": f"for {NAME}"},
        "availability": {"start": NOON, "end": NOON, "kind": "sick", "text": "flu"},
        "requests": {"kind": "swap", "status": "open", "text": f"{NAME} asks"},
        "complaints": {"opened_at": NOON, "status": "open", "text": f"about {NAME}"},
    }.items():  # fmt: skip
        save(kind, {"site": "main", "person": key, **values}, by="ann")
    save("users", {"key": "annegret", "name": NAME, "email": MAIL, "person": key}, by="ann")
    save("roles", {"user": "annegret", "role": "agent", "site": "main"}, by="ann")
    save("targets", {"site": "main", "key": "t", "kpi": "aht_s"}, by="annegret", reason="mine")
    feed = store.access.issue(by="ann", label=NAME, scopes=["feed"], person=key, site="main")
    paid = pd.DataFrame({"agent": [key], "start": pd.to_datetime([NOON]), "paid_s": [1800.0]})
    store.actuals.put("agents", paid, site="main", by="acd", source="x")
    store.plans.save(plan, "demo", by="annegret", reason=f"for {NAME}")
    return plan, key, feed


def everything(store, tmp_path, name):
    path = tmp_path / name
    store.archive.export_all(path)
    with zipfile.ZipFile(path) as bundle:
        texts = [bundle.read(n).decode() for n in bundle.namelist() if "frames" not in n]
    return "\n".join(texts)


def test_nothing_that_tells_who_it_was_is_left(store, tmp_path):
    plan, key, feed = fill(store)
    hours = plan.roster.hours
    assert (plan.roster.frame["agent"] == key).any()
    escaped = json.dumps(NAME)[1:-1]
    assert escaped in everything(store, tmp_path, "before.zip")
    done = store.privacy.delete_person(key, site="main", by="ann", reason=f"{NAME} left")
    after = everything(store, tmp_path, "after.zip")
    for word in (escaped, MAIL, "Annegret", "annegret", f'"{key}"', "flu"):
        assert word not in after, word
    assert not re.search(rf"(?<!\w){re.escape(key)}(?!\w)", after), "in no sentence either"
    again = store.plans.load("demo")
    assert (again.id, len(again.roster.frame)) == (plan.id, len(plan.roster.frame))
    assert again.scenario.people[0].id == done.pseudonym
    assert set(again.roster.frame["agent"]) == set(plan.roster.frame["agent"]) - {key} | {
        done.pseudonym
    }
    kept = again.roster.hours.set_index("agent")["paid_h"]
    assert kept[done.pseudonym] == hours.set_index("agent")["paid_h"][key]
    paid = store.actuals.read("agents", site="main", units=[done.pseudonym])
    assert paid["paid_s"].tolist() == [1800]
    assert store.access.check(feed.secret) is None
    assert store.access.roles_of("annegret") == ()
    with store.database.read() as connection:
        frames = connection.execute(select(METADATA.tables["frames"].c.content)).scalars().all()
        assert connection.execute(text("SELECT count(*) FROM audit_pass")).scalar() == 0
    from wfm.adapters.store.blobs import unpacked

    for content in frames:
        frame = unpacked(content)
        assert "agent" not in frame or key not in set(frame["agent"])


def test_the_log_says_who_erased_and_keeps_every_entry(store):
    _, key, _ = fill(store)
    before = store.audit.entries(limit=1000)
    done = store.privacy.delete_person(key, site="main", by="ann", reason=f"{NAME} left")
    after = store.audit.entries(limit=1000)
    assert [(e.id, e.at, e.action, e.kind) for e in after[:-1]] == [
        (e.id, e.at, e.action, e.kind) for e in before
    ]
    last = after[-1]
    assert (last.action, last.by, last.key) == ("erased", "ann", done.pseudonym)
    assert last.reason == f"{done.pseudonym} left"
    with pytest.raises(BadInput, match="no person"):
        store.privacy.delete_person(key, site="main", by="ann")


def test_another_site_and_other_people_are_not_touched(store):
    _, key, _ = fill(store)
    store.records.save("sites", {"key": "other", "timezone": "UTC"}, by="x")
    same = store.records.save("people", {"site": "other", "key": key, "name": "Bo"}, by="x")
    store.records.save("users", {"key": "bo", "person": key}, by="x")
    store.records.save("roles", {"user": "bo", "role": "agent", "site": "other"}, by="x")
    rest = [p for p in store.plans.load("demo").scenario.people if p.id != key]
    store.privacy.delete_person(key, site="main", by="ann")
    assert store.records.get("people", key, site="other") == same
    assert [role.site for role in store.access.roles_of("bo")] == ["other"]
    assert store.access.roles_of("annegret") == ()
    assert list(store.plans.load("demo").scenario.people)[1:] == rest


def test_old_things_are_forgotten_and_the_rest_is_kept(url):
    now = [NOON]
    store = open_store(url, now=lambda: now[0])
    store.records.save("sites", {"key": "main", "timezone": "UTC"}, by="x")
    starts = pd.to_datetime([NOON - dt.timedelta(days=400), NOON - dt.timedelta(days=10)])
    rows = pd.DataFrame({"queue": "v", "start": starts, "offered": 1.0})
    store.actuals.put("intervals", rows, site="main", by="x", source="x")
    for number in range(3):
        plan = dataclasses.replace(
            revised(small(), revision=number),
            roster=dataclasses.replace(small().roster, seconds=float(number)),
        )
        store.plans.save(plan, "demo", by="x")
        now[0] += dt.timedelta(days=100)
    store.rosters.publish("demo", version=1, by="x")
    entries = len(store.audit.entries())
    gone = store.privacy.forget(Retention(intervals=365, plans=30, audit=250), by="x")
    assert (gone["interval_actuals"], gone["plans"], gone["rosters"]) == (1, 1, 1)
    assert [v.version for v in store.plans.versions("plans")] == [1, 3]
    assert [v.version for v in store.plans.versions("rosters")] == [1, 3]
    assert store.plans.load("demo").provenance.revision == 2
    assert len(store.actuals.read("intervals", site="main")) == 1
    left = store.audit.entries()
    assert left[-1].action == "forgot"
    assert len(left) == entries - gone["audit"] + 1
    assert gone["audit"] >= 1
    store.close()


def other_url(url, cluster, tmp_path):
    """Return an empty database of the other kind."""
    return cluster.database() if url.startswith("sqlite") else str(tmp_path / "other.sqlite")


def test_a_backup_of_one_database_is_restored_into_the_other(store, url, cluster, tmp_path):
    plan, _, feed = fill(store)
    store.plans.save(full(), "full", by="ann")
    store.rosters.publish("demo", version=1, by="ann")
    store.archive.export_all(tmp_path / "all.zip")
    other = open_store(other_url(url, cluster, tmp_path))
    other.archive.restore(tmp_path / "all.zip", by="root")
    rows, restored = contents.contents(store.database).rows, contents.contents(other.database).rows
    assert restored == rows | {"audit": rows["audit"] + 1}
    assert other.audit.entries(limit=1000)[:-1] == store.audit.entries(limit=1000)
    for name in ("demo", "full"):
        assert parts.same_plan(other.plans.load(name), store.plans.load(name))
    assert other.access.check(feed.secret) == feed.token
    assert other.rosters.published(plan.roster.start) == store.rosters.published(plan.roster.start)
    new = other.records.save("people", {"site": "main", "key": "new"}, by="ann")
    assert new.id > max(p.id for p in store.records.find("people", limit=1000))
    with pytest.raises(BadInput, match="not empty"):
        other.archive.restore(tmp_path / "all.zip", by="root")
    other.close()


def test_a_damaged_backup_restores_nothing(store, tmp_path, cluster):
    fill(store)
    whole = tmp_path / "all.zip"
    store.archive.export_all(whole)
    data = whole.read_bytes()
    broken = tmp_path / "broken.zip"
    other = open_store(str(tmp_path / "other.sqlite"))
    middle = len(data) // 2
    for content in (data[:middle], data[:-60], data[:middle] + b"\xff" * 40 + data[middle + 40 :],
                    b"", b"not a zip"):  # fmt: skip
        broken.write_bytes(content)
        with pytest.raises(BadInput, match="damaged|lost rows"):
            other.archive.restore(broken, by="root")
        assert not any(contents.contents(other.database).rows.values())
    other.archive.restore(whole, by="root")
    other.close()
