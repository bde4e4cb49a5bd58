"""What speaks against a cycle's plan, and may it be locked?"""

from __future__ import annotations

from typing import Any

import streamlit as st

from wfm.errors import BadInput
from wfm.kpi.targets import Facts
from wfm.pdca import Cycle, Proposal
from wfm.ui import cycles
from wfm.ui.cycles import Desk
from wfm.ui.i18n import day_text, number, percent, t
from wfm.ui.views import pdca


def draw(desk: Desk, cycle: Cycle) -> None:
    """Draw the test the plan needs and what speaks against it; lock where nothing does."""
    st.subheader(t("pdca.against"))
    plan = cycle.proposal
    assert plan is not None
    facts = _facts(desk, cycle)
    try:
        tried = cycles.tried(desk, cycle, facts)
    except BadInput as error:
        st.warning(t("pdca.against.untested"))
        for text in (cycles.sentence(error), *plan.gaps):
            st.markdown(f"- {pdca.lettered(text)}")
        return
    bad = [f for f in tried.review.findings if f.severity != "warning"]
    count = len(bad) + len(tried.gaps)
    late = desk.day >= plan.begins
    if tried.ready and not late:
        st.success(t("pdca.against.nothing", day=day_text(plan.begins)))
    elif late:
        st.warning(t("pdca.against.late", day=day_text(plan.begins)))
    else:
        st.warning(t("pdca.against.count", count=count))
    for gap in tried.gaps:
        st.markdown(f"- {pdca.lettered(gap)}")
    _test(tried, plan)
    if cycles.button(desk, t("pdca.lock"), "lock", key="pdca_lock", primary=True,
                     off=late or not tried.ready):  # fmt: skip
        cycles.act(lambda: cycles.use().lock(cycle.id, desk.tables, by=desk.by, at=desk.at,
                                             facts=facts), "pdca.locked")  # fmt: skip
    st.caption(t("pdca.lock.note"))


def _test(tried: Any, plan: Proposal) -> None:
    test = tried.design
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.markdown(f"**{t('pdca.against.validator')}**")
        st.dataframe(pdca.rule_table(tried.review), hide_index=True, width="stretch",
                     height="content")  # fmt: skip
    with right:
        st.markdown(t(
            "pdca.test", method=t(f"pdca.method.{test.method}"), weeks=test.weeks,
            day=day_text(plan.begins), more=test.sustain_weeks, needed=number(test.needed_n),
            expected=number(test.expected_n), power=percent(test.power),
        ))  # fmt: skip
        st.markdown(t("pdca.test.baseline", value=pdca.value(test.baseline, plan.target.key),
                      weeks=test.baseline_weeks, day=day_text(test.baseline_until)))  # fmt: skip
        st.markdown(f"**{t('pdca.risks')}**")
        st.dataframe(pdca.risk_table(test), hide_index=True, width="stretch")
        for note in test.notes:
            st.caption(pdca.lettered(note))


def _facts(desk: Desk, cycle: Cycle) -> Facts:
    """Return what the validator cannot read off the actuals; ask for people where it needs them."""
    assert cycle.proposal is not None
    key, summary = cycle.proposal.target.key, desk.plan.summary
    if key == "wape":
        return Facts(noise_floor=float(summary.noise_floor))
    if key != "service_level":
        return Facts()
    left, right = st.columns(2)
    with left:
        needed = st.number_input(t("pdca.plan.required"), value=None, min_value=0.0,
                                 key=f"pdca_required_{cycle.id}")  # fmt: skip
    with right:
        budget = st.number_input(t("pdca.plan.budget"), value=float(len(desk.plan.scenario.people)),
                                 min_value=0.0, key=f"pdca_budget_{cycle.id}")  # fmt: skip
    return Facts(required_fte=needed, budget_fte=budget)
