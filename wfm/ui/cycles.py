"""Which improvement cycles does this screen show, and as whom and on which day does one act?

Names and roles are believed, as on the command line. Where the actuals end long ago (the demo
centre), the day on screen is the one after them, so that a cycle can be walked through; every
entry dated so says when it was really made.
"""

from __future__ import annotations

import datetime as dt
import getpass
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from wfm.adapters import cycle_folder
from wfm.errors import BadInput
from wfm.pdca import Actor, Cycle, Role
from wfm.pdca.causes import allowed
from wfm.timegrid import zone
from wfm.ui import measured
from wfm.ui.i18n import day_text, plain, t
from wfm.ui.session import folder
from wfm.ui.views import kpi

if TYPE_CHECKING:
    import pandas as pd

    from wfm.actuals import Actuals
    from wfm.improving import Improving
    from wfm.plan import Plan

_STALE_DAYS = 60
_CHOSEN = "cycle"
_TOLD = "pdca_told"
# The one record of who acts: an agent or viewer only reads.
ROLES = tuple(Role)


@dataclass(frozen=True)
class Desk:
    """Who acts, when, and what is known by then.

    Attributes
    ----------
    name, role : str
    day : date
    plan : Plan
    actuals : Actuals or None
        Up to `day`.
    """

    name: str
    role: str
    day: dt.date
    plan: Plan
    actuals: Actuals | None

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """What happened up to `day`; BadInput where there is nothing."""
        if self.actuals is None:
            raise BadInput(t("pdca.none"))
        return self.actuals.tables

    @property
    def by(self) -> Actor:
        """The actor; BadInput without a name."""
        if not self.name.strip():
            raise BadInput(t("pdca.me.missing"))
        return Actor(self.name.strip(), Role(self.role))

    @property
    def at(self) -> dt.datetime | None:
        """The moment of an entry; None is now, and of another day it is the end.

        Whatever stands on that day already comes before it, at any hour of today.
        """
        site = zone(self.plan.scenario.timezone)
        if self.day == dt.datetime.now(site).date():
            return None
        return dt.datetime.combine(self.day, dt.time(23, 59), site)

    def why_not(self, what: str) -> str:
        """Return why the role may not do `what`; empty where it may."""
        try:
            allowed(Actor(self.name.strip() or "-", Role(self.role)), what)
        except BadInput as error:
            return sentence(error)
        return ""


def place() -> Path:
    """Return the folder of the cycles: ``WFM_CYCLES``, else ``cycles`` in the plan folder."""
    given = os.environ.get("WFM_CYCLES")
    return Path(given) if given else cycle_folder.place(folder())


def use() -> Improving:
    """Return the use cases of cycles."""
    from wfm import wiring

    return wiring.improving(place())


def chosen() -> str | None:
    """Return the id of the cycle on screen, None for the board."""
    found = st.query_params.get(_CHOSEN)
    return str(found) if found else None


def choose(cycle_id: str | None) -> None:
    """Show a cycle, or the board."""
    if cycle_id is None:
        st.query_params.clear()
    else:
        st.query_params[_CHOSEN] = cycle_id


def sentence(error: BadInput) -> str:
    """Return a refusal as a sentence for people: without the name of the module that refused."""
    text = str(error).removeprefix("pdca: ")
    return text[:1].upper() + text[1:]


def act(change: Callable[[], Cycle], told: str) -> None:
    """Do what a person asked for and draw anew; a refusal is shown where it was asked."""
    try:
        made = change()
    except BadInput as error:
        st.error(t("pdca.refused"))
        st.text(sentence(error))
        return
    st.session_state[_TOLD] = t(told)
    choose(made.id)
    st.rerun()


def tell() -> None:
    """Say what was done last, once."""
    told = st.session_state.pop(_TOLD, None)
    if told:
        st.success(told)


def button(desk: Desk, label: str, what: str, *, key: str, primary: bool = False,
           off: bool = False) -> bool:  # fmt: skip
    """Draw a button for `what`; where the role may not, it is off and says whom to ask."""
    refused = desk.why_not(what)
    return st.button(
        label, key=key, type="primary" if primary else "secondary", disabled=bool(refused) or off,
        help=plain(refused) if refused else None,
    )  # fmt: skip


def submit(desk: Desk, label: str, what: str, *, key: str, primary: bool = True) -> bool:
    """Draw the button of a form, as `button`."""
    refused = desk.why_not(what)
    return st.form_submit_button(
        label, key=key, type="primary" if primary else "secondary", disabled=bool(refused),
        help=plain(refused) if refused else None,
    )  # fmt: skip


def desk(plan: Plan) -> Desk:
    """Draw who acts and when; return it with what is known by then."""
    made = measured.actuals()
    today = dt.datetime.now(zone(plan.scenario.timezone)).date()
    first = today
    if made is not None:
        last = kpi.span(made)[1]
        if (today - last).days > _STALE_DAYS:
            entries = [cycle.history[-1].at.date() for cycle in use().cycles()]
            first = min(today, max([last + dt.timedelta(days=1), *entries]))
    kept: dict[str, Any] = st.session_state.setdefault(
        "pdca_me", {"name": _user(), "role": str(_role()), "day": first}
    )
    for name in ("name", "role", "day"):
        # A widget's own state is dropped on another page; what it said is kept here.
        kept[name] = st.session_state.setdefault(f"pdca_me_{name}", kept[name])
    label = t("pdca.me", name=plain(kept["name"]) or "–", role=kept["role"],
              day=day_text(kept["day"]))  # fmt: skip
    with st.popover(label, icon=":material/person:"):
        st.text_input(t("pdca.me.name"), key="pdca_me_name")
        st.selectbox(
            t("pdca.me.role"), ROLES, key="pdca_me_role",
            format_func=lambda role: t(f"pdca.role.{role}"),
        )  # fmt: skip
        st.date_input(t("pdca.me.day"), format="YYYY-MM-DD", key="pdca_me_day")
        st.caption(t("pdca.me.note"))
    if kept["day"] != today:
        st.caption(t("pdca.me.dated", day=day_text(kept["day"])))
    return Desk(kept["name"], str(kept["role"]), kept["day"], plan, _known(made, kept["day"]))


def _role() -> Role:
    """Return the role somebody acts in at first: his own, where the store has users."""
    caller = use().gate.who()
    mine = [grant.role for grant in caller.grants if not caller.alone]
    return next((role for role in ROLES if role in mine), Role.LEAD)


def _user() -> str:
    try:
        return os.environ.get("WFM_USER") or getpass.getuser()
    except (KeyError, OSError, ImportError):
        return ""


def _known(made: Actuals | None, day: dt.date) -> Actuals | None:
    if made is None or kpi.span(made)[1] <= day:
        return made
    return _until(str(folder()), measured.stamp(), day.isoformat(), made)


@st.cache_resource(max_entries=4, show_spinner=False)
def _until(place: str, stamp: str, day: str, _made: Actuals) -> Actuals:
    """Return the actuals up to `day`."""
    return _made.between(last=day)


@st.cache_resource(max_entries=64, show_spinner=False)
def _tried(place: str, stamp: str, cycle_stamp: str, day: str, _ask: Callable[[], Any]) -> Any:
    return _ask()


def tried(desk: Desk, cycle: Cycle, facts: Any) -> Any:
    """Return what locking would fix and what speaks against it, asked once."""
    improving = use()
    key = f"{cycle.id} {improving.store.stamp(cycle.id)} {facts!r}"
    return _tried(str(place()), measured.stamp(), key, desk.day.isoformat(),
                  lambda: improving.try_plan(cycle.id, desk.tables, facts))  # fmt: skip
