"""How does the Roster page speak of rules and requests?"""

RULES = {
    "view.in_force": "Rules in force",
    "rules.kept": "Every rule that must be kept is kept.",
    "rules.broken": "Breaches of rules that must be kept: {count}. Each is listed under Short "
    "and broken.",
    "rules.hard": "Rules that must be kept: {count}",
    "rules.soft": "Asked for, and weighed against people short: {count}",
    "rules.more_notes": "And {count} more notes",
    "rules.about": "About",
    "rules.asks": "What it asks",
    "rules.who": "Who",
    "rules.state": "In this roster",
    "rules.source": "Where it is written",
    "rules.about.law": "hours, rest",
    "rules.about.contract": "contract",
    "rules.about.shift": "shifts",
    "rules.about.people": "people",
    "rules.about.house": "staff",
    "rules.about.meeting": "meeting",
    "rules.about.pattern": "pattern",
    "rules.about.wish": "wishes",
    "rules.about.other": "other",
    "rules.where": "Rules are written in the scenario and people files and are not changed here: "
    "change them there and plan again. What can be asked, field by field: docs/roster-rules.md; "
    "the rules of every plan: docs/roster.md. Only rules that this scenario has are listed.",
    "rules.how": "How to write them: what can be asked of a roster",
    "rules.no_requests": "This scenario has no requests for single days.",
    "rules.requests": "Requests granted: {granted} of {count}",
    "rules.requests_note": "Those refused come first, the heaviest on top. The search grants a "
    "request where it finds that this costs less than its weight, in weighted agent-hours, and "
    "breaks no rule.",
    "wish.asked": "Asked for",
    "wish.weight": "Weight",
    "wish.answer": "Answer",
    "wish.got": "Got",
    "wish.granted": "granted",
    "wish.refused": "refused",
    "wish.off": "free",
    "wish.on": "at work",
    "wish.shift": "shift {shifts}",
    "wish.avoid": "not {shifts}",
}
