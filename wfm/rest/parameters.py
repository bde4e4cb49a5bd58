"""Does the address ask for what is not there? A misspelt filter must not be lost."""

from __future__ import annotations

from fastapi import Request

from wfm.rest.problems import Refused


def known_only(request: Request) -> None:
    """Refuse a request whose address has parameters that its route does not describe."""
    path = request.scope["route"].path
    paths = request.app.openapi()["paths"]
    # Some versions of FastAPI tell a route's path without the prefix of its router.
    full = path if path in paths else f"{request.app.state.prefix}{path}"
    described = paths[full][request.method.lower()]
    known = {one["name"] for one in described.get("parameters", ()) if one["in"] == "query"}
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        shown = ", ".join(sorted(known)) or "none"
        raise Refused(
            422, f"unknown parameters in the address (first: {unknown[0]!r:.80}); known: {shown}"
        )
    twice = [name for name in known if len(request.query_params.getlist(name)) > 1]
    if twice:
        raise Refused(422, f"parameter {twice[0]!r} stands twice in the address")
