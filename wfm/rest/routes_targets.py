"""The routes of targets: read them, set them, each change by its version."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from wfm.adapters.store import Record
from wfm.kpi.targets import KpiTarget
from wfm.rest.forms import After, Day, Limit, Name, SiteKey, Strict, Text
from wfm.rest.once import OnceOnly
from wfm.rest.problems import documented
from wfm.rest.signing_in import Signed

router = APIRouter(responses=documented(400, 401, 403, 404, 413, 422, 429, 503))
_CHANGES = documented(409)
_EXAMPLE: dict[str, Any] = {
    "example": {"kpi": "service_level", "value": 0.8, "direction": "up", "deadline": "2026-09-01",
                "review_days": 30, "owner": "Ana", "version": None}
}  # fmt: skip
Figure = Annotated[float, Field(ge=-1e12, le=1e12)]


class TargetAsked(Strict):
    """A target; `version` is the one it was read at, null for a new one."""

    model_config = ConfigDict(json_schema_extra=_EXAMPLE)
    kpi: Name
    value: Figure
    direction: Annotated[str, Field(pattern="^(up|down)$")]
    baseline: Figure | None = None
    deadline: Day | None = None
    review_days: Annotated[int, Field(ge=1, le=3660)] | None = None
    owner: Text = ""
    source: Text = ""
    reason: Text = ""
    version: Annotated[int, Field(ge=1, le=2**31)] | None = None


class TargetOut(BaseModel):
    """A target as it stands."""

    key: str
    kpi: str
    version: int
    changed_at: dt.datetime
    changed_by: str
    content: Any


class TargetsOut(BaseModel):
    """A page of targets."""

    items: list[TargetOut]
    next: int | None


@router.get("/sites/{site}/targets", tags=["targets"])
def targets(service: Signed, site: SiteKey, after: After = 0, limit: Limit = 100) -> TargetsOut:
    """List targets."""
    found = service.targets.all(site, after=after, limit=limit)
    last = found[-1].id if len(found) == limit else None
    return TargetsOut(items=[_target(one) for one in found], next=last)


@router.post("/sites/{site}/targets/{key}", tags=["targets"], response_model=TargetOut,
             responses=_CHANGES)  # fmt: skip
def set_target(
    service: Signed, once: OnceOnly, site: SiteKey, key: SiteKey, body: TargetAsked
) -> JSONResponse:  # fmt: skip
    """Set a target, or change the one that stands at `version`."""
    given = body.model_dump()
    how = {name: given.pop(name) for name in ("version", "reason")}
    wanted = KpiTarget(given.pop("kpi"), **given)
    return once(lambda: _target(service.targets.set(site, key, wanted, **how)))


def _target(record: Record) -> TargetOut:
    return TargetOut(
        key=record.key, version=record.version, changed_at=record.changed_at,
        changed_by=record.changed_by, kpi=record.values["kpi"], content=record.values["content"],
    )  # fmt: skip
