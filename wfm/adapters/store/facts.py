"""Which rows may be facts: their key, their fields, their types, and which table they go to?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sqlalchemy import Table

from wfm.adapters.store.tables_facts import (
    AGENT_FIELDS,
    AGENTS,
    AGENTS_REPLACED,
    INTERVAL_FIELDS,
    INTERVALS,
    INTERVALS_REPLACED,
)
from wfm.errors import BadInput


@dataclass(frozen=True)
class Kind:
    """A table of actuals: the column that names its unit, and where the units live."""

    table: Table
    replaced: Table
    fields: tuple[str, ...]
    unit: str
    column: str
    home: str


_KINDS = {
    "intervals": Kind(INTERVALS, INTERVALS_REPLACED, INTERVAL_FIELDS, "queue", "queue", "queues"),
    "agents": Kind(AGENTS, AGENTS_REPLACED, AGENT_FIELDS, "agent", "person", "people"),
}


def kind_of(kind: str) -> Kind:
    """Return what belongs to `kind`."""
    if kind not in _KINDS:
        raise BadInput(f"store: actuals are of {list(_KINDS)}, got {kind!r}")
    return _KINDS[kind]


def checked(kind: str, what: Kind, frame: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return the rows as the store takes them, instants in UTC, and which fields they have."""
    missing = [name for name in (what.unit, "start") if name not in frame]
    if missing:
        raise BadInput(f"{kind}: missing columns {missing}; got {list(map(str, frame))[:20]}")
    fields = known_fields(
        kind, what, [str(c) for c in frame.columns if c not in (what.unit, "start")]
    )
    starts = frame["start"]
    if not isinstance(starts.dtype, pd.DatetimeTZDtype) or starts.isna().any():
        raise BadInput(
            f"{kind}: start must be times with a zone, none missing, got {starts.dtype} with "
            f"{int(starts.isna().sum())} missing; localise it first"
        )
    units = frame[what.unit]
    wrong = [value for value in units.unique() if not isinstance(value, str) or not value.strip()]
    if wrong:
        bad = (units.isin(wrong) | units.isna()).to_numpy()
        raise BadInput(
            f"{kind}: {int(bad.sum())} rows name no {what.unit} (first: row {int(bad.argmax())}, "
            f"got {wrong[0]!r})"
        )
    twice = frame.duplicated([what.unit, "start"])
    if twice.any():
        row = frame.loc[twice.to_numpy()].iloc[0]
        raise BadInput(
            f"{kind}: {int(twice.sum())} rows repeat a key (first: {row[what.unit]!r} "
            f"{row['start']}); one row a key is expected"
        )
    rows = frame[[what.unit]].assign(start=starts.dt.tz_convert("UTC").dt.as_unit("us"))
    for name in fields:
        values = frame[name]
        if not pd.api.types.is_numeric_dtype(values.dtype) or values.dtype == bool:
            raise BadInput(f"{kind}: {name} must be numbers, got {values.dtype}")
        numbers = values.to_numpy(dtype=float, na_value=np.nan)
        if np.isinf(numbers).any():
            raise BadInput(f"{kind}: {name} has {int(np.isinf(numbers).sum())} infinite values")
        rows[name] = numbers
    return rows, fields


def known_fields(kind: str, what: Kind, names: Sequence[str]) -> list[str]:
    """Return `names` if all of them are fields of the kind."""
    unknown = [str(name) for name in names if name not in what.fields]
    if unknown:
        raise BadInput(f"{kind}: unknown fields {unknown[:10]}; known are {', '.join(what.fields)}")
    return list(names)


def digestible(rows: pd.DataFrame) -> bytes:
    """Return bytes that are the same for the same rows in the same order."""
    names = " ".join(map(str, rows.columns)).encode()
    return names + pd.util.hash_pandas_object(rows, index=False).to_numpy().tobytes()
