"""How are PDCA cycles kept in the store? A row each, with its version; who changed it is logged."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from wfm.adapters.store import sites
from wfm.adapters.store.audit import Author
from wfm.adapters.store.records import Record, find_one, save
from wfm.adapters.store.store import Store
from wfm.adapters.store.tables import CYCLES
from wfm.errors import BadInput, Conflict
from wfm.pdca import Cycle, from_json, to_json

_KIND = "cycles"


@dataclass(frozen=True)
class Cycles:
    """A `wfm.ports.CycleStore` of one site. A stamp is the version that it was given at."""

    store: Store
    by: str
    site: str = sites.FIRST

    def save(self, cycle: Cycle, stamp: str | None = None) -> str:
        """Keep a cycle and its audit entry; return its new stamp.

        Parameters
        ----------
        cycle : Cycle
        stamp : str, optional
            Of the cycle that the caller started from; None for a new one.

        Raises
        ------
        Conflict
            Somebody else changed it meanwhile, it is gone, or it is there already; nothing is
            changed then.
        """
        last = cycle.history[-1] if cycle.history else None
        reason = "" if last is None else f"{last.who}: {last.what} {last.reason}".strip()
        author = Author(self.by, reason, self.store.records.now())
        values = {
            "site": self.site, "key": cycle.id, "state": cycle.outcome or cycle.step.value,
            "owner": cycle.owner, "parent": cycle.parent, "content": json.loads(to_json(cycle)),
        }  # fmt: skip
        with self.store.database.write(alone=f"cycles {self.site}") as connection:
            sites.assume_site(connection, self.site, author)
            version = None if stamp is None else _version(stamp)
            return _stamp(save(connection, _KIND, values, author, version=version))

    def take_in(self, cycles: Iterable[Cycle]) -> None:
        """Keep those of `cycles` that are not here yet, such as those of a folder."""
        wanted = list(cycles)
        there = {cycle.id for cycle in self.all()} if wanted else set()
        for cycle in wanted:
            if cycle.id not in there:
                with suppress(Conflict):  # another program was first
                    self.save(cycle)

    def load(self, id: str) -> Cycle:  # noqa: A002 - the attribute's name
        """Return a cycle by its id, or by the beginning of it where only one fits.

        Raises
        ------
        BadInput
        """
        return _cycle(self._found(id))

    def stamp(self, id: str) -> str:  # noqa: A002
        """Return the stamp of the stored cycle."""
        return _stamp(self._found(id))

    def all(self) -> tuple[Cycle, ...]:
        """Return every cycle, oldest first."""
        asked = select(CYCLES.c.content).where(CYCLES.c.site == self.site)
        with self.store.database.read() as connection:
            found = [_read(content) for content in connection.execute(asked).scalars()]
        return tuple(sorted(found, key=lambda cycle: (cycle.opened_at, cycle.id)))

    def _found(self, id: str) -> Record:  # noqa: A002
        asked = select(CYCLES.c.key).where(CYCLES.c.site == self.site).order_by(CYCLES.c.key)
        with self.store.database.read() as connection:
            names = list(connection.execute(asked).scalars())
            fitting = [name for name in names if name.startswith(id)] if id else []
            key = id if id in names else fitting[0] if len(fitting) == 1 else None
            record = None if key is None else find_one(connection, _KIND, self.site, key)
        if record is None:
            what = f"fits {len(fitting)} cycles" if fitting else "names no cycle"
            listed = ", ".join(names[-8:]) or "none yet; begin one with 'wfm pdca new'"
            raise BadInput(f"pdca: {id!r} {what} of site {self.site!r}; there are {listed}")
        return record


def _cycle(record: Record) -> Cycle:
    return _read(record.values["content"])


def _read(content: Any) -> Cycle:
    return from_json(json.dumps(content))


def _stamp(record: Record) -> str:
    return f"v{record.version}"


def _version(stamp: str) -> int:
    number = stamp.removeprefix("v")
    if not number.isdigit():
        raise BadInput(f"pdca: {stamp!r} is no stamp of a cycle in the store; load it again")
    return int(number)
