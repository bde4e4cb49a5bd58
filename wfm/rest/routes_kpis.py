"""The routes of figures: KPIs, control charts, signals, variances, counted when asked for."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from wfm.charting import Charted
from wfm.kpi.measure import REQUIRED
from wfm.rest.forms import After, Day, Limit, Rows, SiteKey
from wfm.rest.problems import documented
from wfm.rest.queries import By, KpiKey, PlanName, Variant, Where, choices, pairs, words
from wfm.rest.signing_in import Signed
from wfm.rest.tables import page_of, plain

router = APIRouter(responses=documented(400, 401, 403, 404, 413, 422, 429, 503))
Every = Annotated[
    Literal["day", "week", "month"] | None, Query(description="Default: as the KPI's table bears.")
]
_FIGURES: dict[str, Any] = {
    "example": {
        "columns": ["queue", "numerator", "denominator", "value", "lo", "hi", "n", "definition"],
        "rows": [{"queue": "voice", "numerator": 812.0, "denominator": 1000.0, "value": 0.812,
                  "lo": 0.787, "hi": 0.835, "n": 1000.0, "definition": "service_level(rule=SL4)"}],
        "total": 2, "next": 1,
    }
}  # fmt: skip


class ChoiceOut(BaseModel):
    """A part of a definition that can be switched; without a default it must be given."""

    name: str
    meaning: str
    default: str | float | bool | None
    required: bool
    allowed: list[str | float | bool | None]


class KpiOut(BaseModel):
    """A KPI of the catalogue."""

    key: str
    name_en: str
    name_zh: str
    levels: list[str]
    numerator: str
    denominator: str
    formula: str
    unit: str
    direction: str
    choices: list[ChoiceOut]


class Catalogue(BaseModel):
    """A page of the catalogue; `next` counts KPIs."""

    items: list[KpiOut]
    next: int | None


class FlagOut(BaseModel):
    """A stretch of a chart that is no noise."""

    rules: list[str]
    first: dt.date
    last: dt.date
    points: int
    level: float | None
    centre: float | None
    size: float | None
    better: bool | None
    ongoing: bool
    strength: float | None


class ChartOut(BaseModel):
    """A control chart: its signals, and a page of its points."""

    kpi: str
    where: dict[str, str]
    every: str
    kind: str
    definition: str
    centre: float | None
    adjusted: bool
    baseline_stable: bool
    signals: list[FlagOut]
    points: Rows


class AlertOut(BaseModel):
    """One signal: of which KPI, where, since when, how big."""

    id: str
    kpi: str
    where: dict[str, str]
    every: str
    definition: str
    text: str
    flag: FlagOut


class SpikeOut(BaseModel):
    """Contacts that came, or stayed away, beyond the forecast."""

    queue: str
    direction: str
    start: dt.datetime
    last: dt.datetime
    contacts: float | None
    expected: float | None
    event: str | None


class Signals(BaseModel):
    """What is no noise; `unwatched` says why no spike could be looked for."""

    alerts: list[AlertOut]
    spikes: list[SpikeOut]
    unwatched: str


class VarianceOut(BaseModel):
    """Why actuals differ from a plan: planned + sum of parts = modelled, + residual = measured."""

    of: str
    drivers: list[str]
    largest: str | None
    notes: list[str]
    split: Rows


@router.get("/sites/{site}/kpis/catalogue", tags=["kpis"])
def catalogue(service: Signed, site: SiteKey, after: After = 0, limit: Limit = 100) -> Catalogue:
    """List the KPIs there are, and what can be switched in their definitions."""
    found = service.figures.catalogue(site)
    items = [
        KpiOut(**{name: getattr(item, name) for name in KpiOut.model_fields if name != "choices"}
               | {"levels": list(item.levels)},
               choices=[_choice(one) for one in own])
        for item, own in found[after : after + limit]
    ]  # fmt: skip
    last = after + len(items)
    return Catalogue(items=items, next=last if last < len(found) else None)


@router.get("/sites/{site}/kpis/{kpi}", tags=["kpis"], response_model=Rows,
            responses={200: {"content": {"application/json": _FIGURES}}})  # fmt: skip
def figures(
    service: Signed, site: SiteKey, kpi: KpiKey, plan: PlanName, by: By = "", where: Where = "",
    variant: Variant = "", first: Annotated[Day | None, Query()] = None,
    last: Annotated[Day | None, Query()] = None, after: After = 0, limit: Limit = 100,
) -> Rows:  # fmt: skip
    """Count a KPI by level and stretch of time, with its 95 % limits, n and definition."""
    frame = service.figures.kpi(
        site, plan, kpi, by=words(by), where=pairs(where, "where"), first=first, last=last,
        choices=choices(variant),
    )  # fmt: skip
    return page_of(frame, after=after, limit=limit)


@router.get("/sites/{site}/kpis/{kpi}/chart", tags=["kpis"])
def chart(
    service: Signed, site: SiteKey, kpi: KpiKey, plan: PlanName, where: Where = "",
    variant: Variant = "", every: Every = None, after: After = 0, limit: Limit = 100,
) -> ChartOut:  # fmt: skip
    """Draw up the control chart of a KPI: points, limits, and what of them is no noise."""
    made = service.figures.chart(
        site, plan, kpi, where=pairs(where, "where"), every=every, choices=choices(variant)
    )
    return _chart(made, after, limit)


@router.get("/sites/{site}/signals", tags=["kpis"])
def signals(
    service: Signed, site: SiteKey, plan: PlanName,
    days: Annotated[int, Query(ge=1, le=3660, description="Of the last so many days.")] = 28,
) -> Signals:  # fmt: skip
    """List what is no noise: signals of the default charts, and spikes nobody announced."""
    found = service.figures.signals(site, plan, days=days)
    alerts = [
        AlertOut(id=one.id, kpi=one.key, where=_where(one.where), every=one.every,
                 definition=one.definition, text=one.text, flag=_flag(one.flag))
        for one in found.alerts
    ]  # fmt: skip
    spikes = [SpikeOut(**{n: plain(v) for n, v in vars(one).items()}) for one in found.spikes]
    return Signals(alerts=alerts, spikes=spikes, unwatched=found.unwatched)


@router.get("/sites/{site}/variance", tags=["kpis"])
def variance(
    service: Signed, site: SiteKey, plan: PlanName,
    of: Literal["service_level", "cost", "cost_per_contact"] = "service_level", by: By = "",
    as_planned: Annotated[str, Query(max_length=200, description="Drivers that the actuals do not "
                                     "tell, joined by commas.")] = "",
    after: After = 0, limit: Limit = 100,
) -> VarianceOut:  # fmt: skip
    """Say what made actuals differ from a plan: parts that add up exactly."""
    made = service.figures.variance(site, plan, of=of, as_planned=words(as_planned))
    table = made.by(*words(by))
    return VarianceOut(
        of=made.of, drivers=list(made.drivers), largest=made.largest, notes=list(made.notes),
        split=page_of(table, after=after, limit=limit),
    )  # fmt: skip


def _choice(choice: Any) -> ChoiceOut:
    required = choice.default is REQUIRED
    return ChoiceOut(
        name=choice.name, meaning=choice.meaning, required=required,
        default=None if required else plain(choice.default),
        allowed=[plain(value) for value in choice.allowed],
    )  # fmt: skip


def _chart(made: Charted, after: int, limit: int) -> ChartOut:
    return ChartOut(
        kpi=made.key, where=_where(made.where), every=made.every, kind=made.kind,
        definition=made.definition, centre=plain(float(made.centre)), adjusted=bool(made.adjusted),
        baseline_stable=bool(made.baseline_stable), signals=[_flag(one) for one in made.flags],
        points=page_of(made.frame, after=after, limit=limit),
    )  # fmt: skip


def _flag(flag: Any) -> FlagOut:
    return FlagOut(**{name: plain(value) for name, value in vars(flag).items()})


def _where(where: tuple[tuple[str, Any], ...]) -> dict[str, str]:
    return {column: str(value) for column, value in where}
