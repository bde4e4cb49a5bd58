"""What does the roster page show: stretches of a day, the week grid, gaps, hours?"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pandas as pd

from wfm.ui.i18n import clock, number, short_day, t, time_text
from wfm.ui.views.axes import Span, clock_labels, elapsed_min, placed
from wfm.ui.views.names import person_name, serving, shown_names, skills_text
from wfm.ui.views.staffing import in_use

# Less than this is nothing at the one decimal that screens show.
SHOWN = 0.05


def shifts(roster: Any, plan: Any) -> pd.DataFrame:
    """Return a row a shift: agent, day, start, end, shift, queue, paid_h.

    Paid hours are presence less the breaks that the scenario calls unpaid.
    """
    columns = ["agent", "day", "start", "end", "shift", "queue", "paid_h"]
    frame = roster.frame.sort_values(["agent", "start"])
    if frame.empty:
        return pd.DataFrame(columns=columns)
    fresh = (frame["agent"] != frame["agent"].shift()) | (frame["start"] != frame["end"].shift())
    grouped = frame.groupby(fresh.cumsum().rename("number"), sort=True)
    rows = grouped.agg(
        agent=("agent", "first"),
        start=("start", "min"),
        end=("end", "max"),
        shift=("shift", "first"),
        queue=("queue", "first"),
    )
    types = {kind.code: kind for kind in plan.scenario.shifts}
    presence = (rows["end"] - rows["start"]).dt.total_seconds() / 3600
    unpaid = [
        (types[code].length_min - types[code].paid_min) / 60 if code in types else 0.0
        for code in rows["shift"]
    ]
    local = rows["start"].dt.tz_convert(plan.scenario.timezone)
    rows = rows.assign(paid_h=presence - unpaid, day=local.dt.date)
    return rows[columns].reset_index(drop=True)


@dataclass(frozen=True)
class Totals:
    """People with at least one shift, and the paid hours of the whole roster."""

    people: int
    paid_h: float


def totals(plan: Any) -> Totals:
    """Return how many people the roster uses, and what it pays."""
    done = shifts(plan.roster, plan)
    return Totals(int(done["agent"].nunique()), float(done["paid_h"].sum()))


def short_hours(plan: Any, queue: str | None) -> float:
    """Return agent-hours below the requirement."""
    frame = plan.roster.coverage
    frame = frame if queue is None else frame[frame["queue"] == queue]
    return float(frame["unmet"].sum()) * plan.scenario.interval_min / 60


def gantt(plan: Any, span: Span, queue: str | None) -> pd.DataFrame:
    """Return the stretches of one day, a row each, people sorted by the start of their day.

    A shift from the evening before shows from midnight on; one that passes midnight shows whole.
    """
    frame = plan.roster.frame
    rows = frame[(frame["end"] > span.begin) & (frame["start"] < span.end)].copy()
    if queue is not None:
        rows = rows[rows["agent"].isin(serving(plan.scenario.people, queue))]
    rows["x"] = elapsed_min(rows["start"], span.begin).clip(min=0)
    rows["x2"] = elapsed_min(rows["end"], span.begin)
    first = rows.groupby("agent")["x"].transform("min")
    order = rows.assign(first=first).sort_values(["first", "queue", "agent"])["agent"].unique()
    rank = {agent: i for i, agent in enumerate(order)}
    people = {person.id: person for person in plan.scenario.people}
    rows["rank"] = rows["agent"].map(rank)
    rows["person"] = [person_name(people.get(agent), agent) for agent in rows["agent"]]
    shown = shown_names(plan.scenario)
    rows["skills"] = [
        skills_text(people[agent], shown) if agent in people else group
        for agent, group in zip(rows["agent"], rows["queue"], strict=True)
    ]
    rows["activity_text"] = [activity_text(name) for name in rows["activity"]]
    rows["from_to"] = [
        f"{clock(a)}–{clock(b)}"
        for a, b in zip(
            rows["start"].dt.tz_convert(span.tz), rows["end"].dt.tz_convert(span.tz), strict=True
        )
    ]
    return rows.sort_values(["rank", "x"]).reset_index(drop=True)


def activity_text(activity: str) -> str:
    """Return the name of an activity for people; one unknown here keeps its own."""
    return t(f"activity.{activity}") if activity in ("work", "break", "lunch") else activity


def coverage(plan: Any, queue: str | None, span: Span) -> pd.DataFrame:
    """Return people wanted and people rostered per interval, with `short` and `over`.

    Shortages are summed apart from surpluses: a surplus in one queue, or at one moment of an
    interval, never hides a shortage in another. With `queue` None all queues are summed.
    """
    frame = plan.roster.coverage
    frame = frame if queue is None else frame[frame["queue"] == queue]
    frame = frame.rename(columns={"unmet": "short"})
    summed = frame.groupby("start", as_index=False)[["scheduled", "on_seat", "short", "over"]].sum()
    return in_use(placed(summed, span, plan.scenario.interval_min), "scheduled", "on_seat")


def gap_matrix(plan: Any, queue: str | None, span: Span) -> pd.DataFrame:
    """Return a cell an interval: `row` (day), `clock`, `gap` (< 0 short) and its `text`.

    A cell shows the shortage if there is any, at any moment and in any queue, else the surplus.
    """
    frame = coverage(plan, queue, span)
    local = frame["start"].dt.tz_convert(span.tz)
    gap = frame["over"].where(frame["short"] < SHOWN, -frame["short"])
    frame = frame.assign(
        clock=clock_labels(local),
        row=[short_day(at.date()) for at in local],
        day=[at.date().isoformat() for at in local],
        gap=gap,
        at=[at.isoformat() for at in local],
    )
    frame["text"] = [_cell_text(value) for value in frame["gap"]]
    names = ["row", "clock", "day", "at", "when", "gap", "text", "scheduled", "on_seat", "short",
             "over"]  # fmt: skip
    return frame[names]


def _cell_text(gap: float) -> str:
    """Return whole people, and a decimal below one; a small surplus is not worth a number."""
    if -0.95 < gap <= -SHOWN or 0.5 <= gap < 0.95:
        return f"{gap:+.1f}"
    return "" if abs(gap) < 0.5 else f"{gap:+.0f}"


def week_grid(plan: Any, span: Span, queue: str | None = None) -> pd.DataFrame:
    """Return people (who serve `queue`) x days with shift code and times, paid hours and days."""
    done = shifts(plan.roster, plan)
    done = done[done["day"].isin(span.dates)]
    cells = _cells(done, span.tz)
    paid, days = done.groupby("agent")["paid_h"].sum(), done.groupby("agent")["day"].nunique()
    rows, shown = [], shown_names(plan.scenario)
    able = serving(plan.scenario.people, queue)
    for person in plan.scenario.people:
        if person.id not in able:
            continue
        row: dict[str, Any] = {
            t("grid.person"): person_name(person, person.id),
            t("grid.team"): person.team,
            t("grid.skills"): skills_text(person, shown),
        }
        for day in span.dates:
            leave = t("grid.leave") if day in person.time_off else ""
            row[short_day(day)] = cells.get((person.id, day), leave)
        row[t("grid.hours")] = round(float(paid.get(person.id, 0.0)), 2)
        row[t("grid.days")] = int(days.get(person.id, 0))
        rows.append(row)
    return pd.DataFrame(rows)


def _cells(done: pd.DataFrame, tz: str) -> dict[tuple[str, dt.date], str]:
    """Return the text of each person's day; two shifts on a day stand side by side."""
    texts: dict[tuple[str, dt.date], list[str]] = {}
    begins, ends = done["start"].dt.tz_convert(tz), done["end"].dt.tz_convert(tz)
    for agent, day, code, begin, end in zip(
        done["agent"], done["day"], done["shift"], begins, ends, strict=True
    ):
        texts.setdefault((agent, day), []).append(f"{code} {clock(begin)}–{clock(end)}")
    return {key: ", ".join(parts) for key, parts in texts.items()}


def at_work(plan: Any, span: Span, queue: str | None = None) -> pd.DataFrame:
    """Return one row: how many people work on each day of `span`, and their paid hours."""
    done = shifts(plan.roster, plan)
    if queue is not None:
        done = done[done["agent"].isin(serving(plan.scenario.people, queue))]
    row: dict[str, Any] = {t("grid.person"): t("grid.total")}
    for day in span.dates:
        row[short_day(day)] = int(done.loc[done["day"] == day, "agent"].nunique())
    paid = done.loc[done["day"].isin(span.dates), "paid_h"].sum()
    return pd.DataFrame([row | {t("grid.hours"): number(float(paid), 1)}])


def hours(plan: Any, span: Span) -> pd.DataFrame:
    """Return paid hours per person of one week beside the contract's least and most."""
    done = shifts(plan.roster, plan)
    paid = done[done["day"].isin(span.dates)].groupby("agent")["paid_h"].sum()
    contracts = {contract.name: contract for contract in plan.scenario.contracts}
    return pd.DataFrame(
        [
            {
                "person": person_name(person, person.id),
                "paid_h": float(paid.get(person.id, 0.0)),
                "min_h": contracts[person.contract].min_week_h,
                "max_h": contracts[person.contract].max_week_h,
                "contract": person.contract,
            }
            for person in plan.scenario.people
        ]
    )


def unmet(plan: Any, queue: str | None) -> pd.DataFrame:
    """Return where people are short, worst first, headed for people."""
    frame = plan.roster.unmet
    frame = frame if queue is None else frame[frame["queue"] == queue]
    frame = frame.sort_values("unmet", ascending=False, kind="stable")
    shown = shown_names(plan.scenario)
    local = frame["start"].dt.tz_convert(plan.scenario.timezone)
    return pd.DataFrame(
        {
            t("unmet.queue"): [shown[name] for name in frame["queue"]],
            t("unmet.when"): [time_text(at) for at in local],
            t("unmet.scheduled"): frame["scheduled"].to_numpy(),
            t("unmet.on_seat"): frame["on_seat"].round(1).to_numpy(),
            t("unmet.short"): frame["unmet"].round(1).to_numpy(),
        }
    )


def violations(plan: Any) -> pd.DataFrame:
    """Return the broken labour rules, headed for people."""
    return pd.DataFrame(
        {
            t("violation.rule"): [v.rule for v in plan.violations],
            t("violation.agent"): [v.agent for v in plan.violations],
            t("violation.day"): [str(v.day) for v in plan.violations],
            t("violation.text"): [v.text for v in plan.violations],
        }
    )
