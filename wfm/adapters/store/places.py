"""How do the commands and screens that name a plan by its folder find it in the store?

The folder's path is the plan's name there: as it is where the program runs, in full elsewhere.
Workbooks and calendars are still written into the folder. A folder that holds a plan of its own and
is not in the store yet is read from disk; its next save goes into the store.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from wfm.adapters import folder as folders
from wfm.adapters.store import sites
from wfm.adapters.store.database import Database
from wfm.adapters.store.store import Store
from wfm.adapters.store.tables_plans import HAPPENED, PLANS
from wfm.errors import BadInput
from wfm.plan import Plan


@dataclass(frozen=True)
class Places:
    """Plans by folder, kept in `store`; the same calls as `wfm.adapters.folder`."""

    store: Store
    by: str
    site: str = sites.FIRST

    def load_plan(self, folder: str | Path) -> Plan:
        """Return the newest version of the plan of `folder`."""
        name = name_of(folder)
        if self.store.plans.newest(name, site=self.site) is not None:
            return self.store.plans.load(name, site=self.site)
        if (Path(folder) / "plan.json").is_file():
            return folders.load_plan(folder)
        raise BadInput(
            f"plan: the store has no plan {name!r}; make one with 'wfm demo --out {folder}' or "
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
        name, files = name_of(folder), dict(exports or {})
        version = None if expected is None else _version_in(expected)
        self.store.plans.save(
            plan, name, by=self.by, site=self.site, version=version,
            before_commit=lambda _: folders.write_exports(files, folder),
        )  # fmt: skip
        return tuple(Path(folder) / file for file in files)

    def plan_stamp(self, folder: str | Path) -> str:
        """Return a text that changes whenever the plan does; empty when there is none."""
        newest = self.store.plans.newest(name_of(folder), site=self.site)
        return folders.plan_stamp(folder) if newest is None else f"v{newest.version}-{newest.id}"

    def revision(self, folder: str | Path) -> int:
        """Return how many plans `folder` has seen: 0 where there is none yet."""
        seen = self.store.plans.revision(name_of(folder), site=self.site)
        return folders.revision(folder) if seen is None else seen

    def take_in(self, folder: str | Path) -> str:
        """Save the plan on disk in `folder` as the first version in the store; return its name.

        Raises
        ------
        Conflict
            The store has the plan already.
        """
        name = name_of(folder)
        self.store.plans.save(
            folders.load_plan(folder), name, by=self.by, site=self.site, version=0,
            reason=f"taken in from the folder {folder}",
        )  # fmt: skip
        return name


def site_for(database: Database, name: str, chosen: str | None) -> str:
    """Return the site of the plan called `name`: the `chosen` one, else where the store has it.

    Raises
    ------
    BadInput
        Several sites have a plan of that name and none is chosen.
    """
    if chosen:
        return chosen
    with database.read() as connection:
        found: set[str] = set()
        for table in (PLANS, HAPPENED):
            asked = select(table.c.site).where(table.c.name == name).distinct()
            found |= set(connection.execute(asked).scalars())
    if len(found) > 1:
        raise BadInput(
            f"plan: {len(found)} sites have a plan {name!r}: {', '.join(sorted(found))}; say which "
            "with 'wfm --site SITE ...' or WFM_SITE"
        )
    return found.pop() if found else sites.FIRST


def name_of(folder: str | Path) -> str:
    """Return what the plan of `folder` is called in the store."""
    path = Path(folder).resolve()
    here = Path.cwd().resolve()
    inside = path.is_relative_to(here) and path != here
    return (path.relative_to(here) if inside else path).as_posix()


def _version_in(stamp: str) -> int:
    """Return the version a stamp is of; 0 where the plan was still on disk."""
    found = re.fullmatch(r"v(\d+)-\d+", stamp)
    return int(found[1]) if found else 0
