"""How much may be sent at once, and how often?"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException

from wfm.rest.problems import answer

_MOST_CALLERS = 10_000


@dataclass(frozen=True)
class Limits:
    """What the service takes.

    Attributes
    ----------
    body_bytes : int
        Longest body of a request, bytes.
    file_bytes : int
        Longest file to be imported, bytes.
    requests_min : float
        Requests a minute of one token, on average and at once.
    refused_min : float
        Requests a minute from one address without a good token.
    """

    body_bytes: int = 8 * 2**20
    file_bytes: int = 128 * 2**20
    requests_min: float = 600.0
    refused_min: float = 60.0


class Buckets:
    """Counts of recent requests by caller; the least recent callers are forgotten first."""

    def __init__(self, a_minute: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = a_minute, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait_s(self, caller: str, *, take: bool = True) -> float:
        """Return 0 and count the request, or how long until the next one is taken, s."""
        now = self._clock()
        with self._lock:
            left, then = self._left.pop(caller, (self._most, now))
            left = min(self._most, left + (now - then) * self._most / 60)
            wait = 0.0 if left >= 1 else (1 - left) * 60 / self._most
            self._left[caller] = (left - 1 if take and not wait else left, now)
            while len(self._left) > _MOST_CALLERS:
                self._left.popitem(last=False)
        return wait


class SizeLimit:
    """An ASGI layer that stops reading a body that is too long, whatever its header says."""

    def __init__(self, app: Any, limits: Limits) -> None:
        self.app, self.limits = app, limits

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass the request on with a counted body."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_file = scope["path"].endswith(("/imports", "/imports/offer", "/plans/bundle"))
        most = self.limits.file_bytes if is_file else self.limits.body_bytes
        told = dict(scope["headers"]).get(b"content-length", b"0")
        text = f"the body is longer than {most:,} bytes; send it in parts"
        if not told.isdigit() or int(told) > most:
            refusal = answer(scope["path"], 413, text, headers={"Connection": "close"})
            await refusal(scope, receive, send)
            return
        seen = 0

        async def counted() -> Any:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most:
                raise HTTPException(413, text, {"Connection": "close"})
            return message

        await self.app(scope, counted, send)
