"""Can this file be audited: a roster in the layouts that wfm writes, perhaps changed by hand?

Read are ``roster.csv`` (a stretch a row), ``shifts.csv`` (a shift a row) and the sheet *Day detail*
of the workbook. Workbooks know no zones: their times are local, and where a clock change leaves two
answers the one that gives the shift its length and puts the break into its window is taken.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from wfm import frames
from wfm.adapters.export_csv import unescape
from wfm.errors import BadInput
from wfm.scenario import Scenario
from wfm.timegrid import zone
from wfm.workforce import BreakRule

SHEET = "Day detail"
_MAX_BYTES = 200_000_000
_STRETCH = ("agent", "start", "end", "activity", "queue", "shift")
_SHIFT = ("agent", "start", "end", "shift", "queue", "breaks")
_DETAIL = ("id", "shift", "start", "end", "queues")
_BREAK = re.compile(r"(.+) (\d\d:\d\d)-(\d\d:\d\d)")


def read_roster(path: str | Path, scenario: Scenario) -> pd.DataFrame:
    """Return the roster table in the file `path`.

    Parameters
    ----------
    path : path
        ``.csv`` or ``.xlsx``.
    scenario : Scenario
        Gives the zone, and the lengths of shifts around a clock change.

    Returns
    -------
    DataFrame
        Table ``roster`` of `wfm.frames`.

    Raises
    ------
    BadInput
        Missing file, sheet or column, or a cell that cannot be read; row and column named.
    """
    path = Path(path)
    if not path.is_file():
        raise BadInput(f"{path}: no such file")
    if path.stat().st_size > _MAX_BYTES:
        raise BadInput(f"{path.name}: larger than {_MAX_BYTES // 1_000_000} MB; is it a roster?")
    if path.suffix.lower() == ".xlsx":
        rows = list(_workbook(path, scenario))
    elif path.suffix.lower() == ".csv":
        rows = list(_csv(path, scenario))
    else:
        raise BadInput(f"{path.name}: a roster is a .csv or .xlsx file")
    if not rows:
        raise BadInput(f"{path.name}: holds no shift; nothing to audit")
    _check_once([(row[0], row[1]) for row in rows], [row[-1] for row in rows])
    table = pd.DataFrame([row[:-1] for row in rows], columns=list(_STRETCH))
    for name in ("start", "end"):
        table[name] = pd.to_datetime(table[name], utc=True).dt.tz_convert(scenario.timezone)
    for name in ("agent", "activity", "queue", "shift"):
        table[name] = table[name].astype("str")
    try:
        return frames.check("roster", table)
    except BadInput as error:
        raise BadInput(f"{path.name}: {error}") from error


def _csv(path: Path, scenario: Scenario) -> Iterator[tuple[Any, ...]]:
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (ValueError, UnicodeDecodeError) as error:
        raise BadInput(f"{path.name}: not a CSV file in UTF-8: {error}") from error
    if set(_STRETCH) <= set(frame.columns):
        names = _STRETCH
    elif set(_SHIFT) <= set(frame.columns):
        names = _SHIFT
    else:
        raise BadInput(
            f"{path.name}: expected the columns {', '.join(_STRETCH)} of roster.csv or "
            f"{', '.join(_SHIFT)} of shifts.csv, got {list(frame.columns)[:20]}"
        )
    columns = [frame[name].map(unescape) for name in names]
    for line, cells in enumerate(zip(*columns, strict=True), start=2):
        row = dict(zip(names, cells, strict=True))
        where = f"{path.name}, line {line}"
        start, end = (_stamp(row[name], name, where, scenario) for name in ("start", "end"))
        if end <= start:
            raise BadInput(f"{where}: the end {end} is not after the start {start}")
        if "date" in frame.columns:
            _check_date(unescape(frame["date"].iloc[line - 2]), start, where)
        if names is _STRETCH:
            yield row["agent"], start, end, row["activity"], row["queue"], row["shift"], where
        else:
            breaks = [text for text in row["breaks"].split(", ") if text]
            yield from _stretches(row["agent"], start, end, row["queue"], row["shift"],
                                  breaks=breaks, where=where, scenario=scenario)  # fmt: skip


def _workbook(path: Path, scenario: Scenario) -> Iterator[tuple[Any, ...]]:
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise BadInput(f"{path.name}: not an Excel workbook (.xlsx): {error}") from error
    if SHEET not in book.sheetnames:
        raise BadInput(
            f"{path.name}: no sheet {SHEET!r}; it has {', '.join(book.sheetnames)}; audit a "
            "workbook that wfm wrote"
        )
    rows = book[SHEET].iter_rows(values_only=True)
    heads = [str(cell or "") for cell in next(rows, ())]
    missing = [name for name in _DETAIL if name not in heads]
    if missing:
        raise BadInput(f"{path.name}, sheet {SHEET!r}: missing columns {missing}; got {heads[:20]}")
    at = {name: heads.index(name) for name in _DETAIL}
    pauses = [i for i, name in enumerate(heads) if name.startswith("break ")]
    lengths = {shift.code: shift.length_min for shift in scenario.shifts}
    for line, cells in enumerate(rows, start=2):
        if all(cell is None for cell in cells):
            continue
        where = f"{path.name}, sheet {SHEET!r}, row {line}"
        agent, code, queue = (str(cells[at[name]] or "") for name in ("id", "shift", "queues"))
        clocks = [cells[at[name]] for name in ("start", "end")]
        if not agent or not all(isinstance(clock, dt.datetime) for clock in clocks):
            raise BadInput(f"{where}: expected an id, a start and an end, got {cells[:7]}")
        start, end = _local(clocks[0], clocks[1], lengths.get(code), scenario.timezone)
        if end <= start:
            raise BadInput(f"{where}: the end {clocks[1]} is not after the start {clocks[0]}")
        if "date" in heads:
            _check_date(cells[heads.index("date")], start, where)
        breaks = [str(cells[i]) for i in pauses if i < len(cells) and cells[i]]
        yield from _stretches(
            agent, start, end, queue, code, breaks=breaks, where=where, scenario=scenario
        )


def _stretches(
    agent: str, start: pd.Timestamp, end: pd.Timestamp, queue: str, shift: str, *,
    breaks: Iterable[str], where: str, scenario: Scenario,
) -> Iterator[tuple[Any, ...]]:  # fmt: skip
    """Yield work and breaks of a shift in order of time."""
    rules = next((kind.breaks for kind in scenario.shifts if kind.code == shift), ())
    pauses = []
    for number, text in enumerate(breaks):
        found = _BREAK.fullmatch(text.strip())
        if found is None:
            raise BadInput(f"{where}: expected a break such as 'lunch 11:30-12:00', got {text!r}")
        begins = _instants(start, found[2])
        rule = rules[number] if number < len(rules) else None
        begin = next((b for b in begins if rule and _inside(b - start, rule)), begins[0])
        close = _instants(begin, found[3])[0]
        if close > end:
            raise BadInput(
                f"{where}: {text!r} does not lie within the shift, {start:%H:%M}-{end:%H:%M}; "
                "correct the times"
            )
        pauses.append((begin, close, found[1]))
    at = start
    for begin, close, activity in sorted(pauses):
        if begin < at:
            raise BadInput(
                f"{where}: the {activity} at {begin:%H:%M} begins before the one before it has "
                f"ended, at {at:%H:%M}; correct the times"
            )
        if begin > at:
            yield agent, at, begin, "work", queue, shift, where
        yield agent, begin, close, activity, queue, shift, where
        at = close
    if at < end:
        yield agent, at, end, "work", queue, shift, where


def _check_once(keys: list[tuple[str, pd.Timestamp]], places: list[str]) -> None:
    """Raise BadInput where somebody begins two things at once, with both places."""
    first: dict[tuple[str, pd.Timestamp], int] = {}
    twice = [at for at, key in enumerate(keys) if first.setdefault(key, at) != at]
    if twice:
        agent, start = keys[twice[0]]
        one = places[first[agent, start]]
        raise BadInput(
            f"{places[twice[0]]}: agent {agent!r} begins something at {start:%Y-%m-%d %H:%M} "
            f"already, see {one} ({len(twice)} such rows); who works when cannot be told from both"
        )


def _check_date(value: object, start: pd.Timestamp, where: str) -> None:
    """Raise BadInput unless the column `date`, if filled, is the day on which the shift starts."""
    text = str(value or "").strip()[:10]
    if text and text != f"{start:%Y-%m-%d}":
        raise BadInput(
            f"{where}: the date is {text}, but the shift starts on {start:%Y-%m-%d}; correct the "
            "one that is wrong"
        )


def _inside(offset: pd.Timedelta, rule: BreakRule) -> bool:
    return rule.earliest_min <= offset / pd.Timedelta(minutes=1) <= rule.latest_min


def _instants(moment: pd.Timestamp, clock: str) -> list[pd.Timestamp]:
    """Return the next instants from `moment` on at a clock time, one more where clocks go back."""
    hour, minute = (int(part) for part in clock.split(":"))
    naive = dt.datetime.combine(moment.date(), dt.time(hour, minute))
    tries = {
        pd.Timestamp(naive + dt.timedelta(days=days)).tz_localize(
            moment.tz, ambiguous=first, nonexistent="shift_forward"
        )
        for days in (0, 1) for first in (True, False)
    }  # fmt: skip
    return sorted(found for found in tries if found >= moment)


def _local(
    begin: dt.datetime, close: dt.datetime, length_min: int | None, timezone: str
) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the instants of two local times, the shift's length deciding which of two."""
    # Spreadsheets keep times as fractions of a day: mended to the whole minute.
    times = [pd.Timestamp(moment).round("min") for moment in (begin, close)]
    pairs = [
        tuple(
            time.tz_localize(zone(timezone), ambiguous=first, nonexistent="shift_forward")
            for time, first in zip(times, firsts, strict=True)
        )
        for firsts in ((True, True), (True, False), (False, False))
    ]
    for start, end in pairs:
        if length_min is not None and end - start == pd.Timedelta(minutes=length_min):
            return start, end
    return pairs[0][0], pairs[0][1]


def _stamp(text: str, column: str, where: str, scenario: Scenario) -> pd.Timestamp:
    try:
        moment = pd.Timestamp(text)
    except ValueError as error:
        raise BadInput(
            f"{where}, column {column!r}: expected a time such as 2026-03-02T09:00:00+01:00, got "
            f"{text!r}"
        ) from error
    if moment is pd.NaT:
        raise BadInput(f"{where}, column {column!r}: is empty; give a time")
    if moment.tzinfo is None:
        return moment.tz_localize(scenario.timezone, ambiguous=True, nonexistent="shift_forward")
    return moment.tz_convert(scenario.timezone)
