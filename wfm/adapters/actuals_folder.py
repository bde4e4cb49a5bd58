"""Actuals on disk: one Parquet file a table in the folder `actuals` of a plan; own files read in.

A table a person brings (CSV or Parquet) is checked against its contract before anything is kept.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import filelock
import pandas as pd

from wfm.actuals import TABLES, Actuals, check
from wfm.errors import BadInput
from wfm.timegrid import zone

__all__ = ["load_actuals", "put_table", "read_table", "save_actuals"]

FOLDER = "actuals"
_NOTES = "notes.json"
_MAX_BYTES = 500_000_000
_LOCK_S = 60


def load_actuals(folder: str | Path) -> Actuals:
    """Return the actuals in the plan folder `folder`.

    Raises
    ------
    BadInput
        There are none, or a file is damaged.
    """
    place = Path(folder) / FOLDER
    paths = {name: place / f"{name}.parquet" for name in TABLES}
    found = {name: path for name, path in paths.items() if path.is_file()}
    if not found:
        raise BadInput(
            f"actuals: {folder} holds no actuals yet; 'wfm demo --out {folder}' makes some, "
            f"'wfm actuals FILE --table interval_actuals --plan {folder}' takes your own"
        )
    tables = {name: _parquet(path) for name, path in found.items()}
    return Actuals(tables, _notes(place))


def actuals_stamp(folder: str | Path) -> str:
    """Return a text that changes whenever the actuals in `folder` do; empty when there are none."""
    place = Path(folder) / FOLDER
    if not place.is_dir():
        return ""
    seen = [
        f"{path.name}-{path.stat().st_mtime_ns}-{path.stat().st_size}"
        for path in sorted(place.iterdir())
        if path.stem in TABLES
    ]
    return " ".join(seen)


def save_actuals(actuals: Actuals, folder: str | Path) -> tuple[Path, ...]:
    """Write all tables into the plan folder `folder`, in place of those there; return the paths.

    Each file is replaced in one step. Of two who write at once one waits for the other.

    Raises
    ------
    BadInput
        The folder cannot be written, or another program writes into it for a minute.
    """
    with _alone(folder):
        return _save(actuals, folder)


def _save(actuals: Actuals, folder: str | Path) -> tuple[Path, ...]:
    place = Path(folder) / FOLDER
    written = []
    try:
        place.mkdir(parents=True, exist_ok=True)
        for name, table in actuals.tables.items():
            _write(place / f"{name}.parquet", _bytes(table))
            written.append(place / f"{name}.parquet")
        for name in set(TABLES) - set(actuals.tables):
            (place / f"{name}.parquet").unlink(missing_ok=True)
        text = json.dumps(list(actuals.notes), ensure_ascii=False, indent=1)
        _write(place / _NOTES, text.encode())
    except OSError as error:
        raise BadInput(
            f"actuals: cannot write to {error.filename or place}: {error.strerror or error}; "
            "choose another folder"
        ) from error
    return tuple(written)


def put_table(table: pd.DataFrame, name: str, folder: str | Path, *, source: str = "") -> int:
    """Put the rows of `table` into table `name` of `folder`: a key that is there is replaced.

    `source`, the file's name, is kept by the store alone.
    Of two who put rows at once one waits for the other, so that both are kept.

    Returns
    -------
    int
        Rows the table has now. Bringing the same file twice changes nothing.

    Raises
    ------
    BadInput
    """
    with _alone(folder):
        try:
            before = load_actuals(folder)
        except BadInput:
            if any((Path(folder) / FOLDER / f"{known}.parquet").exists() for known in TABLES):
                raise
            before = Actuals({})
        after = before.put(name, table)
        _save(after, folder)
    return len(after.tables[name])


@contextmanager
def _alone(folder: str | Path) -> Iterator[None]:
    place = Path(folder) / FOLDER
    try:
        place.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(place / ".lock", timeout=_LOCK_S):
            yield
    except filelock.Timeout as error:
        raise BadInput(
            f"actuals: another program has been writing into {place} for {_LOCK_S} s; wait for it "
            "and try again"
        ) from error
    except OSError as error:
        raise BadInput(
            f"actuals: cannot write to {error.filename or place}: {error.strerror or error}; "
            "choose another folder"
        ) from error


def read_table(path: str | Path, name: str, *, timezone: str) -> pd.DataFrame:
    """Return table `name` of the actuals from a CSV or Parquet file.

    Parameters
    ----------
    path : path
        CSV in UTF-8 with commas, or Parquet; columns named as in `docs/actuals.md`, others are
        kept as slices to group by.
    name : str
        A key of `wfm.actuals.TABLES`.
    timezone : str
        Zone of times that carry none; the result is in it.

    Raises
    ------
    BadInput
        No such file or table, a missing column, or a cell that cannot be read; line and column
        named.
    """
    path = Path(path)
    if name not in TABLES:
        raise BadInput(f"actuals: no table {name!r}; expected one of {', '.join(TABLES)}")
    if not path.is_file():
        raise BadInput(f"{path}: no such file")
    if path.stat().st_size > _MAX_BYTES:
        raise BadInput(f"{path.name}: larger than {_MAX_BYTES // 1_000_000} MB; bring it in parts")
    frame = _parquet(path) if path.suffix.lower() == ".parquet" else _csv(path)
    if frame.empty:
        raise BadInput(f"{path.name}: has no rows")
    kinds = {column.name: column.kind for column in TABLES[name].columns}
    for column in frame.columns:
        kind = kinds.get(column, "text")
        if kind in ("time", "moment"):
            frame[column] = _times(frame[column], column, path.name, timezone)
        elif kind in ("number", "count"):
            frame[column] = _numbers(frame[column], column, path.name)
    return check(name, frame)


def _csv(path: Path) -> pd.DataFrame:
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (ValueError, UnicodeDecodeError) as error:
        raise BadInput(f"{path.name}: not a CSV file in UTF-8: {error}") from error
    if len(frame.columns) == 1 and ";" in str(frame.columns[0]):
        raise BadInput(f"{path.name}: columns are separated by ';'; expected commas")
    return frame.rename(columns=lambda name: str(name).strip())


def _times(cells: pd.Series, column: str, file: str, timezone: str) -> pd.Series:
    local = zone(timezone)
    if isinstance(cells.dtype, pd.DatetimeTZDtype):
        return cells.dt.tz_convert(local).dt.as_unit("ns")
    out: list[Any] = []
    for line, cell in enumerate(cells, start=2):
        text = "" if pd.isna(cell) else str(cell).strip()
        if not text:
            out.append(pd.NaT)
            continue
        try:
            stamp = pd.Timestamp(dt.datetime.fromisoformat(text))
            out.append(stamp.tz_localize(local) if stamp.tzinfo is None else
                       stamp.tz_convert(local))  # fmt: skip
        except (ValueError, OverflowError) as error:
            raise BadInput(
                f"{file}, line {line}: {column} expects a time such as 2026-03-02 09:00+01:00, got "
                f"{text!r}; an hour that the clock change skips or repeats needs its offset"
            ) from error
    index = pd.DatetimeIndex(out)
    return pd.Series(index if index.tz is not None else index.tz_localize(local),
                     index=cells.index).dt.as_unit("ns")  # fmt: skip


def _numbers(cells: pd.Series, column: str, file: str) -> pd.Series:
    if pd.api.types.is_numeric_dtype(cells.dtype):
        return cells.astype(float)
    text = cells.fillna("").astype(str).str.strip()
    values = pd.to_numeric(text.where(text != ""), errors="coerce").astype(float)
    bad = values.isna() & (text != "")
    if bad.any():
        at = int(bad.to_numpy().argmax())
        raise BadInput(
            f"{file}: {int(bad.sum())} cells of {column} are no numbers (first: line {at + 2}, got "
            f"{text.iloc[at]!r}); write 1234.5, without units or thousands marks"
        )
    return values


def _parquet(path: Path) -> pd.DataFrame:
    try:
        return pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise BadInput(
            f"actuals: {path} is damaged or no Parquet file ({error}); bring the table again"
        ) from error


def _bytes(table: pd.DataFrame) -> bytes:
    out = io.BytesIO()
    table.to_parquet(out, index=False)
    return out.getvalue()


def _write(path: Path, content: bytes) -> None:
    aside = path.with_name(f".part-{secrets.token_hex(6)}")
    try:
        aside.write_bytes(content)
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


def _notes(place: Path) -> tuple[str, ...]:
    try:
        return tuple(map(str, json.loads((place / _NOTES).read_text(encoding="utf-8"))))
    except (OSError, ValueError):
        return ()
