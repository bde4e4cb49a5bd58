"""What is sent and answered: strict, so that no number is guessed from a text or a truth value."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    create_model,
)

from wfm.adapters.store.tables_facts import AGENT_FIELDS, INTERVAL_FIELDS

MOST_ROWS = 10_000
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_TEXT = r"^[^\x00-\x1f\x7f]*$"
# Intervals start on whole minutes in years that a contact centre plans in.
_FIRST, _LAST = 1970, 2199
_MOST = 1e12


def _spelled(value: Any) -> Any:
    if not isinstance(value, str) or not _ISO.fullmatch(value):
        raise ValueError("expected a time with an offset such as 2026-03-02T09:00:00+01:00")
    return value


def _spelled_day(value: Any) -> Any:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("expected a day such as 2026-03-02")
    return value


def _planned(value: Any) -> Any:
    if not _FIRST <= value.year <= _LAST:
        raise ValueError(f"expected a year from {_FIRST} to {_LAST}")
    return value


Moment = Annotated[
    AwareDatetime, Field(strict=False, examples=["2026-03-02T09:00:00+01:00"]),
    BeforeValidator(_spelled), AfterValidator(_planned),
]  # fmt: skip
Day = Annotated[
    dt.date, Field(strict=False, examples=["2026-03-02"]), BeforeValidator(_spelled_day),
    AfterValidator(_planned),
]  # fmt: skip
Text = Annotated[str, Field(max_length=200, pattern=_TEXT)]
Name = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        pattern=r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$",
    ),
]
SiteKey = Annotated[str, Path(min_length=1, max_length=200, pattern=_TEXT, examples=["main"])]
After = Annotated[int, Query(ge=0, le=2**53, description="`next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=1000, description="Longest page.")]
Id = Annotated[int, Path(ge=1, le=2**53)]
Asked = Annotated[str | None, Query(min_length=1, max_length=200, pattern=_TEXT)]


class Strict(BaseModel):
    """A body: nothing unknown, nothing converted, nothing infinite."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


Number = Annotated[float, Field(ge=0, le=_MOST)]
_numbers: Any = dict.fromkeys(INTERVAL_FIELDS, (Number | None, None))
IntervalRow: Any = create_model(
    "IntervalRow", __base__=Strict, queue=(Name, ...), start=(Moment, ...), **_numbers
)
_numbers = dict.fromkeys(AGENT_FIELDS, (Number | None, None))
AgentRow: Any = create_model(
    "AgentRow", __base__=Strict, agent=(Name, ...), start=(Moment, ...), **_numbers
)
_EXAMPLE = {
    "source": "acd, 2026-03-02",
    "rows": [
        {"queue": "billing", "start": "2026-03-02T09:00:00+01:00", "offered": 41, "answered": 39,
         "aht_s": 214.5},
        {"queue": "billing", "start": "2026-03-02T09:30:00+01:00", "offered": 37, "answered": 37,
         "aht_s": 201.0},
    ],
}  # fmt: skip


class Intervals(Strict):
    """Actuals of queues; every row gives the same fields, null where one is not known."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})  # type: ignore[dict-item]
    source: Name
    reason: Text = ""
    rows: Annotated[list[IntervalRow], Field(min_length=1, max_length=MOST_ROWS)]


class Agents(Strict):
    """Actuals of agents; every row gives the same fields, null where one is not known."""

    source: Name
    reason: Text = ""
    rows: Annotated[list[AgentRow], Field(min_length=1, max_length=MOST_ROWS)]


class PlanAsked(Strict):
    """A plan to be made of the site's actuals by a scenario of the store."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"name": "week 10", "scenario": "spring", "time_limit_s": 60}}
    )
    name: Name
    scenario: Name
    scenario_version: Annotated[int, Field(ge=1, le=2**31)] | None = None
    time_limit_s: Annotated[float, Field(ge=1, le=3600)] = 60.0


class Why(Strict):
    """Why it is done; stands in the audit log."""

    reason: Text = ""


class SiteOut(BaseModel):
    """A site."""

    key: str
    name: str
    timezone: str


class ImportOut(BaseModel):
    """What came of an import."""

    id: int
    site: str
    kind: str
    source: str
    digest: str
    profile: str | None
    added: int
    changed: int
    same: int
    refused: int
    made_at: dt.datetime
    made_by: str
    undone_at: dt.datetime | None
    undone_by: str | None


class VersionOut(BaseModel):
    """A version of a plan, forecast, requirement or roster; `told` depends on which."""

    id: int
    site: str
    name: str
    version: int
    made_at: dt.datetime
    made_by: str
    told: dict[str, Any]


class JobOut(BaseModel):
    """How far a job is; `state` is waiting, running, done, failed or cancelled."""

    id: str
    site: str | None
    kind: str
    asked: dict[str, Any]
    state: str
    fraction: float
    text: str
    error: str
    result: Any
    made_at: dt.datetime
    made_by: str
    started_at: dt.datetime | None
    ended_at: dt.datetime | None


class CycleOut(BaseModel):
    """An improvement cycle; `content` is the cycle itself."""

    key: str
    version: int
    changed_at: dt.datetime
    changed_by: str
    state: str
    owner: str | None
    parent: str | None
    content: Any


class EntryOut(BaseModel):
    """Who did what, when and why."""

    id: int
    at: dt.datetime
    by: str
    action: str
    kind: str
    key: str
    version: int | None
    before: Any
    after: Any
    reason: str


class Sites(BaseModel):
    """A page of sites."""

    items: list[SiteOut]
    next: int | None


class Imports(BaseModel):
    """A page of imports."""

    items: list[ImportOut]
    next: int | None


class Versions(BaseModel):
    """A page of versions."""

    items: list[VersionOut]
    next: int | None


class Jobs(BaseModel):
    """The newest jobs."""

    items: list[JobOut]
    next: int | None


class Cycles(BaseModel):
    """A page of improvement cycles."""

    items: list[CycleOut]
    next: int | None


class Entries(BaseModel):
    """A page of the audit log."""

    items: list[EntryOut]
    next: int | None


class Rows(BaseModel):
    """A page of a table; `next` is null on the last one."""

    columns: list[str]
    rows: list[dict[str, Any]]
    total: int
    next: int | None
