"""Who works when: `solve` builds a roster, `audit` checks any, `hold` keeps its shifts."""

from wfm.roster.audit import audit
from wfm.roster.clashing import Clash, clashes
from wfm.roster.explain import Reason, explain
from wfm.roster.floor import on_call_missing, staff_missing
from wfm.roster.held import hold
from wfm.roster.in_force import RuleInForce, in_force
from wfm.roster.locking import lock, locks, unlock
from wfm.roster.money import overtime, weights
from wfm.roster.openshift import fill
from wfm.roster.repairing import Repair, repair
from wfm.roster.requests import Decision, leave, swap
from wfm.roster.result import Roster, Violation
from wfm.roster.shortfall import LeastShort, least_short
from wfm.roster.solver import solve
from wfm.roster.wishes import granted, outcomes

__all__ = [
    "Clash", "Decision", "LeastShort", "Reason", "Repair", "Roster", "RuleInForce", "Violation",
    "audit", "clashes", "explain", "fill", "granted", "hold", "in_force", "least_short", "leave",
    "lock", "locks", "on_call_missing", "outcomes", "overtime", "repair", "solve", "staff_missing",
    "swap", "unlock", "weights",
]  # fmt: skip
