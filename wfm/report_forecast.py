"""Forecasts, backtests and running days in words and figures, for a terminal and for scripts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from wfm.forecasting import FileBacktest, FileCleaning, FileForecast
from wfm.overriding import Overridden
from wfm.plan import Plan
from wfm.report import plain_values
from wfm.running_day import Today

_DAY_MIN = 1440
MODELS = {
    "profile": "this model",
    "weekday_mean": "last four weeks",
    "seasonal_naive": "last week",
}


def forecast_lines(made: FileForecast) -> list[str]:
    """Return a line a queue and local day, then what was read, cleaned and added."""
    frame = made.expected.frame
    last = made.end - pd.Timedelta(hours=12)
    out = [f"Forecast of {made.first:%a %d %b %Y} to {last:%a %d %b %Y}, {_by(made.interval_min)}"]
    days = frame.assign(day=frame["start"].dt.strftime("%a %d %b"),
                        seconds=frame["volume"] * frame["aht_s"])  # fmt: skip
    score = {row["queue"]: row for row in made.expected.score.to_dict("records")}
    for queue, rows in days.groupby("queue", sort=False):
        said = score[queue]
        out.append(
            f"{queue}: {rows['volume'].sum():,.0f} contacts; held back: WAPE "
            f"{share(said['wape'])}, bias {share(said['bias'])}, last week "
            f"{share(said['seasonal_naive'])}, floor {share(said['noise_floor'])}"
        )
        by_day = rows.groupby("day", sort=False)[["volume", "seconds"]].sum(min_count=1)
        for day, row in by_day[by_day["volume"] > 0].iterrows():
            aht = row["seconds"] / row["volume"]
            handled = "" if math.isnan(aht) else f", {aht:,.0f} s each"
            out.append(f"  {day}  {row['volume']:>10,.1f}{handled}")
    return [*out, *_notes(made.notes)]


def _by(interval_min: int) -> str:
    return "day totals" if interval_min == _DAY_MIN else f"intervals of {interval_min} min"


def _notes(notes: Iterable[str]) -> list[str]:
    return [f"  note  {note}" for note in notes]


def board_lines(made: FileBacktest) -> list[str]:
    """Return the leaderboard of each queue, best model first, all leads together; then notes."""
    out = []
    board = made.board
    overall = board.frame[board.frame["lead"] == "all"]
    for queue, rows in overall.groupby("queue", sort=False):
        best = board.champion.get(queue)
        out.append(f"{queue}: best {'none, no contact came' if best is None else best}")
        out.append(
            "  model                             WAPE    bias   floor    xs  80 % held  95 % held"
        )
        for row in rows.to_dict("records"):
            told = MODELS.get(str(row["model"]), "")
            name = f"{row['model']} ({told})" if told else str(row["model"])
            xs = "–" if math.isnan(row["xs"]) else f"{row['xs']:.2f}"
            out.append(
                f"  {name:<30} {share(row['wape']):>7} {share(row['bias']):>7} "
                f"{share(row['noise_floor']):>7} {xs:>5} {share(row['coverage80']):>10} "
                f"{share(row['coverage95']):>10}"
            )
    return [
        *out,
        "floor: the WAPE that remains when every mean is known; xs: WAPE over that of an oracle "
        "who knows day totals and profile",
        *_notes(made.notes),
    ]


def cleaning_lines(made: FileCleaning) -> list[str]:
    """Return a line for each run of intervals changed, left out or missing; then notes."""
    if made.log.empty:
        said = "Nothing to clean: no outage, no outlier, no gap was found."
        return [said, *_notes(made.notes)]
    return [
        f"{row['queue']}: {row['what']} {row['start']:%Y-%m-%d %H:%M} to "
        f"{row['end']:%Y-%m-%d %H:%M}, {_used(row)}"
        for row in made.log.to_dict("records")
    ] + _notes(made.notes)


def _used(row: Mapping[Any, Any]) -> str:
    if row["what"] == "gap":
        return str(row["why"])
    used = "left out" if math.isnan(row["used"]) else f"taken as {row['used']:,.0f}"
    return f"{row['was']:,.0f} contacts {used}: {row['why']}"


def today_lines(today: Today) -> list[str]:
    """Return a line a queue of the running day, then alarms and what was read."""
    out = [
        f"At {today.at:%a %d %b %Y %H:%M}",
        "  queue              so far  unrecorded  still to come       day      P10      P90  "
        "planned   rest",
    ]
    for row in today.days.to_dict("records"):
        rest = "–" if math.isnan(row["factor"]) else f"{row['factor'] - 1:+.1%}"
        out.append(
            f"  {row['queue']!s:<14} {row['so_far']:>10,.0f} {row['masked']:>11,.0f} "
            f"{row['rest']:>14,.0f} "
            f"{row['volume']:>9,.0f} {row['p10']:>8,.0f} {row['p90']:>8,.0f} "
            f"{row['planned']:>8,.0f} {rest:>6}"
        )
    out += [
        f"  {row['direction']}  queue {row['queue']!r} since {row['start']:%H:%M}: "
        f"{row['contacts']:+,.0f} contacts, "
        + ("no campaign explains it" if row["event"] is None else f"campaign {row['event']!r}")
        for row in today.signals.to_dict("records")
    ]
    return [*out, *_notes(today.notes)]


def override_lines(made: Overridden, *, kept: bool) -> list[str]:
    """Return what an override does to contacts, people and shortage."""
    said = made.override
    change = "" if said.before <= 0 else f" ({said.after / said.before - 1:+.1%})"
    out = [
        f"{said.queue}, {said.start:%a %d %b %H:%M} to {said.end:%a %d %b %H:%M}: "
        f"{said.before:,.0f} -> {said.after:,.0f} contacts{change}, by {said.by}: {said.reason}",
        f"  agents at peak    {made.before.peak_agents} -> {made.after.peak_agents}",
        f"  hours on duty     {made.before.scheduled_hours:,.1f} -> "
        f"{made.after.scheduled_hours:,.1f}",
        f"  hours short       {made.short_before:,.1f} -> {made.short_after:,.1f}"
        + ("" if made.plan.roster is not None else " (no roster)"),
        *_notes(made.notes),
    ]
    if not kept:
        return [*out, "Only tried: the plan stays as it was."]
    if made.plan.roster is not None:
        out.append("Every shift stays; 'wfm roster' makes a roster for the new requirement.")
    count = len(made.plan.overrides)
    return [*out, f"Plan {made.plan.id}, {count} override{'s' if count != 1 else ''} in all."]


def override_values(made: Overridden) -> dict[str, Any]:
    """Return the same as plain values for JSON."""
    said = made.override
    return {
        "plan": made.plan.id, "queue": said.queue, "start": said.start.isoformat(),
        "end": said.end.isoformat(), "intervals": said.rows, "reason": said.reason,
        "by": said.by, "contacts": [said.before, said.after],
        "peak_agents": [made.before.peak_agents, made.after.peak_agents],
        "scheduled_hours": [made.before.scheduled_hours, made.after.scheduled_hours],
        "short_hours": [made.short_before, made.short_after], "notes": made.notes,
    }  # fmt: skip


def taken_back_lines(plan: Plan) -> list[str]:
    """Return what was taken back of a plan's forecast, and what still stands."""
    count = len(plan.overrides)
    return [
        plan.provenance.notes[-1],
        f"Plan {plan.id}, {count} override{'s' if count != 1 else ''} left.",
    ]


def taken_back_values(plan: Plan) -> dict[str, Any]:
    """Return the same as plain values for JSON."""
    return {
        "plan": plan.id, "taken_back": plan.provenance.notes[-1], "overrides": len(plan.overrides)
    }  # fmt: skip


def value_lines(judged: pd.DataFrame) -> list[str]:
    """Return what each override was worth."""
    return [
        f"{row['version']}: {row['queue']} {row['start']:%Y-%m-%d} to {row['end']:%Y-%m-%d} by "
        f"{row['by']} ({row['reason']}): WAPE {share(row['wape_before'])} -> "
        f"{share(row['wape_after'])}, better on {row['days_better']:.0f} and worse on "
        f"{row['days_worse']:.0f} days: {row['verdict']}"
        for row in judged.to_dict("records")
    ]


def share(value: float) -> str:
    """Return a fraction in percent; a dash where there is none."""
    return "–" if math.isnan(value) else f"{value:.1%}"


def values(frame: pd.DataFrame) -> list[Any]:
    """Return the rows of a table as plain values for JSON; times are ISO, undefined is None."""
    rows = [
        {
            str(name): value.isoformat() if isinstance(value, pd.Timestamp) else value
            for name, value in row.items()
        }
        for row in frame.to_dict("records")
    ]
    return [plain_values(row) for row in rows]
