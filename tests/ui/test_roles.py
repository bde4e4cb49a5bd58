"""What do the pages show to a role that may not see or do everything?"""

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.adapters.store.made_plans import small
from wfm import access, wiring
from wfm.adapters.store import open_store
from wfm.service import Service
from wfm.service.service import sign_in_locally


def _script(path):
    from wfm.ui import navigation

    navigation.draw(path)


@pytest.fixture
def sit(tmp_path, monkeypatch):
    """Return a function that draws a page for a user of a store with users."""
    store = open_store(str(tmp_path / "store.sqlite"))
    store.plans.save(small(), "week 8", by="set-up")
    users = Service(store, access.local("root")).users
    users.add("admin")
    admin = Service(store, sign_in_locally(store, "admin")).users
    for role in ("viewer", "agent", "scheduler"):
        admin.add(role)
        admin.give(role, role, "main")
    monkeypatch.setenv("WFM_DATABASE_URL", f"sqlite:///{tmp_path / 'store.sqlite'}")
    monkeypatch.setenv("WFM_PLAN", str(tmp_path / "week 8"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(wiring, "store", lambda: store)
    wiring.app.cache_clear()
    st.cache_resource.clear()

    def draw(user, path):
        monkeypatch.setenv("WFM_USER", user)
        return AppTest.from_function(_script, args=(path,), default_timeout=60).run()

    yield draw
    store.close()
    wiring.app.cache_clear()
    st.cache_resource.clear()


def said(page):
    return " ".join(item.value for item in (*page.text, *page.error))


def test_a_viewer_sees_the_figures_and_no_roster(sit):
    home = sit("viewer", "home")
    assert not home.exception
    assert any(small().id in item.value for item in home.caption)
    whole = sit("scheduler", "roster")
    assert not whole.exception
    assert any(item.value for item in whole.caption if small().id in item.value)
    roster = sit("viewer", "roster")
    assert not roster.exception
    assert len(roster.get("download_button")) == 0 < len(whole.get("download_button"))


def test_an_agent_is_told_in_words_that_plans_are_not_for_him(sit):
    for path in ("home", "forecast", "roster", "kpi", "pdca"):
        page = sit("agent", path)
        assert not page.exception
        assert "'agent' has no permission" in said(page), path


def test_a_viewer_who_asks_for_a_roster_is_refused_in_words(sit):
    page = sit("viewer", "roster")
    next(b for b in page.button if b.key and "generate_go" in b.key).click().run()
    assert not page.exception
    assert "no permission 'rosters:write'" in said(page)
