"""Use cases about what happened: actuals brought in, KPIs, alerts, score cards."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wfm.actuals import Actuals
from wfm.ports import Ports


@dataclass(frozen=True)
class Imported:
    """What came of bringing a table: its name, the rows of the file, the rows it has now."""

    table: str
    rows: int
    now: int


@dataclass(frozen=True)
class Measuring:
    """The use cases."""

    ports: Ports

    def actuals(self, folder: str | Path) -> Actuals:
        """Return the actuals in the plan folder `folder`; BadInput says what to do without."""
        return self.ports.load_actuals(folder)

    def stamp(self, folder: str | Path) -> str:
        """Return a text that changes when the actuals do; empty when there are none."""
        return self.ports.actuals_stamp(folder)

    def bring(
        self, path: str | Path, table: str, folder: str | Path, *, timezone: str | None = None
    ) -> Imported:
        """Take the file `path` as rows of `table` into the plan folder `folder`.

        A row whose key is there replaces it; the same file twice changes nothing.

        Parameters
        ----------
        timezone : str, optional
            Zone of times that carry none; without one the plan's.

        Raises
        ------
        BadInput
            The file breaks the table's contract; nothing is kept then.
        """
        zone = timezone or self.ports.load_plan(folder).scenario.timezone
        frame = self.ports.read_actuals(path, table, timezone=zone)
        return Imported(table, len(frame), self.ports.put_actuals(frame, table, folder))
