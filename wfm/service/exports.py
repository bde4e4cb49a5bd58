"""What of a plan may leave the store, in which form, and how does a plan from elsewhere come in?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wfm.access import Caller
from wfm.adapters import bundle, export
from wfm.adapters.export_parquet import parquet_tables
from wfm.adapters.export_payroll import payroll_bytes
from wfm.adapters.store import Store, Version
from wfm.errors import BadInput
from wfm.plan import Plan
from wfm.roster import Roster
from wfm.service.finding import site_of, version_of


@dataclass(frozen=True)
class File:
    """A file to be handed out."""

    name: str
    media: str
    content: bytes


@dataclass(frozen=True)
class Exports:
    """Exports of the store's plans, for one caller; all of them tell of people."""

    store: Store
    caller: Caller

    def file(self, site: str, plan_id: int, form: str) -> File:
        """Return a version of a plan as a file.

        Parameters
        ----------
        plan_id : int
            `Version.id` of the plan.
        form : str
            ``"bundle"``, ``"payroll"``, ``"parquet"``, ``"xlsx"``, ``"csv"`` or ``"calendars"``.
        """
        self.caller.need("rosters:read", site)
        if form not in FORMS:
            raise BadInput(f"export: there are {', '.join(FORMS)}, got {form!r}")
        found = version_of(self.store, "plans", site, plan_id)
        plan = self.store.plans.load(found.name, site=site, version=found.version)
        ending, media, make = FORMS[form]
        return File(f"{form}-{plan.id}.{ending}", media, make(plan))

    def take_bundle(self, site: str, name: str, content: bytes, *, reason: str = "") -> Version:
        """Save the plan of a bundle as the next version of the plan called `name`."""
        self.caller.need("plans:make", site)
        site_of(self.store, site)
        plan = bundle.load_bundle(content)
        return self.store.plans.save(
            plan, name, by=self.caller.user, site=site, reason=reason or "from a bundle"
        )


def _roster(plan: Plan) -> Roster:
    if plan.roster is None:
        raise BadInput("export: this plan has no roster; its scenario has no people")
    return plan.roster


def _xlsx(plan: Plan) -> bytes:
    return export.xlsx_bytes(
        _roster(plan), plan.scenario, requirement=plan.requirement, forecast=plan.forecast,
        summary=plan.summary, plan_id=plan.id,
    )  # fmt: skip


def _calendars(plan: Plan) -> bytes:
    return export.ics_zip_bytes(_roster(plan), plan.scenario, sequence=plan.provenance.revision)


# Form to ending, media type, and what makes it.
FORMS: dict[str, tuple[str, str, Callable[[Plan], bytes]]] = {
    "bundle": ("zip", "application/zip", bundle.bundle_bytes),
    "payroll": ("csv", "text/csv", lambda plan: payroll_bytes(_roster(plan), plan.scenario)),
    "parquet": ("zip", "application/zip", lambda plan: export.zip_bytes(parquet_tables(plan))),
    "xlsx": (
        "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _xlsx,
    ),
    "csv": (
        "zip", "application/zip", lambda plan: export.csv_zip_bytes(_roster(plan), plan.scenario),
    ),
    "calendars": ("zip", "application/zip", _calendars),
}  # fmt: skip
