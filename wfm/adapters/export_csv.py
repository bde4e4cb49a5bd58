"""How does a roster leave as plain text tables that every spreadsheet opens?"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd

from wfm.adapters.export_shifts import shifts_of
from wfm.scenario import Scenario
from wfm.timegrid import zone

# A cell that begins so is run as a formula by spreadsheets; a leading apostrophe keeps it text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Zip archives carry a time for every file; a fixed one keeps equal plans byte for byte equal.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def csv_tables(roster: Any, scenario: Scenario) -> dict[str, pd.DataFrame]:
    """Return the tables by file name, times as ISO 8601 with offset in the site's zone.

    Returns
    -------
    dict of str to DataFrame
        ``roster.csv`` one row a stretch of one activity; ``shifts.csv`` one row a shift, for
        payroll; ``coverage.csv`` one row a queue and interval.
    """
    here = zone(scenario.timezone)
    names = {person.id: person.name for person in scenario.people}
    shifts = shifts_of(roster, scenario)
    return {
        "roster.csv": _iso(roster.frame, here),
        "shifts.csv": pd.DataFrame(
            [
                (s.agent, names.get(s.agent, ""), s.day.isoformat(), s.start.isoformat(),
                 s.end.isoformat(), s.code, s.queue, round(s.paid_h, 4), s.breaks)
                for s in shifts
            ],
            columns=["agent", "name", "date", "start", "end", "shift", "queue", "paid_h", "breaks"],
        ),
        "coverage.csv": _iso(roster.coverage, here),
    }  # fmt: skip


def csv_bytes(table: pd.DataFrame) -> bytes:
    """Return a table as CSV with a byte order mark; texts that look like formulas are escaped."""
    escaped = table.copy()
    for name in escaped.columns:
        if not pd.api.types.is_numeric_dtype(escaped[name].dtype):
            escaped[name] = escaped[name].map(escape)
    escaped.columns = [escape(name) for name in escaped.columns]
    return escaped.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def write_csv(folder: str | Path, roster: Any, scenario: Scenario) -> tuple[Path, ...]:
    """Write roster.csv, shifts.csv and coverage.csv into `folder` and return their paths.

    Parameters
    ----------
    folder : path
        Made if absent; files of these names are replaced.
    roster : object with `frame` and `coverage`
    scenario : Scenario
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, table in csv_tables(roster, scenario).items():
        (target / name).write_bytes(csv_bytes(table))
        paths.append(target / name)
    return tuple(paths)


def csv_zip_bytes(roster: Any, scenario: Scenario) -> bytes:
    """Return the files of `write_csv` as one zip archive."""
    return zip_bytes({n: csv_bytes(t) for n, t in csv_tables(roster, scenario).items()})


def zip_bytes(files: dict[str, bytes]) -> bytes:
    """Return a zip archive; the same files give the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return packed.getvalue()


def _iso(frame: pd.DataFrame, here: Any) -> pd.DataFrame:
    shown = frame.copy()
    for name in shown.columns:
        if isinstance(shown[name].dtype, pd.DatetimeTZDtype):
            local = shown[name].dt.tz_convert(here)
            shown[name] = pd.Series([t.isoformat() for t in local], index=shown.index, dtype=object)
    return shown


def escape(value: Any) -> Any:
    """Return `value` so that a spreadsheet takes a text for a text, never for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def unescape(text: str) -> str:
    """Return the text that `escape` was given."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text
