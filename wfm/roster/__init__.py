"""Who works when: `solve` builds a roster, `audit` checks any, `hold` keeps its shifts."""

from wfm.roster.audit import audit
from wfm.roster.explain import Reason, explain
from wfm.roster.held import hold
from wfm.roster.result import Roster, Violation
from wfm.roster.solver import solve

__all__ = ["Reason", "Roster", "Violation", "audit", "explain", "hold", "solve"]
