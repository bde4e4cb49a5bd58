"""How does a table go out as a page of JSON, and how do rows come in as a table?"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel

from wfm.errors import BadInput
from wfm.rest.forms import Rows


def page_of(frame: pd.DataFrame, *, after: int, limit: int) -> Rows:
    """Return `limit` rows from row number `after` on; times in ISO with offset, NaN as null."""
    part = frame.iloc[after : after + limit]
    columns = {str(name): _plain(part[name]) for name in part.columns}
    rows = [
        dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
    ]
    last = after + len(part)
    return Rows(
        columns=list(columns), rows=rows, total=len(frame),
        next=last if last < len(frame) else None,
    )  # fmt: skip


def _plain(values: pd.Series) -> list[Any]:
    return [plain(value) for value in values.tolist()]


def plain(value: Any) -> Any:
    """Return one value as JSON holds it: times in ISO, what is not finite as null."""
    if isinstance(value, pd.Timestamp | dt.datetime | dt.date):
        return None if pd.isna(value) else value.isoformat()
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, float) and not np.isfinite(value):
        return None
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    return value if isinstance(value, str | bool | int | float) else str(value)


def frame_of(rows: list[BaseModel], unit: str) -> pd.DataFrame:
    """Return rows of actuals as a table.

    Raises
    ------
    BadInput
        Rows give different fields, so that it is open whether those left out stay as they are.
    """
    given = rows[0].model_fields_set
    other = next((place for place, row in enumerate(rows) if row.model_fields_set != given), None)
    if other is not None:
        differ = sorted(rows[other].model_fields_set ^ given)
        raise BadInput(
            f"rows: every row gives the same fields, but row {other} and row 0 differ in {differ}; "
            "give null where one is not known"
        )
    fields = sorted(given - {unit, "start"})
    if not fields:
        raise BadInput(f"rows: no fields beside {unit} and start; give at least one")
    columns: dict[str, Any] = {unit: [getattr(row, unit) for row in rows]}
    # Pandas has no text of mixed offsets; instants are the same in UTC.
    columns["start"] = pd.DatetimeIndex(
        [row.start.astimezone(dt.UTC) for row in rows]  # type: ignore[attr-defined]
    )
    for name in fields:
        columns[name] = np.array([getattr(row, name) for row in rows], dtype=float)
    return pd.DataFrame(columns)
