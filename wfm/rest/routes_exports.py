"""The routes of files that leave and of calendars: exports, bundles, feeds."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from wfm.rest.forms import Id, Name, SiteKey, VersionOut
from wfm.rest.once import OnceOnly
from wfm.rest.problems import Refused, documented
from wfm.rest.routes_files import FILE, FileContent
from wfm.rest.signing_in import Signed, slow_down
from wfm.service.feeds import calendar_of

router = APIRouter(responses=documented(413, 429, 503))
_FAULTS = documented(400, 401, 403, 404, 422)
_CHANGES = documented(409)
_BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FILES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file", "content": dict.fromkeys(
        ("application/zip", "text/csv; charset=utf-8", _XLSX), _BINARY)}
}  # fmt: skip
_CALENDAR: dict[int | str, dict[str, Any]] = {
    200: {"description": "The calendar", "content": {"text/calendar; charset=utf-8": _BINARY}}
}
Form = Literal["bundle", "payroll", "parquet", "xlsx", "csv", "calendars"]


class FeedAsked(BaseModel):
    """Whose calendar feed is made."""

    model_config = {"extra": "forbid", "strict": True}
    person: Name


class FeedOut(BaseModel):
    """A calendar feed; its secret address is told this once."""

    id: int
    person: str
    path: str


@router.get("/sites/{site}/plans/{id}/export/{form}", tags=["exports"], response_class=Response,
            responses={**_FAULTS, **_FILES})  # fmt: skip
def export(service: Signed, site: SiteKey, id: Id, form: Form) -> Response:  # noqa: A002
    """Get a plan as a file: everything in a bundle, payroll hours, Parquet, a workbook, ..."""
    found = service.exports.file(site, id, form)
    headers = {"Content-Disposition": f'attachment; filename="{found.name}"'}
    return Response(found.content, media_type=found.media, headers=headers)


@router.post("/sites/{site}/plans/bundle", tags=["exports"], response_model=VersionOut,
             responses={**_FAULTS, **_CHANGES}, openapi_extra=FILE)  # fmt: skip
def take_bundle(
    service: Signed, once: OnceOnly, site: SiteKey, name: Annotated[Name, Query()],
    content: FileContent,
) -> JSONResponse:  # fmt: skip
    """Save the plan of a bundle under a name; it has the id it had where it comes from."""

    def do() -> VersionOut:
        version = service.exports.take_bundle(site, name, content)
        return VersionOut(**{**vars(version), "told": dict(version.told)})

    return once(do)


@router.post("/sites/{site}/feeds", tags=["calendars"], status_code=201, response_model=FeedOut,
             responses={**_FAULTS, **_CHANGES})  # fmt: skip
def new_feed(service: Signed, site: SiteKey, body: FeedAsked) -> JSONResponse:
    """Make a person's calendar feed. Not replayed: its secret is told once."""
    made = service.keys.feed(site, body.person)
    told = FeedOut(
        id=made.token.id, person=body.person, path=f"/api/v1/calendars/{made.secret}.ics"
    )
    return JSONResponse(told.model_dump(), 201)


@router.post("/tokens/{id}/revoke", tags=["calendars"], responses=_FAULTS)
def revoke(service: Signed, id: Id) -> dict[str, int]:  # noqa: A002
    """Make a token or feed good for nothing, at once."""
    return {"id": service.keys.revoke(id).id}


@router.get("/calendars/{secret}.ics", tags=["calendars"], response_class=Response,
            responses={**documented(404, 422), **_CALENDAR})  # fmt: skip
def calendar(
    request: Request, secret: Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,100}$")]
) -> Response:
    """Get a person's published shifts; the address is the secret."""
    slow_down(request)
    if not secret.startswith("wfm_"):
        raise Refused(404, "calendar: there is none at this address")
    content = calendar_of(request.app.state.store, secret)
    headers = {"Cache-Control": "private, max-age=300", "Referrer-Policy": "no-referrer"}
    return Response(content, media_type="text/calendar", headers=headers)
