"""How do the commands and screens that name a plan by its folder find it in the store?

The folder's path is the plan's name there. In a store that a setting names it is the path from
where the program runs, so that a team calls a plan alike; in a person's own store it is in full.
Workbooks and calendars are still written into the folder. A folder that holds a plan of its own and
is not in the store yet is taken in when it is opened; where the store cannot be written it is read
from disk.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from wfm.adapters import folder as folders
from wfm.adapters.store import sites
from wfm.adapters.store.database import Database
from wfm.adapters.store.store import Store
from wfm.adapters.store.tables import USERS
from wfm.adapters.store.tables_plans import HAPPENED, PLANS
from wfm.errors import BadInput
from wfm.plan import Plan


def site_for(database: Database, name: str, chosen: str | None) -> str:
    """Return the site of the plan called `name`: the `chosen` one, else where the store has it.

    Once the store has users it is the first site, as roles are asked for there.

    Raises
    ------
    BadInput
        Several sites have a plan of that name and none is chosen.
    """
    if chosen:
        return chosen
    if has_users(database):
        return sites.FIRST
    found: set[str] = set()
    with database.read() as connection:
        for table in (PLANS, HAPPENED):  # actuals without a plan say it only where there is none
            asked = select(table.c.site).where(table.c.name == name).distinct()
            found = found or set(connection.execute(asked).scalars())
    if len(found) > 1:
        raise BadInput(
            f"plan: {len(found)} sites have a plan {name!r}: {', '.join(sorted(found))}; say which "
            "with 'wfm --site SITE ...' or WFM_SITE"
        )
    return found.pop() if found else sites.FIRST


def has_users(database: Database) -> bool:
    """Return whether the store knows who may do what."""
    with database.read() as connection:
        return connection.execute(select(USERS.c.id).limit(1)).first() is not None


def full_name_of(folder: str | Path) -> str:
    """Return what the plan of `folder` is called in a person's own store: its path in full."""
    return Path(folder).resolve().as_posix()


def name_of(folder: str | Path) -> str:
    """Return what the plan of `folder` is called in a store that a setting names."""
    path = Path(folder).resolve()
    here = Path.cwd().resolve()
    inside = path.is_relative_to(here) and path != here
    return (path.relative_to(here) if inside else path).as_posix()


@dataclass(frozen=True)
class Places:
    """Plans by folder, kept in `store`; the same calls as `wfm.adapters.folder`.

    Attributes
    ----------
    store : Store
    by : str
        Who works, for the audit log.
    site : str or None
        Whose plans are meant; None: of the site that the scenario names or that has the plan.
    named : callable
        What the plan of a folder is called.
    """

    store: Store
    by: str
    site: str | None = None
    named: Callable[[str | Path], str] = name_of

    def load_plan(self, folder: str | Path) -> Plan:
        """Return the newest version of the plan of `folder`."""
        site, name = self.opened(folder)
        if self.store.plans.newest(name, site=site) is not None:
            return self.store.plans.load(name, site=site)
        if (Path(folder) / "plan.json").is_file():
            return folders.load_plan(folder)
        raise BadInput(
            f"plan: the store has no plan {name!r} at site {site!r} (another one's: 'wfm --site "
            f"SITE ...'); make one with 'wfm demo --out {folder}' or "
            f"'wfm plan --history FILE --out {folder}'"
        )

    def save_plan(
        self,
        plan: Plan,
        folder: str | Path,
        *,
        exports: Mapping[str, bytes] | None = None,
        expected: str | None = None,
    ) -> tuple[Path, ...]:
        """Save `plan` as the next version and its exports into `folder`, both or neither.

        Raises
        ------
        Conflict
            The plan is no longer the one whose `plan_stamp` was `expected`.
        """
        self.opened(folder)  # an old plan of the folder becomes the version before this one
        (site, name), files = self._place(folder, plan), dict(exports or {})
        version = None if expected is None else _version_in(expected)
        self.store.plans.save(
            plan, name, by=self.by, site=site, version=version,
            before_commit=lambda _: folders.write_exports(files, folder),
        )  # fmt: skip
        return tuple(Path(folder) / file for file in files)

    def plan_stamp(self, folder: str | Path) -> str:
        """Return a text that changes whenever the plan does; empty when there is none."""
        site, name = self.opened(folder)
        newest = self.store.plans.newest(name, site=site)
        return folders.plan_stamp(folder) if newest is None else f"v{newest.version}-{newest.id}"

    def revision(self, folder: str | Path) -> int:
        """Return how many plans `folder` has seen: 0 where there is none yet.

        Raises
        ------
        BadInput
            It is a file, so that no workbook could be written into it.
        """
        if Path(folder).is_file():
            raise BadInput(f"plan: {folder} is a file; choose a folder with --out")
        site, name = self.opened(folder)
        seen = self.store.plans.revision(name, site=site)
        return folders.revision(folder) if seen is None else seen

    def take_in(self, folder: str | Path) -> str:
        """Save the plan on disk in `folder` as the first version in the store; return its name.

        Raises
        ------
        Conflict
            The store has the plan already.
        """
        plan = folders.load_plan(folder)
        site, name = self._place(folder, plan)
        self.store.plans.save(
            plan, name, by=self.by, site=site, version=0,
            reason=f"taken in from the folder {folder}",
        )  # fmt: skip
        return name

    def opened(self, folder: str | Path) -> tuple[str, str]:
        """Return site and name of the plan of `folder`, taken in if it lay there alone."""
        site, name = self._place(folder)
        if (Path(folder) / "plan.json").is_file():
            if self.store.plans.newest(name, site=site) is None:
                # Another program was first, the store cannot be written, or the file is damaged:
                # who goes on to read it is told.
                with suppress(BadInput):
                    self.take_in(folder)
            return self._place(folder)
        return site, name

    def found(self, name: str, site: str | None = None) -> tuple[str, str]:
        """Return site and name of the plan that somebody calls by its name or its folder."""
        known = self.named(name)
        with self.store.database.read() as connection:
            same = select(PLANS.c.id).where(PLANS.c.name == name)
            if connection.execute(same).first() is not None:
                known = name
        return site_for(self.store.database, known, site or self.site), known

    def _place(self, folder: str | Path, plan: Plan | None = None) -> tuple[str, str]:
        """Return the site and the name of the plan of `folder`; `plan` may name its site."""
        name = self.named(folder)
        wanted = None if plan is None else plan.scenario.site
        asked = self.site or (sites.FIRST if wanted and has_users(self.store.database) else None)
        if asked and wanted and wanted != asked:
            raise BadInput(
                f"plan: its scenario is of site {wanted!r}, asked for was {asked!r}; say 'wfm "
                f"--site {wanted} ...' or WFM_SITE, or change site in the scenario"
            )
        return site_for(self.store.database, name, self.site or wanted), name


def _version_in(stamp: str) -> int:
    """Return the version a stamp is of; 0 where the plan was still on disk."""
    found = re.fullmatch(r"v(\d+)-\d+", stamp)
    return int(found[1]) if found else 0
