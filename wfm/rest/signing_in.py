"""Who sends this request, and is it one too many?"""

from __future__ import annotations

import hashlib
import math
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from wfm.rest.problems import Refused
from wfm.service import Service
from wfm.service.service import sign_in

_BEARER = HTTPBearer(auto_error=False, description="A token made by `wfm token new`.")


def service_of(
    request: Request,
    given: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
) -> Service:
    """Return the use cases of the token's user; Refused with 401 or 429 otherwise."""
    state = request.app.state
    address = request.client.host if request.client else ""
    if given is None:
        _count(state.refused, address)
        raise Refused(401, "send 'Authorization: Bearer TOKEN'", {"WWW-Authenticate": "Bearer"})
    _wait(state.refused.wait_s(address, take=False))
    digest = hashlib.sha256(given.credentials.encode("utf-8", "surrogatepass")).hexdigest()
    _count(state.requests, digest)
    caller = sign_in(state.store, given.credentials)
    if caller is None:
        _count(state.refused, address)
        raise Refused(
            401, "this token is unknown, expired or revoked",
            {"WWW-Authenticate": 'Bearer error="invalid_token"'},
        )  # fmt: skip
    return Service(state.store, caller)


def slow_down(request: Request) -> None:
    """Count a request that needs no token by its address; Refused with 429 when too many."""
    address = request.client.host if request.client else ""
    _count(request.app.state.requests, f"address {address}")


def _count(buckets: object, caller: str) -> None:
    _wait(buckets.wait_s(caller))  # type: ignore[attr-defined]


def _wait(wait: float) -> None:
    if wait:
        seconds = math.ceil(wait)
        raise Refused(429, f"too many requests; wait {seconds} s", {"Retry-After": str(seconds)})


Signed = Annotated[Service, Depends(service_of)]
