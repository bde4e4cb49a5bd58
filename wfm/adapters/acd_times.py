"""When does each row start? Text in many notations in, wall-clock times out."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from wfm.adapters.acd_source import STATED, counted
from wfm.adapters.acd_table import TextTable
from wfm.errors import BadInput

_TAIL = (
    r"(?:(?:\s*T|[\s,]+)(?P<pre>上午|下午)?\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:[.,]\d+)?)?\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
    r"\s*(?P<offset>Z|UTC|[+-]\d{2}:?\d{2})?)?"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# First notation that fits the first row is demanded of every row: a file mixes none.
_NOTATIONS = {
    "year first": r"(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?" + _TAIL,
    "compact": r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})" + _TAIL,
    "compact with time": (
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?P<hour>\d{2})(?P<minute>\d{2})"
    ),
    "day.month.year": r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4}|\d{2})" + _TAIL,
    "numbers": r"(?P<a>\d{1,2})(?P<sign>[/-])(?P<b>\d{1,2})(?P=sign)(?P<year>\d{4}|\d{2})" + _TAIL,
    "day name year": r"(?P<day>\d{1,2})[- ](?P<name>[A-Za-z]{3,9})[- ,]+(?P<year>\d{4})" + _TAIL,
    "name day year": r"(?P<name>[A-Za-z]{3,9})\.? (?P<day>\d{1,2}),? (?P<year>\d{4})" + _TAIL,
}
_TIME_OF_DAY = (
    r"(?P<pre>上午|下午)?\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?(?P<until>\s*(?:[-–—~至到]|to)\s*\d{1,2}:\d{2}.*)?"
)
_DAY_S = 86_400
# Years outside are misread columns.
_FIRST_YEAR, _LAST_YEAR = 1970, 2100


@dataclass(frozen=True)
class WallClock:
    """Times as written.

    Attributes
    ----------
    wall : array of datetime64[s]
        Clock time; a 24:00 is 00:00 of the next day.
    offset_s : array of float or None
        Seconds ahead of UTC where the text says so.
    dates_only : bool
        Every row starts at midnight.
    """

    wall: np.ndarray
    offset_s: np.ndarray | None
    dates_only: bool


def wall_clock(table: TextTable, notes: list[str]) -> WallClock:
    """Return when the rows start, from one column, or from a date and a time of day.

    Raises
    ------
    BadInput
        Times that cannot be read (which line), or dates that could be d/m or m/d.
    """
    found = table.columns
    column = table.time_columns[0]
    clock = found.get("time")
    if clock is None and "start" in found and "date" in found:
        # A column called "start" beside a date holds times of day only.
        if table.cells[found["start"]].str.fullmatch(_TIME_OF_DAY).all():
            column, clock = found["date"], found["start"]
    elif clock is not None:
        column = found.get("date") or column
    if clock in (None, column) or ("start" in found and column == found["start"]):
        notes.append(f"Column {column!r} is the start.")
        return _dates(table, column, table.cells[column], notes)
    notes.append(f"Columns {column!r} and {clock!r} are the start.")
    filled = table.cells[column].replace("", None).ffill().fillna("")
    blank = int((table.cells[column] == "").sum())
    if blank:
        notes.append(f"{counted(blank, 'row')} without a date took the date above (merged cells).")
    days = _dates(table, column, filled, notes)
    assert clock is not None
    midnight = days.wall.astype("datetime64[D]").astype("datetime64[s]")
    return WallClock(midnight + _times_of_day(table, clock, notes), None, dates_only=False)


def _dates(table: TextTable, column: str, texts: pd.Series, notes: list[str]) -> WallClock:
    first = texts.iloc[0]
    wall = _plain_iso(texts)
    if wall is not None:
        midnight = wall.astype("datetime64[D]").astype("datetime64[s]")
        return WallClock(wall, None, bool((wall == midnight).all()))
    fits = [name for name, notation in _NOTATIONS.items() if re.fullmatch(notation, first)]
    if not fits:
        hint = "write 2026-03-02 07:30"
        if first.replace(".", "", 1).isdigit():
            hint = f"is it a serial number of Excel or Unix? {hint}"
        raise _unreadable(table, column, texts, np.arange(len(texts)) == 0, hint)
    parts = texts.str.extract(f"^{_NOTATIONS[fits[0]]}$")
    bad = parts["year"].isna().to_numpy()
    if bad.any():
        raise _unreadable(table, column, texts, bad, f"write all like the first row, {first!r}")
    year = _integers(parts["year"])
    if (year < 100).any():
        year = np.where(year < 70, year + 2000, np.where(year < 100, year + 1900, year))
        notes.append(f"Years of two digits in {column!r} are read as 1970 to 2069.")
    if fits[0] == "numbers":
        day, month = _day_and_month(table, column, parts, notes)
    else:
        day = _integers(parts["day"])
        month = _months(parts["name"]) if "name" in parts else _integers(parts["month"])
    seconds = _seconds_of_day(parts)
    months = (year - 1970) * 12 + month - 1
    start = months.astype("datetime64[M]")
    length = ((start + 1).astype("datetime64[D]") - start.astype("datetime64[D]")).astype(int)
    bad = (month < 1) | (month > 12) | (day < 1) | (day > length) | np.isnan(seconds)
    bad |= (year < _FIRST_YEAR) | (year > _LAST_YEAR)
    if bad.any():
        raise _unreadable(table, column, texts, bad, "no such date or time; correct the row")
    wall = (start.astype("datetime64[D]") + (day - 1)).astype("datetime64[s]")
    wall = wall + seconds.astype("timedelta64[s]")
    dates_only = bool((seconds == 0).all())
    return WallClock(wall, _offsets(table, column, texts, parts), dates_only)


def _plain_iso(texts: pd.Series) -> np.ndarray | None:
    """Return the times if all are written 2026-03-02 09:30 or 2026-03-02T09:30:00, else None.

    The commonest notation by far, read without taking each text apart.
    """
    plain = re.fullmatch(r"\d{4}-\d{2}-\d{2}([ T])\d{2}:\d{2}(:\d{2})?", texts.iloc[0])
    if not plain or (texts.str.len() != len(texts.iloc[0])).any():
        return None
    notation = f"%Y-%m-%d{plain[1]}%H:%M" + (":%S" if plain[2] else "")
    wall = pd.to_datetime(texts, format=notation, errors="coerce")
    years = wall.dt.year
    if wall.isna().any() or years.min() < _FIRST_YEAR or years.max() > _LAST_YEAR:
        return None
    return wall.to_numpy().astype("datetime64[s]")


def _unreadable(
    table: TextTable, column: str, texts: pd.Series, bad: np.ndarray, todo: str
) -> BadInput:
    empty = (texts == "").to_numpy() & bad
    if empty.any():
        return table.refusal(
            column, empty, "no time", "fill in the start of the interval or leave the row out"
        )
    return table.refusal(column, bad, "a time that cannot be read", todo)


def _integers(texts: pd.Series) -> np.ndarray:
    return texts.to_numpy(dtype=object).astype(np.int64)


def _months(names: pd.Series) -> np.ndarray:
    short = names.str.lower().str.slice(0, 3)
    return short.map({name: n for n, name in enumerate(_MONTHS, 1)}).fillna(0).to_numpy(np.int64)


def _day_and_month(
    table: TextTable, column: str, parts: pd.DataFrame, notes: list[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Return days and months of 3/4/2026; a number above 12 anywhere in the column decides."""
    a, b = _integers(parts["a"]), _integers(parts["b"])
    if table.source.day_first is not None:
        return (a, b) if table.source.day_first else (b, a)
    if (a > 12).any() and (b > 12).any():
        raise table.refusal(
            column, (a > 12) if (a > 12).argmax() > (b > 12).argmax() else (b > 12),
            "a date in another order than the rows before it: both day/month and month/day stand "
            "in this column", f"write year-month-day, or say {STATED}day_first = true or false",
        )  # fmt: skip
    if not ((a > 12).any() or (b > 12).any()):
        raise table.refusal(
            column, np.ones(len(a), dtype=bool),
            "a date that is day/month or month/day, and none has a number above 12",
            f"say {STATED}day_first = true or false",
        )  # fmt: skip
    day_first = bool((a > 12).any())
    line = table.cells.index[int(((a > 12) | (b > 12)).argmax())]
    order = "day/month/year" if day_first else "month/day/year"
    notes.append(f"Dates in {column!r} are {order}; line {line} shows it.")
    return (a, b) if day_first else (b, a)


def _seconds_of_day(parts: pd.DataFrame) -> np.ndarray:
    """Return seconds after midnight, 0 without a time, NaN where the clock shows no such time."""
    if "hour" not in parts or parts["hour"].isna().all():
        return np.zeros(len(parts))
    hour = parts["hour"].fillna("0").to_numpy(dtype=object).astype(np.float64)
    minute = parts["minute"].fillna("0").to_numpy(dtype=object).astype(np.float64)
    second = np.zeros(len(parts))
    if "second" in parts:
        second = parts["second"].fillna("0").to_numpy(dtype=object).astype(np.float64)
    for name, morning in (("half", "a"), ("pre", "上")):
        if name in parts and parts[name].notna().any():
            said = parts[name].notna().to_numpy()
            am = parts[name].str.lower().str.startswith(morning, na=False).to_numpy(bool)
            # 12 AM is midnight and 12 PM noon; Chinese texts also write 下午 13:00.
            late = said & ~am & (hour < 12)
            wrong = said & (hour > 12) & (am | (name == "half"))
            hour = np.where(late, hour + 12, np.where(said & am & (hour == 12), 0, hour))
            hour = np.where(wrong, np.nan, hour)
    total = hour * 3600 + minute * 60 + second
    wrong = (minute > 59) | (second > 59) | (total > _DAY_S)
    return np.where(wrong, np.nan, total)


def _offsets(
    table: TextTable, column: str, texts: pd.Series, parts: pd.DataFrame
) -> np.ndarray | None:
    if "offset" not in parts or parts["offset"].isna().all():
        return None
    missing = parts["offset"].isna().to_numpy()
    if missing.any():
        raise _unreadable(
            table, column, texts, missing, "give every row an offset from UTC, or none"
        )
    codes, values = pd.factorize(parts["offset"])
    seconds = []
    for value in values:
        digits = str(value).lstrip("+-").replace(":", "")
        size = int(digits[:2]) * 3600 + int(digits[2:]) * 60 if digits.isdigit() else 0
        seconds.append(-size if str(value).startswith("-") else size)
    return np.asarray(seconds, dtype=np.float64)[codes]


def _times_of_day(table: TextTable, column: str, notes: list[str]) -> np.ndarray:
    """Return times of day as timedelta64[s]: 07:30, 7:30 PM, 0730, or whole hours 0 to 23."""
    texts = table.cells[column]
    whole = texts.str.fullmatch(r"\d{1,4}").to_numpy(bool)
    if whole.all():
        value = _integers(texts)
        if value.max() <= 24:
            notes.append(f"Column {column!r} is read as whole hours.")
            value = value * 100
        bad = (value % 100 > 59) | (value > 2400)
        if bad.any():
            raise _unreadable(table, column, texts, bad, "write 07:30")
        return (value // 100 * 3600 + value % 100 * 60).astype("timedelta64[s]")
    parts = texts.str.extract(f"^{_TIME_OF_DAY}$")
    bad = parts["hour"].isna().to_numpy() | np.isnan(_seconds_of_day(parts))
    if bad.any():
        raise _unreadable(table, column, texts, bad, "write 07:30")
    if parts["until"].notna().any():
        notes.append(f"Column {column!r} holds spans; their beginnings are taken.")
    return _seconds_of_day(parts).astype("timedelta64[s]")
