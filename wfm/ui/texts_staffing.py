"""How does the Staffing page speak?"""

from __future__ import annotations

STAFFING = {
    "staffing.title": "Staffing",
    "staffing.need": "People needed, {queue}, {span}",
    "staffing.service": "Service predicted",
    "staffing.service.email": "An e-mail deadline spans intervals, so there is no service level "
    "for one interval of a roster. Shown is the share of an interval's arrivals that the required "
    "people finish in time.",
    "staffing.occupancy": "Occupancy predicted",
    "staffing.target": "Target: {target}. Shrinkage {shrinkage}.",
    "staffing.formula": "Formula: {formula}",
    "staffing.closed": "This queue is closed or expects no contacts on {span}.",
    "formula.c": "Erlang C: nobody gives up, because patience is not known",
    "formula.a": "Erlang A: customers give up after {patience} on average",
    "formula.chat": "chat by concurrency: each agent serves {concurrency} at once, so n agents "
    "are {concurrency}n places. {base}",
    "formula.email": "deadline: first in, first out; the fewest agents that finish all work "
    "within {awt} of its arrival, in opening time",
    "formula.outbound": "outbound: work over occupancy, rounded up in each interval; nobody waits",
    "formula.with.lines": "with {value} lines",
    "formula.with.chance": "sized so that the target is met with a chance of {value}, the volume "
    "being uncertain",
    "formula.with.p_retry": "{value} of the lost contacts try again",
    "formula.with.tiers": "with priority for {value}",
    "formula.with.arrivals": "load of contacts still in service counted, {value}",
    "formula.with.call_back": "with a call-back offered above {value}",
    "formula.with.reserve": "{value} agents kept idle for inbound while the others dial",
    "why.title": "Why this number?",
    "why.pick": "Interval from",
    "whatif.title": "What if?",
    "whatif.note": "Nothing here changes the plan. Answers cover the whole plan of this queue.",
    "whatif.volume": "Volume, % of forecast",
    "whatif.aht": "Handle time, % of forecast",
    "whatif.service_level": "Service level, %",
    "whatif.awt": "Served within, s",
    "whatif.deadline": "Deadline, h",
    "whatif.patience": "Mean patience, s",
    "whatif.patience_help": "The longest setting means that nobody gives up (Erlang C).",
    "whatif.patience_none": "nobody gives up",
    "whatif.shrinkage": "Shrinkage, %",
    "whatif.occupancy": "Occupancy cap, %",
    "whatif.rule": "Service-level rule",
    "whatif.rule_help": "SL1 to SL6 count short abandons differently; see the glossary. With "
    "Erlang C all agree.",
    "whatif.reset": "Back to the plan",
    "whatif.peak_agents": "Peak agents on seat",
    "whatif.agent_hours": "Agent-hours on seat",
    "whatif.scheduled_hours": "Hours on duty",
    "whatif.fte": "FTE ({hours} h)",
    "whatif.same": "as planned",
    "whatif.delta": "{delta} against {before} planned",
}
