"""Run a page without a server, on a plan of our own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import wfm
from wfm import wiring as real_wiring

from . import fakes


def _script(path: str) -> None:
    from wfm.ui import navigation

    navigation.draw(path)


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Iterator[Callable[..., AppTest]]:
    """Return ``show(path, app)``: the page at `path` drawn once for the fake `app`."""
    monkeypatch.setenv("WFM_PLAN", str(tmp_path))
    st.cache_resource.clear()

    def run(path: str, app: fakes.FakeApp) -> AppTest:
        wiring = ModuleType("wfm.wiring")
        wiring.app = lambda: app
        wiring.improving = real_wiring.improving
        monkeypatch.setitem(sys.modules, "wfm.wiring", wiring)
        monkeypatch.setattr(wfm, "wiring", wiring, raising=False)
        return AppTest.from_function(_script, args=(path,), default_timeout=30).run()

    yield run
    st.cache_resource.clear()


@pytest.fixture(scope="session")
def plan() -> fakes.FakePlan:
    return fakes.plan()
