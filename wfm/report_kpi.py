"""What the commands about KPIs print: lines for people, values for programs."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pandas as pd

from wfm.actuals import Actuals
from wfm.attribution import Attribution
from wfm.comparison import Comparison
from wfm.kpi import catalogue
from wfm.measuring import Found
from wfm.scorecard import Card
from wfm.scoretree import Row

FIGURES = ("value", "lo", "hi", "n")


def figure(value: float, unit: str) -> str:
    """Return a figure with its unit; fractions as percent.

    >>> figure(0.8269, "fraction"), figure(211.44, "s"), figure(float("nan"), "s")
    ('82.7 %', '211.4 s', 'undefined')
    """
    if math.isnan(value):
        return "undefined"
    if unit.startswith("fraction"):
        return f"{100 * value:.1f} %"
    return f"{value:,.4g} {unit}".strip()


def kpi_lines(table: pd.DataFrame, key: str) -> list[str]:
    """Return one line a group: value, limits, n; the definition below."""
    item = catalogue.find(key)
    groups = [n for n in table.columns if n not in
              ("numerator", "denominator", *FIGURES, "definition")]  # fmt: skip
    out = [f"{item.name_en} {item.name_zh}"]
    for row in table.to_dict("records"):
        where = " ".join(_word(row[name]) for name in groups)
        value, low, high = (figure(float(row[n]), item.unit) for n in ("value", "lo", "hi"))
        limits = "" if "undefined" in (low, high) else f"  (95 % limits {low} to {high})"
        count = "" if math.isnan(row["n"]) else f"  n {row['n']:,.0f}"
        few = "  few" if row["n"] < 30 else ""
        out.append(f"  {where + '  ' if where else ''}{value}{limits}{count}{few}")
    definitions = sorted(set(table["definition"]))
    return [*out, *(f"Definition: {one}" for one in definitions)]


def _word(value: Any) -> str:
    """Return a group's label; a day without its midnight."""
    text = str(value)
    return text.removesuffix(" 00:00:00") if isinstance(value, pd.Timestamp) else text


def list_lines(actuals: Actuals | None) -> list[str]:
    """Return the catalogue, and where there are actuals which KPIs have data."""
    out = []
    for item in catalogue.kpis():
        known = "" if actuals is None else "data  " if _has(actuals, item.key) else "      "
        levels = ", ".join(catalogue.LEVELS[level] for level in item.levels)
        out.append(f"{known}{item.key:26} {item.name_en} {item.name_zh} ({levels}; {item.unit})")
    return out


def list_values(actuals: Actuals | None) -> list[dict[str, Any]]:
    """Return the catalogue as values."""
    return [
        dataclasses.asdict(item) | ({} if actuals is None else {"data": _has(actuals, item.key)})
        for item in catalogue.kpis()
    ]


def _has(actuals: Actuals, key: str) -> bool:
    from wfm.kpi.measure import REQUIRED
    from wfm.kpi.measures import measure

    # What has no default does not change which columns are needed.
    given: dict[str, Any] = {choice.name: choice.allowed[0] if choice.allowed else 0 for choice in
             measure(key).choices if choice.default is REQUIRED}  # fmt: skip
    return actuals.has(key, (), **given)


def tree_lines(rows: tuple[Row, ...]) -> list[str]:
    """Return the tree, indented, with the figures of the last weeks and of the first twelve."""
    out = []
    for row in rows:
        line = f"{'  ' * row.depth}{row.node.name_en}"
        unit = catalogue.find(row.node.kpi).unit if row.node.kpi else ""
        out.append(line if row.node.kpi is None else f"{line} ({row.node.kpi})")
        for part in row.parts:
            label = f"{part.label}: " if part.label else ""
            out.append(
                f"{'  ' * (row.depth + 2)}{label}{figure(part.value, unit)}, "
                f"in the first weeks {figure(part.before, unit)}"
            )
        if row.why:
            out.append(f"{'  ' * (row.depth + 2)}no figure: {row.why}")
    return out


def alert_lines(found: Found) -> list[str]:
    """Return one line a spike and a signal."""
    out = []
    for spike in found.spikes:
        cause = f"registered as {spike.event}" if spike.event else "in no register"
        word = "more" if spike.contacts > 0 else "fewer"
        out.append(
            f"{spike.queue}: {abs(spike.contacts):,.0f} contacts {word} than the "
            f"{spike.expected:,.0f} expected, {spike.start:%Y-%m-%d %H:%M} to "
            f"{spike.last:%Y-%m-%d %H:%M}; {cause}"
        )
    out += [f"{alert.text}  [{alert.id}]" for alert in found.alerts]
    return out or ["No signal: what moved is noise."]


def card_lines(card: Card) -> list[str]:
    """Return the card of one person."""
    out = [f"{card.label}, {card.team}, {card.first} to {card.last}"]
    for item in card.figures:
        unit = catalogue.find(item.key).unit
        value, low, high, usual = (
            figure(x, unit) for x in (item.value, item.lo, item.hi, item.centre)
        )
        out.append(f"  {item.text}")
        out.append(
            f"    estimate {value} (95 % limits {low} to {high}), usual {usual}, n {item.n:,.0f}; "
            f"rank anywhere from {item.ranks[0]} to {item.ranks[1]} of {item.units}"
        )
    if card.missing:
        out.append(f"  no data: {', '.join(card.missing)}")
    return out


def comparison_lines(made: Comparison) -> list[str]:
    """Return who lies outside the funnel, and how often equal ones would."""
    unit = catalogue.find(made.key).unit
    far = made.frame[made.frame["outside"]]
    out = [
        f"{catalogue.find(made.key).name_en}: {len(made.frame)} {made.unit}s, usual "
        f"{figure(made.centre, unit)}, over-dispersion {made.phi:.2f}",
        f"As many equal {made.unit}s would show at least one outside 95 % limits in "
        f"{100 * made.chance_outside:.0f} % of months.",
    ]
    out += [
        f"  {row[made.unit]}: estimate {figure(row['value'], unit)}, beyond the 99.8 % limits for "
        f"{row['n']:,.0f}"
        for row in far.to_dict("records")
    ]
    return out if len(far) else [*out, f"  Nobody lies beyond the 99.8 % limits: no {made.unit} "
                                       "differs demonstrably."]  # fmt: skip


def change_lines(made: Attribution) -> list[str]:
    """Return a change, its two parts, and the types that carry it."""
    unit = catalogue.find(made.key).unit
    one = (lambda x: f"{100 * x:+.2f} points") if unit.startswith("fraction") else (
        lambda x: f"{x:+,.4g} {unit}")  # fmt: skip
    out = [
        f"{catalogue.find(made.key).name_en}: {figure(made.before, unit)} to "
        f"{figure(made.after, unit)}, {one(made.total)}",
        f"  mix of contacts {one(made.mix)}, way of working {one(made.rate)}",
    ]
    names = list(made.frame.columns[: list(made.frame.columns).index("value_before")])
    return out + [
        f"  {' '.join(str(row[n]) for n in names)}: mix {one(row['mix'])}, working "
        f"{one(row['rate'])}"
        for row in made.frame.head(10).to_dict("records")
    ]


def values(thing: Any) -> Any:
    """Return frames and dataclasses as lists and dicts that JSON can hold."""
    if isinstance(thing, pd.DataFrame):
        return [
            {str(key): values(value) for key, value in row.items()}
            for row in thing.to_dict("records")
        ]
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        return {item.name: values(getattr(thing, item.name)) for item in dataclasses.fields(thing)}
    if isinstance(thing, (list, tuple)):
        return [values(item) for item in thing]
    if isinstance(thing, float):
        return None if math.isnan(thing) or math.isinf(thing) else thing
    if hasattr(thing, "item"):
        return values(thing.item())
    return thing
