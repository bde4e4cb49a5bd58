"""What do the KPIs of the tree read now, from strategy down to teams, and what was usual?"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from wfm.actuals import Actuals
from wfm.alerts import stored
from wfm.errors import BadInput
from wfm.kpi import catalogue, tree

__all__ = ["METHODS", "Part", "Row", "read"]

# Which variant of a definition these actuals can carry over half a year.
METHODS: dict[str, dict[str, Any]] = {"fcr": {"method": "survey"}}
_NOW_WEEKS = 4


@dataclass(frozen=True)
class Part:
    """A KPI of one part of the centre.

    Attributes
    ----------
    label : str
        Queue or team; empty for the whole centre.
    value, lo, hi, n : float
        Over the last weeks.
    before : float
        Over the twelve weeks that begin the actuals.
    """

    label: str
    value: float
    lo: float
    hi: float
    n: float
    before: float


@dataclass(frozen=True)
class Row:
    """One node of the tree.

    Attributes
    ----------
    node : tree.Node
    depth : int
        0 for the root.
    parts : tuple of Part
        One for the centre, or one a team; empty for a goal, or without data.
    definition : str
    first, last : date or None
        Days of `value`.
    why : str
        Why there is no figure, where there is none.
    """

    node: tree.Node
    depth: int
    parts: tuple[Part, ...]
    definition: str = ""
    first: dt.date | None = None
    last: dt.date | None = None
    why: str = ""


def read(actuals: Actuals, nodes: tree.Tree | None = None) -> tuple[Row, ...]:
    """Return every node of the tree with its figures, parents before children.

    Figures of people are shown by team; a service level is that of the queue with most work, for
    queues of different waiting times have no common one.

    Parameters
    ----------
    actuals : Actuals
    nodes : Tree, optional
        `tree.default_tree()` without.
    """
    grown = nodes or tree.default_tree()
    out: list[Row] = []

    def add(node: tree.Node, depth: int) -> None:
        out.append(_row(actuals, node, depth))
        for child in grown.nodes:
            if child.parent == node.id:
                add(child, depth + 1)

    add(next(node for node in grown.nodes if node.parent is None), 0)
    return tuple(out)


def _row(actuals: Actuals, node: tree.Node, depth: int) -> Row:
    if node.kpi is None:
        return Row(node, depth, ())
    choices = METHODS.get(node.kpi, {})
    by = ["team"] if node.level in ("A", "T") and "T" in catalogue.find(node.kpi).levels else []
    try:
        name = actuals.for_kpi(node.kpi, by, **choices)
        table = actuals.tables[name]
        label = ""
        if "awt_s" in table.columns and table["awt_s"].nunique() > 1:
            label = str(table.groupby("queue")["offered"].sum().idxmax())
            table = table[table["queue"] == label]
        choices = stored(node.kpi, table, choices)
        own = Actuals({name: table})
        days = _days(table)
        since = days[1] - dt.timedelta(days=7 * _NOW_WEEKS - 1)
        until = days[0] + dt.timedelta(days=83)
        now = own.between(since, days[1]).compute(node.kpi, by, **choices)
        was = own.between(days[0], until).compute(node.kpi, by, **choices)
    except BadInput as error:
        return Row(node, depth, (), why=str(error))
    before = dict(zip(was["team"], was["value"], strict=True)) if by else {}
    parts = tuple(
        Part(str(row["team"]) if by else label, float(row["value"]), float(row["lo"]),
             float(row["hi"]), float(row["n"]),
             float(before.get(row["team"], float("nan"))) if by else float(was["value"].iloc[0]))
        for _, row in now.iterrows()
    )  # fmt: skip
    return Row(node, depth, parts, str(now["definition"].iloc[0]), since, days[1])


def _days(table: Any) -> tuple[dt.date, dt.date]:
    column = next(c for c in ("start", "contact_at", "opened_at") if c in table.columns)
    day = table[column].dt.date
    return day.min(), day.max()
