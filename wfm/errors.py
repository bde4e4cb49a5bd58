"""The ways a stage refuses: input of no use, rules that cannot be met, a save that came second."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from forecasts.errors import BadInput

__all__ = ["BadInput", "Conflict", "Infeasible"]


class Infeasible(Exception):  # noqa: N818 - named in the public contract
    """No legal answer exists.

    The text names the rule, the agent and the day that clash. Shortage of staff is
    never infeasible: it is listed in ``Roster.unmet``.
    """


class Conflict(BadInput):
    """Somebody else saved first; nothing was written over.

    Attributes
    ----------
    what : str
        What both wanted to save, for example ``"people 'a17'"``.
    expected, found : int or None
        The version the caller started from and the one that stands; None where there is none.
    by : str
        Who saved the one that stands.
    at : datetime or None
        When, UTC.
    changes : dict of str to any
        What stands now where it differs from what the caller wanted to save.
    """

    def __init__(
        self,
        text: str,
        *,
        what: str = "",
        expected: int | None = None,
        found: int | None = None,
        by: str = "",
        at: dt.datetime | None = None,
        changes: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(text)
        self.what, self.expected, self.found = what, expected, found
        self.by, self.at, self.changes = by, at, dict(changes or {})
