"""KPI: what happened, what of it is no noise, and why did it change?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from wfm import scoretree
from wfm.ui import kpi_charts, kpi_people, measured, session
from wfm.ui.i18n import day_text, plain, signed, t
from wfm.ui.views import kpi

if TYPE_CHECKING:
    from wfm.actuals import Actuals
    from wfm.plan import Plan

VIEWS = ("signals", "tree", "chart", "change", "people", "card", "targets")


def page() -> None:
    """Draw the KPI page."""
    plan = session.current_plan()
    if plan is None:
        session.nothing_yet()
        return
    session.header(plan, t("kpi.title"))
    made = measured.actuals()
    if made is None:
        st.info(t("kpi.none"))
        return
    first, last = kpi.span(made)
    st.caption(t("kpi.span", first=day_text(first), last=day_text(last)))
    if made.notes:
        with st.expander(t("kpi.generated")):
            for note in made.notes:
                st.markdown(f"- {plain(note)}")
    view = st.segmented_control(
        t("kpi.view"),
        VIEWS,
        default=VIEWS[0],
        format_func=lambda name: t(f"kpi.view.{name}"),
        label_visibility="collapsed",
        required=True,
        key="kpi_view",
    )
    draw = {"signals": _signals, "tree": _tree, "chart": _chart, "change": _change,
            "people": kpi_people.people, "card": kpi_people.card,
            "targets": kpi_people.targets}  # fmt: skip
    session.guarded(draw[view or VIEWS[0]], refused="kpi.refused")(plan, made)


def _signals(plan: Plan, made: Actuals) -> None:
    """Draw spikes and chart signals, and the chart of one of them."""
    st.subheader(t("kpi.signals"))
    off = measured.holidays(plan, made)
    found = measured.ask(made, "alerts", holidays=off)
    for spike in found.spikes:
        st.warning(kpi.spike_text(spike))
    st.caption(t("kpi.signals.note"))
    if not found.alerts:
        st.write(t("kpi.signals.none"))
        return
    st.dataframe(kpi.alert_table(found.alerts), hide_index=True, width="stretch")
    at = st.selectbox(
        t("kpi.signals.look"),
        range(len(found.alerts)),
        format_func=lambda i: kpi.alert_label(found.alerts[i]),
        key="kpi_alert",
    )
    alert = found.alerts[at]
    _drawn(made, off, alert.key, dict(alert.where), every=alert.every)


def _tree(plan: Plan, made: Actuals) -> None:
    st.subheader(t("kpi.tree"))
    st.dataframe(
        kpi.tree_table(measured.ask(made, "tree")),
        hide_index=True,
        width="stretch",
        height="content",
    )
    st.caption(t("kpi.tree.note"))


def _chart(plan: Plan, made: Actuals) -> None:
    """Draw the control chart of any KPI, and how far its definitions spread."""
    left, right = st.columns([2, 1])
    with left:
        key = kpi_people.pick_kpi(kpi.computable(made))
    options = kpi.parts(made, key)
    with right:
        at = st.selectbox(
            t("kpi.pick.where"),
            range(len(options)),
            format_func=lambda i: kpi.where_text(options[i]),
            key=f"kpi_where_{key}",
        )
    where = options[at or 0]
    _drawn(made, measured.holidays(plan, made), key, where)
    choices = kpi_people.listed_choices(key)
    if choices:
        st.markdown(f"**{t('kpi.spread')}**")
        choice = choices[0]
        if len(choices) > 1:
            choice = st.selectbox(t("kpi.spread.choice"), choices, key=f"kpi_choice_{key}")
        spread = measured.ask(made, "spread", key, choice, where=where)
        st.dataframe(kpi.spread_table(spread, key), hide_index=True)
        st.caption(t("kpi.spread.note", points=kpi.spread_points(spread)))


def _drawn(
    made: Actuals, off: Any, key: str, where: dict[str, Any], *, every: str | None = None
) -> None:
    """Draw one control chart and say its signals in words."""
    more = {} if every is None else {"every": every}
    charted = measured.ask(
        made, "chart", key, where=where, holidays=off, **more, **scoretree.METHODS.get(key, {})
    )
    frame = kpi.points(charted)
    st.markdown(f"**{kpi.name(key)} – {plain(kpi.where_text(where))}**")
    st.altair_chart(
        kpi_charts.control(frame, kpi.day_axis(frame), share=kpi_people.is_share(key)),
        width="stretch",
        key=f"control_{key}",
    )
    if not charted.baseline_stable:
        st.info(t("kpi.unstable"))
    for flag in charted.flags:
        st.markdown(f"- {kpi.flag_text(charted, flag)}")
    if not charted.flags:
        st.write(t("kpi.flags.none"))
    adjusted = t("kpi.chart.adjusted" if charted.adjusted else "kpi.chart.plain")
    kind, step = t(f"kpi.kind.{charted.kind}"), t(f"kpi.every.{charted.every}")
    st.caption(t("kpi.chart.note", kind=kind, every=step, adjusted=adjusted))
    st.caption(plain(t("kpi.definition", definition=charted.definition)))
    st.caption(plain(kpi_people.about(key)))


def _change(plan: Plan, made: Actuals) -> None:
    """Draw why a KPI changed between two spans."""
    st.subheader(t("kpi.change"))
    found = kpi_people.splittable(made)
    one, two, three, four = st.columns([3, 2, 2, 2])
    with one:
        key = kpi_people.pick_kpi(found, "kpi_change", first="aht_s")
    with two:
        options = kpi_people.ways(made, key)
        by = st.selectbox(t("kpi.pick.by"), options, key=f"kpi_by_{key}")
    spans = kpi_people.default_spans(*kpi.span(made))
    with three:
        before = st.date_input(
            t("kpi.change.before"), spans[0], format="YYYY-MM-DD", key="kpi_before"
        )
    with four:
        after = st.date_input(t("kpi.change.after"), spans[1], format="YYYY-MM-DD", key="kpi_after")
    if not kpi_people.whole(before, after):
        st.info(t("kpi.change.dates"))
        return
    change = measured.ask(made, "change", key, before=before, after=after, by=[by],
                          where=kpi_people.narrowed(made, key, by),
                          **scoretree.METHODS.get(key, {}))  # fmt: skip
    st.markdown(
        t("kpi.change.told", kpi=kpi.name(key), before=kpi.figure(change.before, key),
          after=kpi.figure(change.after, key), total=kpi.moved(change.total, key),
          mix=kpi.moved(change.mix, key), rate=kpi.moved(change.rate, key))
    )  # fmt: skip
    st.altair_chart(
        kpi_charts.change(kpi.change_rows(change), share=kpi_people.is_share(key)),
        width="stretch",
        key="kpi_change_chart",
    )
    st.caption(t("kpi.change.note"))
    st.caption(plain(t("kpi.definition", definition=change.definition)))
    load = measured.ask(made, "workload", before=before, after=after)
    st.markdown(
        t("kpi.change.workload", **{
            name: f"{getattr(load, name):,.1f}" for name in ("before", "after")
        }, **{name: signed(getattr(load, name), 1) for name in ("total", "volume", "aht")})
    )  # fmt: skip
