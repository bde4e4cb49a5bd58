"""What happened, as this screen shows it: read once, asked once, kept until the files change."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING, Any

import streamlit as st

from wfm.ui.session import app, folder
from wfm.ui.views import kpi

if TYPE_CHECKING:
    from wfm.actuals import Actuals
    from wfm.plan import Plan


@st.cache_resource(max_entries=4, show_spinner=False)
def _open(place: str, stamp: str) -> Actuals:
    """Read the actuals; `stamp` is part of the key, so that changed ones are read again."""
    return app().measuring.actuals(place)


@st.cache_resource(max_entries=64, show_spinner=False)
def _asked(name: str, place: str, stamp: str, key: str, _actuals: Any, _more: Any) -> Any:
    """Return what the use case `name` says, kept as long as the actuals; `key` says of what."""
    args, options = _more
    return getattr(app().measuring, name)(_actuals, *args, **options)


@st.cache_resource(show_spinner=False)
def _secret() -> str:
    return os.environ.get("WFM_MASK") or secrets.token_hex(16)


def secret() -> str:
    """Return the secret of the pseudonyms: ``WFM_MASK``, else one as long as the server runs."""
    return _secret()


def stamp() -> str:
    """Return a text that changes when the actuals do; empty when there are none."""
    found: str = app().measuring.stamp(folder())
    return found


def actuals() -> Actuals | None:
    """Return the actuals on screen, or None where the folder has none."""
    stamp = app().measuring.stamp(folder())
    return _open(str(folder()), stamp) if stamp else None


def ask(made: Actuals, name: str, /, *args: Any, **options: Any) -> Any:
    """Return what the use case `name` says of the actuals, or of their first days, asked once."""
    people = app().ports.gate.may("agents:read")
    key = repr((people, kpi.span(made), args, sorted(options.items(), key=lambda item: item[0])))
    return _asked(name, str(folder()), stamp(), key, made, (args, options))


def holidays(plan: Plan, made: Actuals) -> tuple[Any, ...]:
    """Return the holidays of the plan's country."""
    found: tuple[Any, ...] = app().measuring.holidays(plan, made)
    return found
