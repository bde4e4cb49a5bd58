"""Which plan does this screen show, and what is chosen on it?

The plan is read once for all screens and again when its stamp changes. What a person picked (a
queue, a day) stays when he walks to another page.
"""

from __future__ import annotations

import datetime as dt
import functools
import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import streamlit as st

from wfm.errors import BadInput
from wfm.timegrid import zone
from wfm.ui.i18n import day_text, plain, short_day, t
from wfm.ui.views.axes import Span, planned_days, weeks
from wfm.ui.views.names import shown_name, shown_names

if TYPE_CHECKING:
    from wfm.plan import Plan

LOG = logging.getLogger(__name__)
T = TypeVar("T")
P = ParamSpec("P")
_ALL = ""
_WEEK = -1
_ARROW = ":material/arrow_forward:"


def app() -> Any:
    """Return the use cases."""
    from wfm import wiring

    return wiring.app()


def folder() -> Path:
    """Return the plan folder shown: ``WFM_PLAN``, else ``wfm-demo`` where the program started."""
    return Path(os.environ.get("WFM_PLAN") or "wfm-demo").resolve()


@st.cache_resource(max_entries=4, show_spinner=False)
def _open(place: str, stamp: str, whole: bool) -> Plan:
    """Read the plan anew when its `stamp` changes, or whether who is at work may see it `whole`."""
    return app().open_plan(place)


@st.cache_resource(max_entries=8, show_spinner=False)
def _derived(name: str, place: str, stamp: str, whole: bool, _plan: Any) -> Any:
    """Return what the use case `name` says of the plan, kept as long as the plan."""
    return getattr(app(), name)(_plan)


def current_plan() -> Plan | None:
    """Return the plan on screen, or None where the folder has none yet."""
    stamp = app().plan_stamp(folder())
    # Kept, because a new plan may be saved while this page is being drawn from the old one.
    st.session_state["plan_stamp"] = stamp
    return _open(str(folder()), stamp, _whole()) if stamp else None


def _whole() -> bool:
    """Return whether who is at work may read rosters."""
    return bool(app().ports.gate.may("rosters:read"))


def service_reached(plan: Plan) -> Any:
    """Return the predicted service a queue and interval, kept with the plan."""
    return _derived(
        "service_reached", str(folder()), st.session_state["plan_stamp"], _whole(), plan
    )


def coverage_calendar(plan: Plan) -> Any:
    """Return the history's coverage a queue and day, kept with the plan."""
    return _derived(
        "coverage_calendar", str(folder()), st.session_state["plan_stamp"], _whole(), plan
    )


def leaderboard(plan: Plan) -> Any:
    """Return how the plan's model and the simple ones did on its history, kept with the plan."""
    return _derived("leaderboard", str(folder()), st.session_state["plan_stamp"], _whole(), plan)


def guarded(draw: Callable[P, None], *, refused: str = "error.title") -> Callable[P, None]:
    """Return `draw` so that a refusal shows as a sentence and a fault never shows its insides.

    Parameters
    ----------
    draw : callable
        A page, or a part of one that runs again by itself.
    refused : str
        Key of the text above a refusal.
    """

    @functools.wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            draw(*args, **kwargs)
        except BadInput as error:
            st.error(t(refused))
            st.text(str(error))
            st.caption(t("error.folder", folder=plain(folder())))
        except Exception:
            LOG.exception("drawing %s.%s failed", draw.__module__, draw.__name__)
            st.error(t("error.unexpected"))

    return drawn


def header(plan: Plan, title: str) -> None:
    """Draw the page's title and the line that says which plan this is."""
    st.title(plain(title))
    summary = plan.summary
    st.caption(
        t(
            "header.line",
            first=day_text(summary.first_day),
            last=day_text(summary.last_day),
            queues=len(plan.scenario.queues),
            people=len(plan.scenario.people),
            tz=plan.scenario.timezone,
            id=plain(plan.id),
        )
    )


def pick_queue(plan: Plan) -> str:
    """Let the person choose a queue."""
    return _queue(plan, "queue_one", [queue.name for queue in plan.scenario.queues])


def pick_queue_or_all(plan: Plan) -> str | None:
    """Let the person choose a queue, or None for all of them."""
    names = [queue.name for queue in plan.scenario.queues]
    return _queue(plan, "queue_or_all", [_ALL, *names]) or None


def _queue(plan: Plan, key: str, options: list[str]) -> str:
    marked = shown_names(plan.scenario) | {_ALL: t("pick.all")}
    return _kept(
        "queue",
        key,
        options,
        lambda key, index: st.selectbox(
            t("pick.queue"), options, index=index, key=key, format_func=marked.__getitem__
        ),
    )


def queue_text(plan: Plan, queue: str | None) -> str:
    """Return what titles call `queue`, or all of them, safe for Markdown."""
    return t("pick.all") if queue is None else plain(shown_name(plan.scenario.queue(queue)))


def pick_span(plan: Plan, *, whole_week: bool = True) -> Span:
    """Let the person choose a planned day, at first today's, or a whole week."""
    tz = plan.scenario.timezone
    firsts, today = weeks(plan), _today(tz)
    first = firsts[0]
    if len(firsts) > 1:
        first = _kept(
            "week",
            "week",
            firsts,
            lambda key, index: st.selectbox(
                t("pick.week"), firsts, index=index, key=key, format_func=day_text
            ),
            first=next((day for day in firsts if 0 <= (today - day).days < 7), firsts[0]),
        )
    days = [day for day in planned_days(plan) if 0 <= (day - first).days < 7]
    options = list(range(len(days)))
    if whole_week:
        options.append(_WEEK)

    def text(index: int) -> str:
        return t("pick.whole_week") if index == _WEEK else short_day(days[index])

    chosen = _kept(
        "day",
        "day_or_week" if whole_week else "day",
        options,
        lambda key, index: st.segmented_control(
            t("pick.day"),
            options,
            default=options[index],
            key=key,
            format_func=text,
            required=True,
        ),
        first=days.index(today) if today in days else 0,
    )
    return Span(first, len(days), tz) if chosen == _WEEK else Span(days[chosen], 1, tz)


def _today(tz: str) -> dt.date:
    return dt.datetime.now(zone(tz)).date()


def week_of(plan: Plan, span: Span) -> Span:
    """Return the planned week that `span` lies in."""
    first = [day for day in weeks(plan) if day <= span.first][-1]
    days = [day for day in planned_days(plan) if 0 <= (day - first).days < 7]
    return Span(first, len(days), span.tz)


def span_text(span: Span) -> str:
    """Return a span in words."""
    if span.days == 1:
        return day_text(span.first)
    return f"{day_text(span.first)} – {day_text(span.dates[-1])}"


def _kept(
    name: str,
    key: str,
    options: Sequence[T],
    draw: Callable[[str, int], T | None],
    *,
    first: T | None = None,
) -> T:
    """Draw a choice that starts from the last one made under `name` on any page, else `first`."""
    last = st.session_state.get(f"kept_{name}", options[0] if first is None else first)
    index = options.index(last) if last in options else 0
    chosen = draw(f"pick_{key}", index)
    if chosen is None:
        chosen = options[index]
    # A page that cannot show the last choice (all queues, a whole week) must not forget it.
    if last in options or chosen != options[index]:
        st.session_state[f"kept_{name}"] = chosen
    return chosen


def nothing_yet() -> None:
    """Say that there is no plan, and where to make one."""
    st.info(t("empty.elsewhere"))
    link("home", t("empty.go"))


def go(path: str) -> None:
    """Walk to the page `path`; where pages are not wired, stay."""
    found = st.session_state.get("pages", {})
    if path in found:
        st.switch_page(found[path])


def link(path: str, label: str) -> None:
    """Draw a link to the page `path`; plain text where pages are not wired."""
    found = st.session_state.get("pages", {})
    if path in found:
        st.page_link(found[path], label=label, icon=_ARROW)
    else:
        st.write(label)
