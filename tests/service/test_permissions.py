"""Who may do what: every role against every use case, on a store that has users."""

import datetime as dt

import pytest

from wfm import access, wiring
from wfm.access import NotAllowed
from wfm.adapters.acd_source import HistorySource
from wfm.adapters.store import open_store
from wfm.errors import BadInput
from wfm.improving import Improving
from wfm.kpi.targets import KpiTarget
from wfm.pdca import Actor
from wfm.service import Service
from wfm.service.service import sign_in_locally

AT = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
P, S, L, A, G, V = "planner", "scheduler", "lead", "analyst", "agent", "viewer"
FIGURES = {P, S, L, A, V}
NOWHERE = "no such plan"
SPAN = {"start": AT, "end": AT + dt.timedelta(days=1)}
CSV = b"start,calls\n2026-03-02 09:00,4\n2026-03-02 09:15,5\n"


class Desk:
    """Somebody at work with everything there is to use."""

    def __init__(self, store, user, place):
        self.store, self.user, self.place = store, user, place
        self.app = wiring.app()
        self.service = Service(store, sign_in_locally(store, user))
        self.forecasting, self.rostering = self.app.forecasting, self.app.rostering
        self.measuring = self.app.measuring

    @property
    def improving(self):
        return wiring.improving(self.place / "cycles")

    def actor(self):
        # An admin has every role; of the others each acts in the own one.
        return Actor(self.user, self.user if self.user in FIGURES | {G} else L)


# Use case, who may (an admin always), how it is asked for. What is asked for is not there or makes
# no sense, so that a caller who may is refused for another reason, and no search is run.
APP = [
    ("make_demo", {P}, lambda d: d.app.make_demo(d.place / "demo", weeks=99)),
    ("plan_files", {P, S}, lambda d: d.app.plan_files("no.csv", "no.toml", NOWHERE)),
    ("open_plan", FIGURES, lambda d: d.app.open_plan(NOWHERE)),
    ("rostered_plan", {P, S, L}, lambda d: d.app.rostered_plan(NOWHERE)),
    ("plan_stamp", FIGURES, lambda d: d.app.plan_stamp(NOWHERE)),
    ("solve_roster", {P, S}, lambda d: d.app.solve_roster(NOWHERE, time_limit_s=1)),
    ("start_roster", {P, S}, lambda d: d.app.start_roster(NOWHERE, time_limit_s=1, seed=0)),
    ("job", FIGURES, lambda d: d.app.job(d.place / NOWHERE)),
    ("export_files", {P, S, L}, lambda d: d.app.export_files(NOWHERE, d.place)),
    ("take_in", {P, S}, lambda d: d.app.take_in(None, d.place / NOWHERE)),
    ("override_plan", {P}, lambda d: d.forecasting.override_plan(NOWHERE, by=d.user)),
    ("take_back", {P}, lambda d: d.forecasting.take_back(NOWHERE)),
    ("today_files", FIGURES, lambda d: d.forecasting.today_files(NOWHERE, "no.csv")),
    ("value_added", FIGURES, lambda d: d.forecasting.value_added(NOWHERE, "no.csv")),
    ("lock", {P, S}, lambda d: d.rostering.lock(NOWHERE)),
    ("audit_file", {P, S, L}, lambda d: d.rostering.audit_file("no.csv", plan=NOWHERE)),
    ("actuals", FIGURES, lambda d: d.measuring.actuals(NOWHERE)),
    ("actuals_stamp", FIGURES, lambda d: d.measuring.stamp(NOWHERE)),
    ("bring", {P, A}, lambda d: d.measuring.bring("no.csv", "surveys", NOWHERE)),
]
PDCA = [
    ("cycles", FIGURES, lambda d: d.improving.cycles()),
    ("cycle", FIGURES, lambda d: d.improving.cycle("x")),
    ("variance", FIGURES, lambda d: d.improving.explain(NOWHERE, [])),
    # Of those let in here the cycle itself refuses some: docs/pdca.md, tests/pdca.
    ("open", {P, S, L, A}, lambda d: d.improving.open("Fewer redials", by=d.actor(), at=AT)),
    ("lock", {P, S, L, A}, lambda d: d.improving.lock("x", {}, by=d.actor())),
    ("check", {P, S, L, A}, lambda d: d.improving.check("x", {}, by=d.actor())),
    ("sign", {P, L, A}, lambda d: d.improving.sign(
        "x", by=d.actor(), goal_reached="-", problems="-", new_phenomena="-")),
    ("stop", {P, S, L, A}, lambda d: d.improving.stop("x", "F1", "late", by=d.actor())),
]  # fmt: skip
SERVICE = [
    ("import", {P, A}, lambda d: d.service.importing.take("main", "x.csv", b"no table")),
    ("offer", {P, A}, lambda d: d.service.importing.offer("main", "x.csv", b"no table")),
    ("save_profile", {P, A}, lambda d: d.service.importing.save_profile(
        "main", "own", HistorySource(), system="ours")),
    ("undo", {P, A}, lambda d: d.service.facts.undo("main", 99)),
    ("imports", FIGURES, lambda d: d.service.facts.imports("main")),
    ("read intervals", FIGURES, lambda d: d.service.facts.read("main", "intervals", **SPAN)),
    ("read agents", {P, S, L, A}, lambda d: d.service.facts.read("main", "agents", **SPAN)),
    ("plan job", {P, S}, lambda d: d.service.making.start("main", name="n", scenario="none")),
    ("jobs", {P, S}, lambda d: d.service.making.jobs("main")),
    ("forecasts", FIGURES, lambda d: d.service.plans.versions("main", "forecasts")),
    ("rosters", {P, S, L}, lambda d: d.service.plans.versions("main", "rosters")),
    ("publish", {S}, lambda d: d.service.plans.publish_named("main", "none", version=1)),
    ("withdraw", {S}, lambda d: d.service.plans.withdraw_named("main", "none", version=1)),
    ("roll back", {S}, lambda d: d.service.plans.roll_back("main", AT.date())),
    ("own shifts", {G}, lambda d: d.service.plans.own_shifts("main", AT.date())),
    ("export", {P, S, L}, lambda d: d.service.exports.file("main", 1, "csv")),
    ("bundle in", {P, S}, lambda d: d.service.exports.take_bundle("main", "n", b"no zip")),
    ("read targets", FIGURES, lambda d: d.service.targets.all("main")),
    ("set target", {P}, lambda d: d.service.targets.set("main", "t", KpiTarget("no kpi"))),
    ("drop target", {P}, lambda d: d.service.targets.drop("main", "t", version=1)),
    ("feed", {S}, lambda d: d.service.keys.feed("main", "nobody")),
    ("audit", set(), lambda d: d.service.audit("main")),
    ("keeper", set(), lambda d: d.service.keeper()),
    ("users", set(), lambda d: d.service.users.all()),
    ("add user", set(), lambda d: d.service.users.add(" ")),
    ("give role", set(), lambda d: d.service.users.give("nobody", "planner")),
]  # fmt: skip
EVERYONE = (P, S, L, A, G, V, "admin")


@pytest.fixture(scope="module")
def peopled(tmp_path_factory):
    """Return the address of a store whose users are called as their roles."""
    path = tmp_path_factory.mktemp("people") / "store.sqlite"
    store = open_store(str(path))
    store.records.save("sites", {"key": "main", "timezone": "UTC"}, by="set-up")
    store.records.save("people", {"site": "main", "key": "p1"}, by="set-up")
    users = Service(store, access.local("root")).users
    users.add("admin")
    admin = Service(store, sign_in_locally(store, "admin")).users
    for role in (P, S, L, A, G, V):
        admin.add(role, person="p1" if role == G else None)
        admin.give(role, role, "main")
    yield store
    store.close()


@pytest.fixture
def at_work(peopled, tmp_path, monkeypatch):
    """Return a function that sits somebody down at the store."""
    monkeypatch.setenv("WFM_DATABASE_URL", f"sqlite:///{peopled.database.path}")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(wiring, "store", lambda: peopled)
    wiring.app.cache_clear()

    def sit(user):
        monkeypatch.setenv("WFM_USER", user)
        return Desk(peopled, user, tmp_path)

    yield sit
    wiring.app.cache_clear()


def allowed(ask, desk):
    try:
        ask(desk)
    except NotAllowed as error:
        told = str(error)
        assert told.startswith(f"access: {desk.user!r}")
        assert "nothing was done" in told
        return False
    except (BadInput, AttributeError, KeyError, TypeError, OSError):
        pass  # it was let in, and what it asked for is not there
    return True


@pytest.mark.parametrize(
    ("name", "who", "ask"), [*APP, *PDCA, *SERVICE], ids=lambda value: str(value)[:20]
)
def test_a_use_case_is_for_those_roles_only(at_work, name, who, ask):
    let_in = {role for role in EVERYONE if allowed(ask, at_work(role))}
    assert let_in == who | {"admin"}


def test_somebody_the_store_does_not_know_may_do_nothing(at_work):
    for _, _, ask in (*APP, *PDCA, *SERVICE):
        assert not allowed(ask, at_work("stranger"))


def test_every_permission_stands_in_the_table():
    """The table above would not notice a permission that no use case asks for."""
    asked = {"agents:read", "actuals:read", "actuals:write", "plans:read", "plans:make",
             "forecasts:write", "rosters:read", "rosters:write", "rosters:publish", "kpis:read",
             "targets:write", "cycles:read", "cycles:write", "cycles:sign", "own:read",
             "feeds:write", "audit:read", "store:keep", "users:write"}  # fmt: skip
    assert set(access.PERMISSIONS) - asked == {"kpis:write"}


def test_nobody_acts_under_another_name_or_role(at_work):
    lead = at_work(L)
    with pytest.raises(NotAllowed, match="'lead' is at work here and cannot act as 'ann'"):
        lead.improving.open("Fewer redials", by=Actor("ann", L), at=AT)
    with pytest.raises(NotAllowed, match="'lead' is not planner for site 'main' but lead"):
        lead.improving.open("Fewer redials", by=Actor(L, P), at=AT)
    planner = at_work(P)
    with pytest.raises(NotAllowed, match="cannot act as 'admin'"):
        planner.forecasting.override_plan(NOWHERE, by="admin")


def test_an_owner_does_not_sign_the_own_check_under_another_name(at_work):
    made = at_work(L).improving.open("Shorter waits", by=Actor(L, L), at=AT)
    assert made.owner == L
    with pytest.raises(NotAllowed, match="cannot act as 'analyst'"):
        at_work(L).improving.sign(made.id, by=Actor(A, A), goal_reached="y", problems="n",
                                  new_phenomena="n")  # fmt: skip


def test_a_role_at_one_site_is_none_at_another(peopled):
    peopled.records.save("sites", {"key": "paris", "timezone": "UTC"}, by="set-up")
    planner = Service(peopled, sign_in_locally(peopled, P))
    with pytest.raises(NotAllowed, match="no permission 'actuals:write' for site 'paris'"):
        planner.importing.take("paris", "x.csv", CSV)


def test_figures_by_person_are_for_fewer_than_figures_by_queue(at_work, demo_actuals):
    key, where = "aht_s", "agent"
    viewer, lead = at_work(V), None
    assert len(viewer.measuring.kpi(demo_actuals, key, by=["queue"]))
    for ask in (
        lambda use: use.kpi(demo_actuals, key, by=[where]),
        lambda use: use.compare(demo_actuals, key, unit=where),
        lambda use: use.card(demo_actuals, demo_actuals.agents["agent"].iloc[0]),
        lambda use: use.chart(demo_actuals, key, where={where: "x"}),
    ):
        with pytest.raises(NotAllowed, match="agents:read"):
            ask(at_work(V).measuring)
    lead = at_work(L)
    assert len(lead.measuring.kpi(demo_actuals, key, by=[where])) > 1


def test_who_may_not_read_rosters_gets_the_plan_without_one(at_work, peopled):
    from tests.adapters.store.made_plans import small

    peopled.plans.save(small(), "week 8", by="set-up", site="main")
    assert at_work(V).app.open_plan("week 8").roster is None
    whole = at_work(L).app.open_plan("week 8")
    assert whole.roster is not None
    with pytest.raises(NotAllowed):
        at_work(V).rostering.locks(whole)


def test_a_store_without_users_is_a_single_persons(tmp_path, monkeypatch):
    store = open_store(str(tmp_path / "own.sqlite"))
    caller = sign_in_locally(store, "whoever")
    assert caller.alone
    assert all(caller.may(permission, None) for permission in access.PERMISSIONS)
    caller.sign("somebody else")
    caller.act_as("planner", "main")
    store.close()


def test_plan_folders_ask_for_no_role(tmp_path):
    assert wiring.improving(tmp_path / "cycles").gate.who().alone
    assert Improving.__dataclass_fields__["gate"].default is access.OPEN


def test_the_first_user_is_admin_and_the_last_admin_stays(tmp_path):
    store = open_store(str(tmp_path / "own.sqlite"))
    owner = Service(store, sign_in_locally(store, "ann"))
    first = owner.users.add("ann")
    assert [(g.role, g.site) for g in first.grants] == [("admin", None)]
    with pytest.raises(NotAllowed):
        Service(store, sign_in_locally(store, "bob")).users.all()
    ann = Service(store, sign_in_locally(store, "ann")).users
    assert ann.add("bob").grants == ()
    for ask in (lambda: ann.take("ann", "admin"), lambda: ann.disable("ann")):
        with pytest.raises(BadInput, match="last admin"):
            ask()
    ann.give("bob", "admin")
    ann.give("bob", "admin")
    assert len(ann.all()[1].grants) == 1
    assert ann.take("ann", "admin").grants == ()
    bob = Service(store, sign_in_locally(store, "bob")).users
    with pytest.raises(BadInput, match="no role"):
        bob.take("ann", "planner")
    with pytest.raises(BadInput, match="there is no role 'king'"):
        bob.give("ann", "king")
    actions = [(e.kind, e.action, e.by) for e in store.audit.entries(kind="roles")]
    assert actions == [("roles", "created", "ann"), ("roles", "created", "ann"),
                       ("roles", "removed", "ann")]  # fmt: skip
    store.close()


def test_a_disabled_user_may_do_nothing_until_let_in_again(peopled):
    admin = Service(peopled, sign_in_locally(peopled, "admin")).users
    admin.disable(V)
    assert not sign_in_locally(peopled, V).grants
    assert admin.disable(V, on=False).grants
    assert sign_in_locally(peopled, V).may("plans:read", "main")


def test_a_target_is_set_once_and_changed_by_version(peopled):
    planner = Service(peopled, sign_in_locally(peopled, P)).targets
    goal = KpiTarget("service_level", value=0.8, direction="up", deadline=dt.date(2026, 9, 1))
    made = planner.set("main", "voice", goal, reason="the board's")
    assert planner.all("main")[0].values["content"]["deadline"] == "2026-09-01"
    again = planner.set("main", "voice", goal, version=made.version)
    with pytest.raises(BadInput, match="version"):
        planner.set("main", "voice", goal, version=made.version)
    planner.drop("main", "voice", version=again.version)
    assert planner.all("main") == ()
