"""The Check report on screen: verdict, why, four blocks, charts, the page to print."""

from __future__ import annotations

import streamlit as st

from wfm.pdca import Cycle, Verdict
from wfm.ui import cycles, pdca_charts
from wfm.ui.i18n import day_text, number, percent, plain, signed, t
from wfm.ui.views import kpi, pdca

# Tone of the box; the verdict itself is always said in words.
_BOXES = {
    Verdict.CONFIRMED: st.success, Verdict.PROMISING: st.info, Verdict.NO_EVIDENCE: st.info,
    Verdict.HARMFUL: st.error, Verdict.NOT_TESTABLE: st.warning,
}  # fmt: skip


def draw(cycle: Cycle) -> None:
    """Draw the last report."""
    report = cycle.report
    assert report is not None
    left, right = st.columns([4, 1], vertical_alignment="center")
    with left:
        st.subheader(t("pdca.report"))
    with right:
        st.download_button(
            t("pdca.report.download"), lambda: cycles.use().html(cycle).encode(),
            file_name=f"check-{cycle.id}.html", mime="text/html", icon=":material/print:",
            key="pdca_report_download", on_click="ignore",
        )  # fmt: skip
    name = report.verdict.name.lower()
    _BOXES[report.verdict](f"**{pdca.verdict(report.verdict)}.** {t(f'pdca.means.{name}')}")
    st.caption(t(
        "pdca.report.line", method=t(f"pdca.method.{report.method}"), weeks=report.window_weeks,
        needed_weeks=report.needed_weeks, n=number(report.n), needed_n=number(report.needed_n),
        day=day_text(report.through),
    ))  # fmt: skip
    for i, curve in enumerate(report.curves):
        st.markdown(f"**{t('pdca.report.chart', kpi=kpi.name(curve.key))}**")
        st.altair_chart(
            pdca_charts.weeks(curve, report.against_target.target if i == 0 else None),
            width="stretch", key=f"pdca_curve_{i}",
        )  # fmt: skip
    st.markdown(f"**{t('pdca.report.rules')}**")
    st.dataframe(pdca.verdict_rules(report), hide_index=True, width="stretch")
    st.markdown(f"**{t('pdca.report.1')}**")
    st.dataframe(pdca.target_table(report), hide_index=True, width="stretch")
    st.caption(plain(t("kpi.definition", definition=report.against_target.definition)))
    st.markdown(f"**{t('pdca.report.2')}**")
    st.markdown(t("pdca.report.2.yes" if report.result.goal_reached else "pdca.report.2.no"))
    st.dataframe(pdca.change_table(report), hide_index=True, width="stretch")
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(f"**{t('pdca.report.3')}**")
        st.dataframe(pdca.line_table(report), hide_index=True, width="stretch")
    with right:
        st.markdown(f"**{t('pdca.report.4')}**")
        whole = report.overall
        st.markdown(
            t("pdca.report.4.none") if whole.score is None
            else t("pdca.report.4.text", score=signed(whole.score, 2), known=percent(whole.known))
        )  # fmt: skip
    for note in report.notes:
        st.caption(pdca.lettered(note))
    sign = cycle.sign_off
    if sign is not None:
        st.markdown(t("pdca.sign.line", who=plain(sign.who), day=day_text(sign.at.date()),
                      goal=plain(sign.goal_reached), problems=plain(sign.problems),
                      new=plain(sign.new_phenomena)))  # fmt: skip
