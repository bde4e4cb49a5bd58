"""What do commands say about cycles and variances, in lines and as JSON values?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pandas as pd

from wfm.improving import Tried
from wfm.pdca import Cycle, Statistics, to_json
from wfm.pdca.report import Report
from wfm.pdca.statistics import Share
from wfm.variance import Variance

__all__ = [
    "cycle_lines", "cycle_values", "list_lines", "report_lines", "statistics_lines", "tried_lines",
    "variance_lines", "variance_values",
]  # fmt: skip


def cycle_values(cycle: Cycle) -> dict[str, Any]:
    """Return a cycle as JSON values."""
    content: dict[str, Any] = json.loads(to_json(cycle))
    return {"id": content["id"], "verdict": cycle.verdict, **content["cycle"]}


def cycle_lines(cycle: Cycle) -> list[str]:
    """Return where a cycle stands, and its history."""
    lines = [f"{cycle.id}  {cycle.title}  ({cycle.owner})", f"  step: {cycle.step}"]
    if cycle.origin.text:
        lines.append(f"  born from {cycle.origin.kind}: {cycle.origin.text}")
    if cycle.parent:
        lines.append(f"  parent: {cycle.parent}")
    if cycle.proposal is not None:
        target = cycle.proposal.target
        lines.append(
            f"  target: {target.key} {target.direction} {target.value} by {target.deadline}; "
            f"expected {cycle.proposal.expected:.4g} from {cycle.proposal.begins}"
        )
    if cycle.design is not None:
        test = cycle.design
        lines.append(
            f"  test: {test.method}, {test.weeks} weeks, {test.needed_n:,} contacts a group, "
            f"power {test.power:.2f}"
        )
    if cycle.verdict is not None:
        lines.append(f"  verdict: {cycle.verdict} {cycle.verdict.chinese}")
    if cycle.outcome:
        lines.append(f"  outcome: {cycle.outcome}{f' ({cycle.cause})' if cycle.cause else ''}")
    lines += [f"  standard: {s.kind} {s.what} -> {s.after}, {s.owner}, review {s.review}"
              for s in cycle.standards]  # fmt: skip
    for entry in cycle.history:
        why = f" - {entry.reason}" if entry.reason else ""
        lines.append(f"  {entry.at:%Y-%m-%d %H:%M}  {entry.who} ({entry.role}): {entry.what}{why}")
    return lines


def list_lines(cycles: Sequence[Cycle]) -> list[str]:
    """Return a cycle a line."""
    if not cycles:
        return ["No cycles yet; begin one with: wfm pdca new TITLE"]
    return [
        f"{c.id}  {c.step:<6}  {c.verdict or '-':<12}  {c.outcome or '-':<12}  {c.title}, {c.owner}"
        for c in cycles
    ]


def tried_lines(tried: Tried) -> list[str]:
    """Return the test a plan would lock, and what speaks against it."""
    test = tried.design
    lines = [
        f"Test: {test.method}, {test.weeks} weeks from {_begins(tried)}, then "
        f"{test.sustain_weeks} more; {test.needed_n:,} contacts a group, "
        f"{test.expected_n:,} expected by the deadline",
        f"Baseline: {test.baseline:.4g} over {test.baseline_weeks} weeks to {test.baseline_until}",
        f"A change of the expected size is confirmed with a chance of {test.power:.2f} or more:",
        *(f"  {name}: {risk:.3f}" for name, risk in test.risks),
        *test.notes,
    ]
    lines += [f"Missing: {gap}" for gap in tried.gaps]
    lines += [f"{f.rule} ({f.severity}): {f.text}" for f in tried.review.findings]
    lines.append("Ready to be locked." if tried.ready else "Cannot be locked yet.")
    return lines


def report_lines(report: Report) -> list[str]:
    """Return the four blocks and the verdict."""
    first, whole = report.against_target, report.overall
    lines = [
        f"Verdict: {report.verdict} {report.verdict.chinese}",
        f"1 Against target: {first.key} {_n(first.value)} ({_n(first.lo)} to {_n(first.hi)}), "
        f"target {first.target:.4g}, baseline {_n(first.baseline)}, n {first.n:,.0f}",
        f"2 Goal reached: {'yes' if report.result.goal_reached else 'not shown'}",
    ]
    for change in report.result.changes:
        what = f"  {change.kind} {change.key}".rstrip()
        if change.value is None:
            lines.append(f"{what}: {change.text or 'no figures'}")
        else:
            lines.append(f"{what}: {change.value:+.4g} ({_n(change.lo)} to {_n(change.hi)})")
    lines.append("3 Management efficiency")
    lines += [f"  {line.name}: {_n(line.before)} -> {_n(line.after)}" for line in report.management]
    lines.append(f"4 Overall performance: {_n(whole.score)} ({whole.known:.0%} of the tree known)")
    lines += [f"  rule {rule.number} {rule.state}: {rule.text}" for rule in report.rules]
    return lines


def statistics_lines(found: Statistics) -> list[str]:
    """Return what came of all cycles."""
    days = "-" if found.cycle_days is None else f"{found.cycle_days:.0f}"
    lines = [
        f"{found.cycles} cycles, {found.open} open; median {days} days from opening to closing",
        f"Confirmed: {_share(found.confirmed)} (1.00 would mean that only safe bets are tried)",
        f"Sustained for 90 days: {_share(found.sustained)}; not followed: {found.not_followed}",
        f"Locked before Do: {_share(found.preregistered)}",
        *(f"  {verdict}: {count}" for verdict, count in found.verdicts if count),
    ]
    lines += [f"Stopped for {c} {c.english} {c.chinese}: {count}" for c, count in found.causes]
    lines += [f"Feared {c} {times} times, came true {true}" for c, times, true in found.feared
              if times]  # fmt: skip
    return lines


def variance_values(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a split as JSON values; None where undefined."""
    rows = json.loads(table.to_json(orient="records", date_format="iso", double_precision=15))
    for row, day in zip(rows, table.get("day", [None] * len(table)), strict=True):
        if day is not None:
            row["day"] = str(day)
    out: list[dict[str, Any]] = rows
    return out


def variance_lines(split: Variance, table: pd.DataFrame) -> list[str]:
    """Return a row a line, with the largest part for the worse named."""
    rounded = table.round(4).to_string(index=False, na_rep="-")
    lines = [f"{split.of}: largest part for the worse: {split.largest}", *rounded.splitlines()]
    return lines + [f"Note: {note}" for note in split.notes]


def _begins(tried: Tried) -> str:
    return "-" if tried.cycle.proposal is None else tried.cycle.proposal.begins.isoformat()


def _share(share: Share) -> str:
    if share.value is None:
        return f"none of {share.of}"
    return f"{share.value:.2f} ({share.lo:.2f} to {share.hi:.2f}, {share.count} of {share.of})"


def _n(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"
