"""The routes of what happened: sites, actuals, imports, KPI facts, the log."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from wfm.rest.forms import (
    After,
    Agents,
    Asked,
    Entries,
    EntryOut,
    Id,
    ImportOut,
    Imports,
    Intervals,
    Limit,
    Moment,
    Rows,
    SiteKey,
    SiteOut,
    Sites,
    Why,
)
from wfm.rest.once import OnceOnly
from wfm.rest.problems import documented
from wfm.rest.signing_in import Signed
from wfm.rest.tables import frame_of, page_of

router = APIRouter(responses=documented(400, 401, 403, 404, 413, 422, 429, 503))
_CHANGES = documented(409)


@router.get("/sites", tags=["sites"])
def sites(service: Signed) -> Sites:
    """List the sites where the token may do anything."""
    return Sites(items=[SiteOut(**vars(site)) for site in service.sites()], next=None)


@router.get("/sites/{site}", tags=["sites"])
def site(service: Signed, site: SiteKey) -> SiteOut:
    """Show a site."""
    return SiteOut(**vars(service.site(site)))


@router.post("/sites/{site}/actuals/intervals", tags=["actuals"], status_code=200,
             response_model=ImportOut, responses=_CHANGES)  # fmt: skip
def push_intervals(service: Signed, once: OnceOnly, site: SiteKey, body: Intervals) -> JSONResponse:
    """Push what happened in queues; the same rows again change nothing, others replace."""
    return once(lambda: _pushed(service, site, "intervals", "queue", body))


@router.post("/sites/{site}/actuals/agents", tags=["actuals"], status_code=200,
             response_model=ImportOut, responses=_CHANGES)  # fmt: skip
def push_agents(service: Signed, once: OnceOnly, site: SiteKey, body: Agents) -> JSONResponse:
    """Push what happened for agents; the same rows again change nothing, others replace."""
    return once(lambda: _pushed(service, site, "agents", "agent", body))


def _pushed(service: Signed, site: str, kind: str, unit: str, body: Any) -> ImportOut:
    service.caller.need("actuals:write", site)
    frame = frame_of(body.rows, unit)
    done = service.facts.push(site, kind, frame, source=body.source, reason=body.reason)
    return ImportOut(**dataclasses.asdict(done))


@router.get("/sites/{site}/actuals/intervals", tags=["actuals"])
def intervals(
    service: Signed, site: SiteKey, start: Moment, end: Moment, queue: Asked = None,
    after: After = 0, limit: Limit = 100,
) -> Rows:  # fmt: skip
    """Read what happened in queues, at most 31 days at a time."""
    units = None if queue is None else [queue]
    frame = service.facts.read(site, "intervals", start=start, end=end, units=units)
    return page_of(frame, after=after, limit=limit)


@router.get("/sites/{site}/actuals/agents", tags=["actuals"])
def agents(
    service: Signed, site: SiteKey, start: Moment, end: Moment, agent: Asked = None,
    after: After = 0, limit: Limit = 100,
) -> Rows:  # fmt: skip
    """Read what happened for agents, at most 31 days at a time."""
    units = None if agent is None else [agent]
    frame = service.facts.read(site, "agents", start=start, end=end, units=units)
    return page_of(frame, after=after, limit=limit)


@router.get("/sites/{site}/imports", tags=["imports"])
def imports(service: Signed, site: SiteKey, after: After = 0, limit: Limit = 100) -> Imports:
    """List imports, oldest first."""
    found = service.facts.imports(site, after=after, limit=limit)
    items = [ImportOut(**dataclasses.asdict(one)) for one in found]
    return Imports(items=items, next=items[-1].id if len(items) == limit else None)


@router.post("/sites/{site}/imports/{id}/undo", tags=["imports"], response_model=ImportOut,
             responses=_CHANGES)  # fmt: skip
def undo(service: Signed, once: OnceOnly, site: SiteKey, id: Id, body: Why) -> JSONResponse:  # noqa: A002
    """Take an import back: rows it changed are as before, rows it added are gone."""
    return once(
        lambda: ImportOut(**dataclasses.asdict(service.facts.undo(site, id, reason=body.reason)))
    )


@router.get("/sites/{site}/kpis", tags=["kpis"])
def kpis(
    service: Signed, site: SiteKey, kpi: Asked = None, level: Asked = None, unit: Asked = None,
    start: Annotated[Moment | None, Query()] = None, end: Annotated[Moment | None, Query()] = None,
    after: After = 0, limit: Limit = 100,
) -> Rows:  # fmt: skip
    """Read KPI facts: numerator, denominator and value."""
    frame = service.facts.kpis(site, kpi=kpi, level=level, unit=unit, start=start, end=end)
    return page_of(frame, after=after, limit=limit)


@router.get("/sites/{site}/audit", tags=["audit"])
def audit(service: Signed, site: SiteKey, after: After = 0, limit: Limit = 100) -> Entries:
    """List who did what at a site, oldest first."""
    found = service.audit(site, after=after, limit=limit)
    kept = EntryOut.model_fields
    items = [
        EntryOut(**{key: value for key, value in vars(one).items() if key in kept}) for one in found
    ]
    return Entries(items=items, next=items[-1].id if len(items) == limit else None)
