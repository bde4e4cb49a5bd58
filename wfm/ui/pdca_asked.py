"""Which KPI of which group is a cycle's plan about, and what is usual of it?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import streamlit as st

from wfm import scoretree
from wfm.errors import BadInput
from wfm.pdca import Cycle, Group
from wfm.ui import measured
from wfm.ui.cycles import Desk
from wfm.ui.i18n import plain, t
from wfm.ui.kpi_people import about
from wfm.ui.views import kpi, pdca

_COLUMNS = ("team", "queue")


@dataclass(frozen=True)
class Asked:
    """What is chosen above the form, because the form depends on it."""

    key: str
    group: Group
    usual: float


def choose(desk: Desk, cycle: Cycle) -> Asked | None:
    """Draw KPI and group, and what is usual of them."""
    made, old = desk.actuals, cycle.proposal
    assert made is not None
    keys = kpi.computable(made)
    wanted = cycle.origin.key if old is None else old.target.key
    one, two, three, four = st.columns([3, 2, 2, 3])
    name = cycle.id
    with one:
        key = st.selectbox(
            t("pdca.plan.kpi"), keys, index=keys.index(wanted) if wanted in keys else 0,
            format_func=kpi.name, key=f"pdca_plan_kpi_{name}",
        )  # fmt: skip
    choices = scoretree.METHODS.get(key, {})
    columns = ["", *(c for c in _COLUMNS if made.has(key, [c], **choices))]
    seen = _seen(cycle, made, key, columns)
    with two:
        column = st.selectbox(
            t("pdca.plan.column"), columns, index=columns.index(seen.column),
            format_func=lambda c: t(f"pdca.plan.by.{c}" if c else "pdca.plan.everybody"),
            key=f"pdca_plan_column_{name}_{key}",
        )  # fmt: skip
    group, where = Group(), {}
    if column:
        values = _values(made, key, column)
        first = list(seen.treated) if column == seen.column else []
        with three:
            treated = st.multiselect(t("pdca.plan.treated"), values, first,
                                     key=f"pdca_plan_treated_{name}_{key}_{column}")  # fmt: skip
        rest = [value for value in values if value not in treated]
        # A changed treated group brings a fresh widget: its options are others.
        tail = "_".join(treated)
        same = old is not None and old.group.column == column
        first = rest if column == "team" else []
        kept = [v for v in old.group.comparison if v in rest] if same and old else first
        with four:
            untouched = st.multiselect(t("pdca.plan.comparison"), rest, kept,
                                       key=f"pdca_other_{name}_{key}_{column}_{tail}")  # fmt: skip
        if not treated:
            st.info(t("pdca.plan.treated.none"))
            return None
        group = Group(column, tuple(treated), tuple(untouched))
        where = {column: treated[0]} if len(treated) == 1 else {}
    st.caption(t("pdca.plan.comparison.note" if group.comparison else "pdca.plan.its.note"))
    try:
        charted = measured.ask(made, "chart", key, where=where, **choices)
        usual = float(charted.centre)
    except BadInput:
        usual = math.nan
    st.markdown(t("pdca.plan.usual", value=pdca.value(usual, key), formula=plain(about(key))))
    return Asked(key, group, usual)


def _seen(cycle: Cycle, made: Any, key: str, columns: list[str]) -> Group:
    """Return the group saved, else the one the origin's text names."""
    old = cycle.proposal
    if old is not None and old.target.key == key and old.group.column in columns:
        return old.group
    for column in filter(None, columns):
        text = f" {cycle.origin.text}"
        named = [v for v in _values(made, key, column) if f" {v}:" in text or f" {v}," in text]
        if named:
            return Group(column, tuple(named))
    return Group()


def _values(made: Any, key: str, column: str) -> list[str]:
    table = made.tables[made.for_kpi(key, [column], **scoretree.METHODS.get(key, {}))]
    return sorted(map(str, table[column].unique()))
