"""What does a Check report look like as one printable page with charts, without a network?"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from wfm.adapters import check_chart
from wfm.errors import BadInput
from wfm.pdca import Cycle, Report
from wfm.pdca.report import AgainstTarget, Change

__all__ = ["page"]

_STYLE = """
body{font:15px/1.45 system-ui,"Noto Sans CJK SC",sans-serif;color:#1a1f26;margin:2rem auto;
max-width:52rem;padding:0 1rem}
h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:1.6rem 0 .4rem}
p.sub{color:#5a6470;margin:.2rem 0 1rem}
.verdict{border:2px solid #1a1f26;border-radius:.4rem;padding:.7rem 1rem;margin:1rem 0}
.verdict b{font-size:1.25rem}
table{border-collapse:collapse;width:100%;margin:.3rem 0}
th,td{text-align:left;padding:.3rem .6rem .3rem 0;border-bottom:1px solid #d5dae0;
vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
figure{margin:1rem 0}figcaption{color:#5a6470;font-size:.87rem}svg{width:100%;height:auto}
ol,ul{margin:.3rem 0;padding-left:1.3rem}
@media print{body{margin:0;max-width:none;font-size:10.5pt}h2,figure,.verdict,tr{
break-inside:avoid}h2{break-after:avoid}}
@page{margin:16mm}
"""
_KINDS = {"goal": "goal", "time": "time 时间", "cost": "cost 成本", "quality": "quality 品质",
          "counter": "counter-metric"}  # fmt: skip
_RULES = {1: "baseline stable", 2: "locked n reached", 3: "effect", 4: "target met",
          5: "counter-metric", 6: "sustained"}  # fmt: skip
_METHODS = {"randomised": "randomised comparison", "did": "difference in differences",
            "its": "interrupted time series"}  # fmt: skip


def page(cycle: Cycle) -> str:
    """Return the last Check report of a cycle as an HTML page.

    Raises
    ------
    BadInput
        The cycle was not checked yet.
    """
    report = cycle.report
    if report is None or cycle.proposal is None:
        raise BadInput(f"pdca: cycle {cycle.id} was not checked yet; run 'wfm pdca check' first")
    parts = [
        _head(cycle, report),
        _first(report.against_target),
        _second(report),
        _third(report),
        _fourth(report),
        "<h2>Weeks</h2>",
        *(check_chart.figure(curve, report.against_target.target if i == 0 else None)
          for i, curve in enumerate(report.curves)),
        _rules(report),
        _plan(cycle),
        _log(cycle),
    ]  # fmt: skip
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(cycle.title)} - Check</title><style>{_STYLE}</style></head><body>"
        f"{''.join(parts)}</body></html>"
    )


def _head(cycle: Cycle, report: Report) -> str:
    reviewer = cycle.sign_off
    signed = (
        f"signed off by {escape(reviewer.who)} on {reviewer.at:%Y-%m-%d}"
        if reviewer
        else "not signed off"
    )
    return (
        f"<h1>{escape(cycle.title)}</h1><p class=sub>PDCA cycle {cycle.id} · owner "
        f"{escape(cycle.owner)} · {escape(cycle.origin.text or 'opened by hand')}</p>"
        f"<div class=verdict><b>{report.verdict} {report.verdict.chinese}</b><br>"
        f"{_METHODS[report.method]}, {report.window_weeks} weeks, {report.n:,.0f} contacts a group "
        f"(locked: {report.needed_weeks} weeks, {report.needed_n:,}); actuals to {report.through}; "
        f"{signed}</div>"
    )


def _first(line: AgainstTarget) -> str:
    least = "at least" if line.direction == "up" else "at most"
    season = f"; the season alone gives {line.season:+.4g}" if line.season else ""
    return "<h2>1 Against target 同已建立的绩效目标对照</h2>" + _table(
        ("KPI", "baseline", "target", "actual", "95 % limits", "n"),
        [(f"{line.key}<br><small>{escape(line.definition)}{season}</small>", _n(line.baseline),
          f"{least} {_n(line.target)}", _n(line.value), f"{_n(line.lo)} to {_n(line.hi)}",
          f"{line.n:,.0f}")],
    )  # fmt: skip


def _second(report: Report) -> str:
    reached = "yes" if report.result.goal_reached else "not shown"
    rows = [_change(change) for change in report.result.changes]
    head = ("", "KPI", "before", "after", "effect", "95 % limits")
    return (
        "<h2>2 Goal reached; time, cost, quality 是否达到既定目标</h2>"
        f"<p>Goal reached: <b>{reached}</b></p>{_table(head, rows)}"
    )


def _change(line: Change) -> tuple[str, ...]:
    if line.value is None:
        text = escape(line.text or "no figures")
        return (_KINDS[line.kind], line.key, _n(line.before), _n(line.after), text, "")
    return (_KINDS[line.kind], line.key, _n(line.before), _n(line.after), f"{line.value:+.4g}",
            f"{_signed(line.lo)} to {_signed(line.hi)}")  # fmt: skip


def _third(report: Report) -> str:
    rows = [(line.name, _n(line.before), _n(line.after)) for line in report.management]
    return "<h2>3 Management efficiency 管理效率的提升</h2>" + _table(
        ("", "before", "in the window"), rows
    )


def _fourth(report: Report) -> str:
    whole = report.overall
    rows = [(escape(name), f"{score:+.2f}") for name, score in whole.nodes]
    score = "unknown" if whole.score is None else f"{whole.score:+.2f}"
    return (
        "<h2>4 Overall performance 整体绩效的改善程度</h2>"
        f"<p>Weighted KPI tree: <b>{score}</b> on a scale of -1 to 1 (1: every target reached); "
        f"{whole.known:.0%} of its weight is known.</p>{_table(('node', 'moved'), rows)}"
    )


def _rules(report: Report) -> str:
    rows = [(f"{r.number} {_RULES[r.number]}", r.state, escape(r.text)) for r in report.rules]
    notes = "".join(f"<li>{escape(note)}</li>" for note in report.notes)
    return f"<h2>Rules of the verdict</h2>{_table(('rule', 'state', 'why'), rows)}" + (
        f"<ul>{notes}</ul>" if notes else ""
    )


def _plan(cycle: Cycle) -> str:
    plan = cycle.proposal
    assert plan is not None
    group = plan.group
    who = "everybody" if not group.column else (
        f"{group.column} {', '.join(group.treated)} against "
        f"{', '.join(group.comparison) or 'nobody'}"
    )  # fmt: skip
    actions = "".join(
        f"<li>{escape(a.text)} ({a.kind}, {escape(a.owner)})"
        f"{'' if a.done_at is None else f' - done {a.done_at:%Y-%m-%d}'}</li>"
        for a in cycle.work.actions
    )
    feared = [d for d in plan.doubts if d.likely]
    doubts = "".join(
        f"<li>{d.cause} {escape(d.cause.english)} {d.cause.chinese}: {escape(d.answer)}</li>"
        for d in feared
    )
    locked = "" if cycle.locked_at is None else f", locked {cycle.locked_at:%Y-%m-%d}"
    return (
        f"<h2>Plan{locked}</h2><p>{escape(plan.hypothesis)}<br>From {plan.begins}; {escape(who)}; "
        f"expected {plan.expected:.4g}.</p><ul>{actions}</ul>"
        + (f"<p>Feared beforehand:</p><ul>{doubts}</ul>" if doubts else "")
    )


def _log(cycle: Cycle) -> str:
    rows = [
        (f"{n.at:%Y-%m-%d}", n.kind, escape(n.who), escape(n.text)) for n in cycle.work.notes
    ]  # fmt: skip
    out = "<h2>Do</h2>" + (_table(("", "", "", ""), rows) if rows else "<p>Nothing logged.</p>")
    sign = cycle.sign_off
    if sign is not None:
        out += "<h2>Review</h2>" + _table(
            ("question", "answer"),
            [("goal reached?", escape(sign.goal_reached)), ("problems?", escape(sign.problems)),
             ("new phenomena?", escape(sign.new_phenomena))],
        )  # fmt: skip
    kept = [(s.kind, escape(s.what), escape(s.before), escape(s.after), escape(s.owner),
             str(s.review)) for s in cycle.standards]  # fmt: skip
    if kept:
        out += "<h2>New standard</h2>" + _table(
            ("kind", "what", "before", "after", "owner", "review"), kept
        )
    return out


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Return a table of cells that are escaped already."""
    top = "".join(f"<th>{cell}</th>" for cell in head)
    body = "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _n(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"


def _signed(value: float | None) -> str:
    return "-" if value is None else f"{value:+.4g}"
