"""Which KPIs are there, and what is each for?"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

from wfm.errors import BadInput

__all__ = ["COUNTERS", "LEVELS", "Kpi", "find", "kpis"]

LEVELS = {"A": "agent", "T": "team", "Q": "queue or channel", "C": "centre or site"}

# Whoever improves the first must guard the second.
COUNTERS = {
    "aht_s": ("fcr", "qa_score", "transfer_rate"),
    "contacts_per_hour": ("fcr", "qa_score", "transfer_rate"),
    "service_level": ("occupancy", "cost_per_contact"),
    "occupancy": ("service_level", "absenteeism", "attrition_annual"),
    "utilisation": ("service_level", "absenteeism", "attrition_annual"),
    "cost_per_contact": ("service_level", "absenteeism", "attrition_annual"),
    "abandonment": ("asa_s", "blockage"),
    "adherence": ("schedule_satisfaction", "qa_score"),
    "complaint_rate": ("survey_response",),
    "containment": ("repeat_rate", "csat"),
    "conversion": ("complaint_rate", "promise_kept"),
    "wape": ("forecast_bias",),
    "schedule_efficiency": ("roster_fairness", "overtime_h"),
}


@dataclass(frozen=True)
class Kpi:
    """One row of the catalogue.

    Attributes
    ----------
    key, name_en, name_zh : str
    levels : tuple of str
        Where it may be read: keys of `LEVELS`.
    numerator, denominator, formula : str
        In words and column names.
    unit : str
    direction : str
        ``"up"``, ``"down"`` (which way is better) or ``"band"`` (stay inside).
    default_target : str
        A starting value or ``lo..hi``, never a standard; empty: set locally.
    target_source : str
        ``published``, ``unverified claim``, ``by definition`` or ``set locally``.
    fields : tuple of str
        Columns it is made of.
    pitfall : str
        What to mind.
    """

    key: str
    name_en: str
    name_zh: str
    levels: tuple[str, ...]
    numerator: str
    denominator: str
    formula: str
    unit: str
    direction: str
    default_target: str
    target_source: str
    fields: tuple[str, ...]
    pitfall: str

    @property
    def counters(self) -> tuple[str, ...]:
        """KPIs to guard while this one is improved."""
        return COUNTERS.get(self.key, ())

    @property
    def target_range(self) -> tuple[float, float] | None:
        """The starting target as (lo, hi), equal for a single value; None where set locally."""
        if not self.default_target:
            return None
        ends = [float(end) for end in self.default_target.split("..")]
        return ends[0], ends[-1]


@cache
def kpis() -> tuple[Kpi, ...]:
    """Return every KPI, in the order of the catalogue.

    Examples
    --------
    >>> len(kpis()), kpis()[0].key, kpis()[0].levels
    (72, 'service_level', ('Q', 'C'))
    """
    text = resources.files("wfm.kpi").joinpath("kpis.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple(
        Kpi(**row | {
            "levels": tuple(row["levels"].split()),
            "fields": tuple(field.strip() for field in row["fields"].split(",")),
        })
        for row in rows
    )  # fmt: skip


def find(key: str) -> Kpi:
    """Return the KPI called `key`; BadInput names the nearest ones else.

    Examples
    --------
    >>> find("aht_s").name_zh
    '平均处理时长'
    """
    for kpi in kpis():
        if kpi.key == key:
            return kpi
    import difflib

    keys = [kpi.key for kpi in kpis()]
    near = difflib.get_close_matches(str(key), keys) or keys[:5]
    raise BadInput(f"kpi: no KPI {key!r}; did you mean {', '.join(near)}?")
