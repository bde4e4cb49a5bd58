"""Tokens are shown once and kept as hashes; jobs go to one worker; requests are answered once."""

import datetime as dt

import pytest
from sqlalchemy import text

from wfm.adapters.store import open_store
from wfm.errors import BadInput, Conflict

START = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


class Clock:
    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now

    def pass_(self, **time):
        self.now += dt.timedelta(**time)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def timed(url, clock):
    store = open_store(url, now=clock)
    store.records.save("sites", {"key": "main", "timezone": "UTC"}, by="set-up")
    store.records.save("users", {"key": "ann"}, by="set-up")
    yield store
    store.close()


def issue(store, **more):
    return store.access.issue(
        **{"by": "root", "label": "acd", "scopes": ["actuals:write"], "user": "ann", **more}
    )


def test_a_token_opens_until_it_is_revoked(timed):
    issued = issue(timed, site="main")
    found = timed.access.check(issued.secret)
    assert found == issued.token
    assert (found.user, found.scopes, found.site) == ("ann", ("actuals:write",), "main")
    timed.access.revoke(found.id, by="root", reason="left")
    assert timed.access.check(issued.secret) is None
    with pytest.raises(BadInput, match="still good"):
        timed.access.revoke(found.id, by="root")


def test_no_table_holds_a_secret(timed, tmp_path):
    secret = issue(timed).secret
    timed.archive.export_all(tmp_path / "all.zip")
    import zipfile

    with zipfile.ZipFile(tmp_path / "all.zip") as bundle:
        everything = b"".join(bundle.read(name) for name in bundle.namelist())
    assert b"actuals:write" in everything
    assert secret.encode() not in everything
    assert secret.removeprefix("wfm_").encode() not in everything


def test_an_expired_token_and_one_of_a_disabled_user_open_nothing(timed, clock):
    short = issue(timed, expires_at=START + dt.timedelta(hours=1))
    long = issue(timed)
    assert timed.access.check(short.secret)
    clock.pass_(hours=1)
    assert timed.access.check(short.secret) is None
    timed.records.save("users", {"key": "ann", "disabled": True}, by="root", version=1)
    assert timed.access.check(long.secret) is None


@pytest.mark.parametrize("secret", ["", "wfm_", "x' OR '1'='1", "wfm_" + "A" * 43, "\0", "\ud83d"])
def test_a_guess_opens_nothing(timed, secret):
    issue(timed)
    assert timed.access.check(secret) is None


@pytest.mark.parametrize(
    "wrong",
    [{"scopes": []}, {"user": None}, {"person": "a17"}, {"user": "nobody"}, {"site": "moon"},
     {"expires_at": START}],
)  # fmt: skip
def test_a_token_for_nothing_or_nobody_is_refused(timed, wrong):
    with pytest.raises(BadInput, match="token"):
        issue(timed, **wrong)
    assert timed.access.tokens() == ()


def test_roles_are_of_a_user_at_a_site(timed):
    timed.records.save("roles", {"user": "ann", "role": "planner", "site": "main"}, by="root")
    timed.records.save("roles", {"user": "ann", "role": "viewer"}, by="root")
    assert [(r.role, r.site) for r in timed.access.roles_of("ann")] == [
        ("planner", "main"), ("viewer", None)
    ]  # fmt: skip
    assert timed.access.roles_of("bob") == ()
    timed.records.save("users", {"key": "ann", "disabled": True}, by="root", version=1)
    assert timed.access.roles_of("ann") == ()


def test_a_job_goes_to_one_worker_and_tells_how_it_ends(timed, clock):
    asked = timed.work.submit("plan", {"weeks": 2}, by="ann", site="main")
    assert (asked.state, asked.asked) == ("waiting", {"weeks": 2})
    assert timed.work.claim("w1").id == asked.id
    assert timed.work.claim("w2") is None
    assert timed.work.tell(asked.id, "w1", fraction=0.5, text="sizing")
    assert not timed.work.tell(asked.id, "w2", fraction=0.9, text="thief")
    assert timed.work.job(asked.id).text == "sizing"
    done = timed.work.end(asked.id, "w1", result={"plan": "x"})
    assert (done.state, done.fraction, done.result) == ("done", 1.0, {"plan": "x"})
    assert [e.action for e in timed.audit.entries(kind="jobs")] == [
        "asked", "started", "done"
    ]  # fmt: skip


def test_a_job_whose_worker_fell_silent_goes_to_another(timed, clock):
    asked = timed.work.submit("plan", {}, by="ann")
    timed.work.claim("w1")
    clock.pass_(seconds=59)
    assert timed.work.claim("w2") is None
    clock.pass_(seconds=2)
    assert timed.work.claim("w2").id == asked.id
    with pytest.raises(Conflict, match="not at w1"):
        timed.work.end(asked.id, "w1")
    assert timed.work.end(asked.id, "w2", error="no history").state == "failed"


def test_a_job_that_ends_its_worker_again_and_again_is_failed(timed, clock):
    asked = timed.work.submit("plan", {}, by="ann")
    for number in range(3):
        assert timed.work.claim(f"w{number}").id == asked.id
        clock.pass_(seconds=61)
    assert timed.work.claim("w4") is None
    found = timed.work.job(asked.id)
    assert (found.state, found.worker) == ("failed", "w2")
    assert "ended 3 times in the middle" in found.error


def test_a_cancelled_job_stops_at_its_next_word(timed):
    asked = timed.work.submit("plan", {}, by="ann")
    timed.work.claim("w1")
    timed.work.cancel(asked.id, by="ann")
    assert not timed.work.tell(asked.id, "w1", fraction=0.5, text="on")
    with pytest.raises(BadInput, match="cancelled already"):
        timed.work.cancel(asked.id, by="ann")
    assert [job.state for job in timed.work.jobs()] == ["cancelled"]


def test_the_same_request_is_answered_again_and_another_body_is_refused(timed, clock):
    assert timed.work.once("k", {"a": 1}, by="ann") is None
    assert timed.work.once("k", {"a": 1}, by="ann").status is None
    timed.work.answered("k", by="ann", status=201, answer={"id": 7})
    again = timed.work.once("k", {"a": 1}, by="ann")
    assert (again.status, again.answer) == (201, {"id": 7})
    with pytest.raises(Conflict, match="another body"):
        timed.work.once("k", {"a": 2}, by="ann")
    assert timed.work.once("k", {"a": 2}, by="bob") is None
    timed.work.give_up("k", by="bob")
    assert timed.work.once("k", {"a": 3}, by="bob") is None


def test_a_request_whose_worker_died_may_be_tried_again(timed, clock):
    assert timed.work.once("k", b"x", by="ann") is None
    clock.pass_(minutes=9)
    assert timed.work.once("k", b"x", by="ann").status is None
    clock.pass_(minutes=2)
    assert timed.work.once("k", b"x", by="ann") is None


def test_the_hash_of_a_token_is_what_stands_in_the_table(timed):
    import hashlib

    secret = issue(timed).secret
    with timed.database.read() as connection:
        digest = connection.execute(text("SELECT digest FROM tokens")).scalar()
    assert digest == hashlib.sha256(secret.encode()).hexdigest()
