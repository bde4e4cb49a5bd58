"""What happened: who may push it, undo it and read it?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from wfm.access import Caller
from wfm.adapters.store import Import, Store
from wfm.errors import BadInput
from wfm.service.finding import NotFound, site_of

# What is read at once is held in memory; a longer span is asked for in parts.
LONGEST_READ = dt.timedelta(days=31)
_READ = {"intervals": "actuals:read", "agents": "agents:read"}


@dataclass(frozen=True)
class Facts:
    """Actuals, imports and KPI facts of one caller."""

    store: Store
    caller: Caller

    def push(
        self,
        site: str,
        kind: str,
        frame: pd.DataFrame,
        *,
        source: str,
        content: bytes | None = None,
        profile: str | None = None,
        refused: int = 0,
        reason: str = "",
    ) -> Import:
        """Take in actuals; see `wfm.adapters.store.actuals.Actuals.put`."""
        self.caller.need("actuals:write", site)
        site_of(self.store, site)
        return self.store.actuals.put(
            kind, frame, site=site, by=self.caller.user, source=source, content=content,
            profile=profile, refused=refused, reason=reason,
        )  # fmt: skip

    def read(
        self,
        site: str,
        kind: str,
        *,
        start: dt.datetime,
        end: dt.datetime,
        units: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """Return the actuals from `start` until before `end`, at most 31 days."""
        self.caller.need(_permission(kind), site)
        if not start < end <= start + LONGEST_READ:
            raise BadInput(
                f"actuals: expected an end after the start and at most {LONGEST_READ.days} days "
                f"later, got {start.isoformat()} to {end.isoformat()}; ask for it in parts"
            )
        site_of(self.store, site)
        return self.store.actuals.read(kind, site=site, start=start, end=end, units=units)

    def imports(self, site: str, *, after: int = 0, limit: int = 100) -> tuple[Import, ...]:
        """Return the imports of `site`, oldest first."""
        self.caller.need("actuals:read", site)
        site_of(self.store, site)
        return self.store.actuals.imports(site=site, after=after, limit=limit)

    def undo(self, site: str, import_id: int, *, reason: str = "") -> Import:
        """Take an import of `site` back."""
        self.caller.need("actuals:write", site)
        found = self.store.actuals.imports(site=site, after=import_id - 1, limit=1)
        if not found or found[0].id != import_id:
            raise NotFound(f"imports: there is no import {import_id} at site {site!r}")
        return self.store.actuals.undo(import_id, by=self.caller.user, reason=reason)

    def kpis(
        self,
        site: str,
        *,
        kpi: str | None = None,
        level: str | None = None,
        unit: str | None = None,
        start: dt.datetime | None = None,
        end: dt.datetime | None = None,
    ) -> pd.DataFrame:
        """Return KPI facts of `site`, those of people only to who may read about people."""
        self.caller.need("kpis:read", site)
        site_of(self.store, site)
        if level == "agent":
            self.caller.need("agents:read", site)
        frame = self.store.kpis.read(
            site=site, kpi=kpi, level=level, unit=unit, start=start, end=end
        )
        if not self.caller.may("agents:read", site):
            frame = frame[frame["level"] != "agent"].reset_index(drop=True)
        return frame


def _permission(kind: str) -> str:
    if kind not in _READ:
        raise BadInput(f"actuals: there are {', '.join(_READ)}, got {kind!r}")
    return _READ[kind]
