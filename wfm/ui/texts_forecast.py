"""How does the Forecast page speak, of the running day too?"""

from __future__ import annotations

FORECAST = {
    "forecast.title": "Forecast",
    "forecast.share": "This centre takes {share} of the contacts shown; the requirement counts "
    "that share.",
    "forecast.daily": "Six weeks back and the planned days",
    "forecast.daily.note": "The line is what is expected. The band is the intervals' P10 and P90 "
    "added up. The 80 % band of a busy day itself is narrower, unless all its intervals miss the "
    "same way; where most intervals expect less than one contact, it may be wider.",
    "forecast.intervals": "Interval by interval, {span}",
    "forecast.view": "Show",
    "forecast.view.daily": "Day by day",
    "forecast.view.accuracy": "How wrong is it?",
    "forecast.view.history": "What it learned from",
    "forecast.view.pattern": "Weekday pattern",
    "forecast.view.campaigns": "Campaigns",
    "forecast.view.override": "Change it by hand",
    "forecast.view.today": "Today so far",
    "forecast.pattern": "Mean contacts by weekday and time",
    "forecast.pattern.source": "Show",
    "forecast.pattern.history": "history, last 8 weeks",
    "forecast.pattern.forecast": "forecast",
    "forecast.score": "How wrong is it likely to be?",
    "forecast.board.note": "The past replayed: from up to four dates a week apart, each model "
    "forecast the two weeks (one, for a short history) that followed, knowing only what was known "
    "then. WAPE is the sum of absolute errors over the sum of contacts, per interval. No forecast "
    "can beat the noise floor: contacts arrive at random. Bias above zero means too much was "
    "forecast. 80 % of intervals should lie inside P10 to P90.",
    "board.line": "An interval is missed by {model} on average. Repeating the mean of the last "
    "four weeks would miss by {usual}, repeating last week by {last}, a perfect forecast by "
    "{floor}.",
    "board.model": "This model",
    "board.weekday_mean": "Mean of last four weeks",
    "board.seasonal_naive": "Last week repeated",
    "board.saved": "Error saved, against the better",
    "forecast.score.note": "Measured on the last days of history, held back from the forecast. No "
    "forecast can beat the noise floor: contacts arrive at random. Bias above zero means too much "
    "was forecast. 80 % of intervals should lie inside P10 to P90.",
    "forecast.coverage": "Coverage of the history",
    "score.queue": "Queue",
    "score.wape": "WAPE",
    "score.floor": "Noise floor",
    "score.naive": "WAPE, last week repeated",
    "score.gain": "Error saved",
    "score.bias": "Bias",
    "score.inside": "Inside P10 to P90",
    "score.tested": "Tested on",
    "score.span": "{first} to {last}",
    "coverage.open": "with contacts",
    "coverage.zero": "zero contacts",
    "coverage.missing": "missing",
    "coverage.closed": "closed",
    "coverage.line": "Intervals: {open} with contacts, {zero} with zero contacts, {missing} "
    "missing, {closed} closed. Zero is a count, missing is a hole, closed is neither.",
    "forecast.cleaning": "What was cleaned, and why",
    "forecast.cleaning.none": "Nothing: no outage, no outlier and no gap was found in this "
    "queue's history.",
    "forecast.cleaning.note": "Faults of recording are left out; an outlier counts as the usual "
    "contacts. The history itself stays as it was read; cleaning.csv in the plan's folder has "
    "the same table.",
    "forecast.notes": "What was read, dropped and assumed",
    "cleaning.what": "What",
    "cleaning.start": "From",
    "cleaning.end": "To",
    "cleaning.was": "In the file",
    "cleaning.used": "Used instead",
    "cleaning.why": "Why",
    "cleaning.outage": "outage, left out",
    "cleaning.frozen": "frozen counter, left out",
    "cleaning.copied": "copied day, left out",
    "cleaning.outlier": "outlier, replaced",
    "cleaning.outlier_day": "outlier day, replaced",
    "cleaning.gap": "gap in the file",
    "forecast.campaigns.none": "This plan was made without campaigns. Write them into a register "
    "and plan again with --campaigns FILE; the columns are in docs/commands.md.",
    "forecast.campaigns.note": "Contacts of campaigns are added to the forecast day by day; the "
    "dashed line in the chart above is the forecast without them. Their own uncertainty widens "
    "the band.",
    "campaign.name": "Campaign",
    "campaign.kind": "Kind",
    "campaign.first": "Starts",
    "campaign.last": "Last contacts",
    "campaign.contacts": "Contacts in all",
    "campaign.here": "In this queue and plan",
    "campaign.notice": "Announced",
    "campaign.days": "{days} days before",
    "campaign.unannounced": "not announced",
    "campaign.owner": "Owner",
    "override.where": "Change the forecast of **{queue}** on **{span}**. Another queue or day is "
    "chosen at the top of the page.",
    "override.times": "From and to",
    "override.kind": "Change",
    "override.percent": "by percent",
    "override.contacts": "to contacts",
    "override.reason": "Reason",
    "override.reason_like": "price letter goes out on Monday",
    "override.by": "Your name",
    "override.nothing": "{contacts} contacts are expected. Enter a change to see what it does; "
    "nothing is kept before you say so.",
    "override.incomplete": "Give a reason and your name to keep the change.",
    "override.go": "Change the forecast",
    "override.done": "Changed from {before} to {after} contacts: {reason}",
    "override.log": "Changes so far",
    "override.back": "Take the last change back",
    "override.back.done": "The last change was taken back.",
    "override.when": "When",
    "override.who": "Who",
    "override.queue": "Queue",
    "override.from": "From",
    "override.to": "To",
    "override.before": "Contacts before",
    "override.after": "Contacts after",
    "effect.contacts": "Contacts",
    "effect.peak": "Agents at peak",
    "effect.duty": "Hours on duty",
    "effect.short": "Hours short, all queues",
    "effect.delta": "{delta} against {before}",
    "effect.same": "unchanged",
    "effect.note": "{change} contacts. Peak and hours are of this queue over the whole plan. Every "
    "shift stays as it is; a new roster for the new requirement is made on the Roster page.",
    "effect.note.unrostered": "{change} contacts. Peak and hours are of this queue over the whole "
    "plan.",
    "today.note": "Upload the contacts that came so far today, in the layout of your history. "
    "The day so far says how much of the rest to expect; the plan stays as it is.",
    "today.file": "Contacts so far",
    "today.title": "Known up to {when}",
    "today.so_far": "Came so far",
    "today.so_far.note": "contacts counted",
    "today.rest": "Still to come",
    "today.rest.note": "{change} against the forecast",
    "today.day": "The whole day",
    "today.day.note": "80 % sure: {low} to {high}",
    "today.planned": "Forecast before",
    "today.planned.note": "contacts for the day",
    "today.spike": "{queue}: since {since} about {contacts} contacts more than expected.",
    "today.outage": "{queue}: since {since} about {contacts} contacts fewer than expected.",
    "today.unexplained": "No campaign of the register explains it.",
    "today.explained": "It falls into the campaign {name}.",
}
