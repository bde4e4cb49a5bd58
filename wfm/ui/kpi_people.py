"""The parts of the KPI page about people and targets, and the choices its views share."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import streamlit as st

from wfm import scoretree
from wfm.kpi import catalogue, tree
from wfm.kpi.measures import measure
from wfm.scorecard import CARD, mask
from wfm.ui import kpi_charts, measured
from wfm.ui.i18n import day_text, percent, plain, t
from wfm.ui.views import kpi

if TYPE_CHECKING:
    from wfm.actuals import Actuals
    from wfm.plan import Plan


def pick_kpi(keys: list[str], key: str = "kpi_key", *, first: str | None = None) -> str:
    """Let the person choose a KPI."""
    index = keys.index(first) if first in keys else 0
    chosen = st.selectbox(t("kpi.pick"), keys, index=index, key=key, format_func=kpi.name)
    return chosen or keys[0]


def is_share(key: str) -> bool:
    """Return whether a KPI is shown in percent."""
    return catalogue.find(key).unit.startswith("fraction")


def about(key: str) -> str:
    """Return formula and pitfall of a KPI."""
    item = catalogue.find(key)
    ratio = f"{item.numerator} / {item.denominator}"
    formula = ratio if item.numerator and item.denominator else item.formula
    return t("kpi.about", formula=formula, pitfall=item.pitfall)


def listed_choices(key: str) -> list[str]:
    """Return the parts of the definition that have listed values and share their columns."""
    return ["rule"] if any(choice.name == "rule" for choice in measure(key).choices) else []


def splittable(made: Actuals) -> list[str]:
    """Return the KPIs whose change can be split."""
    return [key for key in kpi.computable(made) if ways(made, key)]


def ways(made: Actuals, key: str) -> list[str]:
    """Return the columns by which a change of a KPI can be split."""
    item, choices = catalogue.find(key), scoretree.METHODS.get(key, {})
    if not item.denominator:
        return []
    level = {"reason": "", "queue": "Q", "team": "T"}
    return [
        column for column, needed in level.items()
        if (not needed or needed in item.levels) and made.has(key, [column], **choices)
        and not (kpi.measure_has_awt(key) and column == "queue")
    ]  # fmt: skip


def narrowed(made: Actuals, key: str, by: str) -> dict[str, Any]:
    """Return which queue a split is of: handle times of channels are not thrown together."""
    if by == "queue" or not made.has(key, [by, "queue"], **scoretree.METHODS.get(key, {})):
        return {}
    table = made.tables[made.for_kpi(key, [by, "queue"], **scoretree.METHODS.get(key, {}))]
    names = sorted(map(str, table["queue"].unique()))
    most = str(table["queue"].value_counts().idxmax())
    chosen = st.selectbox(t("pick.queue"), names, index=names.index(most), key=f"kpi_queue_{key}")
    return {"queue": chosen}


def default_spans(first: dt.date, last: dt.date) -> tuple[tuple[dt.date, dt.date], ...]:
    """Return the last four weeks, and the eight weeks that ended eight weeks before the end."""
    day = dt.timedelta(days=1)
    after = (max(first, last - 27 * day), last)
    before = (max(first, last - 111 * day), max(first, last - 56 * day))
    return before, after


def whole(*spans: Any) -> bool:
    """Return whether every span has both its ends."""
    return all(isinstance(span, tuple) and len(span) == 2 for span in spans)


def people(plan: Plan, made: Actuals) -> None:
    """Draw the funnel plot of a KPI of people."""
    st.subheader(t("kpi.people"))
    left, right = st.columns([2, 1])
    with left:
        key = pick_kpi([k for k, c in CARD if made.has(k, ["agent"], **c)], "kpi_people")
    with right:
        named = st.toggle(t("kpi.names"), key="kpi_names", help=t("kpi.names.help"))
    choices = dict(CARD)[key]
    all_of = measured.ask(made, "compare", key, unit="agent", **choices)
    rows = kpi.people_rows(all_of, secret=measured.secret(), named=named)
    st.altair_chart(
        kpi_charts.funnel(rows, all_of.centre, share=is_share(key)),
        width="stretch",
        key="kpi_funnel",
    )
    units, far = len(rows), int(rows["outside"].sum())
    st.markdown(t("kpi.people.some", count=far, units=units) if far else t("kpi.people.none"))
    if all_of.mix:
        st.caption(t("kpi.people.mix"))
    chance, phi = percent(all_of.chance_outside), f"{all_of.phi:.1f}"
    st.caption(t("kpi.people.note", units=units, chance=chance, phi=phi))
    st.caption(plain(t("kpi.definition", definition=all_of.definition)))


def card(plan: Plan, made: Actuals) -> None:
    """Draw the score card of one person, masked unless asked otherwise."""
    st.subheader(t("kpi.card"))
    secret = measured.secret()
    left, right = st.columns([2, 1])
    with right:
        named = st.toggle(t("kpi.names"), key="kpi_names", help=t("kpi.names.help"))
    known = {person.id: person.name or person.id for person in plan.scenario.people}
    agents = sorted(map(str, made.agents["agent"].unique()))
    labels = {a: known.get(a, a) if named else mask(a, secret) for a in agents}
    with left:
        agent = st.selectbox(
            t("kpi.pick.person"),
            sorted(agents, key=labels.__getitem__),
            format_func=labels.__getitem__,
            key="kpi_person",
        )
    shown = measured.ask(made, "card", agent, secret=None if named else secret,
                         name=labels[agent])  # fmt: skip
    st.markdown(
        t("kpi.card.line", label=plain(shown.label), team=plain(shown.team),
          first=day_text(shown.first), last=day_text(shown.last))
    )  # fmt: skip
    st.dataframe(kpi.card_table(shown), hide_index=True, width="stretch")
    st.caption(t("kpi.card.note"))
    if shown.missing:
        st.caption(t("kpi.card.missing", keys=", ".join(kpi.name(key) for key in shown.missing)))
    st.markdown(f"**{t('kpi.card.charts')}**")
    drawn = [item for item in shown.figures if item.chart is not None]
    columns = st.columns(2)
    for number, item in enumerate(drawn):
        frame = kpi.points(item.chart)
        with columns[number % 2]:
            st.caption(kpi.name(item.key))
            st.altair_chart(
                kpi_charts.control(
                    frame, kpi.day_axis(frame), share=is_share(item.key), height=190
                ),
                width="stretch",
                key=f"card_{item.key}",
            )


def targets(plan: Plan, made: Actuals) -> None:
    """Draw the form of a target, and what stands against it."""
    st.subheader(t("kpi.target"))
    key = pick_kpi([k for k in kpi.computable(made) if catalogue.find(k).direction != "band"],
                   "kpi_target", first="fcr")  # fmt: skip
    options = kpi.parts(made, key)
    at = st.selectbox(
        t("kpi.pick.where"),
        range(len(options)),
        format_func=lambda i: kpi.where_text(options[i]),
        key=f"kpi_target_where_{key}",
    )
    where = options[at or 0]
    charted = measured.ask(made, "chart", key, where=where, **scoretree.METHODS.get(key, {}))
    st.caption(t("kpi.target.baseline", value=kpi.figure(charted.centre, key)))
    asked = _form(key, charted)
    if asked is None:
        st.caption(t("kpi.target.note"))
        return
    until = charted.frame.loc[charted.frame["baseline"], "day"].max()
    target = kpi.target(key, charted.centre, until, **asked)
    review = measured.ask(made, "review_target", target, where=where)
    if review.accepted:
        st.success(t("kpi.target.good"))
    if review.findings:
        st.dataframe(kpi.finding_table(review), hide_index=True, width="stretch")
    st.caption(t("kpi.target.note"))


def _form(key: str, charted: Any) -> dict[str, Any] | None:
    """Draw the form; return its fields once it was sent."""
    share, up = is_share(key), kpi.value_up(key)
    start = charted.centre * (100 if share else 1) * (1.05 if up else 0.95)
    last = charted.frame["day"].iloc[-1]
    usual = [n.counter for n in tree.default_tree().nodes if n.kpi == key and n.counter]
    others = [item.key for item in catalogue.kpis() if item.key not in (key, *usual)]
    counters = list(catalogue.find(key).counters) or [*usual, *others]
    with st.form(f"kpi_target_form_{key}"):
        one, two, three = st.columns(3)
        with one:
            label = t("kpi.target.percent") if share else t("kpi.target.value")
            value = st.number_input(label, value=round(start, 1), key=f"target_value_{key}")
            deadline = st.date_input(t("kpi.target.deadline"), last + dt.timedelta(weeks=12),
                                     format="YYYY-MM-DD")  # fmt: skip
            review = st.number_input(t("kpi.target.review"), 1, 365, 30)
        with two:
            owner = st.text_input(t("kpi.target.owner"))
            role = st.text_input(t("kpi.target.role"))
            names = {node.id: node.name_en for node in tree.default_tree().nodes}
            parent = st.selectbox(
                t("kpi.target.parent"), list(names), format_func=names.__getitem__
            )
        with three:
            counter = st.selectbox(t("kpi.target.counter"), counters, format_func=kpi.name)
            margin = st.number_input(t("kpi.target.margin"), min_value=0.0, value=0.0)
            levels = ("centre", "team")
            signed = st.multiselect(
                t("kpi.target.signed"), levels,
                format_func=lambda level: t(f"kpi.target.level.{level}"),
            )  # fmt: skip
        if not st.form_submit_button(t("kpi.target.check")):
            return None
    scale = 100 if is_share(counter) else 1
    return {
        "value": float(value), "deadline": deadline, "review_days": int(review), "owner": owner,
        "role": role, "counter": counter, "counter_margin": float(margin) / scale,
        "parent": parent, "signed": tuple(signed),
    }  # fmt: skip
