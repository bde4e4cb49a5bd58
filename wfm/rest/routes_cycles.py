"""The routes of improvement cycles: read them, their Check reports, take them from step to step."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from wfm.adapters.store import Record
from wfm.pdca import to_json
from wfm.rest.forms import After, CycleOut, Cycles, Limit, Name, SiteKey, Strict
from wfm.rest.once import OnceOnly
from wfm.rest.problems import documented
from wfm.rest.signing_in import Signed

router = APIRouter(responses=documented(400, 401, 403, 404, 413, 422, 429, 503))
_CHANGES = documented(409)
_HTML: dict[int | str, dict[str, Any]] = {
    200: {"description": "The report as a page", "content": {"text/html; charset=utf-8": {
        "schema": {"type": "string"}}}}
}  # fmt: skip
# A page made of what people wrote: it runs nothing and fetches nothing.
_SAFE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "sandbox",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
Long = Annotated[str, Field(min_length=1, max_length=4000, pattern=r"^[^\x00]*[^\x00\s][^\x00]*$")]
Acting = Annotated[
    Literal["planner", "scheduler", "lead", "analyst"] | None,
    Field(description="In which of the own roles; default: the one that may do most."),
]


def _like(**example: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"example": example})


class Opened(Strict):
    """A cycle to begin: by hand, from a signal of a KPI, or from the variance of a plan."""

    model_config = _like(title="Fewer callers give up", alert="abandonment", plan="week 8",
                         column="queue", value="voice")  # fmt: skip
    title: Name
    owner: Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    role: Acting = None
    plan: Name | None = None
    alert: Name | None = None
    column: Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    value: Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""


class Planned(Strict):
    """The plan of a cycle as TOML, see docs/pdca.md."""

    model_config = _like(toml='hypothesis = "breaks at calmer times leave fewer waiting"\n...')
    toml: Annotated[str, Field(min_length=1, max_length=100_000)]
    role: Acting = None


class OnActuals(Strict):
    """On the actuals of which plan."""

    model_config = _like(plan="week 8")
    plan: Name
    role: Acting = None


class Noted(Strict):
    """What happened."""

    model_config = _like(kind="deviation", text="two of twelve were ill")
    kind: Literal["feedback", "deviation", "event"] = "feedback"
    text: Long
    role: Acting = None


class ActionDone(Strict):
    """An action of the plan, counted from 0."""

    model_config = _like(action=0)
    action: Annotated[int, Field(ge=0, le=1000)]
    role: Acting = None


class Signed3(Strict):
    """The three answers of a sign-off."""

    model_config = _like(goal_reached="yes", problems="none", new_phenomena="shorter calls too")
    goal_reached: Long
    problems: Long
    new_phenomena: Long
    role: Acting = None


class Closed(Strict):
    """Why it ends: stopped for a cause of failure, or without one to be done otherwise."""

    model_config = _like(cause="F3", reason="the new system comes in May")
    reason: Long
    cause: Literal["F1", "F2", "F3", "F4", "F5", "F6", "F7"] | None = None
    role: Acting = None


class ReportOut(BaseModel):
    """The last Check report of a cycle: verdict, rules, the four blocks, curves."""

    model_config = _like(key="c-20260302-1", verdict="promising", report={"n": 4120.0})
    key: str
    verdict: str
    report: dict[str, Any]


@router.get("/sites/{site}/cycles", tags=["cycles"])
def cycles(service: Signed, site: SiteKey, after: After = 0, limit: Limit = 100) -> Cycles:
    """List improvement cycles."""
    found = service.cycles.records(site, after=after, limit=limit)
    last = found[-1].id if len(found) == limit else None
    return Cycles(items=[_cycle(one) for one in found], next=last)


@router.get("/sites/{site}/cycles/{key}", tags=["cycles"])
def cycle(service: Signed, site: SiteKey, key: SiteKey) -> CycleOut:
    """Show an improvement cycle."""
    return _cycle(service.cycles.record(site, key))


@router.get("/sites/{site}/cycles/{key}/report", tags=["cycles"])
def report(service: Signed, site: SiteKey, key: SiteKey) -> ReportOut:
    """Show the last Check report of a cycle."""
    import json

    found = service.cycles.checked(site, key)
    assert found.report is not None
    last = json.loads(to_json(found))["cycle"]["reports"][-1]
    return ReportOut(key=key, verdict=str(found.report.verdict), report=last)


@router.get("/sites/{site}/cycles/{key}/report.html", tags=["cycles"],
            response_class=HTMLResponse, responses=_HTML)  # fmt: skip
def page(service: Signed, site: SiteKey, key: SiteKey) -> HTMLResponse:
    """Get the last Check report of a cycle as a page to be printed."""
    return HTMLResponse(service.cycles.page(site, key), headers=_SAFE)


@router.post("/sites/{site}/cycles", tags=["cycles"], status_code=201, response_model=CycleOut,
             responses=_CHANGES)  # fmt: skip
def open_cycle(service: Signed, once: OnceOnly, site: SiteKey, body: Opened) -> JSONResponse:
    """Begin a cycle."""
    return once(lambda: _cycle(service.cycles.open(site, **body.model_dump())), status=201)


@router.post("/sites/{site}/cycles/{key}/plan", tags=["cycles"], response_model=CycleOut,
             responses=_CHANGES)  # fmt: skip
def plan(
    service: Signed, once: OnceOnly, site: SiteKey, key: SiteKey, body: Planned
) -> JSONResponse:  # fmt: skip
    """Give a cycle its plan, or a new one as long as it is not locked."""
    return once(lambda: _cycle(service.cycles.plan(site, key, body.toml, role=body.role)))


@router.post("/sites/{site}/cycles/{key}/lock", tags=["cycles"], response_model=CycleOut,
             responses=_CHANGES)  # fmt: skip
def lock(
    service: Signed, once: OnceOnly, site: SiteKey, key: SiteKey, body: OnActuals
) -> JSONResponse:  # fmt: skip
    """Fix target, hypothesis and test before Do; refused with everything that is missing."""
    return once(lambda: _cycle(service.cycles.lock(site, key, body.plan, role=body.role)))


@router.post("/sites/{site}/cycles/{key}/log", tags=["cycles"], response_model=CycleOut,
             responses=_CHANGES)  # fmt: skip
def log(
    service: Signed, once: OnceOnly, site: SiteKey, key: SiteKey, body: Noted
) -> JSONResponse:  # fmt: skip
    """Note feedback, a deviation or an event."""
    return once(lambda: _cycle(service.cycles.log(site, key, **body.model_dump())))


@router.post("/sites/{site}/cycles/{key}/done", tags=["cycles"], response_model=CycleOut,
             responses=_CHANGES)  # fmt: skip
def done(
    service: Signed, once: OnceOnly, site: SiteKey, key: SiteKey, body: ActionDone
) -> JSONResponse:  # fmt: skip
    """Note that an action is done."""
    return once(lambda: _cycle(service.cycles.done(site, key, body.action, role=body.role)))


@router.post("/sites/{site}/cycles/{key}/check", tags=["cycles"], response_model=CycleOut,
             responses=_CHANGES)  # fmt: skip
def check(
    service: Signed, once: OnceOnly, site: SiteKey, key: SiteKey, body: OnActuals
) -> JSONResponse:  # fmt: skip
    """Judge a cycle by the locked test; the report is kept with the cycle."""
    return once(lambda: _cycle(service.cycles.check(site, key, body.plan, role=body.role)))


@router.post("/sites/{site}/cycles/{key}/sign", tags=["cycles"], response_model=CycleOut,
             responses=_CHANGES)  # fmt: skip
def sign(
    service: Signed, once: OnceOnly, site: SiteKey, key: SiteKey, body: Signed3
) -> JSONResponse:  # fmt: skip
    """Sign the last report off; not by the owner."""
    return once(lambda: _cycle(service.cycles.sign(site, key, **body.model_dump())))


@router.post("/sites/{site}/cycles/{key}/close", tags=["cycles"], response_model=CycleOut,
             responses=_CHANGES)  # fmt: skip
def close(
    service: Signed, once: OnceOnly, site: SiteKey, key: SiteKey, body: Closed
) -> JSONResponse:  # fmt: skip
    """Stop a cycle with a cause of failure, or close it to do it otherwise."""
    return once(lambda: _cycle(service.cycles.close(site, key, **body.model_dump())))


def _cycle(record: Record) -> CycleOut:
    values = {name: record.values[name] for name in ("state", "owner", "parent", "content")}
    return CycleOut(
        key=record.key, version=record.version, changed_at=record.changed_at,
        changed_by=record.changed_by, **values,
    )  # fmt: skip
