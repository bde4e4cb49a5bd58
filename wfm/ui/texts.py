"""Every text of the dashboard, keyed. A second language is a second table with the same keys."""

from __future__ import annotations

from wfm.ui.texts_charts import CHARTS
from wfm.ui.texts_forecast import FORECAST
from wfm.ui.texts_home import HOME
from wfm.ui.texts_kpi import KPI
from wfm.ui.texts_pdca import PDCA
from wfm.ui.texts_requests import REQUESTS
from wfm.ui.texts_roster import ROSTER
from wfm.ui.texts_rules import RULES
from wfm.ui.texts_staffing import STAFFING
from wfm.why import WHY

# What stands around every page, and what several pages say.
_SHARED = {
    "app.title": "wfm",
    "nav.home": "Home",
    "nav.forecast": "Forecast",
    "nav.staffing": "Staffing",
    "nav.roster": "Roster",
    "header.line": "{first} to {last} · {queues} queues · {people} people · "
    "times in {tz} · plan {id}",
    "error.title": "This plan cannot be opened",
    "error.folder": "Folder: {folder}",
    "error.unexpected": "Something went wrong on this page. The plan on disk is untouched. The "
    "details are in the log of the program that runs the dashboard.",
    "error.refused": "Not possible as asked",
    "pick.queue": "Queue",
    "pick.all": "All queues",
    "pick.week": "Week",
    "pick.day": "Day",
    "pick.whole_week": "Whole week",
    "queue.synthetic": "{queue} (synthetic)",
    "weekday.0": "Mon",
    "weekday.1": "Tue",
    "weekday.2": "Wed",
    "weekday.3": "Thu",
    "weekday.4": "Fri",
    "weekday.5": "Sat",
    "weekday.6": "Sun",
    "channel.voice": "voice",
    "channel.chat": "chat",
    "channel.email": "e-mail",
    "channel.outbound": "outbound",
    "target.service_level": "{share} within {awt} ({rule})",
    "target.deadline": "all answered within {awt}",
    "target.abandonment": "abandonment up to {share}",
    "target.occupancy": "occupancy up to {share}",
    "target.blocking": "blocked up to {share}",
    "target.asa": "mean wait up to {asa}",
    "target.none": "none",
}

# Keys are unique over all tables; a test says so.
TABLES = (_SHARED, CHARTS, HOME, FORECAST, STAFFING, ROSTER, REQUESTS, RULES, KPI, PDCA, WHY)

TEXTS: dict[str, dict[str, str]] = {
    "en": {key: text for table in TABLES for key, text in table.items()},
    "zh": {},
}
