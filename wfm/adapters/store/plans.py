"""How is a plan kept whole, version by version, and found again as it was?

A plan is one transaction: its scenario, forecast, requirement and roster are versions of their own
under the plan's name, and its tables are kept once by content. What did not change since the last
version is not saved again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Table, select, update

from forecasts import Campaign
from wfm.adapters.store import blobs, forms, parts, sites
from wfm.adapters.store.audit import Author, Clock, note, page
from wfm.adapters.store.database import Database
from wfm.adapters.store.tables_plans import FORECASTS, PLANS, REQUIREMENTS, ROSTERS, SCENARIOS
from wfm.adapters.store.versions import Version, add, conflict, newest, version_of, version_row
from wfm.errors import BadInput
from wfm.plan import Plan
from wfm.requirement import Requirement
from wfm.roster import Roster, Violation
from wfm.scenario import Scenario

_TABLES = {table.name: table for table in (PLANS, SCENARIOS, FORECASTS, REQUIREMENTS, ROSTERS)}


@dataclass(frozen=True)
class Plans:
    """Plans and their parts, every version of them."""

    database: Database
    now: Clock

    def save(
        self,
        plan: Plan,
        name: str,
        *,
        by: str,
        site: str = sites.FIRST,
        version: int | None = None,
        reason: str = "",
        before_commit: Callable[[Version], Any] | None = None,
        beside: Callable[[Connection, Version], Any] | None = None,
    ) -> Version:
        """Save `plan` whole as the next version of the plan called `name`.

        Parameters
        ----------
        by : str
            Key of the user, or the name of the program.
        site : str
            Made with the plan's zone if it is not there yet.
        version : int, optional
            The version this plan was made from; 0 for the first. None saves on top of whatever
            stands; the versions before stay either way.
        reason : str
        before_commit : callable, optional
            Called with the new version while it can still be given up: if it raises, nothing is
            saved.
        beside : callable, optional
            Called with the connection and the new version: what it writes is kept together with
            the plan, or neither is.

        Raises
        ------
        Conflict
            The newest version is another one; nothing is saved.
        """
        author = Author(by, reason, self.now())
        with self.database.write(
            alone=f"plans {site} {name}", beside=blobs.FRAMES_LOCK
        ) as connection:
            sites.ensure_site(connection, site, plan.scenario.timezone, author)
            last = newest(connection, PLANS, site, name)
            row = add(connection, PLANS, site, name, _keep(connection, site, name, plan, author),
                      author, expected=version)  # fmt: skip
            note(connection, author, "saved", "plans", name, site=site, version=row["version"],
                 before=None if last is None else _told(last), after=_told(row))  # fmt: skip
            saved = version_of(row)
            if beside is not None:
                beside(connection, saved)
            if before_commit is not None:
                before_commit(saved)
        return saved

    def load(self, name: str, *, site: str = sites.FIRST, version: int | None = None) -> Plan:
        """Return a version of the plan called `name`, the newest if none is given.

        Raises
        ------
        BadInput
            There is none.
        """
        with self.database.read() as connection:
            return parts.plan_of(connection, version_row(connection, PLANS, site, name, version))

    def newest(self, name: str, *, site: str = sites.FIRST) -> Version | None:
        """Return the newest version of the plan called `name` without opening it, or None."""
        with self.database.read() as connection:
            row = newest(connection, PLANS, site, name)
            return None if row is None else version_of(row)

    def revision(self, name: str, *, site: str = sites.FIRST) -> int | None:
        """Return the number the next plan of this name gets (`Provenance.revision`), or None."""
        with self.database.read() as connection:
            row = newest(connection, PLANS, site, name)
            return None if row is None else int(row["provenance"]["revision"]) + 1

    def versions(
        self, kind: str = "plans", *, site: str | None = None, name: str | None = None,
        after: int = 0, limit: int = 100,
    ) -> tuple[Version, ...]:  # fmt: skip
        """Return versions in the order they were made, a page at a time, none of them opened.

        Parameters
        ----------
        kind : str
            ``"plans"``, ``"scenarios"``, ``"forecasts"``, ``"requirements"`` or ``"rosters"``.
        site, name : str, optional
        after : int
            `Version.id` of the last one of the page before.
        limit : int
            Longest page, 1 to 1000.
        """
        table = _table(kind)
        asked = select(table).where(table.c.id > after).order_by(table.c.id).limit(page(limit))
        for column, value in (("site", site), ("name", name)):
            if value is not None:
                asked = asked.where(table.c[column] == value)
        with self.database.read() as connection:
            return tuple(version_of(row) for row in connection.execute(asked).mappings())

    def save_scenario(
        self, scenario: Scenario, name: str, *, by: str, site: str = sites.FIRST,
        version: int | None = None, reason: str = "",
    ) -> Version:  # fmt: skip
        """Save a scenario as the next version; the newest one saved again is no new version."""
        return self._save(
            SCENARIOS, site, name, version, Author(by, reason, self.now()), scenario.timezone,
            lambda connection, author:
                parts.keep_scenario(connection, site, name, scenario, author),
        )  # fmt: skip

    def load_scenario(
        self, name: str, *, site: str = sites.FIRST, version: int | None = None
    ) -> Scenario:
        """Return a version of a scenario, the newest if none is given."""
        with self.database.read() as connection:
            return parts.scenario_of(version_row(connection, SCENARIOS, site, name, version))

    def save_forecast(
        self, frame: pd.DataFrame, name: str, *, by: str, site: str = sites.FIRST,
        version: int | None = None, reason: str = "", campaigns: Iterable[Campaign] = (),
        overrides: pd.DataFrame | None = None,
    ) -> Version:  # fmt: skip
        """Save a forecast table, the campaigns and overrides in it. The site must be there."""
        return self._save(
            FORECASTS, site, name, version, Author(by, reason, self.now()), None,
            lambda connection, author: parts.keep_forecast(
                connection, site, name, {"forecast": frame}, author, campaigns=campaigns,
                overrides=overrides,
            ),
        )  # fmt: skip

    def load_forecast(
        self, name: str, *, site: str = sites.FIRST, version: int | None = None
    ) -> pd.DataFrame:
        """Return the forecast table of a version, the newest if none is given."""
        with self.database.read() as connection:
            row = version_row(connection, FORECASTS, site, name, version)
            return blobs.fetch(connection, row["frames"]["forecast"])

    def lock_forecast(
        self, name: str, *, version: int, by: str, site: str = sites.FIRST, reason: str = ""
    ) -> Version:
        """Note that a version of a forecast is the one to be judged by; it stays so."""
        author = Author(by, reason, self.now())
        with self.database.write() as connection:
            row = version_row(connection, FORECASTS, site, name, version)
            if row["locked_at"] is not None:
                raise BadInput(
                    f"store: forecast {name!r} version {version} was locked by {row['locked_by']} "
                    f"at {row['locked_at']:%Y-%m-%d %H:%M} UTC already"
                )
            lock = {"locked_at": author.at, "locked_by": author.by}
            done = connection.execute(
                update(FORECASTS)
                .where(FORECASTS.c.id == row["id"], FORECASTS.c.locked_at.is_(None))
                .values(**lock)
            ).rowcount
            if not done:
                raise BadInput(f"store: forecast {name!r} version {version} was locked meanwhile")
            note(connection, author, "locked", "forecasts", name, site=site, version=version,
                 after=lock)  # fmt: skip
            return version_of({**row, **lock})

    def save_requirement(
        self, sizing: Requirement, name: str, *, by: str, site: str = sites.FIRST,
        version: int | None = None, reason: str = "",
    ) -> Version:  # fmt: skip
        """Save a requirement. The site must be there."""
        return self._save(
            REQUIREMENTS, site, name, version, Author(by, reason, self.now()), None,
            lambda connection, author:
                parts.keep_requirement(connection, site, name, sizing, author),
        )  # fmt: skip

    def load_requirement(
        self, name: str, *, site: str = sites.FIRST, version: int | None = None
    ) -> Requirement:
        """Return a version of a requirement, the newest if none is given."""
        with self.database.read() as connection:
            row = version_row(connection, REQUIREMENTS, site, name, version)
            return parts.requirement_of(connection, row)

    def save_roster(
        self, roster: Roster, name: str, *, by: str, site: str = sites.FIRST,
        version: int | None = None, reason: str = "", violations: Iterable[Violation] = (),
    ) -> Version:  # fmt: skip
        """Save a roster as a draft. The site must be there."""
        return self._save(
            ROSTERS, site, name, version, Author(by, reason, self.now()), None,
            lambda connection, author:
                parts.keep_roster(connection, site, name, roster, violations, author),
        )  # fmt: skip

    def load_roster(
        self, name: str, *, site: str = sites.FIRST, version: int | None = None
    ) -> Roster:
        """Return a version of a roster, the newest if none is given."""
        with self.database.read() as connection:
            return parts.roster_of(
                connection, version_row(connection, ROSTERS, site, name, version)
            )[0]

    def _save(
        self, table: Table, site: str, name: str, version: int | None, author: Author,
        timezone: str | None, keep: Callable[[Connection, Author], parts.Row],
    ) -> Version:  # fmt: skip
        with self.database.write(
            alone=f"plans {site} {name}", beside=blobs.FRAMES_LOCK
        ) as connection:
            if timezone is None:
                sites.zone_of(connection, site)
            else:
                sites.ensure_site(connection, site, timezone, author)
            last = newest(connection, table, site, name)
            if version is not None and version != (0 if last is None else last["version"]):
                raise conflict(table, site, name, version, last)
            row = keep(connection, author)
            if last is None or row["version"] != last["version"]:
                note(connection, author, "saved", table.name, name, site=site,
                     version=row["version"])  # fmt: skip
            return version_of(row)


def _keep(
    connection: Connection, site: str, name: str, plan: Plan, author: Author
) -> dict[str, Any]:
    """Keep every part of `plan`; return the columns of its row."""
    roster = None
    if plan.roster is not None:
        roster = parts.keep_roster(connection, site, name, plan.roster, plan.violations, author)
    forecast = parts.keep_forecast(
        connection, site, name, forms.forecast_frames(plan), author, campaigns=plan.campaigns,
        overrides=plan.overrides,
    )  # fmt: skip
    return {
        "plan_id": plan.id,
        "scenario": parts.keep_scenario(connection, site, name, plan.scenario, author)["id"],
        "forecast": forecast["id"],
        "requirement": parts.keep_requirement(connection, site, name, plan.sizing, author)["id"],
        "roster": None if roster is None else roster["id"],
        "history": blobs.keep(connection, plan.history, author.at),
        "provenance": forms.provenance_to_json(plan.provenance),
    }


def _told(row: parts.Row) -> dict[str, Any]:
    names = ("plan_id", "scenario", "forecast", "requirement", "roster")
    return {name: row[name] for name in names}


def _table(kind: str) -> Table:
    if kind not in _TABLES:
        raise BadInput(f"store: there are no versions of {kind!r}; there are of {list(_TABLES)}")
    return _TABLES[kind]
