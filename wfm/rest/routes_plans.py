"""The routes of plans: forecasts, requirements, rosters, one's own shifts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from wfm.adapters.store import Version
from wfm.rest.forms import After, Asked, Day, Id, Limit, Rows, SiteKey, VersionOut, Versions, Why
from wfm.rest.once import OnceOnly
from wfm.rest.problems import documented
from wfm.rest.signing_in import Signed
from wfm.rest.tables import page_of

router = APIRouter(responses=documented(400, 401, 403, 404, 413, 422, 429, 503))
_CHANGES = documented(409)


@router.get("/sites/{site}/plans", tags=["plans"])
def plans(
    service: Signed, site: SiteKey, name: Asked = None, after: After = 0, limit: Limit = 100
) -> Versions:
    """List the versions of plans; `told` names those of their parts."""
    return _versions(service, site, "plans", name, after, limit)


@router.get("/sites/{site}/forecasts", tags=["forecasts"])
def forecasts(
    service: Signed, site: SiteKey, name: Asked = None, after: After = 0, limit: Limit = 100
) -> Versions:
    """List the versions of forecasts."""
    return _versions(service, site, "forecasts", name, after, limit)


@router.get("/sites/{site}/forecasts/{id}", tags=["forecasts"])
def forecast(
    service: Signed,
    site: SiteKey,
    id: Id,  # noqa: A002
    after: After = 0,
    limit: Limit = 100,
) -> Rows:
    """Read a forecast: queue, start, volume, aht_s and quantiles."""
    return page_of(service.plans.rows(site, "forecasts", id), after=after, limit=limit)


@router.get("/sites/{site}/requirements", tags=["requirements"])
def requirements(
    service: Signed, site: SiteKey, name: Asked = None, after: After = 0, limit: Limit = 100
) -> Versions:
    """List the versions of requirements."""
    return _versions(service, site, "requirements", name, after, limit)


@router.get("/sites/{site}/requirements/{id}", tags=["requirements"])
def requirement(
    service: Signed,
    site: SiteKey,
    id: Id,  # noqa: A002
    after: After = 0,
    limit: Limit = 100,
) -> Rows:
    """Read a requirement: queue, start, agents, scheduled and what is predicted with them."""
    return page_of(service.plans.rows(site, "requirements", id), after=after, limit=limit)


@router.get("/sites/{site}/rosters", tags=["rosters"])
def rosters(
    service: Signed, site: SiteKey, name: Asked = None, after: After = 0, limit: Limit = 100
) -> Versions:
    """List the versions of rosters; `told` says which are published."""
    return _versions(service, site, "rosters", name, after, limit)


@router.get("/sites/{site}/rosters/{id}", tags=["rosters"])
def roster(
    service: Signed,
    site: SiteKey,
    id: Id,  # noqa: A002
    after: After = 0,
    limit: Limit = 100,
) -> Rows:
    """Read a roster: agent, start, end, activity, queue, shift."""
    return page_of(service.plans.rows(site, "rosters", id), after=after, limit=limit)


@router.post("/sites/{site}/rosters/{id}/publish", tags=["rosters"], response_model=VersionOut,
             responses=_CHANGES)  # fmt: skip
def publish(service: Signed, once: OnceOnly, site: SiteKey, id: Id, body: Why) -> JSONResponse:  # noqa: A002
    """Publish a roster; what stood for its days before is withdrawn."""
    return once(lambda: _out(service.plans.publish(site, id, reason=body.reason)))


@router.post("/sites/{site}/rosters/{id}/withdraw", tags=["rosters"], response_model=VersionOut,
             responses=_CHANGES)  # fmt: skip
def withdraw(service: Signed, once: OnceOnly, site: SiteKey, id: Id, body: Why) -> JSONResponse:  # noqa: A002
    """Withdraw a published roster."""
    return once(lambda: _out(service.plans.withdraw(site, id, reason=body.reason)))


@router.get("/sites/{site}/me/roster", tags=["rosters"])
def own_shifts(
    service: Signed, site: SiteKey, day: Annotated[Day, Query()], after: After = 0,
    limit: Limit = 100,
) -> Rows:  # fmt: skip
    """Read one's own rows of the roster published for a day."""
    return page_of(service.plans.own_shifts(site, day), after=after, limit=limit)


def _versions(
    service: Signed, site: str, kind: str, name: str | None, after: int, limit: int
) -> Versions:
    found = service.plans.versions(site, kind, name=name, after=after, limit=limit)
    return Versions(
        items=[_out(one) for one in found], next=found[-1].id if len(found) == limit else None
    )


def _out(version: Version) -> VersionOut:
    return VersionOut(**{**vars(version), "told": dict(version.told)})
