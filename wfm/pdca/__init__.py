"""Improvement cycles in which "it worked" is a verdict agreed on beforehand."""

from wfm.pdca.causes import Actor, Cause, Role, Step
from wfm.pdca.codec import from_json, to_json
from wfm.pdca.cycle import Cycle, open_cycle
from wfm.pdca.design import Design, design
from wfm.pdca.origins import from_driver, from_signal, from_variance
from wfm.pdca.records import (
    Action,
    Doubt,
    Group,
    Note,
    Origin,
    Proposal,
    SignOff,
    Standard,
    Work,
)
from wfm.pdca.report import Management, Report
from wfm.pdca.standards import Standardised, revise_scenario
from wfm.pdca.statistics import Statistics, statistics
from wfm.pdca.verdict import Rule, Verdict

__all__ = [
    "Action", "Actor", "Cause", "Cycle", "Design", "Doubt", "Group", "Management", "Note",
    "Origin", "Proposal", "Report", "Role", "Rule", "SignOff", "Standard", "Standardised",
    "Statistics", "Step", "Verdict", "Work", "design", "from_driver", "from_json", "from_signal",
    "from_variance", "open_cycle", "revise_scenario", "statistics", "to_json",
]  # fmt: skip
