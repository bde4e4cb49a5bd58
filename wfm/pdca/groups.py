"""Which rows are treated, and which are the comparison?"""

from __future__ import annotations

from wfm.errors import BadInput
from wfm.kpi.definitions import Definition
from wfm.kpi.measures import measure
from wfm.pdca.records import Proposal
from wfm.pdca.series import Actuals, Weeks, table_of, weekly

__all__ = ["series_of"]


def series_of(
    actuals: Actuals, proposal: Proposal, definition: Definition, *, before_only: bool = False
) -> tuple[Weeks, Weeks | None]:
    """Return the treated and the comparison group's weeks of one KPI."""
    group = proposal.group
    column = "" if before_only and group.randomised else group.column
    frame = table_of(actuals, definition, column)
    if frame is None:
        how = measure(definition.key)
        needed = sorted({*how.needs(dict(definition.choices)), how.time} | ({column} - {""}))
        raise BadInput(
            f"pdca: no table of the actuals holds what {definition} is made of: {needed}"
        )
    treated = group.treated
    if group.randomised:
        whole = weekly(frame, definition, proposal.begins)
        if before_only:
            # Before the change there are no arms yet.
            return whole, whole
        arms = [
            weekly(frame, definition, proposal.begins, column=group.column, values=v)
            for v in (treated, group.comparison)
        ]
        return _joined(whole, arms[0]), _joined(whole, arms[1])
    one = weekly(frame, definition, proposal.begins, column=group.column, values=treated)
    if not group.comparison:
        return one, None
    return one, weekly(
        frame, definition, proposal.begins, column=group.column, values=group.comparison
    )


def _joined(whole: Weeks, arm: Weeks) -> Weeks:
    """Return everybody before the change and one arm after it."""
    after = whole.number >= 0
    above, below = whole.above.copy(), whole.below.copy()
    above[after], below[after] = arm.above[arm.number >= 0], arm.below[arm.number >= 0]
    return Weeks(whole.begins, whole.number, above, below, whole.factor, whole.share)
