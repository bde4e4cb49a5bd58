"""The pages draw a plan that is in the store, on either database, by one setting."""

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.adapters.store.made_plans import small
from wfm import wiring
from wfm.ui.navigation import PATHS


def _script(path):
    from wfm.ui import navigation

    navigation.draw(path)


@pytest.fixture
def place(url, tmp_path, monkeypatch):
    monkeypatch.setenv("WFM_DATABASE_URL", url)
    monkeypatch.setenv("WFM_PLAN", str(tmp_path / "plan"))
    for kept in (wiring.app, wiring.store):
        kept.cache_clear()
    st.cache_resource.clear()
    wiring.app().ports.save_plan(small(), tmp_path / "plan")
    yield tmp_path / "plan"
    wiring.store().close()
    for kept in (wiring.app, wiring.store):
        kept.cache_clear()
    st.cache_resource.clear()


@pytest.mark.slow
def test_every_page_draws_a_plan_of_the_store(place):
    for path in PATHS:
        page = AppTest.from_function(_script, args=(path,), default_timeout=60).run()
        assert not page.exception
        assert not page.error
        assert any(small().id in item.value for item in page.caption), path
    assert not (place / "plan.json").exists()
