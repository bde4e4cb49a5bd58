"""The form that begins a cycle: from a signal, a KPI, a missed plan, a driver or an idea."""

from __future__ import annotations

from typing import Any

import streamlit as st

from wfm import scoretree, variance
from wfm.pdca import Origin, from_driver, from_variance
from wfm.ui import cycles, measured
from wfm.ui.cycles import Desk
from wfm.ui.i18n import day_text, percent, plain, signed, t
from wfm.ui.session import folder
from wfm.ui.views import kpi, pdca

FROM = ("alert", "kpi", "variance", "driver", "person")


def alerts(desk: Desk) -> tuple[Any, ...]:
    """Return the signals of the last four weeks, as known on the day of the page."""
    assert desk.actuals is not None
    off = measured.holidays(desk.plan, desk.actuals)
    found: tuple[Any, ...] = measured.ask(desk.actuals, "alerts", holidays=off).alerts
    return found


def form(desk: Desk) -> None:
    """Draw the form; what it is born from decides what else it asks."""
    given = st.session_state.pop("pdca_alert", None)
    kinds = FROM if desk.actuals is not None else FROM[3:]
    if given is not None:
        st.session_state["pdca_from"] = "alert"
    if st.session_state.get("pdca_from") not in kinds:
        st.session_state["pdca_from"] = kinds[0]
    kind = st.segmented_control(
        t("pdca.open.from"), kinds, required=True, key="pdca_from",
        format_func=lambda name: t(f"pdca.from.{name}"),
    )  # fmt: skip
    if kind == "alert":
        origin, hint = _alert(desk, given)
    else:
        draw = {"kpi": _kpi, "variance": _variance, "driver": _driver, "person": _idea}
        origin, hint = draw[kind or "person"](desk)
    with st.form("pdca_open", border=False):
        left, right = st.columns([3, 1])
        with left:
            title = st.text_input(t("pdca.open.title"), hint, key=f"pdca_title_{hint}",
                                  placeholder=t("pdca.open.title.hint"))  # fmt: skip
        with right:
            owner = st.text_input(t("pdca.open.owner"), key="pdca_owner")
        sent = cycles.submit(desk, t("pdca.open.go"), "open", key="pdca_open_go")
    if sent:
        cycles.act(lambda: cycles.use().open(title, by=desk.by, at=desk.at, owner=owner.strip(),
                                             origin=origin), "pdca.opened")  # fmt: skip


def _alert(desk: Desk, given: str | None) -> tuple[Origin, str]:
    found = pdca.waiting(alerts(desk), cycles.use().cycles())
    if not found:
        st.write(t("pdca.alerts.none"))
        return Origin(), ""
    ids = [alert.id for alert in found]
    if given in ids:
        st.session_state["pdca_pick_alert"] = given
    texts = {alert.id: pdca.alert_text(alert) for alert in found}
    chosen = st.selectbox(t("pdca.alerts"), ids, format_func=texts.__getitem__,
                          key="pdca_pick_alert")  # fmt: skip
    alert = found[ids.index(chosen) if chosen in ids else 0]
    return pdca.origin_of(alert), f"{kpi.name(alert.key)}, {kpi.where_text(alert.where)}"


def _idea(desk: Desk) -> tuple[Origin, str]:
    return Origin(), ""


def _kpi(desk: Desk) -> tuple[Origin, str]:
    """Return the origin in a KPI: its chart's last signal, or its usual level."""
    assert desk.actuals is not None
    left, right = st.columns([2, 1])
    with left:
        key = st.selectbox(t("kpi.pick"), kpi.computable(desk.actuals), format_func=kpi.name,
                           key="pdca_kpi")  # fmt: skip
    options = kpi.parts(desk.actuals, key)
    with right:
        at = st.selectbox(t("kpi.pick.where"), range(len(options)), key=f"pdca_kpi_where_{key}",
                          format_func=lambda i: kpi.where_text(options[i]))  # fmt: skip
    where = options[at or 0]
    charted = measured.ask(desk.actuals, "chart", key, where=where,
                           **scoretree.METHODS.get(key, {}))  # fmt: skip
    place, usual = kpi.where_text(where), kpi.figure(charted.centre, key)
    hint = f"{kpi.name(key)}, {place}"
    if not charted.flags:
        st.caption(t("pdca.open.kpi.noise"))
        text = t("pdca.open.kpi.text", kpi=kpi.name(key), where=place, usual=usual)
        return Origin("person", text, key), hint
    flag = charted.flags[-1]
    text = t("pdca.open.kpi.origin", kpi=kpi.name(key), where=place, usual=usual,
             level=kpi.figure(flag.level, key), day=day_text(flag.first))  # fmt: skip
    st.caption(plain(t("pdca.open.kpi.signal", count=len(charted.flags), text=text)))
    return Origin("alert", text, key, flag.first, flag.size), hint


def _variance(desk: Desk) -> tuple[Origin, str]:
    """Return the origin in a plan whose service level was missed."""
    split = _split(str(folder()), measured.stamp(), st.session_state["plan_stamp"],
                   desk.day.isoformat(), desk)  # fmt: skip
    row = split.total
    st.markdown(t("pdca.open.variance.text", planned=percent(row["planned"], 1),
                  modelled=percent(row["modelled"], 1), largest=_driver_text(split.largest),
                  size=t("kpi.points", value=signed(100 * row[split.largest], 1))))  # fmt: skip
    chosen = st.selectbox(
        t("pdca.open.variance.driver"), split.drivers, format_func=_driver_text,
        index=split.drivers.index(split.largest), key="pdca_variance_driver",
    )  # fmt: skip
    return from_variance(split, chosen), t("pdca.open.variance.hint", driver=_driver_text(chosen))


@st.cache_resource(max_entries=4, show_spinner=True)
def _split(place: str, stamp: str, plan_stamp: str, day: str, _desk: Desk) -> variance.Variance:
    assert _desk.actuals is not None
    return variance.explain(_desk.plan, _desk.actuals.intervals)


def _driver_text(name: str) -> str:
    return t(f"pdca.driver.{name}")


def _driver(desk: Desk) -> tuple[Origin, str]:
    columns = st.columns([3, 1, 1, 1])
    with columns[0]:
        name = st.text_input(t("pdca.open.driver.name"), key="pdca_driver_name")
    with columns[1]:
        weight = st.number_input(t("pdca.open.driver.importance"), 0.0, 1.0, 0.3,
                                 key="pdca_driver_weight")  # fmt: skip
    with columns[2]:
        score = st.number_input(t("pdca.open.driver.score"), value=3.5, key="pdca_driver_score")
    with columns[3]:
        goal = st.number_input(t("pdca.open.driver.target"), value=4.0, key="pdca_driver_target")
    if not name.strip():
        return Origin("driver"), ""
    return from_driver(name, importance=weight, satisfaction=score, target=goal), name
