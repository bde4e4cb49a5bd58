"""What were the KPIs: numerator and denominator of each, under its definition?"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from wfm.adapters.store import sites
from wfm.adapters.store.audit import Author, Clock, note
from wfm.adapters.store.database import Database
from wfm.adapters.store.tables_facts import KPIS
from wfm.errors import BadInput

_KEY = ("kpi", "definition", "level", "unit", "start")
_COLUMNS = (*_KEY, "end", "numerator", "denominator", "value")


@dataclass(frozen=True)
class Kpis:
    """KPI facts; one of the same key replaces the one before."""

    database: Database
    now: Clock

    def put(self, frame: pd.DataFrame, *, site: str, by: str, source: str, reason: str = "") -> int:
        """Save facts and return how many there were.

        Parameters
        ----------
        frame : DataFrame
            Columns kpi, definition, level, unit (texts), start, end (times with a zone),
            numerator, denominator, value (numbers, NaN where there is none); a fact a row.
        site : str
            Must be in the store.
        source : str
            What counted them, for the audit log.
        """
        missing = [name for name in _COLUMNS if name not in frame]
        if missing:
            raise BadInput(f"kpis: missing columns {missing}; expected {', '.join(_COLUMNS)}")
        author = Author(by, reason, self.now())
        rows = [_row(row, site, author.at) for row in frame[list(_COLUMNS)].to_dict("records")]
        with self.database.write(alone=f"kpis {site}") as connection:
            sites.zone_of(connection, site)
            if rows:
                dialect: Any = sqlite if self.database.kind == "sqlite" else postgresql
                asked = dialect.insert(KPIS)
                asked = asked.on_conflict_do_update(
                    index_elements=["site", *_KEY],
                    set_={
                        name: asked.excluded[name]
                        for name in ("end", "numerator", "denominator", "value", "made_at")
                    },
                )
                connection.execute(asked, rows)
            note(connection, author, "counted", "kpi_facts", source, site=site,
                 after={"rows": len(rows)})  # fmt: skip
        return len(rows)

    def read(
        self,
        *,
        site: str,
        kpi: str | None = None,
        level: str | None = None,
        unit: str | None = None,
        start: dt.datetime | None = None,
        end: dt.datetime | None = None,
    ) -> pd.DataFrame:
        """Return facts, sorted by key, times in the site's zone."""
        asked = select(*(KPIS.c[name] for name in _COLUMNS)).where(KPIS.c.site == site)
        for name, value in (("kpi", kpi), ("level", level), ("unit", unit)):
            if value is not None:
                asked = asked.where(KPIS.c[name] == value)
        if start is not None:
            asked = asked.where(KPIS.c.start >= start)
        if end is not None:
            asked = asked.where(KPIS.c.start < end)
        with self.database.read() as connection:
            zone = sites.zone_of(connection, site)
            found = connection.execute(asked.order_by(*(KPIS.c[name] for name in _KEY))).all()
        frame = pd.DataFrame(found, columns=list(_COLUMNS))
        for name in ("start", "end"):
            frame[name] = pd.to_datetime(frame[name], utc=True).dt.tz_convert(zone)
        return frame.astype(dict.fromkeys(("numerator", "denominator", "value"), float))


def _row(row: dict[Any, Any], site: str, at: dt.datetime) -> dict[str, Any]:
    values = {
        name: None if isinstance(value, float) and pd.isna(value) else value
        for name, value in row.items()
    }
    for name in ("start", "end"):
        values[name] = pd.Timestamp(values[name]).to_pydatetime()
    return {**values, "site": site, "made_at": at}
