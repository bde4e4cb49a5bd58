"""Of what is the HTTP service made?"""

from __future__ import annotations

from typing import Any

from fastapi import Depends, FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.middleware.trustedhost import TrustedHostMiddleware

import wfm
from wfm.adapters.store import Store
from wfm.rest import (
    problems,
    routes_cycles,
    routes_exports,
    routes_facts,
    routes_files,
    routes_kpis,
    routes_plans,
    routes_targets,
    routes_work,
)
from wfm.rest.examples import EXAMPLES
from wfm.rest.limits import Buckets, Limits, SizeLimit
from wfm.rest.parameters import known_only

PREFIX = "/api/v1"
_TEXT = """Push what happened, read forecasts, requirements, rosters, KPIs and cycles, start plans.

Times need an offset from UTC; durations are seconds; fractions are 0 to 1. Lists come in pages:
give `next` of one page as `after` of the next. Errors are problem details (RFC 9457). Send an
`Idempotency-Key` with every POST that may be sent again."""


def make(store: Store, *, limits: Limits | None = None, hosts: tuple[str, ...] = ("*",)) -> FastAPI:
    """Return the application on `store`.

    Parameters
    ----------
    store : Store
    limits : Limits, optional
    hosts : tuple of str
        Host names it answers to; others are refused, so that a foreign page cannot reach a service
        on this machine by a name of its own.
    """
    limits = limits or Limits()
    app = FastAPI(
        title="wfm", version=wfm.__version__, description=_TEXT,
        openapi_url=f"{PREFIX}/openapi.json", docs_url=None, redoc_url=None,
    )  # fmt: skip
    app.state.store, app.state.prefix = store, PREFIX
    app.state.requests = Buckets(limits.requests_min)
    app.state.refused = Buckets(limits.refused_min)
    for routes in (
        routes_kpis, routes_facts, routes_targets, routes_cycles, routes_files, routes_plans,
        routes_exports, routes_work,
    ):  # fmt: skip
        app.include_router(routes.router, prefix=PREFIX, dependencies=[Depends(known_only)])
    problems.install(app)
    app.add_middleware(SizeLimit, limits=limits)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def _openapi(app: FastAPI) -> dict[str, Any]:
    """Return the description of the service with the schema of its problems."""
    if app.openapi_schema is None:
        made = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        schemas = made["components"]["schemas"]
        for model in (problems.Problem, problems.Fault):
            schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
            schema.pop("$defs", None)
            schemas[model.__name__] = schema
        for name, example in EXAMPLES.items():
            # Set here, because FastAPI leaves nulls out of the examples that it is given.
            schemas[name]["example"] = example
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        app.openapi_schema = made
    return app.openapi_schema
