"""Rows that people edit: nothing is written over, nothing goes unlogged."""

import datetime as dt

import pytest
from sqlalchemy import Date, text

from wfm.adapters.store import tables
from wfm.adapters.store.columns import Utc, Words
from wfm.errors import BadInput, Conflict

ANNA = {"site": "main", "key": "a17", "name": "Anna", "team": "blue"}
NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.timezone(dt.timedelta(hours=8)))
NASTY = (
    "Robert'); DROP TABLE people;--",
    '<script>alert("x")</script>',
    "=cmd|' /C calc'!A0",
    "%s %(name)s :name ? {0} \\",
    "排班师 \U0001f4a5 \u202e",
    "line\nbreak\ttab",
)


def test_the_second_of_two_saves_is_told_what_changed_and_overwrites_nothing(store):
    first = store.records.save("people", ANNA, by="ann")
    store.records.save("people", ANNA | {"team": "red"}, by="bob", version=first.version)
    with pytest.raises(Conflict) as refused:
        store.records.save("people", ANNA | {"team": "green"}, by="cid", version=first.version)
    assert (refused.value.by, refused.value.expected, refused.value.found) == ("bob", 1, 2)
    assert refused.value.changes == {"team": "red"}
    assert refused.value.at.tzinfo is not None
    for words in ("bob saved people 'a17' at site 'main'", "team is now 'red'", "nothing was"):
        assert words in str(refused.value)
    kept = store.records.get("people", "a17", site="main")
    assert (kept.values["team"], kept.version) == ("red", 2)
    assert [entry.by for entry in store.audit.entries(kind="people")] == ["ann", "bob"]


def test_making_what_is_there_already_is_a_conflict_too(store):
    store.records.save("people", ANNA, by="ann")
    with pytest.raises(Conflict, match="yours was new"):
        store.records.save("people", ANNA | {"name": "Another"}, by="bob")


def test_every_change_has_one_entry_with_before_after_and_reason(store):
    made = store.records.save("people", ANNA, by="ann", reason="joined")
    store.records.save("people", ANNA | {"team": "red"}, by="bob", version=1, reason="asked to")
    store.records.remove("people", "a17", site="main", version=2, by="cid", reason="a mistake")
    entries = store.audit.entries(kind="people", key="a17", site="main")
    assert [(e.action, e.by, e.version, e.reason) for e in entries] == [
        ("created", "ann", 1, "joined"),
        ("changed", "bob", 2, "asked to"),
        ("removed", "cid", 2, "a mistake"),
    ]
    assert entries[0].before is None
    assert entries[0].after["name"] == "Anna"
    assert (entries[1].before, entries[1].after) == ({"team": "blue"}, {"team": "red"})
    assert entries[2].before["team"] == "red"
    assert entries[0].at == made.changed_at
    assert store.records.find("people") == ()


@pytest.mark.parametrize("change", ["UPDATE audit SET reason = 'x'", "DELETE FROM audit"])
def test_the_log_cannot_be_changed_even_by_hand(store, change):
    store.records.save("people", ANNA, by="ann")
    with pytest.raises(Exception, match="only ever added to"):  # noqa: SIM117
        with store.database.engine.begin() as connection:
            connection.execute(text(change))
    assert len(store.audit.entries()) == 2


def test_a_refused_save_leaves_no_entry(store):
    with pytest.raises(BadInput, match="not in the store"):
        store.records.save("people", ANNA | {"site": "moon"}, by="ann")
    with pytest.raises(BadInput):
        store.records.save("queues", {"site": "main", "key": "v", "channel": "moon"}, by="ann")
    assert [entry.kind for entry in store.audit.entries()] == ["sites"]


def test_removing_an_old_version_is_refused(store):
    store.records.save("people", ANNA, by="ann")
    store.records.save("people", ANNA | {"team": "red"}, by="bob", version=1)
    with pytest.raises(Conflict, match="bob saved"):
        store.records.remove("people", "a17", site="main", version=1, by="ann")
    assert store.records.get("people", "a17", site="main").version == 2


def test_what_is_referred_to_cannot_be_removed(store):
    store.records.save("people", ANNA, by="ann")
    with pytest.raises(BadInput, match="still referred to"):
        store.records.remove("sites", "main", version=1, by="ann")


def test_any_text_comes_back_as_it_was_from_every_column_of_text(store):
    columns = 0
    for words in NASTY:
        for kind, table in tables.KINDS.items():
            texts = [c.name for c in table.columns
                     if isinstance(c.type, Words) and not c.foreign_keys
                     and c.name not in tables.KEPT]  # fmt: skip
            others = {c.name: NOON.date() if isinstance(c.type, Date) else NOON
                      for c in table.columns
                      if not c.nullable and isinstance(c.type, Date | Utc)
                      and c.name not in tables.KEPT}  # fmt: skip
            site = {} if kind in tables.SITELESS else {"site": "main"}
            if kind == "roles":
                site = {"user": words}
            values = {**site, **others, **dict.fromkeys(texts, words), "content": {words: [words]}}
            made = store.records.save(kind, values, by=words, reason=words)
            found = store.records.find(kind, key=words)
            assert [f.id for f in found] == [made.id]
            assert {name: found[0].values[name] for name in texts} == dict.fromkeys(texts, words)
            assert found[0].values["content"] == {words: [words]}
            assert store.audit.entries(kind=kind, key=words)[0].reason == words
            columns += len(texts)
    assert columns > 40 * len(NASTY)
    assert store.records.get("sites", "main").version == 1


def test_a_text_no_database_keeps_is_refused_by_name(store):
    for words in ("nul \0 inside", "half \ud83d a pair"):
        with pytest.raises(BadInput, match="cannot be kept"):
            store.records.save("people", ANNA | {"name": words}, by="ann")


def test_instants_come_back_in_utc_and_naive_ones_are_refused(store):
    values = {"site": "main", "person": "a17", "kind": "leave", "start": NOON, "end": NOON}
    made = store.records.save("availability", values, by="ann")
    start = store.records.get("availability", made.key, site="main").values["start"]
    assert start == NOON
    assert start.tzinfo is dt.UTC
    with pytest.raises(Exception, match="with its zone"):
        store.records.save("availability", values | {"end": NOON.replace(tzinfo=None)}, by="ann")


def test_pages_follow_each_other_without_gap_or_repeat(store):
    for number in range(25):
        store.records.save("people", {"site": "main", "key": f"p{number}"}, by="ann")
    seen, after = [], 0
    while part := store.records.find("people", site="main", after=after, limit=10):
        seen += [record.key for record in part]
        after = part[-1].id
    assert seen == [f"p{number}" for number in range(25)]
    with pytest.raises(BadInput, match="1 to 1000"):
        store.records.find("people", limit=0)


def test_every_kind_can_be_saved_and_found(store):
    needed = {
        "channels": {"key": "voice", "real_time": True}, "sites": {"key": "b", "timezone": "UTC"},
        "users": {"key": "ann"}, "roles": {"user": "ann", "role": "planner", "site": "main"},
        "queues": {"channel": "voice"}, "calendars": {"day": NOON.date(), "kind": "holiday"},
        "campaigns": {"start": NOON.date()}, "skills": {"person": "a", "queue": "q", "level": 1},
        "availability": {"person": "a", "start": NOON, "end": NOON, "kind": "leave"},
        "requests": {"person": "a", "kind": "swap", "status": "open"},
        "locks": {"person": "a", "start": NOON, "end": NOON}, "targets": {"kpi": "service_level"},
        "cycles": {"state": "plan"}, "complaints": {"opened_at": NOON, "status": "open"},
        "profiles": {"source": "csv"},
    }  # fmt: skip
    for kind, table in tables.KINDS.items():
        site = {"site": "main"} if kind not in tables.SITELESS else {}
        values = {**site, **needed.get(kind, {})}
        made = store.records.save(kind, values | {"content": {"a": [1, None]}}, by="ann")
        found = store.records.get(kind, made.key, site=made.site)
        assert found == made
        assert found.values["content"] == {"a": [1, None]}
        assert set(found.values) == set(tables.values_of(table))


def test_a_wrong_name_is_answered_with_the_right_ones(store):
    with pytest.raises(BadInput, match="queues"):
        store.records.find("queue")
    with pytest.raises(BadInput, match="team"):
        store.records.save("people", ANNA | {"teem": "x"}, by="ann")


def test_a_change_without_an_author_is_refused(store):
    with pytest.raises(BadInput, match="who makes it"):
        store.records.save("people", ANNA, by=" ")
