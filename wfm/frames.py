"""The tables that pass between stages: their keys, columns and units.

`docs/data.md` is generated from this file. Times are timezone-aware starts of intervals,
durations seconds (``_s``), fractions 0 to 1, one row a key.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from wfm.errors import BadInput


@dataclass(frozen=True)
class Column:
    """One column: `kind` is ``"text"``, ``"time"``, ``"moment"`` (a time that may be missing),
    ``"number"``, ``"count"`` or ``"flag"`` (true or false).
    """

    name: str
    kind: str
    meaning: str
    optional: bool = False


@dataclass(frozen=True)
class Table:
    """One table contract."""

    name: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]


_QUEUE = Column("queue", "text", "name of the queue")
_START = Column("start", "time", "start of the interval, with time zone")

HISTORY = Table("history", "What happened, an interval a row.", ("queue", "start"), (
    _QUEUE, _START,
    Column("offered", "number", "contacts that entered the queue"),
    Column("aht_s", "number", "mean handle time of the interval's handled contacts, seconds", True),
    Column("answered", "number", "contacts that reached an agent", True),
    Column("abandoned", "number", "contacts that left before an agent", True),
    Column("wait_answered_s", "number", "sum of waits of answered contacts, seconds", True),
    Column("wait_abandoned_s", "number", "sum of waits of abandoned contacts, seconds", True),
))  # fmt: skip
BANDS = ("p2_5", "p10", "p50", "p90", "p97_5")
FORECAST = Table("forecast", "What is expected, an interval a row.", ("queue", "start"), (
    _QUEUE, _START,
    Column("volume", "number", "expected offered contacts"),
    Column("aht_s", "number", "expected mean handle time, seconds"),
    *(Column(name, "number", f"{name[1:].replace('_', '.')} % quantile of offered contacts")
      for name in BANDS),
))  # fmt: skip
REQUIREMENT = Table("requirement", "Agents needed, an interval a row.", ("queue", "start"), (
    _QUEUE, _START,
    Column("agents", "number", "least agents on seat, real-valued"),
    Column("agents_rounded", "count", "least whole agents on seat"),
    Column("scheduled", "count", "agents on duty and not on a break, so that after shrinkage "
           "`agents_rounded` are on seat; for e-mail as much work is done, over a "
           "stretch of intervals, and never fewer than `agents_rounded` in one"),
    Column("p_answered_within", "number", "predicted service level with `agents_rounded`, by the "
           "target's rule; NaN where nothing is expected"),
    Column("occupancy", "number", "predicted share of on-seat time spent on contacts"),
))  # fmt: skip
EXPLAINED = Table("explained", "Why each requirement is what it is, an interval a row: "
                  "`wfm.requirement.explain`. One agent less and more change this interval alone.",
                  ("queue", "start"), (
    _QUEUE, _START,
    Column("volume", "number", "expected contacts that this centre serves"),
    Column("aht_s", "number", "expected mean handle time, seconds"),
    Column("load", "number", "volume x aht_s / interval, erlangs"),
    Column("model", "text", "the model that sized it, in words"),
    Column("agents", "number", "least agents on seat, real-valued; whole where the model is"),
    Column("agents_rounded", "count", "least whole agents on seat"),
    Column("occupancy", "number", "predicted share of on-seat time spent on contacts"),
    Column("binding", "text", "limits that one agent less would miss; empty where nothing is "
           "expected"),
    Column("p_answered_within", "number", "predicted service level by the target's rule; for "
           "tiers, of each by its own time; for e-mail, the share done by its deadline"),
    Column("asa_s", "number", "predicted mean wait of answered contacts, seconds; NaN where the "
           "model does not say"),
    Column("p_abandon", "number", "predicted share that leaves the queue"),
    Column("shrinkage", "number", "share of duty time lost, breaks and lunch not counted"),
    Column("scheduled", "count", "agents on duty and not on a break"),
    Column("fte", "number", "scheduled hours over a full-time week; adds up over a week"),
    Column("cost", "number", "of the scheduled hours, in the scenario's currency; NaN without a "
           "cost_per_hour"),
    Column("p_answered_within_less", "number", "the same with one agent less on seat; for e-mail "
           "the worst of the whole plan"),
    Column("p_answered_within_more", "number", "the same with one agent more"),
    Column("met_less", "flag", "whether the target would be met with one agent less"),
    Column("met", "flag", "whether it is met"),
    Column("met_more", "flag", "whether it would be met with one more"),
    Column("scheduled_less", "count", "scheduled for one agent less on seat"),
    Column("scheduled_more", "count", "scheduled for one agent more on seat"),
    Column("cost_less", "number", "change of cost with one agent less on seat, <= 0"),
    Column("cost_more", "number", "change of cost with one agent more on seat, >= 0"),
    Column("p_target_met_less", "number", "P(target met) with one agent less, under the forecast's "
           "quantiles; NaN without a chance in the scenario"),
    Column("p_target_met", "number", "P(target met)"),
    Column("p_target_met_more", "number", "P(target met) with one agent more"),
    Column("expected_service_level", "number", "service level that one contact expects under the "
           "forecast's quantiles"),
))  # fmt: skip
ROSTER = Table("roster", "Who does what, a stretch of one activity a row.", ("agent", "start"), (
    Column("agent", "text", "id of the person"), _START,
    Column("end", "time", "end of the stretch, with time zone"),
    Column("activity", "text", "`work`, `break`, `lunch`, `gap` (split shift), `on call`, "
           "or the name of a meeting"),
    Column("queue", "text", "queues served, joined by `+` (the person's skill group)"),
    Column("shift", "text", "code of the shift type"),
))  # fmt: skip
UNMET = Table("unmet", "Where the roster is short, an interval a row.", ("queue", "start"), (
    _QUEUE, _START,
    Column("scheduled", "count", "agents wanted on duty"),
    Column("on_seat", "number", "agents on duty and not on a break, mean over the interval"),
    Column("unmet", "number", "agents short, mean over the interval"),
))  # fmt: skip

COVERAGE = Table("coverage", "What a roster covers, an interval a row.", ("queue", "start"), (
    _QUEUE, _START,
    Column("scheduled", "count", "agents wanted on duty"),
    Column("on_seat", "number", "agents on duty and not on a break, mean over the interval; a "
           "person of several skills counts once"),
    Column("gap", "number", "on_seat - scheduled = over - unmet"),
    Column("unmet", "number", "agents short, mean of what each moment of the interval lacks"),
    Column("over", "number", "agents to spare, mean of what each moment has beyond"),
))  # fmt: skip

TABLES = {
    table.name: table
    for table in (HISTORY, FORECAST, REQUIREMENT, EXPLAINED, ROSTER, COVERAGE, UNMET)
}


def check(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` if it keeps the contract of table `name`; raise BadInput otherwise.

    Columns beyond the contract are allowed. The frame itself is returned, unchanged.

    Parameters
    ----------
    name : str
        A key of `TABLES`.
    frame : DataFrame

    Raises
    ------
    BadInput
        Names the column, the first bad row, and how many there are.
    """
    return check_table(TABLES[name], frame)


def check_table(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` if it keeps the contract of `table`; see `check`."""
    name = table.name
    if not isinstance(frame, pd.DataFrame):
        raise BadInput(f"{name}: expected a DataFrame, got {type(frame).__name__}")
    missing = [c.name for c in table.columns if not c.optional and c.name not in frame.columns]
    if missing:
        raise BadInput(
            f"{name}: missing columns {missing}; got {list(map(str, frame.columns))[:20]}"
        )
    for column in table.columns:
        if column.name in frame.columns:
            _check_kind(name, column, frame[column.name])
    twice = frame.duplicated(list(table.key), keep="first")
    if twice.any():
        raise BadInput(
            f"{name}: {int(twice.sum())} rows repeat a key (first: {_row(table, frame, twice)}); "
            "one row a key is expected"
        )
    return frame


def _check_kind(name: str, column: Column, values: pd.Series) -> None:
    where = f"{name}: column {column.name!r}"
    if column.kind in ("time", "moment"):
        if not isinstance(values.dtype, pd.DatetimeTZDtype):
            raise BadInput(
                f"{where} must be timezone-aware times, got {values.dtype}; localise it first, "
                "for example with .dt.tz_localize('America/New_York')"
            )
        if column.kind == "time" and values.isna().any():
            raise BadInput(f"{where} has {int(values.isna().sum())} missing times")
    elif column.kind == "text":
        if values.isna().any():
            raise BadInput(f"{where} has {int(values.isna().sum())} missing values")
    elif column.kind == "flag":
        if values.dtype != bool:
            raise BadInput(f"{where} must be true or false, got {values.dtype}")
    elif not pd.api.types.is_numeric_dtype(values.dtype) or values.dtype == bool:
        raise BadInput(f"{where} must be numbers, got {values.dtype}")


def _row(table: Table, frame: pd.DataFrame, bad: pd.Series) -> str:
    first = frame.loc[bad.to_numpy(), list(table.key)].iloc[0]
    return ", ".join(f"{key} {value}" for key, value in first.items())


def as_markdown() -> str:
    """Return the contracts as the text of `docs/data.md`.

    `python -c "from wfm import frames; print(frames.as_markdown(), end='')" > docs/data.md` writes
    it anew.
    """
    out = [
        "# Tables",
        "",
        "Generated from `wfm/frames.py`. Times are timezone-aware starts of intervals, durations",
        "seconds (`_s`), fractions 0 to 1. Key columns are marked; one row a key.",
    ]
    for table in TABLES.values():
        out += ["", f"## {table.name}", "", table.meaning, "",
                "| column | kind | key | meaning |", "|---|---|---|---|"]  # fmt: skip
        for column in table.columns:
            key = "key" if column.name in table.key else ("where known" if column.optional else "")
            out.append(f"| `{column.name}` | {column.kind} | {key} | {column.meaning} |")
    return "\n".join(out) + "\n"
