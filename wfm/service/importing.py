"""How does a file of contacts get into the store?

It is read first, and its good and bad rows are shown; taking it is a second step that names how
many bad rows were seen. Both read the same bytes, so that nothing else is taken than was shown.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import pandas as pd

from wfm.access import Caller
from wfm.adapters.acd_offer import Offer, file_name, offer_bytes
from wfm.adapters.acd_source import HistorySource
from wfm.adapters.store import Import, Record, Store
from wfm.adapters.store.tables_facts import INTERVAL_FIELDS
from wfm.errors import BadInput
from wfm.service.finding import record_of, site_of

_SHOWN = 3


@dataclass(frozen=True)
class Taken:
    """A file that was taken: the import, and what was read of it."""

    done: Import
    offer: Offer


@dataclass(frozen=True)
class Importing:
    """Files of actuals, for one caller."""

    store: Store
    caller: Caller

    def offer(
        self,
        site: str,
        name: str,
        content: bytes,
        *,
        profile: str | None = None,
        source: HistorySource | None = None,
        interval_min: int | None = None,
    ) -> Offer:
        """Read a file without taking it.

        Parameters
        ----------
        name : str
            Of the file, for messages and the list of imports; a path in it is left out.
        profile : str, optional
            Key of a saved mapping profile.
        source : HistorySource, optional
            How the file is laid out, instead of a profile.
        interval_min : int, optional
            Minutes of an interval; see `wfm.adapters.acd_offer.offer`.
        """
        self.caller.need("actuals:write", site)
        place = site_of(self.store, site)
        if profile is not None:
            if source is not None:
                raise BadInput("import: give a profile or a source, not both")
            source = self.profile(site, profile)
        found = offer_bytes(
            name,
            content,
            source,
            timezone=place.values["timezone"],  # noqa: PD011
            interval_min=interval_min,
        )
        found.history.counted(file_name(name))
        return found

    def take(
        self,
        site: str,
        name: str,
        content: bytes,
        *,
        leave_out: bool = False,
        reason: str = "",
        profile: str | None = None,
        **more: Any,
    ) -> Taken:
        """Take a file: all of it, or with `leave_out` its good rows.

        The same file again changes nothing; a corrected one replaces what the first one brought;
        `Facts.undo` takes it back.

        Raises
        ------
        BadInput
            Rows are bad and `leave_out` is not given: line, column, value and reason of the first.
        """
        found = self.offer(site, name, content, profile=profile, **more)
        if found.bad and not leave_out:
            shown = "; ".join(
                f"line {row.line}, column {row.column!r}, {row.value!r}: {row.reason}"
                for row in found.bad[:_SHOWN]
            )
            raise BadInput(
                f"{file_name(name)}: {len(found.bad)} bad rows ({shown}); correct them, or take "
                f"the {len(found.history.frame)} good intervals with leave_out"
            )
        done = self.store.actuals.put(
            "intervals", _actuals(found.history.frame), site=site, by=self.caller.user,
            source=file_name(name), content=content, profile=profile, refused=len(found.bad),
            reason=reason,
        )  # fmt: skip
        return Taken(done, found)

    def profile(self, site: str, key: str) -> HistorySource:
        """Return a saved mapping profile."""
        self.caller.need("actuals:write", site)
        content = record_of(self.store, "profiles", site, key).values["content"]  # noqa: PD011
        return HistorySource(**content)

    def profiles(self, site: str) -> tuple[Record, ...]:
        """Return the saved mapping profiles of `site`."""
        self.caller.need("actuals:write", site)
        site_of(self.store, site)
        return self.store.records.find("profiles", site=site, limit=1000)

    def save_profile(
        self, site: str, key: str, source: HistorySource, *, system: str,
        version: int | None = None,
    ) -> Record:  # fmt: skip
        """Save a mapping profile under `key`; `system` says for people what exports such files."""
        self.caller.need("actuals:write", site)
        site_of(self.store, site)
        content = dataclasses.asdict(source)
        values = {"site": site, "key": key, "source": system, "content": content}
        return self.store.records.save("profiles", values, by=self.caller.user, version=version)


def _actuals(history: pd.DataFrame) -> pd.DataFrame:
    """Return what the store keeps of a history."""
    fields = [name for name in INTERVAL_FIELDS if name in history]
    return history[["queue", "start", *fields]]
