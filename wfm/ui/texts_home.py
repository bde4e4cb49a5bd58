"""How does the Home page speak, with a plan and without one?"""

from __future__ import annotations

HOME = {
    "empty.title": "No plan yet",
    "empty.text": "A plan starts from two things: a history of contacts by interval, and a "
    "scenario with targets and people. This folder holds no plan: {folder}",
    "empty.demo": "Plan the demo centre",
    "empty.demo_help": "One real voice queue of a bank, two synthetic queues and sixty invented "
    "people. Takes about half a minute.",
    "empty.own": "Or plan your own centre from the command line, then reload this page:",
    "empty.command": "wfm plan --history your-history.csv --timezone America/New_York "
    "--out {folder}",
    "empty.running": "Planning the demo centre: {text}",
    "empty.failed": "The last attempt failed. {error}",
    "empty.elsewhere": "There is no plan to show yet.",
    "empty.go": "Go to Home to make one",
    "home.synthetic": "Synthetic history: {queues}. These numbers were generated for "
    "demonstration, not observed.",
    "tile.error": "Forecast error",
    "tile.error.note": "WAPE; noise floor {floor}, bias {bias}",
    "tile.error.help": "Sum of absolute errors over sum of contacts, per interval, on the last "
    "{days} days held back from the forecast. The floor is the error that even a perfect "
    "forecast has, because contacts arrive at random. Bias is forecast less actual over actual.",
    "tile.peak": "Agents at peak",
    "tile.peak.help": "Most agents needed on seat in one interval, all queues together, breaks "
    "and shrinkage not counted.",
    "tile.required": "Hours required",
    "tile.required.note": "on duty, breaks not counted",
    "tile.required.help": "Agents needed on seat, grossed up for shrinkage, summed over all "
    "intervals and queues.",
    "tile.rostered": "Hours rostered",
    "tile.rostered.note": "{share} of required",
    "tile.rostered.none": "no roster yet",
    "tile.rostered.help": "Hours the roster puts on duty and not on a break.",
    "tile.gap": "Hours short",
    "tile.gap.note": "and {over} h over, at other times",
    "tile.gap.help": "Hours below the requirement, moment by moment. Hours above it are summed "
    "apart: a surplus at night does not mend a shortage at noon.",
    "tile.served": "Served in time",
    "tile.served.note": "predicted; {met} of {intervals} intervals on target",
    "tile.served.help": "Contacts expected to be served within their queue's limit with this "
    "roster, over all contacts of queues with an interval target. E-mail is left out: its "
    "deadline spans intervals.",
    "tile.rules": "Rules broken",
    "tile.rules.kept": "every labour rule kept",
    "tile.rules.broken": "see Roster, Rules",
    "tile.rules.help": "Found by auditing the finished roster against every labour rule.",
    "home.attention": "What needs attention",
    "home.calm": "Nothing stands out: no interval is short, no rule is broken, the history is "
    "complete.",
    "attention.no_roster": "There is no roster yet. Generate one on the Roster page.",
    "attention.short": "{intervals} intervals are short of people. Worst: {queue}, {when}, "
    "{short} short.",
    "attention.violations": "{count} labour rules are broken.",
    "attention.missing": "The history lacks {intervals} intervals that should have been open "
    "(queue-days touched: {days}). See Forecast, What it learned from.",
    "attention.naive": "{queue}: the forecast (error {wape}) does not beat repeating last week "
    "({naive}).",
    "attention.bias": "{queue}: most of the forecast error goes one way (bias {bias}).",
    "home.day": "People required and rostered, all queues",
    "home.queues": "Queues",
    "queues.queue": "Queue",
    "queues.channel": "Channel",
    "queues.target": "Target",
    "queues.served": "Predicted with roster",
    "queues.met": "Intervals on target",
    "queues.of": "{met} of {intervals}",
    "queues.peak": "Agents at peak",
    "queues.required_h": "Required h",
    "queues.short_h": "Hours short",
    "queues.over_h": "Hours over",
    "home.steps": "Next steps",
    "step.forecast": "Tue: check the forecast",
    "step.staffing": "Wed: requirement and what-ifs",
    "step.roster": "Wed, Thu: build the roster",
    "step.export": "Fri: download and publish",
    "home.provenance": "Where this plan came from",
    "provenance.line": "Planned {when} · seed {seed} · scenario {scenario} · history {history}",
    "provenance.versions": "Made with {versions}",
}
