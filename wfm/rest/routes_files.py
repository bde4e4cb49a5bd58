"""The routes of whole files: what can be taken of one, and taking it."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from wfm.adapters.acd_offer import Offer
from wfm.rest.forms import Asked, ImportOut, SiteKey
from wfm.rest.once import OnceOnly
from wfm.rest.problems import Refused, documented
from wfm.rest.signing_in import Signed

router = APIRouter(responses=documented(400, 401, 403, 404, 413, 422, 429, 503))
_CHANGES = documented(409)
_MOST_BAD = 200
FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/octet-stream": {
                "schema": {"type": "string", "format": "binary"},
                "example": "start,queue,calls\n2026-03-02 09:00,billing,41\n",
            }
        },
    }
}
FileName = Annotated[
    str,
    Query(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$", examples=["march.csv"],
          description="Name of the file; only its ending is believed."),
]  # fmt: skip
Minutes = Annotated[
    int | None, Query(ge=1, le=1440, description="Minutes of an interval; default: the file's.")
]


class BadRowOut(BaseModel):
    """A row that cannot be taken."""

    line: int
    column: str
    value: str
    reason: str


class OfferOut(BaseModel):
    """What can be taken of a file; at most 200 bad rows are shown."""

    intervals: int
    interval_min: int
    notes: list[str]
    bad_rows: int
    bad: list[BadRowOut]


class TakenOut(BaseModel):
    """A file that was taken."""

    done: ImportOut
    offer: OfferOut


async def content_of(request: Request, service: Signed, site: SiteKey) -> bytes:
    """Return the file, for who may push it."""
    service.caller.need("actuals:write", site)
    return await file_content(request, service)


async def file_content(request: Request, service: Signed) -> bytes:
    """Return the file that a signed-in caller sends."""
    content = await request.body()
    if not content:
        raise Refused(400, "send the file as the body of the request")
    return content


Content = Annotated[bytes, Depends(content_of)]
FileContent = Annotated[bytes, Depends(file_content)]


@router.post("/sites/{site}/imports/offer", tags=["imports"], openapi_extra=FILE)
def offer(
    service: Signed, site: SiteKey, content: Content, name: FileName, profile: Asked = None,
    interval_min: Minutes = None,
) -> OfferOut:  # fmt: skip
    """Read a file and say what can be taken of it; nothing is taken."""
    found = service.importing.offer(site, name, content, profile=profile, interval_min=interval_min)
    return _offer(found)


@router.post("/sites/{site}/imports", tags=["imports"], response_model=TakenOut,
             responses=_CHANGES, openapi_extra=FILE)  # fmt: skip
def take(
    service: Signed, once: OnceOnly, site: SiteKey, content: Content, name: FileName,
    profile: Asked = None, leave_out: bool = False, reason: Asked = None,
    interval_min: Minutes = None,
) -> JSONResponse:  # fmt: skip
    """Take a file; with `leave_out` its good rows only, else a bad row refuses all of it."""

    def do() -> TakenOut:
        taken = service.importing.take(
            site, name, content, profile=profile, leave_out=leave_out, reason=reason or "",
            interval_min=interval_min,
        )  # fmt: skip
        done = ImportOut(**dataclasses.asdict(taken.done))
        return TakenOut(done=done, offer=_offer(taken.offer))

    return once(do)


def _offer(found: Offer) -> OfferOut:
    return OfferOut(
        intervals=len(found.history.frame), interval_min=found.interval_min,
        notes=list(found.history.notes), bad_rows=len(found.bad),
        bad=[BadRowOut(**vars(row)) for row in found.bad[:_MOST_BAD]],
    )  # fmt: skip
