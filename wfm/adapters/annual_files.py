"""Which hours of a year are wanted, and what does everybody owe? The small tables a planner has.

All are read like a history: any text encoding and separator, or the first sheet of a workbook.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from wfm.adapters.acd_source import HistorySource, counted, plain
from wfm.adapters.acd_table import TextTable, read_table
from wfm.adapters.acd_values import decimal_of, numbers
from wfm.adapters.export_csv import unescape
from wfm.adapters.week_column import mondays_of
from wfm.errors import BadInput
from wfm.roster.annual import AnnualTerms

# Our word for a column and the headers it is known by, spelt as `plain` leaves them.
_HEADERS = {
    "week": ("week", "monday", "week start", "week of", "week beginning", "date", "day"),
    "hours": ("hours", "wanted", "wanted h", "wanted hours", "paid hours", "hours wanted",
              "hours worked", "worked h"),
    "agent": ("agent", "agent id", "person", "employee", "id"),
    "year_h": ("year h", "year hours", "hours of the year", "annual hours"),
    "min_week_h": ("min week h", "min hours a week"),
    "max_week_h": ("max week h", "max hours a week"),
    "most_banked_h": ("most banked h", "most banked"),
    "most_owed_h": ("most owed h", "most owed"),
    "group": ("group", "alike", "contract"),
}  # fmt: skip
_LIMITS = ("year_h", "min_week_h", "max_week_h")
_ACCOUNT = ("most_banked_h", "most_owed_h")


@dataclass(frozen=True)
class AnnualFiles:
    """What `wfm.roster.annual.annual_plan` takes.

    Attributes
    ----------
    wanted_h : Series
        Paid hours wanted, by Monday.
    terms : mapping
        Agent to `AnnualTerms`.
    alike : mapping or None
        Agent to group, where the file has groups.
    away : mapping
        Agent to Mondays of weeks of leave.
    worked : DataFrame or None
        agent, week, hours.
    notes : tuple of str
        How the files were read.
    """

    wanted_h: pd.Series
    terms: Mapping[str, AnnualTerms]
    alike: Mapping[str, str] | None
    away: Mapping[str, tuple[dt.date, ...]]
    worked: pd.DataFrame | None
    notes: tuple[str, ...]


def read_annual(
    wanted: str | Path, terms: str | Path, *, leave: str | Path | None = None,
    worked: str | Path | None = None, decimal: str | None = None,
) -> AnnualFiles:  # fmt: skip
    """Return the tables of an annual plan.

    Parameters
    ----------
    wanted : path
        Columns week (its Monday) and hours: paid hours wanted, every week of the year once.
    terms : path
        Columns agent, year_h, min_week_h, max_week_h and, where there are any, most_banked_h,
        most_owed_h (empty: no limit) and group (people alike; empty: by the same terms).
    leave : path, optional
        Columns agent and week.
    worked : path, optional
        Columns agent, week and hours: the weeks that are over.
    decimal : str, optional
        ``"."`` or ``","``, where the files leave it open.

    Raises
    ------
    BadInput
        A file, column, row or number cannot be used; file, line and column named.
    """
    source, notes = HistorySource(decimal=decimal), list[str]()
    asked = _read(wanted, source, ("week", "hours"), notes)
    days = mondays_of(asked, notes)
    _once(asked, days, "week", what="a week")
    hours = _hours(asked, "hours", _decimal(asked, ("hours",)))
    wanted_h = pd.Series(hours, index=days).sort_index()
    _whole(asked, list(wanted_h.index))
    owed = _read(terms, source, ("agent", *_LIMITS), notes, (*_ACCOUNT, "group"))
    people, alike = _terms(owed)
    away: dict[str, tuple[dt.date, ...]] = {}
    if leave is not None:
        table = _read(leave, source, ("agent", "week"), notes)
        agents, weeks = _known_rows(table, people, wanted_h, notes, owed.name)
        for agent, day in zip(agents, weeks, strict=True):
            away[agent] = (*away.get(agent, ()), day)
    over = None
    if worked is not None:
        table = _read(worked, source, ("agent", "week", "hours"), notes)
        agents, weeks = _known_rows(table, people, wanted_h, notes, owed.name)
        _once(table, list(zip(agents, weeks, strict=True)), "agent", what="an agent and week")
        hours = _hours(table, "hours", _decimal(table, ("hours",)), most=168.0)
        over = pd.DataFrame({"agent": agents, "week": weeks, "hours": hours})
    return AnnualFiles(wanted_h, people, alike, away, over, tuple(dict.fromkeys(notes)))


def _read(
    path: str | Path, source: HistorySource, needed: tuple[str, ...], notes: list[str],
    also: tuple[str, ...] = (),
) -> TextTable:  # fmt: skip
    """Return a table with its columns found; those that are not read are noted."""
    table = read_table(path, source)
    found: dict[str, str] = {}
    for word in (*needed, *also):
        headers = [h for h in table.cells.columns if plain(h) in (plain(word), *_HEADERS[word])]
        exact = [h for h in headers if plain(h) == plain(word)]
        if len(exact or headers) > 1:
            raise BadInput(
                f"{table.name}: columns {', '.join(map(repr, headers))} can all be {word}; name "
                f"the one that counts {word!r}, and the others otherwise"
            )
        if headers:
            found[word] = (exact or headers)[0]
    missing = [word for word in needed if word not in found]
    if missing:
        raise BadInput(
            f"{table.name}: no column {', '.join(missing)}; expected {', '.join(needed)}"
            f"{' and, where known, ' + ', '.join(also) if also else ''}; got "
            f"{', '.join(map(repr, table.cells.columns[:12]))}"
        )
    unread = [h for h in table.cells.columns if h not in found.values()]
    if unread:
        notes.append(f"{table.name}: not read: {', '.join(map(repr, unread[:12]))}.")
    return replace(table, columns=found)


def _terms(table: TextTable) -> tuple[dict[str, AnnualTerms], dict[str, str] | None]:
    agents = _agents(table)
    _once(table, agents, "agent", what="an agent")
    there = [word for word in _ACCOUNT if word in table.columns]
    decimal = _decimal(table, (*_LIMITS, *there))
    columns = {word: _hours(table, word, decimal) for word in _LIMITS}
    for word in there:
        values = _hours(table, word, decimal, blank=True)
        columns[word] = np.where(np.isnan(values), np.inf, values)
    found = {}
    for row, agent in enumerate(agents):
        given = {word: float(values[row]) for word, values in columns.items()}
        try:
            found[agent] = AnnualTerms(given.pop("year_h"), **given)
        except BadInput as error:
            line = table.cells.index[row]
            raise BadInput(f"{table.name}, line {line}, agent {agent!r}: {error}") from error
    if "group" not in table.columns:
        return found, None
    groups = table.cells[table.columns["group"]].tolist()
    # An empty cell is no name of a group: people with the same terms are alike then.
    alike = {
        agent: group or repr(found[agent]) for agent, group in zip(agents, groups, strict=True)
    }
    return found, alike


def _agents(table: TextTable) -> list[str]:
    column = table.columns["agent"]
    texts = table.cells[column]
    if (texts == "").any():
        raise table.refusal(column, (texts == "").to_numpy(), "no agent", "fill in who it is")
    return [unescape(text) for text in texts]


def _known_rows(
    table: TextTable, people: Mapping[str, AnnualTerms], wanted_h: pd.Series, notes: list[str],
    terms: str,
) -> tuple[list[str], list[dt.date]]:  # fmt: skip
    """Return agents and weeks of rows, of people with terms and weeks of the year alone."""
    agents, weeks = _agents(table), mondays_of(table, notes)
    strange = np.array([agent not in people for agent in agents])
    if strange.any():
        raise table.refusal(
            table.columns["agent"], strange, "an agent without terms",
            f"add the agent to {terms}, or leave the row out",
        )  # fmt: skip
    outside = np.array([day not in wanted_h.index for day in weeks])
    if outside.any():
        raise table.refusal(
            table.columns["week"], outside, "a week outside the year",
            f"the year wanted runs from {wanted_h.index[0]} to {wanted_h.index[-1]}; leave the "
            "row out",
        )  # fmt: skip
    return agents, weeks


def _decimal(table: TextTable, words: tuple[str, ...]) -> str:
    try:
        return decimal_of(table, [table.columns[word] for word in words])
    except BadInput as error:
        raise BadInput(
            f"{table.name}: 1,234 can be a thousand and more, or one and a fraction, and no other "
            'number shows which; say --decimal "." or --decimal ","'
        ) from error


def _hours(
    table: TextTable, word: str, decimal: str, *, blank: bool = False, most: float = np.inf
) -> np.ndarray:
    column = table.columns[word]
    values = numbers(table, column, decimal=decimal)
    if np.isnan(values).any() and not blank:
        raise table.refusal(column, np.isnan(values), "no hours", "write 0 where there are none")
    if (values < 0).any():
        raise table.refusal(column, values < 0, "negative hours", "correct the cell")
    if (values > most).any():
        raise table.refusal(
            column, values > most, f"more hours than {most:g}, which a week has", "correct the cell"
        )
    return values


def _once(table: TextTable, keys: list, word: str, *, what: str) -> None:
    twice = pd.Series(keys).duplicated().to_numpy()
    if twice.any():
        raise table.refusal(
            table.columns[word], twice, f"{what} that stands above already", "keep one row of each"
        )


def _whole(table: TextTable, days: list[dt.date]) -> None:
    every = {days[0] + dt.timedelta(weeks=n) for n in range((days[-1] - days[0]).days // 7 + 1)}
    missing = sorted(every - set(days))
    if missing:
        raise BadInput(
            f"{table.name}: {counted(len(missing), 'week')} between {days[0]} and {days[-1]} "
            f"missing (first: {missing[0]}); give every week once, with 0 hours where nobody is "
            "wanted"
        )
