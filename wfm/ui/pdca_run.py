"""Do, Check and Act of a cycle: work and log, run the check, sign it, draw the consequence."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from wfm.pdca import Actor, Cause, Cycle, Management, Role, Standard, Step, Verdict
from wfm.pdca.records import NOTES, STANDARDS
from wfm.ui import cycles, pdca_report
from wfm.ui.cycles import Desk
from wfm.ui.i18n import day_text, plain, t
from wfm.ui.views import pdca

_REVIEW_WEEKS = 26


def draw(desk: Desk, cycle: Cycle) -> None:
    """Draw the steps after Plan, the present one first."""
    if cycle.step is Step.CLOSED:
        _closed(desk, cycle)
    if cycle.step is Step.ACT:
        _act(desk, cycle)
    if cycle.report is not None:
        pdca_report.draw(cycle)
    if cycle.step is Step.CHECK:
        _sign(desk, cycle)
    if cycle.step in {Step.DO, Step.CHECK}:
        _work(desk, cycle)
        _check(desk, cycle)
    if cycle.proposal is not None:
        with st.expander(t("pdca.summary"), expanded=cycle.step is Step.DO):
            for line in pdca.summary(cycle):
                st.markdown(f"- {line}")
    if cycle.step not in {Step.DO, Step.CHECK}:
        _record(cycle)
    if cycle.step in {Step.DO, Step.CHECK}:
        stop(desk, cycle)


def _work(desk: Desk, cycle: Cycle) -> None:
    """Draw actions to be ticked and the log."""
    if cycle.step is Step.DO:
        made = pdca.progress(cycle, desk.day)
        st.progress(made.fraction, text=t(
            "pdca.do.progress", week=min(made.week, made.weeks), weeks=made.weeks,
            ready=day_text(made.ready), safe=day_text(made.safe),
        ))  # fmt: skip
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader(t("pdca.actions"))
        for i, action, text in pdca.action_rows(cycle):
            told, tick = st.columns([4, 1], vertical_alignment="center")
            told.markdown(text)
            with tick:
                if action.done_at is None and cycles.button(
                    desk, t("pdca.action.tick"), "log", key=f"pdca_done_{i}"
                ):
                    cycles.act(lambda i=i: cycles.use().done(  # type: ignore[misc]
                        cycle.id, i, by=desk.by, at=desk.at), "pdca.action.told")  # fmt: skip
    with right:
        st.subheader(t("pdca.log"))
        with st.form("pdca_log", clear_on_submit=True, border=False):
            kind = st.segmented_control(
                t("pdca.log.kind"), NOTES, default=NOTES[0], required=True, key="pdca_log_kind",
                format_func=lambda name: t(f"pdca.note.{name}"),
            )  # fmt: skip
            text = st.text_input(t("pdca.log.text"), key="pdca_log_text")
            sent = cycles.submit(desk, t("pdca.log.add"), "log", key="pdca_log_add", primary=False)
        if sent:
            cycles.act(lambda: cycles.use().log(cycle.id, kind or NOTES[0], text, by=desk.by,
                                                at=desk.at), "pdca.log.told")  # fmt: skip
        _notes(cycle)


def _notes(cycle: Cycle) -> None:
    if cycle.work.notes:
        st.dataframe(pdca.note_table(cycle), hide_index=True, width="stretch")
    else:
        st.caption(t("pdca.log.none"))


def _record(cycle: Cycle) -> None:
    """Draw what was done, to be read only."""
    if not cycle.work.actions:
        return
    with st.expander(t("pdca.record")):
        for _, _, text in pdca.action_rows(cycle):
            st.markdown(f"- {text}")
        _notes(cycle)


def _check(desk: Desk, cycle: Cycle) -> None:
    """Draw the button that judges by the locked test."""
    made = pdca.progress(cycle, desk.day)
    st.subheader(t("pdca.step.check"))
    if desk.actuals is None:
        st.info(t("pdca.none"))
        return
    early = desk.day < made.ready
    if early:
        st.info(t("pdca.check.early", day=day_text(made.ready)))
    with st.expander(t("pdca.check.management")):
        asked = {}
        for column, (name, key) in zip(st.columns(4), (
            ("planning_hours_before", "hours_before"), ("planning_hours", "hours"),
            ("overrides_before", "overrides_before"), ("overrides", "overrides"),
        ), strict=True):  # fmt: skip
            with column:
                asked[name] = st.number_input(t(f"pdca.check.{key}"), value=None, min_value=0.0,
                                              key=f"pdca_check_{name}")  # fmt: skip
    again = cycle.report is not None
    if cycles.button(desk, t("pdca.check.again" if again else "pdca.check"), "check",
                     key="pdca_check", primary=not again and not early):  # fmt: skip
        cycles.act(lambda: cycles.use().check(cycle.id, desk.tables, by=desk.by, at=desk.at,
                                              management=Management(**asked)),
                   "pdca.check.told")  # fmt: skip


def _sign(desk: Desk, cycle: Cycle) -> None:
    """Draw the reviewer's three questions; the reviewer names himself here."""
    with st.container(border=True):
        st.subheader(t("pdca.sign"))
        st.caption(t("pdca.sign.note", owner=plain(cycle.owner)))
        owner = desk.name.strip().casefold() == cycle.owner.strip().casefold()
        with st.form("pdca_sign", border=False):
            left, right = st.columns(2)
            with left:
                who = st.text_input(t("pdca.sign.who"), "" if owner else desk.name,
                                    key="pdca_sign_who")  # fmt: skip
            with right:
                options = [role for role in Role if role not in {Role.AGENT, Role.VIEWER}]
                role = st.selectbox(
                    t("pdca.sign.role"), options, key="pdca_sign_role",
                    index=options.index(Role.ANALYST),
                    format_func=lambda name: t(f"pdca.role.{name}"),
                )  # fmt: skip
            columns = st.columns(3)
            answers = [
                column.text_input(t(f"pdca.sign.{name}"), key=f"pdca_sign_{name}")
                for column, name in zip(columns, ("goal", "problems", "new"), strict=True)
            ]
            sent = st.form_submit_button(t("pdca.sign.go"), type="primary", key="pdca_sign_go")
    if sent:
        goal, problems, new = answers
        cycles.act(lambda: cycles.use().sign(
            cycle.id, by=Actor(who.strip(), Role(role)), goal_reached=goal, problems=problems,
            new_phenomena=new, at=desk.at), "pdca.signed")  # fmt: skip


def _act(desk: Desk, cycle: Cycle) -> None:
    """Draw the three ways on."""
    good = cycle.verdict is Verdict.CONFIRMED
    ways = ("standardise", "correct", "stop") if good else ("correct", "stop")
    with st.container(border=True):
        st.subheader(t("pdca.act"))
        if not good:
            st.caption(t("pdca.act.only"))
        how = st.segmented_control(
            t("pdca.act.how"), ways, default=ways[0], required=True, key="pdca_act_how",
            label_visibility="collapsed", format_func=lambda name: t(f"pdca.act.{name}"),
        )  # fmt: skip
        {"standardise": _standardise, "correct": _correct, "stop": _stop}[how or ways[0]](
            desk, cycle
        )


def _standardise(desk: Desk, cycle: Cycle) -> None:
    with st.form("pdca_standard", border=False):
        one, two, three = st.columns(3)
        with one:
            kind = st.selectbox(t("pdca.act.kind"), STANDARDS, key="pdca_act_kind",
                                format_func=lambda name: t(f"pdca.standard.{name}"))  # fmt: skip
            owner = st.text_input(t("pdca.act.owner"), cycle.owner, key="pdca_act_owner")
        with two:
            what = st.text_input(t("pdca.act.what"), key="pdca_act_what")
            review = st.date_input(
                t("pdca.act.review"), desk.day + dt.timedelta(weeks=_REVIEW_WEEKS),
                format="YYYY-MM-DD", key="pdca_act_review",
            )  # fmt: skip
        with three:
            before = st.text_input(t("pdca.act.before"), key="pdca_act_before")
            after = st.text_input(t("pdca.act.after"), key="pdca_act_after")
        reference = st.text_input(t("pdca.act.reference"), key="pdca_act_reference")
        sent = cycles.submit(desk, t("pdca.act.standardise"), "act", key="pdca_act_go")
    if sent:
        cycles.act(lambda: cycles.use().standardise(
            cycle.id, Standard(kind, what, before, after, owner, review, reference),
            by=desk.by, at=desk.at), "pdca.standardised")  # fmt: skip


def _correct(desk: Desk, cycle: Cycle) -> None:
    with st.form("pdca_correct", border=False):
        reason = st.text_input(t("pdca.act.reason"), key="pdca_correct_reason")
        sent = cycles.submit(desk, t("pdca.act.correct"), "act", key="pdca_correct_go")
    if sent:
        cycles.act(lambda: cycles.use().correct(cycle.id, reason, by=desk.by, at=desk.at),
                   "pdca.corrected")  # fmt: skip


def _stop(desk: Desk, cycle: Cycle) -> None:
    with st.form("pdca_stop", border=False):
        left, right = st.columns([2, 3])
        with left:
            cause = st.selectbox(t("pdca.act.cause"), list(Cause), key="pdca_stop_cause",
                                 format_func=pdca.cause_text)  # fmt: skip
        with right:
            reason = st.text_input(t("pdca.act.why"), key="pdca_stop_reason")
        sent = cycles.submit(desk, t("pdca.act.stop"), "act", key="pdca_stop_go", primary=False)
    if sent:
        code = cause or Cause.F1
        cycles.act(lambda: cycles.use().stop(cycle.id, code, reason, by=desk.by, at=desk.at),
                   "pdca.stopped")  # fmt: skip


def stop(desk: Desk, cycle: Cycle) -> None:
    """Offer to stop a cycle before its end."""
    with st.expander(t("pdca.stop")):
        _stop(desk, cycle)


def _closed(desk: Desk, cycle: Cycle) -> None:
    """Draw what came of it and the way to the next turn."""
    for line in pdca.closing(cycle):
        st.markdown(f"- {line}")
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with left:
        title = st.text_input(t("pdca.nextcycle"), cycle.title, key=f"pdca_next_{cycle.id}")
    with right:
        if cycles.button(desk, t("pdca.nextcycle.go"), "open", key="pdca_next_go", primary=True):
            cycles.act(lambda: cycles.use().next(cycle.id, title, by=desk.by, at=desk.at),
                       "pdca.next.told")  # fmt: skip
    if cycle.verdict is Verdict.CONFIRMED and desk.actuals is not None:
        if cycle.followed_until is not None:
            key = "held" if cycle.opposite_at is None else "lost"
            day = cycle.opposite_at or cycle.followed_until
            st.write(t(f"pdca.follow.{key}", day=day_text(day)))
        if cycles.button(desk, t("pdca.follow"), "check", key="pdca_follow"):
            cycles.act(lambda: cycles.use().follow(cycle.id, desk.tables, by=desk.by,
                                                   at=desk.at), "pdca.follow.told")  # fmt: skip
