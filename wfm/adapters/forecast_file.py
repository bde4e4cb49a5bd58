"""Can this CSV be sized: a forecast that another tool made?"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pandas as pd

from wfm import frames
from wfm.errors import BadInput
from wfm.timegrid import zone

_NEEDED = ("queue", "start", "volume", "aht_s")
_COMMA = re.compile(r"\s*-?\d+,\d+\s*")
_MAX_BYTES = 200_000_000


def read_forecast(path: str | Path, *, timezone: str) -> pd.DataFrame:
    """Return the forecast table in the CSV file `path`.

    Parameters
    ----------
    path : path
        Columns queue, start, volume, aht_s and, where known, the quantiles p2_5 ... p97_5 (all five
        or none). Other columns are left out.
    timezone : str
        Zone of the starts that carry none; the result is in it.

    Returns
    -------
    DataFrame
        Table ``forecast`` of `wfm.frames`; without quantiles in the file they are all `volume`,
        which knows no uncertainty.

    Raises
    ------
    BadInput
        Missing file or column, a start or number that cannot be read; line and column named.
    """
    path = Path(path)
    if not path.is_file():
        raise BadInput(f"{path}: no such file")
    if path.stat().st_size > _MAX_BYTES:
        raise BadInput(f"{path.name}: larger than {_MAX_BYTES // 1_000_000} MB; is it a forecast?")
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (ValueError, UnicodeDecodeError) as error:
        raise BadInput(f"{path.name}: not a CSV file in UTF-8: {error}") from error
    if frame.empty:
        raise BadInput(f"{path.name}: has a line of headers at most and no rows; nothing to size")
    if len(frame.columns) == 1 and ";" in str(frame.columns[0]):
        raise BadInput(f"{path.name}: columns are separated by ';'; a forecast file has commas")
    missing = [name for name in _NEEDED if name not in frame.columns]
    if missing:
        raise BadInput(
            f"{path.name}: missing columns {missing}; got {list(frame.columns)[:20]}; a forecast "
            f"has {', '.join(_NEEDED)} and, where known, {', '.join(frames.BANDS)}"
        )
    there = [name for name in frames.BANDS if name in frame.columns]
    if there and len(there) < len(frames.BANDS):
        raise BadInput(
            f"{path.name}: has {', '.join(there)} of the quantiles {', '.join(frames.BANDS)}; "
            "give all of them or none"
        )
    out = pd.DataFrame({
        "queue": frame["queue"],
        "start": _starts(frame["start"], path.name, timezone),
        **{name: _numbers(frame[name], path.name) for name in ("volume", "aht_s", *there)},
    })  # fmt: skip
    if not there:
        out = out.assign(**dict.fromkeys(frames.BANDS, out["volume"]))
    return frames.check("forecast", out)


def _starts(cells: pd.Series, file: str, timezone: str) -> pd.Series:
    local = zone(timezone)
    out = []
    for line, cell in enumerate(cells, start=2):
        try:
            stamp = pd.Timestamp(dt.datetime.fromisoformat(cell.strip()))
            stamp = stamp.tz_localize(local) if stamp.tzinfo is None else stamp.tz_convert(local)
        except (ValueError, OverflowError) as error:
            raise BadInput(
                f"{file}, line {line}: start expects a time such as 2026-03-02 09:00+01:00, got "
                f"{cell!r} (day and month are not guessed); an hour that the clock change skips or "
                "repeats needs its offset"
            ) from error
        out.append(stamp)
    return pd.Series(pd.DatetimeIndex(out).as_unit("ns"), index=cells.index)


def _numbers(cells: pd.Series, file: str) -> pd.Series:
    text = cells.str.strip()
    values = pd.to_numeric(text.where(text != ""), errors="coerce").astype(float)
    bad = values.isna() & (text != "")
    if bad.any():
        at, cell = int(bad.to_numpy().argmax()), text[bad].iloc[0]
        hint = "; write decimals with a point" if _COMMA.fullmatch(cell) else ""
        raise BadInput(
            f"{file}, line {at + 2}: {cells.name} expects a number, got {cell!r} "
            f"({int(bad.sum())} cells in all){hint}"
        )
    return values
