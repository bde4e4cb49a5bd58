"""What was done to a forecast: cleaning, campaigns, changes by hand, the day so far?"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from wfm.ui.i18n import day_text, number, percent, signed_percent, t, time_text
from wfm.ui.views.axes import Span, placed, within
from wfm.ui.views.names import shown_names
from wfm.ui.views.staffing import in_use

_SIMPLE = ("weekday_mean", "seasonal_naive")
_NEARLY = 1e-9  # of a contact: what rounding leaves of a change that was taken back


def untouched(plan: Any, queue: str) -> pd.Series:
    """Return the contacts expected before campaigns and changes by hand, by interval start."""
    base = plan.forecast if plan.locked is None else plan.locked
    base = base[base["queue"] == queue].set_index("start")["volume"]
    extra = plan.extra[plan.extra["queue"] == queue]
    if len(extra):
        base = base.sub(extra.groupby("start")["extra"].sum(), fill_value=0.0)
    return base


def with_untouched(frame: pd.DataFrame, plan: Any, queue: str) -> pd.DataFrame:
    """Return `frame` with `untouched`; NaN throughout where nothing of it was changed."""
    before = untouched(plan, queue).reindex(frame["start"]).to_numpy(float)
    changed = np.abs(before - frame["volume"].to_numpy(float)) > _NEARLY
    return frame.assign(untouched=before if changed.any() else np.nan)


def cleaning_table(plan: Any, queue: str) -> pd.DataFrame:
    """Return what the history of `queue` was cleaned of, newest first, headed for people."""
    rows = plan.cleaning[plan.cleaning["queue"] == queue].iloc[::-1]
    return pd.DataFrame({
        t("cleaning.what"): [_fault(str(what)) for what in rows["what"]],
        t("cleaning.start"): [time_text(at) for at in rows["start"]],
        t("cleaning.end"): [time_text(at) for at in rows["end"]],
        t("cleaning.was"): [number(value) for value in rows["was"]],
        t("cleaning.used"): [number(value) for value in rows["used"]],
        t("cleaning.why"): list(rows["why"]),
    })  # fmt: skip


def _fault(what: str) -> str:
    return t(f"cleaning.{what.replace(' ', '_')}")


def campaign_table(plan: Any, queue: str) -> pd.DataFrame:
    """Return a row a campaign of the register, headed for people."""
    mine = plan.extra[plan.extra["queue"] == queue].groupby("campaign")["extra"].sum()
    register = plan.campaigns
    return pd.DataFrame({
        t("campaign.name"): [item.name for item in register],
        t("campaign.kind"): [item.kind for item in register],
        t("campaign.first"): [day_text(item.start) for item in register],
        t("campaign.last"): [day_text(item.last_contact) for item in register],
        t("campaign.contacts"): [number(item.mean) for item in register],
        t("campaign.here"): [number(float(mine.get(item.name, 0.0))) for item in register],
        t("campaign.notice"): [
            t("campaign.days", days=item.notice_days)
            if item.registered_on
            else t("campaign.unannounced")
            for item in register
        ],
        t("campaign.owner"): [item.owner for item in register],
    })  # fmt: skip


def override_table(plan: Any) -> pd.DataFrame:
    """Return who changed what of the forecast and why, newest first, headed for people."""
    rows = plan.overrides.iloc[::-1]
    shown = shown_names(plan.scenario)
    return pd.DataFrame({
        t("override.when"): [time_text(at.tz_convert(plan.scenario.timezone)) for at in rows["at"]],
        t("override.who"): list(rows["by"]),
        t("override.queue"): [shown.get(name, name) for name in rows["queue"]],
        t("override.from"): [time_text(at) for at in rows["start"]],
        t("override.to"): [time_text(at) for at in rows["end"]],
        t("override.before"): [number(value) for value in rows["before"]],
        t("override.after"): [number(value) for value in rows["after"]],
        t("override.reason"): list(rows["reason"]),
    })  # fmt: skip


def expected_in(plan: Any, queue: str, start: pd.Timestamp, end: pd.Timestamp) -> float:
    """Return the contacts expected from `start` to `end`."""
    rows = plan.forecast
    inside = (rows["queue"] == queue) & (rows["start"] >= start) & (rows["start"] < end)
    return float(rows.loc[inside, "volume"].sum())


def bounds(plan: Any, queue: str, span: Span) -> list[pd.Timestamp]:
    """Return where a change of a day may begin or end: the bounds of its intervals in use."""
    rows = within(plan.forecast[plan.forecast["queue"] == queue], span).sort_values("start")
    busy = rows.loc[rows["volume"] > 0, "start"]
    if busy.empty:
        return []
    step = pd.Timedelta(minutes=plan.scenario.interval_min)
    inside = rows[(rows["start"] >= busy.min()) & (rows["start"] <= busy.max())]["start"]
    return [*inside, busy.max() + step]


def board_table(plan: Any, board: pd.DataFrame) -> pd.DataFrame:
    """Return the leaderboard, a queue a row, headed for people."""
    shown = shown_names(plan.scenario)
    wape = board.set_index(["queue", "model"])["wape"].to_dict()
    own = {row["queue"]: row for row in board[board["model"] == _own(board)].to_dict("records")}
    queues = [queue.name for queue in plan.scenario.queues if queue.name in own]
    best = {name: min(wape[name, model] for model in _SIMPLE) for name in queues}
    return pd.DataFrame({
        t("score.queue"): [shown.get(name, name) for name in queues],
        t("board.model"): [percent(own[name]["wape"], 1) for name in queues],
        t("board.weekday_mean"): [percent(wape[name, "weekday_mean"], 1) for name in queues],
        t("board.seasonal_naive"): [percent(wape[name, "seasonal_naive"], 1) for name in queues],
        t("score.floor"): [percent(own[name]["noise_floor"], 1) for name in queues],
        t("board.saved"): [
            percent(1 - own[name]["wape"] / best[name]) if best[name] > 0 else number(None)
            for name in queues
        ],
        t("score.bias"): [signed_percent(own[name]["bias"]) for name in queues],
        t("score.inside"): [percent(own[name]["coverage80"]) for name in queues],
    })  # fmt: skip


def board_sentence(board: pd.DataFrame, queue: str) -> str:
    """Return the leaderboard of one queue as a sentence; empty where it was not measured."""
    rows = {row["model"]: row for row in board[board["queue"] == queue].to_dict("records")}
    if not rows:
        return ""
    own = rows[_own(board)]
    return t(
        "board.line",
        model=percent(own["wape"], 1),
        usual=percent(rows["weekday_mean"]["wape"], 1),
        last=percent(rows["seasonal_naive"]["wape"], 1),
        floor=percent(own["noise_floor"], 1),
    )


def _own(board: pd.DataFrame) -> str:
    """Return the name of the model that made the plan: the one that is no simple baseline."""
    return next(str(name) for name in board["model"] if name not in _SIMPLE)


def day_so_far(today: Any, plan: Any, queue: str) -> dict[str, str]:
    """Return the figures of the running day of `queue` as texts."""
    row = today.days[today.days["queue"] == queue].iloc[0]
    return {
        "so_far": number(row["so_far"]),
        "rest": number(row["rest"]),
        "day": number(row["volume"]),
        "low": number(row["p10"]),
        "high": number(row["p90"]),
        "planned": number(row["planned"]),
        "change": signed_percent(row["factor"] - 1),
    }


def alarms(today: Any, plan: Any) -> list[str]:
    """Return the alarms of the running day as sentences."""
    shown = shown_names(plan.scenario)
    return [
        t(
            f"today.{row['direction']}",
            queue=shown.get(row["queue"], row["queue"]),
            since=time_text(row["start"]),
            contacts=number(abs(row["contacts"])),
        )
        + " "
        + (
            t("today.unexplained")
            if row["event"] is None
            else t("today.explained", name=row["event"])
        )
        for row in today.signals.to_dict("records")
    ]


def day_of(today: Any) -> dt.date:
    """Return the running day."""
    day: pd.Timestamp = today.days["day"].iloc[0]
    return day.date()


def day_band(today: Any, queue: str, span: Span, interval_min: int) -> pd.DataFrame:
    """Return the intervals of the running day: `offered`, `planned`, `ahead` and its band."""
    rows = today.frame[today.frame["queue"] == queue]
    frame = in_use(placed(rows, span, interval_min), "volume", "planned")
    coming = frame["status"] != "known"
    return frame.assign(
        **{name: frame[name].where(coming) for name in ("p10", "p90")},
        ahead=frame["volume"].where(coming),
    )
