"""What is a KPI's value, by which definition, and between which limits?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from wfm import confidence as limits
from wfm.errors import BadInput
from wfm.kpi import calendar
from wfm.kpi import catalogue as book
from wfm.kpi.definitions import resolve
from wfm.kpi.measure import Measure, Rows, times
from wfm.kpi.measures import measure

__all__ = ["compute", "difference", "variants"]

LEVEL_OF = {"agent": "A", "team": "T", "queue": "Q", "channel": "Q", "site": "C", "centre": "C"}
COLUMN_OF = {"A": "agent", "T": "team", "Q": "queue"}
FIGURES = ("numerator", "denominator", "value", "lo", "hi", "n", "definition")


def compute(
    key: str,
    frame: pd.DataFrame,
    by: Sequence[str] = (),
    *,
    confidence: float = 0.95,
    **choices: Any,
) -> pd.DataFrame:
    """Return a KPI by group: sum of numerators over sum of denominators, never a mean of ratios.

    Parameters
    ----------
    key : str
        A row of the catalogue, `docs/kpis.md`.
    frame : DataFrame
        The table the KPI names its columns of; one row an interval, agent-day, contact, case or
        survey. It is not changed.
    by : sequence of str
        Columns to group by (agent, team, queue, channel, site, centre, or any slice: reason, tier)
        and calendar words: interval, hour, day, week, month, quarter, year, weekday, read from the
        KPI's own time in local time. Empty: the whole table as one.
    confidence : float
        Coverage of the limits.
    **choices
        Parts of the definition, such as ``rule="SL2"``; see `docs/kpis.md`.

    Returns
    -------
    DataFrame
        The group columns, then numerator, denominator, value, lo, hi, n and definition. Undefined
        values are NaN. n is contacts for shares, rows for ratios of time; below 30 no colour.

    Raises
    ------
    BadInput
        For an unknown KPI, missing or impossible columns, or a level the KPI does not have.

    Examples
    --------
    >>> day = pd.DataFrame({"queue": "voice", "answered": [10, 200], "abandoned": [0, 0],
    ...                     "answered_in_awt": [10, 140], "abandoned_in_awt": [0, 0]})
    >>> got = compute("service_level", day, by=["queue"])
    >>> round(float(got["value"][0]), 6), got["definition"][0]
    (0.714286, 'service_level/1(rule=SL4, awt_s=20, short_s=5)')
    """
    kpi, how = book.find(key), measure(key)
    found = resolve(how, choices)
    options = dict(found.choices)
    level = limits.check_confidence(confidence)
    by = _names(key, by)
    if not isinstance(frame, pd.DataFrame):
        raise BadInput(f"kpi {key}: expected a DataFrame, got {type(frame).__name__}")
    _check_columns(how, frame, options)
    _check_level(kpi, frame, by)
    _check_stored(key, frame, options)
    rows = how.rows(frame.reset_index(drop=True), options)
    group, labels = _groups(how, rows, by)
    got = how.summarise(rows, group, len(labels), level, options)
    # 0 + turns -0.0 into 0.0
    figures = {name: np.asarray(getattr(got, name), np.float64) + 0.0 for name in FIGURES[:-1]}
    return labels.assign(**figures, definition=str(found))


def difference(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return after - before for two answers of `compute`; refuse different definitions.

    Parameters
    ----------
    before, after : DataFrame
        From `compute`, with the same group columns.

    Returns
    -------
    DataFrame
        Group columns, before, after, difference and definition; NaN where a group or value is
        missing on one side. For limits of a difference use `wfm.evidence.effect`.

    Raises
    ------
    BadInput
        Where definitions differ: attrition 0.354 and 0.270 can be the same month.

    Examples
    --------
    >>> day = pd.DataFrame({"answered": [90], "abandoned": [10], "answered_in_awt": [80],
    ...                     "abandoned_in_awt": [5]})
    >>> one = compute("service_level", day)
    >>> difference(one, one)["difference"].tolist()
    [0.0]
    """
    definitions = {*before["definition"], *after["definition"]}
    if len(definitions) > 1:
        raise BadInput(
            "kpi: values of different definition are not compared: "
            f"{'; '.join(sorted(definitions))} - compute both with the same choices"
        )
    keys = [name for name in before.columns if name not in FIGURES]
    other = [name for name in after.columns if name not in FIGURES]
    if keys != other:
        raise BadInput(f"kpi: groups differ: {keys} and {other}; compute both with the same `by`")
    left = before[[*keys, "value"]].rename(columns={"value": "before"})
    right = after[[*keys, "value"]].rename(columns={"value": "after"})
    both = left.merge(right, on=keys, how="outer") if keys else left.join(right)
    both["difference"] = both["after"] - both["before"]
    return both.assign(definition=next(iter(definitions), ""))


def variants(
    key: str, frame: pd.DataFrame, choice: str, by: Sequence[str] = (), **choices: Any
) -> pd.DataFrame:
    """Return a KPI under every value of one choice, to see how far definitions spread.

    Parameters
    ----------
    key, frame, by
        As in `compute`.
    choice : str
        A choice with listed values, such as ``"rule"``.

    Returns
    -------
    DataFrame
        As `compute`, with a first column `variant`. They lie side by side and cannot be subtracted.

    Raises
    ------
    BadInput

    Examples
    --------
    >>> day = pd.DataFrame({"answered": [1000], "abandoned": [60], "answered_in_awt": [860],
    ...                     "abandoned_in_awt": [20], "abandoned_short": [10]})
    >>> variants("service_level", day, "rule")["value"].round(4).tolist()
    [0.8302, 0.86, 0.8113, 0.8269, 0.8208, 0.819]
    """
    how = measure(key)
    allowed = next((c.allowed for c in how.choices if c.name == choice), ())
    if not allowed:
        listed = [c.name for c in how.choices if c.allowed]
        raise BadInput(f"kpi {key}: no listed values for {choice!r}; it lists {listed or 'none'}")
    parts = [compute(key, frame, by, **{**choices, choice: value}) for value in allowed]
    for value, part in zip(allowed, parts, strict=True):
        part.insert(0, "variant", value)
    return pd.concat(parts, ignore_index=True)


def _names(key: str, by: Sequence[str]) -> list[str]:
    names = [by] if isinstance(by, str) else list(by)
    twice = sorted({name for name in names if names.count(name) > 1})
    clash = sorted(set(names) & set(FIGURES))
    if twice or clash:
        raise BadInput(f"kpi {key}: by names {twice or clash} twice, or like a figure; got {names}")
    return names


def _check_columns(how: Measure, frame: pd.DataFrame, options: dict[str, Any]) -> None:
    missing = [name for name in how.needs(options) if name not in frame.columns]
    if missing:
        raise BadInput(
            f"kpi {how.key}: missing columns {missing}; got {list(map(str, frame.columns))[:20]}. "
            f"docs/kpis.md lists what {how.key} is made of"
        )


def _check_level(kpi: book.Kpi, frame: pd.DataFrame, by: list[str]) -> None:
    asked = {LEVEL_OF[name] for name in by if name in LEVEL_OF}
    asked -= {"T"} if "A" in asked else set()
    asked -= {"C"} if len(asked) > 1 else set()
    refused = sorted(asked - set(kpi.levels))
    where = ", ".join(book.LEVELS[level] for level in kpi.levels)
    if refused:
        raise BadInput(
            f"kpi {kpi.key}: not a measure of {', '.join(book.LEVELS[x] for x in refused)}; it is "
            f"one of {where} ({kpi.pitfall})"
        )
    if asked or "C" in kpi.levels:
        return
    # A table without the column is about one team or queue.
    units = [COLUMN_OF[level] for level in kpi.levels]
    many = {name: frame[name].nunique() if name in frame.columns else 1 for name in units}
    if min(many.values()) > 1:
        raise BadInput(
            f"kpi {kpi.key}: a measure of {where}, not of the whole centre, and the table holds "
            f"{', '.join(f'{n} of {name!r}' for name, n in many.items())}; pass by=[{units[0]!r}]"
        )


def _check_stored(key: str, frame: pd.DataFrame, options: dict[str, Any]) -> None:
    """Refuse counts that were made with another threshold than the one asked for."""
    for name in ("awt_s", "short_s", "grace_s"):
        if name in options and name in frame.columns:
            stored = frame[name].dropna().unique()
            other = [float(x) for x in stored if float(x) != float(options[name])]
            if other:
                raise BadInput(
                    f"kpi {key}: the table was counted with {name} = {other[0]:g}, asked for "
                    f"{float(options[name]):g}; count again, or pass {name}={other[0]:g}"
                )


def _groups(how: Measure, rows: Rows, by: list[str]) -> tuple[Any, pd.DataFrame]:
    """Return each row's group number and the groups' labels, in order."""
    if not by:
        return np.zeros(len(rows.frame), np.int64), pd.DataFrame(index=range(1))
    keys = {}
    for name in by:
        if name in calendar.WORDS and name not in rows.frame.columns:
            if how.time not in rows.frame.columns:
                raise BadInput(f"kpi {how.key}: by={name!r} needs the column {how.time!r}")
            keys[name] = calendar.local(times(rows.frame, how.time), name)
        elif name in rows.frame.columns:
            keys[name] = rows.frame[name]
        else:
            raise BadInput(
                f"kpi {how.key}: no column {name!r} to group by; got "
                f"{list(map(str, rows.frame.columns))[:20]} and the words {calendar.WORDS}"
            )
    table = pd.DataFrame(keys)
    lost = table.isna().any(axis=1)
    if lost.any():
        raise BadInput(f"kpi {how.key}: {int(lost.sum())} rows have no {' or '.join(by)}")
    grouped = table.groupby(by, sort=True, observed=True)
    labels = grouped.size().reset_index()[by]
    return grouped.ngroup().to_numpy(np.int64), labels
