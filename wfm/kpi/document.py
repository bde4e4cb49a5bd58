"""What does the handbook of KPIs say? `docs/kpis.md` is generated here."""

from __future__ import annotations

from wfm.kpi import catalogue
from wfm.kpi.measure import REQUIRED, Choice
from wfm.kpi.measures import measure

__all__ = ["as_markdown"]

HEAD = """# KPIs

Generated from `wfm/kpi/kpis.csv` and the measures in `wfm/kpi`; a test holds it to them. To write
it anew: `python -c "from wfm.kpi import document; print(document.as_markdown(), end='')"`.

`kpi.compute(key, frame, by=(...))` sums numerators and denominators over the group and divides
once; it returns numerator, denominator, value, lo, hi (95 % limits), n and the definition.
Undefined stays undefined (NaN). Two values of different definition are not compared:
`kpi.difference` refuses. A level that a KPI does not list is refused. Default targets are starting
values with their source, never a standard.

Limits: shares of counts by Wilson, rates by exact Poisson limits, ratios of times by rows
(intervals, agent-days) as the sample, medians and quantiles by order statistics; totals and longest
waits have none. n is contacts or answers for shares, events for rates, rows for ratios; below 30 no
colour.

```python
import pandas as pd
from wfm import kpi

counts = {"answered": [1000], "abandoned": [60], "answered_in_awt": [860]}
counts |= {"abandoned_in_awt": [20], "abandoned_short": [10]}
spread = kpi.variants("service_level", pd.DataFrame(counts), "rule")
assert spread["value"].round(2).tolist() == [0.83, 0.86, 0.81, 0.83, 0.82, 0.82]
```

Columns beyond those of intervals and agents are listed at the end. `wfm.kpi.tally` counts intervals
from contacts, `wfm.kpi.timesheet` makes seconds in adherence from roster and states.
"""

COLUMNS = (
    ("contacts", "contact_at, customer_key, reason, channel, agent, queue, wait_s, answered, "
     "survey and tick (0, 1 or missing)"),
    ("surveys", "csat, nps, ces, enps (missing: no answer), invitations, contact_at"),
    ("quality checks", "contact, qa_question, qa_item (score or code), qa_weight, qa_scorer, "
     "qa_critical (errors), qa_kind"),
    ("cases and complaints",
     "opened_at, due_at, first_reply_at, closed_at, reopened_at, follow_up_at"),
    ("promises, call-backs", "promised_at, fulfilled_at, callback_due_at, reached_at, attempts"),
    ("campaigns, spikes", "start, notice_date; spike (its size), event (missing: none found)"),
    ("months", "leavers, headcount, ever_employed, cost, handled, resolved, offered, customers"),
    ("wishes", "preference, roster (what was granted), satisfaction"),
    ("PDCA cycles", "opened_at, locked_at, do_at, looked_at, checked_at, closed_at, "
     "opposite_signal_at, verdict"),
)  # fmt: skip


def as_markdown() -> str:
    """Return the text of `docs/kpis.md`.

    Examples
    --------
    >>> as_markdown().count("### `")
    72
    """
    out = [HEAD, "## The catalogue", ""]
    for item in catalogue.kpis():
        how = measure(item.key)
        required = {c.name: c.allowed[0] if c.allowed else 0 for c in how.choices}
        defaults = {c.name: c.default for c in how.choices if c.default is not REQUIRED}
        needs = ", ".join(f"`{name}`" for name in how.needs(required | defaults))
        levels = ", ".join(catalogue.LEVELS[level] for level in item.levels)
        target = item.default_target or "set locally"
        source = f" ({item.target_source})" if item.default_target else ""
        out += [
            f"### `{item.key}` {item.name_en} {item.name_zh}", "",
            _formula(item), "",
            f"- levels: {levels}; unit: {item.unit}; better: {item.direction}",
            f"- target: {target}{source}",
            f"- columns: {needs}; time: `{how.time}`",
        ]  # fmt: skip
        out += [f"- `{choice.name}`: {_text(choice)}" for choice in how.choices]
        if item.counters:
            out.append(f"- guard with: {', '.join(f'`{key}`' for key in item.counters)}")
        out += [f"- mind: {item.pitfall}", ""]
    out += [
        "## Columns beyond those of intervals and agents",
        "",
        "| table | columns |",
        "|---|---|",
    ]
    out += [f"| {name} | {columns} |" for name, columns in COLUMNS]
    return "\n".join(out) + "\n"


def _formula(item: catalogue.Kpi) -> str:
    if not item.denominator:
        return f"{item.formula}."
    return f"({item.numerator}) / ({item.denominator}): {item.formula}."


def _text(choice: Choice) -> str:
    given = choice.default is not REQUIRED
    default = f"default {choice.default}" if given else "no default: pass it"
    allowed = f"; one of {', '.join(map(str, choice.allowed))}" if choice.allowed else ""
    return f"{choice.meaning} ({default}{allowed})"
