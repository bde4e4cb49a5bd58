"""The routes of long work: start a plan, follow it, cancel it; and whether the service is well."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from wfm.adapters.store import Job
from wfm.rest.forms import JobOut, Jobs, Limit, PlanAsked, SiteKey
from wfm.rest.once import OnceOnly
from wfm.rest.problems import documented
from wfm.rest.signing_in import Signed

router = APIRouter(responses=documented(413, 503))
_FAULTS = documented(400, 401, 403, 404, 422, 429)
_CHANGES = documented(409)
JobId = Annotated[str, Path(pattern=r"^[0-9a-f]{24}$", examples=["0123456789abcdef01234567"])]


class Health(BaseModel):
    """The service answers, and so does its store."""

    status: str


@router.get("/health", tags=["health"])
def health(request: Request) -> Health:
    """Say whether service and store answer; needs no token."""
    request.app.state.store.records.find("sites", limit=1)
    return Health(status="ok")


@router.post("/sites/{site}/jobs", tags=["jobs"], status_code=202, response_model=JobOut,
             responses={**_FAULTS, **_CHANGES})  # fmt: skip
def start(service: Signed, once: OnceOnly, site: SiteKey, body: PlanAsked) -> JSONResponse:
    """Start a plan; its address stands in `Location`."""
    return once(
        lambda: _out(service.making.start(site, **body.model_dump())), status=202,
        headers=lambda job: {"Location": f"{router_prefix(site)}/{job.id}"},
    )  # fmt: skip


@router.get("/sites/{site}/jobs", tags=["jobs"], responses=_FAULTS)
def jobs(service: Signed, site: SiteKey, limit: Limit = 100) -> Jobs:
    """List the newest jobs, newest first."""
    return Jobs(items=[_out(job) for job in service.making.jobs(site, limit=limit)], next=None)


@router.get("/sites/{site}/jobs/{id}", tags=["jobs"], responses=_FAULTS)
def job(service: Signed, site: SiteKey, id: JobId) -> JobOut:  # noqa: A002
    """Say how far a job is."""
    return _out(service.making.job(site, id))


@router.post("/sites/{site}/jobs/{id}/cancel", tags=["jobs"], response_model=JobOut,
             responses={**_FAULTS, **_CHANGES})  # fmt: skip
def cancel(service: Signed, once: OnceOnly, site: SiteKey, id: JobId) -> JSONResponse:  # noqa: A002
    """Stop a job."""
    return once(lambda: _out(service.making.cancel(site, id)))


def router_prefix(site: str) -> str:
    """Return the address of a site's jobs."""
    from urllib.parse import quote

    return f"/api/v1/sites/{quote(site, safe='')}/jobs"


def _out(job: Job) -> JobOut:
    kept = JobOut.model_fields
    values = {name: value for name, value in vars(job).items() if name in kept}
    return JobOut(**{**values, "asked": dict(job.asked)})
