"""How are tables of actuals read for a check: CSV or Parquet files, or a folder of them?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from wfm.errors import BadInput
from wfm.timegrid import zone

__all__ = ["read_actuals"]

_ENDINGS = (".csv", ".parquet")


def read_actuals(paths: Sequence[str | Path], *, timezone: str) -> dict[str, pd.DataFrame]:
    """Return the tables in `paths` by their names, times in `timezone`.

    Parameters
    ----------
    paths : sequence of path
        Files, or folders whose files (or those in their folder `actuals`) are all read.
    timezone : str
        Zone of the site: local days are counted in it, and times without an offset are in it.

    Raises
    ------
    BadInput
        No such file, no table in a folder, or a time that cannot be read.
    """
    zone(timezone)
    tables: dict[str, pd.DataFrame] = {}
    for path in map(Path, paths):
        files = [path]
        if path.is_dir():
            place = path / "actuals" if (path / "actuals").is_dir() else path
            files = sorted(f for f in place.iterdir() if f.suffix.lower() in _ENDINGS)
            if not files:
                raise BadInput(f"{path}: no CSV or Parquet file in this folder")
        for file in files:
            tables[file.stem] = _read(file, timezone)
    return tables


def _read(path: Path, timezone: str) -> pd.DataFrame:
    if not path.is_file():
        raise BadInput(f"{path}: no such file")
    try:
        if path.suffix.lower() == ".parquet":
            frame = pd.read_parquet(path)
        else:
            frame = pd.read_csv(path, encoding="utf-8-sig")
    except (ValueError, OSError) as error:
        raise BadInput(f"{path.name}: cannot be read as a table: {error}") from error
    if frame.empty:
        raise BadInput(f"{path.name}: has no rows")
    for name in frame.columns:
        if name == "start" or name.endswith("_at"):
            frame[name] = _times(frame[name], path.name, timezone)
    return frame


def _times(cells: pd.Series, file: str, timezone: str) -> pd.Series:
    if isinstance(cells.dtype, pd.DatetimeTZDtype):
        return cells.dt.tz_convert(timezone).dt.as_unit("ns")
    if cells.isna().all():
        return pd.to_datetime(cells, utc=True).dt.tz_convert(timezone)
    try:
        aware = [pd.NaT if pd.isna(cell) else _aware(str(cell), timezone) for cell in cells]
    except ValueError as error:
        raise BadInput(
            f"{file}: column {cells.name!r} holds a time that cannot be read ({error}); write "
            "2026-03-02T09:00:00+01:00"
        ) from error
    return pd.Series(pd.DatetimeIndex(aware), index=cells.index, name=cells.name).dt.as_unit("ns")


def _aware(text: str, timezone: str) -> pd.Timestamp:
    stamp = pd.Timestamp(text)
    return stamp.tz_localize(timezone) if stamp.tz is None else stamp.tz_convert(timezone)
