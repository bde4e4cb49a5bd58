"""What do agents and teams do with their time, and what do contacts take?"""

from __future__ import annotations

from wfm.kpi import summaries
from wfm.kpi.measure import Choice, Options
from wfm.kpi.simple import quotient

__all__ = ["MEASURES"]

BUSY = "talk_s + hold_s + acw_s"
PART = summaries.ratio(high=1.0)
GRACE = Choice("grace_s", 0.0, "seconds that count as on time; one value for both measures")


def _productive(options: Options) -> str:
    words = BUSY + (" + available_s" if options["idle"] else "")
    return words + (" + planned_offphone_s" if options["offphone"] else "")


def _lost(options: Options) -> str:
    parts = {"internal": "shrink_internal_s", "external": "shrink_external_s"}
    return parts.get(options["part"], "shrink_external_s + shrink_internal_s")


MEASURES = (
    quotient("aht_s", BUSY, "handled", summaries.ratio()),
    quotient("talk_time_s", "talk_s", "handled", summaries.ratio()),
    quotient("hold_time_s", "hold_s", "handled", summaries.ratio()),
    quotient("acw_s", "acw_s", "handled", summaries.ratio()),
    quotient("occupancy", BUSY, f"{BUSY} + available_s", PART),
    quotient("utilisation", _productive, "paid_s", summaries.ratio(), choices=(
        Choice("idle", True, "whether available time counts as productive", (True, False)),
        Choice("offphone", False, "whether planned off-phone work counts", (True, False)),
    )),
    quotient("adherence", "in_adherence_s", "scheduled_s", PART, choices=(GRACE,)),
    quotient("conformance", "worked_s", "scheduled_s", summaries.ratio()),
    quotient("shrinkage", _lost, lambda o: f"{o['base']}_s", PART, choices=(
        Choice("part", "all", "which losses", ("all", "internal", "external")),
        Choice("base", "paid", "paid or scheduled time", ("paid", "scheduled")),
    )),
    quotient("absenteeism", "unplanned_absent_s", "scheduled_s", PART),
    quotient("attendance", "shifts_attended", "shifts_scheduled"),
    quotient("lateness", "late_starts", "shifts_attended", choices=(GRACE,)),
    quotient("contacts_per_hour", "handled", "signed_in_s", summaries.rate(3600.0)),
    quotient("transfer_rate", "transferred", "handled"),
    quotient("escalation_rate", "escalated", "handled"),
    quotient("connect_rate", "connects", "dials"),
    quotient("right_party_rate", "right_party", "connects"),
    quotient("conversion", "successes", lambda o: o["per"], choices=(
        Choice("per", "right_party", "what successes are held against",
               ("right_party", "connects", "dials")),
    )),
    quotient("list_penetration", "records_tried", "records"),
    quotient("dials_per_hour", "dials", "signed_in_s", summaries.rate(3600.0)),
)  # fmt: skip
