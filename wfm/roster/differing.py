"""What is different between two rosters, person by person and day by day?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from wfm.roster.duties import Case, Duty

KINDS = ("given", "taken", "moved", "breaks")
COLUMNS = ["agent", "day", "kind", "before", "after", "paid_h"]

Days = Mapping[int, Duty]


def kind_of(old: Duty | None, new: Duty | None) -> str:
    """Return one of `KINDS`; empty if nothing changed."""
    if old == new:
        return ""
    if old is None:
        return "given"
    if new is None:
        return "taken"
    return "breaks" if (old.span, old.queue) == (new.span, new.queue) else "moved"


def differences(case: Case, before: Mapping[str, Days], after: Mapping[str, Days]) -> pd.DataFrame:
    """Return a row a changed day of a person: agent, day, kind, before, after, paid_h.

    `kind` is one of `KINDS`, before and after are the shift in words, `paid_h` is how many paid
    hours more.
    """
    rows: list[tuple[Any, ...]] = []
    for agent in sorted({*before, *after}):
        old_days, new_days = before.get(agent, {}), after.get(agent, {})
        for day in sorted({*old_days, *new_days}):
            old, new = old_days.get(day), new_days.get(day)
            kind = kind_of(old, new)
            if kind:
                paid = sum(case.paid_min(d.span) for d in (new,) if d is not None)
                paid -= sum(case.paid_min(d.span) for d in (old,) if d is not None)
                rows.append((agent, case.horizon.date(day), kind, shift_text(case, old),
                             shift_text(case, new), paid / 60))  # fmt: skip
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.astype({"agent": "str", "kind": "str", "before": "str", "after": "str",
                         "paid_h": float})  # fmt: skip


def by_day(duties: Iterable[Duty]) -> dict[str, dict[int, Duty]]:
    """Return agent to day to shift; of two on one day the first."""
    found: dict[str, dict[int, Duty]] = {}
    for duty in sorted(duties, key=lambda d: (d.agent, d.span.start)):
        found.setdefault(duty.agent, {}).setdefault(duty.span.day, duty)
    return found


def shift_text(case: Case, duty: Duty | None) -> str:
    """Return a shift in words: ``E 07:00-15:30, lunch 11:00``; empty for none."""
    if duty is None:
        return ""
    stamp = case.horizon.stamp
    parts = [f"{duty.span.shift} {stamp(duty.span.start):%H:%M}-{stamp(duty.span.end):%H:%M}"]
    parts += [f"{pause.activity} {stamp(pause.start):%H:%M}" for pause in duty.off_seat]
    return ", ".join(parts)
