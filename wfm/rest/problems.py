"""How is the caller told what went wrong: problem details of RFC 9457."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from wfm.access import NotAllowed
from wfm.adapters.store import StoreDown
from wfm.errors import BadInput, Conflict
from wfm.service import NotFound

MEDIA = "application/problem+json"
_MOST_ERRORS = 20
log = logging.getLogger(__name__)


class Fault(BaseModel):
    """One thing wrong with the request: where, and what."""

    at: str
    text: str


class Problem(BaseModel):
    """What went wrong."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    instance: str
    errors: list[Fault] | None = None


class Refused(Exception):  # noqa: N818 - it is an answer, not a defect
    """A request refused before any use case: status, why, and headers."""

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers or {}


def answer(
    instance: str,
    status: int,
    detail: str,
    *,
    errors: list[Fault] | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """Return a problem as a response."""
    problem = Problem(
        title=HTTPStatus(status).phrase, status=status, detail=detail, instance=instance,
        errors=errors,
    )  # fmt: skip
    return JSONResponse(
        problem.model_dump(exclude_none=True), status, headers=headers, media_type=MEDIA
    )


def install(app: FastAPI) -> None:
    """Make every error of `app` a problem."""

    @app.exception_handler(Refused)
    def refused(request: Request, error: Refused) -> JSONResponse:
        return answer(request.url.path, error.status, error.detail, headers=error.headers)

    @app.exception_handler(BadInput)
    def bad_input(request: Request, error: BadInput) -> JSONResponse:
        headers = {"Retry-After": "5"} if isinstance(error, StoreDown) else None
        return answer(request.url.path, status_of(error), _told(error), headers=headers)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        found = error.errors()
        faults = [Fault(at=".".join(map(str, one["loc"])), text=one["msg"]) for one in found]
        text = f"{len(found)} faults in the request, first: {faults[0].at}: {faults[0].text}"
        # What is no JSON at all is another thing than JSON that says the wrong thing.
        status = 400 if any(one["type"] == "json_invalid" for one in found) else 422
        return answer(request.url.path, status, text, errors=faults[:_MOST_ERRORS])

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> JSONResponse:
        headers = dict(error.headers or {})
        return answer(request.url.path, error.status_code, str(error.detail), headers=headers)

    @app.exception_handler(Exception)
    def defect(request: Request, error: Exception) -> JSONResponse:
        log.error("defect at %s", request.url.path, exc_info=error)
        return answer(request.url.path, 500, "a defect of wfm; its log says more")


def status_of(error: BadInput) -> int:
    """Return the HTTP status of a refused use case."""
    for kind, status in ((NotAllowed, 403), (NotFound, 404), (Conflict, 409), (StoreDown, 503)):
        if isinstance(error, kind):
            return status
    return 400


def _told(error: BadInput) -> str:
    # The address of the database is nothing to a caller from outside.
    return (
        "the store cannot be reached now; try again" if isinstance(error, StoreDown) else str(error)
    )


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the problems of a route for OpenAPI."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }
