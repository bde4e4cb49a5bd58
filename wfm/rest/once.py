"""Was this request made before? Then it is answered as before, and nothing is done twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from wfm.rest.problems import Refused
from wfm.rest.signing_in import Signed

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key", min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$",
        description="Any text of your own: the same request with it again is answered as before, "
        "another body with it is refused with 409. Kept for 7 days or longer.",
    ),
]  # fmt: skip
Does = Callable[[], BaseModel]


class Once:
    """Does something once for a key."""

    def __init__(self, request: Request, service: Signed, body: bytes, key: str | None) -> None:
        self._service, self._key = service, key
        self._by = service.caller.user
        # The address and what the token may do are part of what was asked.
        asked = [request.method, str(request.url.path), str(request.url.query),
                 service.caller.scopes, service.caller.site]  # fmt: skip
        self._asked = json.dumps(asked).encode() + b"\0" + body

    def __call__(self, do: Does, *, status: int = 200, headers: Any = None) -> JSONResponse:
        """Return the answer to `do`, or the one kept for the key."""
        if self._key is None:
            return self._answer(do(), status, headers)
        work = self._service.store.work
        before = work.once(self._key, self._asked, by=self._by)
        if before is not None:
            if before.status is None:
                raise Refused(
                    409, f"the first request with the key {self._key!r} is still at work",
                    {"Retry-After": "2"},
                )  # fmt: skip
            kept = before.answer
            return JSONResponse(
                kept["body"],
                before.status,
                headers={**kept["headers"], "Idempotency-Replayed": "true"},
            )
        try:
            made = self._answer(do(), status, headers)
        except BaseException:
            work.give_up(self._key, by=self._by)
            raise
        kept_headers = {"location": made.headers["location"]} if "location" in made.headers else {}
        kept = {"body": json.loads(bytes(made.body)), "headers": kept_headers}
        work.answered(self._key, by=self._by, status=status, answer=kept)
        return made

    @staticmethod
    def _answer(made: BaseModel, status: int, headers: Any) -> JSONResponse:
        told = {} if headers is None else headers(made)
        return JSONResponse(made.model_dump(mode="json"), status, headers=told)


async def once(request: Request, service: Signed, idempotency_key: Key = None) -> Once:
    """Give a route its `Once`."""
    return Once(request, service, await request.body(), idempotency_key)


OnceOnly = Annotated[Once, Depends(once)]
