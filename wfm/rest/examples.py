"""What does an answer look like? One example a form, shown in the OpenAPI description."""

from __future__ import annotations

from typing import Any

_AT, _BY = "2026-03-02T18:05:00+00:00", "ann"
_SITE = {"key": "berlin", "name": "Berlin", "timezone": "Europe/Berlin"}
_IMPORT = {
    "id": 17, "site": "berlin", "kind": "intervals", "source": "march.csv", "digest": "9f2c...",
    "profile": None, "added": 96, "changed": 2, "same": 0, "refused": 1, "made_at": _AT,
    "made_by": _BY, "undone_at": None, "undone_by": None,
}  # fmt: skip
_VERSION = {
    "id": 4, "site": "berlin", "name": "week 10", "version": 2, "made_at": _AT, "made_by": _BY,
    "told": {"plan_id": "0c0ffee15bad", "forecast": 5, "requirement": 5, "roster": 3},
}  # fmt: skip
_JOB = {
    "id": "0123456789abcdef01234567", "site": "berlin", "kind": "plan",
    "asked": {"name": "week 10", "scenario": "spring", "scenario_version": 1, "time_limit_s": 60},
    "state": "running", "fraction": 0.4, "text": "searching a roster", "error": "", "result": None,
    "made_at": _AT, "made_by": _BY, "started_at": _AT, "ended_at": None,
}  # fmt: skip
_CYCLE = {
    "key": "c-2026-03-02", "version": 3, "changed_at": _AT, "changed_by": _BY, "state": "check",
    "owner": "Ana", "parent": None, "content": {"format": 1, "cycle": {"title": "Fewer redials"}},
}  # fmt: skip
_ENTRY = {
    "id": 211, "at": _AT, "by": _BY, "action": "published", "kind": "rosters", "key": "week 10",
    "version": 3, "before": None, "after": {"status": "published"}, "reason": "agreed on Thursday",
}  # fmt: skip
_BAD = {"line": 3, "column": "calls", "value": "six", "reason": "text where a number belongs"}
_OFFER = {
    "intervals": 96, "interval_min": 15, "notes": ["Dropped 1 row of totals."], "bad_rows": 1,
    "bad": [_BAD],
}  # fmt: skip
_TARGET = {
    "key": "voice", "kpi": "service_level", "version": 1, "changed_at": _AT, "changed_by": _BY,
    "content": {"key": "service_level", "value": 0.8, "direction": "up", "deadline": "2026-09-01"},
}  # fmt: skip
_CHOICE = {"name": "rule", "meaning": "which contacts count", "default": "SL4", "required": False,
           "allowed": ["SL1", "SL2", "SL3", "SL4", "SL5", "SL6"]}  # fmt: skip
_KPI = {
    "key": "service_level", "name_en": "Service level", "name_zh": "服务水平",
    "levels": ["queue", "centre"], "numerator": "answered in time", "denominator": "offered",
    "formula": "answered in time / offered", "unit": "fraction", "direction": "up",
    "choices": [_CHOICE],
}  # fmt: skip
_ROWS = {
    "columns": ["queue", "start", "offered"],
    "rows": [{"queue": "voice", "start": "2026-03-02T09:00:00+01:00", "offered": 41.0}],
    "total": 1, "next": None,
}  # fmt: skip
_SPLIT = {
    "columns": ["queue", "planned", "volume", "aht_s", "modelled", "measured", "residual"],
    "rows": [{"queue": "voice", "planned": 0.82, "volume": -0.05, "aht_s": -0.01,
              "modelled": 0.76, "measured": 0.75, "residual": -0.01}],
    "total": 1, "next": None,
}  # fmt: skip

_CHART: dict[str, Any] = {
    "kpi": "aht_s", "where": {"queue": "voice"}, "every": "day", "kind": "xmr",
    "definition": "aht_s", "centre": 211.4, "adjusted": True, "baseline_stable": True,
    "signals": [{"rules": ["beyond"], "first": "2026-03-02", "last": "2026-03-04", "points": 3,
                 "level": 240.1, "centre": 211.4, "size": 28.7, "better": False,
                 "ongoing": True, "strength": 6.1}],
    "points": {"columns": ["day", "value"], "rows": [{"day": "2026-03-02", "value": 238.0}],
               "total": 1, "next": None},
}  # fmt: skip
_SIGNALS: dict[str, Any] = {
    "alerts": [{"id": "a1b2c3", "kpi": "csat", "where": {"team": "red"}, "every": "week",
                "definition": "csat", "text": "csat of team red: lower since 2026-03-02",
                "flag": {"rules": ["run"], "first": "2026-03-02", "last": "2026-03-23",
                         "points": 4, "level": 0.7, "centre": 0.8, "size": -0.1,
                         "better": False, "ongoing": True, "strength": 4.0}}],
    "spikes": [{"queue": "voice", "direction": "spike", "start": "2026-03-02T09:00:00+01:00",
                "last": "2026-03-02T12:30:00+01:00", "contacts": 212.0, "expected": 640.0,
                "event": None}],
    "unwatched": "",
}  # fmt: skip


def _page(item: dict[str, Any]) -> dict[str, Any]:
    return {"items": [item], "next": None}


# Name of a form to an example of it.
EXAMPLES: dict[str, Any] = {
    "SiteOut": _SITE, "Sites": _page(_SITE),
    "ImportOut": _IMPORT, "Imports": _page(_IMPORT),
    "VersionOut": _VERSION, "Versions": _page(_VERSION),
    "JobOut": _JOB, "Jobs": _page(_JOB),
    "CycleOut": _CYCLE, "Cycles": _page(_CYCLE),
    "EntryOut": _ENTRY, "Entries": _page(_ENTRY),
    "TargetOut": _TARGET, "TargetsOut": _page(_TARGET),
    "KpiOut": _KPI, "Catalogue": _page(_KPI), "ChoiceOut": _CHOICE,
    "BadRowOut": _BAD, "OfferOut": _OFFER, "TakenOut": {"done": _IMPORT, "offer": _OFFER},
    "FeedOut": {"id": 9, "person": "a17", "path": "/api/v1/calendars/wfm_....ics"},
    "FeedAsked": {"person": "a17"},
    "Why": {"reason": "the wrong day"},
    "Agents": {"source": "acd", "rows": [{"agent": "a17", "start": "2026-03-02T09:00:00+01:00",
                                          "handled": 12, "paid_s": 1800}]},
    "Rows": _ROWS, "Health": {"status": "ok"},
    "VarianceOut": {"of": "service_level", "drivers": ["volume", "aht_s"], "largest": "volume",
                    "notes": [], "split": _SPLIT},
    "ChartOut": _CHART, "Signals": _SIGNALS,
    "Problem": {"type": "about:blank", "title": "Forbidden", "status": 403,
                "detail": "access: 'vic' has no permission 'rosters:publish' for site 'berlin'",
                "instance": "/api/v1/sites/berlin/rosters/3/publish"},
}  # fmt: skip
