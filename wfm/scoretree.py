"""What do the KPIs of the tree read now, from strategy down to teams, and what was usual?"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pandas as pd

from wfm.actuals import Actuals
from wfm.alerts import stored
from wfm.comparison import comparison
from wfm.errors import BadInput
from wfm.kpi import catalogue, tree

__all__ = ["METHODS", "Part", "Row", "read"]

# Which variant of a definition these actuals can carry over half a year.
METHODS: dict[str, dict[str, Any]] = {"fcr": {"method": "survey"}}
_NOW_WEEKS = 4
_NOW, _BEFORE = " now", " before"


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
        if "awt_s" in table.columns and len(table["awt_s"].unique()) > 1:
            label = str(table.groupby("queue")["offered"].sum().idxmax())
            table = table[table["queue"] == label]
        choices = stored(node.kpi, table, choices)
        own = Actuals({name: table})
        days = _days(table)
        since = days[1] - dt.timedelta(days=7 * _NOW_WEEKS - 1)
        until = days[0] + dt.timedelta(days=83)
        if node.kpi == "aht_s" and by:
            return _at_one_mix(node, depth, own, (since, until))
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


def _at_one_mix(node: tree.Node, depth: int, own: Actuals, cuts: tuple[dt.date, dt.date]) -> Row:
    """Return handle times of teams, both spans held at the mix of both together."""
    name, table = next(iter(own.tables.items()))
    day = table["start"].dt.date
    late, early = table[day >= cuts[0]], table[day <= cuts[1]]
    spans = [late.assign(team=late["team"] + _NOW), early.assign(team=early["team"] + _BEFORE)]
    made = comparison(Actuals({name: pd.concat(spans)}), "aht_s", unit="team").frame
    known = made.set_index("team")
    teams = [team.removesuffix(_NOW) for team in made["team"] if team.endswith(_NOW)]
    parts = []
    for team in teams:
        row = known.loc[team + _NOW]
        value, half = float(row["standardised"]), float(row["inner_upper"] - row["inner_lower"]) / 2
        before = float(known["standardised"].get(team + _BEFORE, float("nan")))
        parts.append(Part(team, value, value - half, value + half, float(row["n"]), before))
    return Row(node, depth, tuple(parts), "aht_s/1() at one mix", cuts[0], day.max())


def _days(table: pd.DataFrame) -> tuple[dt.date, dt.date]:
    column = next(c for c in ("start", "contact_at", "opened_at") if c in table.columns)
    day = table[column].dt.date
    return day.min(), day.max()
