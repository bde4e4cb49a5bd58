"""How is a cycle's plan written down: goal, actions, counter-metric, doubts?"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import streamlit as st

from wfm import kpi as kpis
from wfm import scoretree
from wfm.alerts import stored
from wfm.kpi import catalogue, tree
from wfm.kpi.targets import KpiTarget
from wfm.pdca import Action, Cause, Cycle, Doubt, Group, Proposal
from wfm.pdca.causes import ACTION_TYPES
from wfm.ui import cycles
from wfm.ui.cycles import Desk
from wfm.ui.i18n import t
from wfm.ui.pdca_asked import Asked
from wfm.ui.views import kpi, pdca

_LEVELS = ("centre", "team")
_ROWS = 3
_WEEKS_AHEAD = 20


def draw(desk: Desk, cycle: Cycle, asked: Asked) -> None:
    """Draw the form; save the plan when it is sent."""
    with st.form(f"pdca_plan_{cycle.id}_{asked.key}"):
        fields = _goal(desk, cycle, asked)
        actions = _actions(desk, cycle, fields)
        _guard(cycle, asked, fields)
        doubts = _doubts(cycle)
        sent = cycles.submit(desk, t("pdca.plan.save"), "plan", key="pdca_plan_save")
    if sent:
        cycles.act(
            lambda: cycles.use().plan(
                cycle.id, _proposal(desk, cycle, asked, fields=fields, actions=actions(),
                                    doubts=doubts),
                by=desk.by, at=desk.at,
            ),
            "pdca.planned",
        )  # fmt: skip


def _goal(desk: Desk, cycle: Cycle, asked: Asked) -> dict[str, Any]:
    """Draw target, expectation and dates."""
    old, key = cycle.proposal, asked.key
    same = old is not None and old.target.key == key
    scale = 100 if pdca.share(key) else 1
    percent = scale == 100

    def shown(value: float | None) -> float | None:
        return None if value is None or not math.isfinite(value) else round(scale * value, 4)

    st.markdown(f"**{t('pdca.plan.1')}**")
    one, two, three, four, five = st.columns(5)
    fields: dict[str, Any] = {"scale": scale}
    with one:
        fields["value"] = st.number_input(
            t("pdca.plan.target.percent") if percent else t("pdca.plan.target"),
            value=shown(old.target.value) if same and old else None,
            help=t("pdca.plan.target.help"), placeholder=pdca.value(asked.usual, key),
            key=f"pdca_plan_target_{cycle.id}_{key}", format="%g",
        )  # fmt: skip
    with two:
        fields["expected"] = st.number_input(
            t("pdca.plan.expected.percent") if percent else t("pdca.plan.expected"),
            value=shown(old.expected) if same and old else None,
            key=f"pdca_plan_expected_{cycle.id}_{key}", format="%g",
        )  # fmt: skip
    first = desk.day + dt.timedelta(days=7 - desk.day.weekday())
    with three:
        fields["begins"] = st.date_input(
            t("pdca.plan.begins"), old.begins if old else first, format="YYYY-MM-DD",
            key=f"pdca_plan_begins_{cycle.id}",
        )  # fmt: skip
    with four:
        last = old.target.deadline if old and old.target.deadline else None
        fields["deadline"] = st.date_input(
            t("pdca.plan.deadline"), last or first + dt.timedelta(weeks=_WEEKS_AHEAD),
            format="YYYY-MM-DD", key=f"pdca_plan_deadline_{cycle.id}",
        )  # fmt: skip
    with five:
        review = old.target.review_days if old and old.target.review_days else 28
        fields["review_days"] = st.number_input(t("pdca.plan.review"), 1, 365, review,
                                                key=f"pdca_plan_review_{cycle.id}")  # fmt: skip
    return fields


def _actions(desk: Desk, cycle: Cycle, fields: dict[str, Any]) -> Any:
    """Draw hypothesis and actions; return what makes the actions of the rows that say something."""
    old = cycle.proposal
    st.markdown(f"**{t('pdca.plan.2')}**")
    fields["hypothesis"] = st.text_area(
        t("pdca.plan.hypothesis"), old.hypothesis if old else "", height=80,
        placeholder=t("pdca.plan.hypothesis.hint"), key=f"pdca_plan_hypothesis_{cycle.id}",
    )  # fmt: skip
    saved = old.actions if old else ()
    rows = []
    for i in range(max(_ROWS, len(saved) + 1)):
        kept = saved[i] if i < len(saved) else None
        name = f"pdca_plan_action_{cycle.id}_{i}"
        one, two, three, four = st.columns([5, 2, 2, 2])
        with one:
            text = st.text_input(t("pdca.plan.action", number=i + 1), kept.text if kept else "",
                                 key=name)  # fmt: skip
        with two:
            kind = st.selectbox(
                t("pdca.plan.action.kind"), ACTION_TYPES, key=f"{name}_kind",
                index=ACTION_TYPES.index(kept.kind) if kept else 1,
                format_func=lambda k: t(f"pdca.kind.{k}"),
            )  # fmt: skip
        with three:
            owner = st.text_input(t("pdca.plan.action.owner"), kept.owner if kept else cycle.owner,
                                  key=f"{name}_owner")  # fmt: skip
        with four:
            due = st.date_input(t("pdca.plan.action.due"), kept.due if kept else None,
                                format="YYYY-MM-DD", key=f"{name}_due")  # fmt: skip
        rows.append((text, kind, owner, due))
    return lambda: [Action(text, kind, owner, due) for text, kind, owner, due in rows
                    if text.strip()]  # fmt: skip


def _guard(cycle: Cycle, asked: Asked, fields: dict[str, Any]) -> None:
    """Draw the counter-metric, and where the target stands."""
    old = cycle.proposal
    st.markdown(f"**{t('pdca.plan.3')}**")
    listed = list(catalogue.find(asked.key).counters)
    others = [item.key for item in catalogue.kpis() if item.key not in {asked.key, *listed}]
    counters = [*listed, *others]
    wanted = old.target.counter if old else None
    one, two, three, four, five = st.columns(5)
    with one:
        counter = st.selectbox(
            t("pdca.plan.counter"), counters, format_func=kpi.name,
            index=counters.index(wanted) if wanted in counters else 0,
            key=f"pdca_plan_counter_{cycle.id}_{asked.key}",
        )  # fmt: skip
    margin = old.target.counter_margin if old and old.target.counter == wanted else None
    scale = 100 if counter and pdca.share(counter) else 1
    with two:
        given = st.number_input(
            t("pdca.plan.margin"), value=None if margin is None else round(scale * margin, 4),
            min_value=0.0, key=f"pdca_plan_margin_{cycle.id}_{asked.key}", format="%g",
            help=t("pdca.plan.margin.help"),
        )  # fmt: skip
    with three:
        fields["role"] = st.text_input(t("pdca.plan.role"), old.target.role if old else "lead",
                                       key=f"pdca_plan_role_{cycle.id}")  # fmt: skip
    with four:
        names = {node.id: node.name_en for node in tree.default_tree().nodes}
        parent = old.target.parent if old else None
        fields["parent"] = st.selectbox(
            t("pdca.plan.parent"), list(names), format_func=names.__getitem__,
            index=list(names).index(parent) if parent in names else 0,
            key=f"pdca_plan_parent_{cycle.id}",
        )  # fmt: skip
    with five:
        fields["signed"] = st.multiselect(
            t("pdca.plan.signed"), _LEVELS, [s for s in _LEVELS if old and s in old.target.signed],
            format_func=lambda level: t(f"pdca.plan.signed.{level}"),
            key=f"pdca_plan_signed_{cycle.id}",
        )  # fmt: skip
    left, right = st.columns(2)
    with left:
        fields["season_reason"] = st.text_input(
            t("pdca.plan.season"), old.season_reason if old else "",
            help=t("pdca.plan.season.help"), key=f"pdca_plan_season_{cycle.id}",
        )  # fmt: skip
    with right:
        fields["instability"] = st.text_input(
            t("pdca.plan.instability"), old.instability if old else "",
            help=t("pdca.plan.instability.help"), key=f"pdca_plan_calm_{cycle.id}",
        )  # fmt: skip
    fields["counter"] = counter
    fields["counter_margin"] = None if given is None else float(given) / scale


def _doubts(cycle: Cycle) -> tuple[Doubt, ...]:
    """Draw the pre-mortem: the seven causes, which of them is feared, what is done against it."""
    saved = {d.cause: d for d in cycle.proposal.doubts} if cycle.proposal else {}
    st.markdown(f"**{t('pdca.plan.4')}**")
    out = []
    for cause in Cause:
        kept = saved.get(cause, Doubt(cause))
        left, right = st.columns([2, 3], vertical_alignment="center")
        with left:
            likely = st.checkbox(pdca.cause_text(cause), kept.likely,
                                 key=f"pdca_plan_{cause}_{cycle.id}")  # fmt: skip
        with right:
            answer = st.text_input(
                t("pdca.plan.doubt"), kept.answer, label_visibility="collapsed",
                placeholder=t("pdca.plan.doubt.hint"), key=f"pdca_plan_{cause}_text_{cycle.id}",
            )  # fmt: skip
        out.append(Doubt(cause, likely, answer))
    return tuple(out)


def _proposal(
    desk: Desk, cycle: Cycle, asked: Asked, *, fields: dict[str, Any], actions: list[Action],
    doubts: tuple[Doubt, ...],
) -> Proposal:  # fmt: skip
    """Return the plan as the form says it; what is left empty stays so, to be named as missing."""
    direction = catalogue.find(asked.key).direction
    scale, value, expected = fields["scale"], fields["value"], fields["expected"]
    if direction == "band":
        # Inside a band it is the expectation that says which way is better.
        direction = "down" if value is not None and value / scale < asked.usual else "up"
    counter = fields["counter"]
    target = KpiTarget(
        asked.key, value=None if value is None else value / scale, direction=direction,
        definition=kpis.definition(asked.key, **_choices(desk, asked.key, asked.group)),
        baseline_until=fields["begins"] - dt.timedelta(days=1), deadline=fields["deadline"],
        review_days=int(fields["review_days"]), owner=cycle.owner, source=t("pdca.plan.source"),
        role=fields["role"], counter=counter, counter_margin=fields["counter_margin"],
        parent=fields["parent"], signed=tuple(fields["signed"]),
    )  # fmt: skip
    reason = fields["season_reason"]
    return Proposal(
        target, expected=math.nan if expected is None else expected / scale,
        begins=fields["begins"], hypothesis=fields["hypothesis"], actions=tuple(actions),
        group=asked.group, doubts=doubts, season=not reason.strip(), season_reason=reason,
        counter_definition=None if counter is None else kpis.definition(
            counter, **_choices(desk, counter, asked.group)),
        instability=fields["instability"],
    )  # fmt: skip


def _choices(desk: Desk, key: str, group: Group) -> dict[str, Any]:
    """Return the definition's parts: those these actuals can carry, and their waiting time."""
    made, choices = desk.actuals, scoretree.METHODS.get(key, {})
    by = [group.column] if group.column else []
    if made is None or not made.has(key, by, **choices):
        return dict(choices)
    table = made.tables[made.for_kpi(key, by, **choices)]
    if group.column:
        table = table[table[group.column].astype(str).isin(group.treated)]
    return stored(key, table, choices)
