"""Who works when: `solve` builds a roster, `audit` checks any, `hold` keeps its shifts."""

from wfm.roster.audit import audit
from wfm.roster.clashing import Clash, clashes
from wfm.roster.explain import Reason, explain
from wfm.roster.held import hold
from wfm.roster.result import Roster, Violation
from wfm.roster.shortfall import LeastShort, least_short
from wfm.roster.solver import solve

__all__ = [
    "Clash", "LeastShort", "Reason", "Roster", "Violation", "audit", "clashes", "explain", "hold",
    "least_short", "solve",
]  # fmt: skip
