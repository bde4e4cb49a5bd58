"""The forecast page on a real small plan: every view, a change by hand, the day so far."""

from __future__ import annotations

import datetime as dt
import io

import numpy as np
import pandas as pd
import pytest

from forecasts import Campaign
from wfm import plan as planning
from wfm.adapters import folder
from wfm.ui.i18n import t
from wfm.ui.pages import forecast
from wfm.ui.views import axes, changes
from wfm.wiring import app as real_app

from . import fakes
from .reading import read, texts
from .small_plan import history, scenario

MONDAY = dt.date(2026, 3, 2)
EXACT = 1e-9  # the same sums in another order


def _history() -> pd.DataFrame:
    frame = history()
    dead = (frame["start"].dt.date == dt.date(2026, 2, 3)) & (frame["start"].dt.hour >= 12)
    return frame.assign(offered=np.where(dead, 0.0, frame["offered"]))


@pytest.fixture(scope="module")
def made() -> planning.Plan:
    mailing = Campaign(
        "bills <b>now</b>", "mailing", dt.date(2026, 3, 3), 1, (150, 200, 250), (0.5, 0.5),
        {"voice": 1.0}, owner="Billing",
    )  # fmt: skip
    return planning.make_plan(scenario(people=3), _history(), campaigns=[mailing], time_limit_s=2)


@pytest.fixture
def opened(show, made, tmp_path):
    """Return ``opened(view)``: the page of the plan in a folder, that view chosen."""
    folder.save_plan(made, tmp_path)

    def draw(view: str):
        page = show("forecast", real_app())
        page.session_state["forecast_view"] = view
        page.run()
        assert not page.exception
        assert not page.error
        return page

    return draw


@pytest.mark.parametrize("view", forecast.VIEWS)
def test_every_view_draws_a_plan_that_nothing_was_done_to(show, plan, view):
    page = show("forecast", fakes.FakeApp(plan))
    page.session_state["forecast_view"] = view
    page.run()
    assert not page.exception
    assert not page.error


def test_accuracy_is_told_in_a_sentence_beside_the_simple_ways(opened, made):
    page = opened("accuracy")
    board = real_app().leaderboard(made)
    assert changes.board_sentence(board, "voice") in texts(page)
    assert list(page.dataframe[0].value.iloc[:, 0]) == ["voice"]


def test_a_short_history_falls_back_to_what_was_held_back(made):
    short = planning.make_plan(scenario(people=0), history(weeks=3))
    assert len(real_app().leaderboard(short)) == 0


def test_what_was_cleaned_is_listed_with_its_reason(opened):
    table = opened("history").dataframe[0].value
    assert table[t("cleaning.what")].tolist() == [t("cleaning.outage")]
    assert "no contact in 12 intervals" in table[t("cleaning.why")].iloc[0]


def test_every_kind_of_fault_has_a_text(made):
    kinds = ("outage", "frozen", "copied", "outlier", "outlier day", "gap")
    row = made.cleaning.iloc[0]
    log = pd.DataFrame([{**row, "what": kind} for kind in kinds])
    shown = changes.cleaning_table(fakes.revised(fakes.plan(), cleaning=log), "voice")
    assert shown[t("cleaning.what")].nunique() == len(kinds)


def test_a_campaign_is_listed_and_the_line_without_it_is_drawn(opened, made):
    table = opened("campaigns").dataframe[0].value
    assert table.iloc[0, 0] == "bills <b>now</b>"
    assert table[t("campaign.here")].iloc[0] == "200"
    assert table[t("campaign.notice")].iloc[0] == t("campaign.unannounced")
    base = changes.untouched(made, "voice")
    assert made.forecast["volume"].sum() - base.sum() == pytest.approx(200.0, rel=EXACT)
    span = axes.Span(MONDAY, 1, made.scenario.timezone)
    day = axes.within(made.forecast, span)
    assert changes.with_untouched(day, made, "voice")["untouched"].isna().all()
    tuesday = axes.within(made.forecast, axes.Span(dt.date(2026, 3, 3), 1, span.tz))
    assert changes.with_untouched(tuesday, made, "voice")["untouched"].notna().all()


def _field(page, name: str) -> str:
    keys = [item.key for kind in ("number_input", "text_input", "radio", "select_slider")
            for item in page.get(kind)]  # fmt: skip
    return next(key for key in keys if key.startswith(f"override_{name}"))


def test_a_change_is_shown_before_it_is_made_and_needs_a_reason(opened, made, tmp_path):
    page = opened("override")
    stamp = folder.plan_stamp(tmp_path)
    page.number_input(key=_field(page, "pct")).set_value(20.0).run()
    shown = {item.label: item.value for item in page.metric}
    whole = changes.expected_in(made, "voice", *_day(made))
    assert float(shown[t("effect.contacts")].replace(",", "")) == pytest.approx(1.2 * whole, abs=1)
    assert t("override.incomplete") in texts(page)
    assert page.button(key="override_go").disabled
    assert folder.plan_stamp(tmp_path) == stamp


def _day(plan):
    span = axes.Span(MONDAY, 1, plan.scenario.timezone)
    return span.begin, span.end


def test_a_change_that_is_made_is_in_the_plan_and_in_the_log(opened, made, tmp_path):
    page = opened("override")
    page.number_input(key=_field(page, "pct")).set_value(20.0)
    page.text_input(key=_field(page, "reason")).set_value("*price* letter")
    page.text_input(key="override_by").set_value("Ana").run()
    page.button(key="override_go").click().run()
    assert not page.exception
    again = real_app().open_plan(tmp_path)
    assert again.overrides["reason"].tolist() == ["*price* letter"]
    assert again.overrides["change"].tolist() == pytest.approx([0.2])
    ratio = changes.expected_in(again, "voice", *_day(made)) / changes.expected_in(
        made, "voice", *_day(made)
    )
    assert ratio == pytest.approx(1.2, rel=EXACT)
    assert "*price* letter" in read(page.success[0].value)
    assert page.dataframe[-1].value[t("override.who")].tolist() == ["Ana"]
    page.button(key="override_back").click().run()
    back = real_app().open_plan(tmp_path)
    assert (back.id, len(back.overrides), back.locked) == (made.id, 0, None)


def test_a_plan_changed_meanwhile_is_not_written_over(opened, made, tmp_path):
    page = opened("override")
    page.number_input(key=_field(page, "pct")).set_value(20.0)
    page.text_input(key=_field(page, "reason")).set_value("letter")
    page.text_input(key="override_by").set_value("Ana").run()
    seen = page.session_state["plan_stamp"]
    real_app().ports.save_plan(made, tmp_path)
    with pytest.raises(Exception, match="changed meanwhile"):
        real_app().forecasting.override_plan(
            tmp_path, expected_stamp=seen, queue="voice", start="2026-03-02", end="2026-03-03",
            change=0.2, reason="letter", by="Ana",
        )  # fmt: skip


def _morning(made, factor: float, until: str = "12:00") -> bytes:
    first = pd.Timestamp(f"{MONDAY} 08:00", tz=made.scenario.timezone)
    last = pd.Timestamp(f"{MONDAY} {until}", tz=made.scenario.timezone)
    rows = made.forecast[(made.forecast["start"] >= first) & (made.forecast["start"] < last)]
    out = io.StringIO()
    rows[["queue", "start"]].assign(offered=(rows["volume"] * factor).round()).to_csv(
        out, index=False
    )
    return out.getvalue().encode()


def test_the_day_so_far_changes_the_rest_and_nothing_on_disk(made):
    today = real_app().forecasting.today(made, "so far.csv", _morning(made, 1.6))
    said = changes.day_so_far(today, made, "voice")
    assert said["change"].startswith("+")
    assert changes.day_of(today) == MONDAY
    span = axes.Span(MONDAY, 1, made.scenario.timezone)
    frame = changes.day_band(today, "voice", span, 30)
    assert frame["offered"].notna().sum() == 8
    assert (frame["p10"].notna() == frame["ahead"].notna()).all()
    assert frame["ahead"].notna().sum() == len(frame) - 8
    assert (frame["ahead"].dropna() > frame.loc[frame["ahead"].notna(), "planned"]).all()


def test_a_spike_that_no_campaign_explains_is_said(made):
    today = real_app().forecasting.today(made, "so far.csv", _morning(made, 2.5))
    assert any(t("today.unexplained") in text for text in changes.alarms(today, made))
    quiet = real_app().forecasting.today(made, "so far.csv", _morning(made, 1.0))
    assert changes.alarms(quiet, made) == []


def test_queues_the_plan_does_not_have_are_left_out_with_a_note(made):
    more = _morning(made, 1.0).decode().replace("voice", "fax", 1).encode()
    today = real_app().forecasting.today(made, "so far.csv", more)
    assert any("fax" in note for note in today.notes)


def test_the_bounds_of_a_day_end_where_its_last_interval_ends(made):
    span = axes.Span(MONDAY, 1, made.scenario.timezone)
    labels = axes.bound_labels(changes.bounds(made, "voice", span), span.tz)
    assert (labels[0], labels[-1], len(labels)) == ("08:00", "18:00", 21)
    midnight = [span.begin, span.begin + pd.Timedelta(minutes=30), span.end]
    assert axes.bound_labels(midnight, span.tz) == ["00:00", "00:30", "24:00"]
