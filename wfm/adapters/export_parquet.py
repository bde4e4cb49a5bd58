"""How do a plan's tables leave for other programs, with their types?"""

from __future__ import annotations

import io

import pandas as pd

from wfm.plan import Plan


def parquet_tables(plan: Plan) -> dict[str, bytes]:
    """Return the tables of `plan` by file name as Parquet: instants with zone, numbers as they are.

    ``history``, ``forecast`` and ``requirement``; with a roster ``roster`` and ``coverage``.
    """
    tables = {
        "history": plan.history, "forecast": plan.forecast, "requirement": plan.requirement,
    }  # fmt: skip
    if plan.roster is not None:
        tables |= {"roster": plan.roster.frame, "coverage": plan.roster.coverage}
    return {f"{name}.parquet": parquet_bytes(table) for name, table in tables.items()}


def parquet_bytes(table: pd.DataFrame) -> bytes:
    """Return one table as Parquet."""
    out = io.BytesIO()
    table.to_parquet(out, index=False, compression="zstd")
    return out.getvalue()
