"""Which targets are set at a site, and who may change them?"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from dataclasses import dataclass

from wfm.access import Caller
from wfm.adapters.store import Record, Store
from wfm.errors import BadInput
from wfm.kpi import catalogue
from wfm.kpi.targets import KpiTarget
from wfm.service.finding import record_of, site_of


@dataclass(frozen=True)
class Targets:
    """Targets of KPIs, for one caller; a change is a version, and stands in the audit log."""

    store: Store
    caller: Caller

    def all(self, site: str, *, after: int = 0, limit: int = 100) -> tuple[Record, ...]:
        """Return the targets of `site`, in the order they were set."""
        self.caller.need("kpis:read", site)
        site_of(self.store, site)
        return self.store.records.find("targets", site=site, after=after, limit=limit)

    def set(
        self, site: str, key: str, target: KpiTarget, *, version: int | None = None,
        reason: str = "",
    ) -> Record:  # fmt: skip
        """Set the target called `key`, a new one without `version`.

        Raises
        ------
        Conflict
            Somebody changed it since `version`; nothing is saved.
        """
        self.caller.need("targets:write", site)
        site_of(self.store, site)
        if not key.strip():
            raise BadInput("target: it needs a key, such as 'service level voice'")
        catalogue.find(target.key)
        content = json.loads(json.dumps(dataclasses.asdict(target), default=_plain))
        values = {"site": site, "key": key, "kpi": target.key, "content": content}
        return self.store.records.save(
            "targets", values, by=self.caller.user, version=version, reason=reason
        )

    def drop(self, site: str, key: str, *, version: int, reason: str = "") -> None:
        """Remove a target that stands at `version`; the audit log keeps what it was."""
        self.caller.need("targets:write", site)
        record_of(self.store, "targets", site, key)
        self.store.records.remove(
            "targets", key, site=site, by=self.caller.user, version=version, reason=reason
        )


def _plain(value: object) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    raise BadInput(f"target: {value!r} cannot be kept")
