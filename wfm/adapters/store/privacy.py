"""How is a person taken out of the store, and what is old enough to go?"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from wfm.adapters.store.audit import Clock
from wfm.adapters.store.database import Database


@dataclass(frozen=True)
class Erased:
    """What came of deleting a person.

    Attributes
    ----------
    pseudonym : str
        Stands wherever the person's key stood; nothing says whose it is.
    rows : dict of str to int
        Rows changed, by table.
    """

    pseudonym: str
    rows: dict[str, int]


@dataclass(frozen=True)
class Retention:
    """How many days things are kept; None means for ever.

    Attributes
    ----------
    intervals, agents : int or None
        Actuals, from the interval's start.
    plans : int or None
        Versions that are not the newest, published or locked.
    audit : int or None
    jobs, answers : int or None
        Ended jobs and answered requests.
    """

    intervals: int | None = None
    agents: int | None = None
    plans: int | None = None
    audit: int | None = None
    jobs: int | None = 90
    answers: int | None = 2


@dataclass(frozen=True)
class Privacy:
    """Deleting and forgetting."""

    database: Database
    now: Clock

    def delete_person(self, key: str, *, site: str, by: str, reason: str = "") -> Erased:
        """Erase a person's data; what must stay (worked hours, the log) keeps a pseudonym.

        Name, e-mail, texts and contents go; key and names in scenarios, rosters, actuals, requests
        and the audit log become the pseudonym; calendar feeds and the user are shut. All in one
        transaction. Files exported before and backups are out of reach.

        Raises
        ------
        BadInput
            There is no such person.
        """
        raise NotImplementedError

    def forget(self, keep: Retention, *, by: str, reason: str = "") -> dict[str, int]:
        """Remove what is older than `keep` says; return how many rows a table."""
        raise NotImplementedError
