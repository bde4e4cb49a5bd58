"""What does the PDCA page say: cards, next steps, what speaks against a plan, a report's rows?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from wfm.kpi import catalogue
from wfm.pdca import Cause, Cycle, Origin, Step, Verdict
from wfm.ui.i18n import day_text, number, percent, plain, t, time_text
from wfm.ui.views import kpi

RULES = tuple(f"V{i}" for i in range(1, 10))
BOARD = (Step.PLAN, Step.DO, Step.CHECK, Step.ACT)


def share(key: str) -> bool:
    """Return whether a KPI is shown in percent."""
    return catalogue.find(key).unit.startswith("fraction")


def value(number_of: float | None, key: str) -> str:
    """Return a value in its unit, a dash for none."""
    return number(None) if number_of is None else kpi.figure(number_of, key)


def moved(number_of: float | None, key: str) -> str:
    """Return a difference in its unit, a dash for none."""
    return number(None) if number_of is None else kpi.moved(number_of, key)


def lettered(text: str) -> str:
    """Return a sentence of the library with a capital letter, safe for Markdown."""
    return plain(text[:1].upper() + text[1:])


def goal(cycle: Cycle) -> str:
    """Return what a cycle wants, in one line."""
    plan = cycle.proposal
    if plan is None:
        key = cycle.origin.key
        known = key in {item.key for item in catalogue.kpis()}
        return kpi.name(key) if known else t("pdca.card.no_plan")
    target = plan.target
    who = ", ".join(plan.group.treated) or t("kpi.centre")
    if target.value is None:
        return f"{kpi.name(target.key)} – {who}"
    least = t("pdca.least" if target.direction != "down" else "pdca.most")
    return f"{kpi.name(target.key)} – {who}: {least} {value(target.value, target.key)}"


@dataclass(frozen=True)
class Progress:
    """Where a locked change stands on `day`.

    Attributes
    ----------
    week, weeks : int
        Whole weeks since the change began, those that Plan locked.
    ready, safe : date
        First day on which the locked weeks, and those after them too, are over.
    """

    week: int
    weeks: int
    ready: dt.date
    safe: dt.date

    @property
    def fraction(self) -> float:
        """Share of the locked weeks that are over."""
        return min(1.0, max(0.0, self.week / self.weeks))


def progress(cycle: Cycle, day: dt.date) -> Progress:
    """Return how far the locked weeks of a cycle are."""
    assert cycle.proposal is not None
    assert cycle.design is not None
    begins, weeks = cycle.proposal.begins, cycle.design.weeks
    return Progress(
        max(0, (day - begins).days // 7), weeks, begins + dt.timedelta(weeks=weeks),
        begins + dt.timedelta(weeks=weeks + cycle.design.sustain_weeks),
    )  # fmt: skip


def next_step(cycle: Cycle, day: dt.date) -> str:  # noqa: PLR0911
    """Return what is to be done next with a cycle."""
    if cycle.step is Step.PLAN:
        return t("pdca.next.plan" if cycle.proposal is None else "pdca.next.lock")
    if cycle.step is Step.DO:
        made = progress(cycle, day)
        assert cycle.proposal is not None
        if day < cycle.proposal.begins:
            return t("pdca.next.begins", day=day_text(cycle.proposal.begins))
        if day < made.ready:
            return t("pdca.next.do", week=made.week, weeks=made.weeks, day=day_text(made.ready))
        return t("pdca.next.check")
    if cycle.step is Step.CHECK:
        return t("pdca.next.sign", verdict=verdict(cycle.verdict), owner=plain(cycle.owner))
    if cycle.step is Step.ACT:
        good = cycle.verdict is Verdict.CONFIRMED
        return t("pdca.next.act.good" if good else "pdca.next.act", verdict=verdict(cycle.verdict))
    return t("pdca.next.closed", outcome=t(f"pdca.outcome.{cycle.outcome}"))


def verdict(found: Verdict | None) -> str:
    """Return a verdict in words."""
    return "" if found is None else t(f"pdca.verdict.{found.name.lower()}")


def covered(alert: Any, cycles: Iterable[Cycle]) -> bool:
    """Return whether an open cycle works on an alert already."""
    where = {str(v) for _, v in alert.where}
    for cycle in cycles:
        if cycle.step is Step.CLOSED:
            continue
        plan = cycle.proposal
        if plan is not None and plan.target.key == alert.key and where <= set(plan.group.treated):
            return True
        if cycle.origin.key == alert.key and kpi.where_text(alert.where) in cycle.origin.text:
            return True
    return False


def waiting(alerts: Sequence[Any], cycles: Iterable[Cycle]) -> list[Any]:
    """Return the alerts that nobody works on, those that are no improvement first."""
    open_ones = list(cycles)
    found = [alert for alert in alerts if not covered(alert, open_ones)]
    return sorted(found, key=lambda alert: alert.flag.better is True)


def alert_text(alert: Any) -> str:
    """Return an alert as one line."""
    flag = alert.flag
    key = "pdca.alert.on" if flag.first == flag.last else "pdca.alert.since"
    return t(key, kpi=kpi.name(alert.key), where=kpi.where_text(alert.where),
             level=kpi.figure(flag.level, alert.key), usual=kpi.figure(flag.centre, alert.key),
             day=day_text(flag.first), word=kpi.word(flag.better))  # fmt: skip


def origin_of(alert: Any) -> Origin:
    """Return the origin of a cycle that answers an alert."""
    return Origin("alert", alert_text(alert), alert.key, alert.flag.first, alert.flag.size)


def closed_table(cycles: Iterable[Cycle]) -> pd.DataFrame:
    """Return the closed cycles, a row each."""
    return pd.DataFrame([
        {
            t("pdca.col.title"): c.title, t("pdca.col.goal"): goal(c),
            t("pdca.col.verdict"): verdict(c.verdict) or number(None),
            t("pdca.col.outcome"): t(f"pdca.outcome.{c.outcome}")
            + (f" ({c.cause})" if c.cause else ""),
            t("pdca.col.owner"): c.owner,
            t("pdca.col.closed"): "" if c.closed_at is None else day_text(c.closed_at.date()),
        }
        for c in cycles
    ])  # fmt: skip


def rule_table(review: Any) -> pd.DataFrame:
    """Return V1 to V9, a row each, kept or what is wrong."""
    rows = []
    for rule in RULES:
        found = review.by_rule(rule)
        state = t("pdca.rule.kept") if not found else t(f"kpi.severity.{found[0].severity}")
        rows.append({
            t("kpi.col.rule"): f"{rule} {t(f'pdca.{rule}')}", t("pdca.col.state"): state,
            t("kpi.col.finding"): " ".join(f.text[:1].upper() + f.text[1:] for f in found),
        })  # fmt: skip
    return pd.DataFrame(rows)


def risk_table(design: Any) -> pd.DataFrame:
    """Return by what chance a change of the expected size is not confirmed."""
    return pd.DataFrame([
        {t("pdca.col.risk"): t(f"pdca.risk.{name.replace(' ', '_')}"),
         t("pdca.col.chance"): percent(risk, 1)}
        for name, risk in design.risks
    ])  # fmt: skip


def action_rows(cycle: Cycle) -> list[tuple[int, Any, str]]:
    """Return number, action and what is said of it."""
    out = []
    for i, action in enumerate(cycle.work.actions):
        due = "" if action.due is None else t("pdca.action.due", day=day_text(action.due))
        text = t("pdca.action", text=plain(action.text), kind=t(f"pdca.kind.{action.kind}"),
                 owner=plain(action.owner), due=due)  # fmt: skip
        if action.done_at is not None:
            text = t("pdca.action.done", text=text, day=day_text(action.done_at.date()))
        out.append((i, action, text))
    return out


def summary(cycle: Cycle) -> list[str]:
    """Return the locked plan in sentences."""
    plan, test = cycle.proposal, cycle.design
    assert plan is not None
    target, group = plan.target, plan.group
    least = t("pdca.most" if target.direction == "down" else "pdca.least")
    out = [
        plain(plan.hypothesis),
        t("pdca.summary.target", kpi=kpi.name(target.key), least=least,
          target=value(target.value, target.key), expected=value(plan.expected, target.key),
          baseline=value(target.baseline, target.key),
          deadline=day_text(target.deadline) if target.deadline else number(None)),
        t("pdca.summary.group", day=day_text(plan.begins),
          who=plain(", ".join(group.treated) or t("pdca.plan.everybody")),
          others=plain(", ".join(group.comparison)) or t("pdca.summary.nobody")),
    ]  # fmt: skip
    if target.counter is not None:
        out.append(t("pdca.summary.guard", kpi=kpi.name(target.counter),
                     margin=moved(target.counter_margin, target.counter).lstrip("+")))  # fmt: skip
    if test is not None:
        out.append(t("pdca.summary.test", method=t(f"pdca.method.{test.method}"),
                     weeks=test.weeks, needed=number(test.needed_n)))  # fmt: skip
    out += [
        t("pdca.summary.doubt", cause=cause_text(d.cause), answer=plain(d.answer))
        for d in plan.doubts if d.likely
    ]  # fmt: skip
    return [line for line in out if line]


def closing(cycle: Cycle) -> list[str]:
    """Return what a closed cycle ended in."""
    out = [t("pdca.closing", outcome=t(f"pdca.outcome.{cycle.outcome}"),
             day="" if cycle.closed_at is None else day_text(cycle.closed_at.date()))]  # fmt: skip
    if cycle.cause is not None:
        out.append(cause_text(cycle.cause))
    if cycle.history[-1].reason and not cycle.standards:
        out.append(plain(cycle.history[-1].reason))
    out += [
        t("pdca.standards.line", kind=t(f"pdca.standard.{s.kind}"), what=plain(s.what),
          before=plain(s.before) or number(None), after=plain(s.after), owner=plain(s.owner),
          day=day_text(s.review))
        for s in cycle.standards
    ]  # fmt: skip
    return out


def note_table(cycle: Cycle) -> pd.DataFrame:
    """Return the log, newest first."""
    return pd.DataFrame([
        {t("pdca.col.day"): day_text(n.at.date()), t("pdca.col.note"): t(f"pdca.note.{n.kind}"),
         t("pdca.col.who"): n.who, t("pdca.col.text"): n.text}
        for n in reversed(cycle.work.notes)
    ])  # fmt: skip


def history_table(cycle: Cycle) -> pd.DataFrame:
    """Return the history, newest first."""
    return pd.DataFrame([
        {t("pdca.col.day"): time_text(e.at), t("pdca.col.who"): f"{e.who} ({e.role})",
         t("pdca.col.what"): e.what, t("pdca.col.why"): e.reason}
        for e in reversed(cycle.history)
    ])  # fmt: skip


def target_table(report: Any) -> pd.DataFrame:
    """Return block 1."""
    line = report.against_target
    least = t("pdca.most" if line.direction == "down" else "pdca.least")
    return pd.DataFrame([{
        t("kpi.col.kpi"): kpi.name(line.key),
        t("pdca.col.baseline"): value(line.baseline, line.key),
        t("pdca.col.target"): f"{least} {value(line.target, line.key)}",
        t("pdca.col.actual"): value(line.value, line.key),
        t("kpi.col.limits"): _limits(value(line.lo, line.key), value(line.hi, line.key)),
        t("kpi.col.n"): number(line.n),
    }])  # fmt: skip


def change_table(report: Any) -> pd.DataFrame:
    """Return block 2."""
    rows = []
    for line in report.result.changes:
        told = {t("pdca.col.kind"): t(f"pdca.change.{line.kind}")}
        if not line.key:
            rows.append({**told, t("kpi.col.kpi"): number(None), t("pdca.col.why"): line.text})
            continue
        key = line.key
        rows.append({
            **told, t("kpi.col.kpi"): kpi.name(key),
            t("kpi.change.before"): value(line.before, key),
            t("kpi.change.after"): value(line.after, key),
            t("pdca.col.effect"): moved(line.value, key),
            t("kpi.col.limits"): _limits(moved(line.lo, key), moved(line.hi, key)),
            t("pdca.col.why"): line.text,
        })  # fmt: skip
    frame = pd.DataFrame(rows).fillna("")
    why = t("pdca.col.why")
    return frame if frame[why].str.strip().any() else frame.drop(columns=why)


def line_table(report: Any) -> pd.DataFrame:
    """Return block 3."""
    return pd.DataFrame([
        {t("pdca.col.kind"): line.name[:1].upper() + line.name[1:],
         t("kpi.change.before"): number(line.before, 1),
         t("pdca.col.window"): number(line.after, 1)}
        for line in report.management
    ])  # fmt: skip


def verdict_rules(report: Any) -> pd.DataFrame:
    """Return the six rules."""
    return pd.DataFrame([
        {t("kpi.col.rule"): f"{r.number} {t(f'pdca.rule.{r.number}')}",
         t("pdca.col.state"): t(f"pdca.state.{r.state}"),
         t("pdca.col.why"): r.text[:1].upper() + r.text[1:]}
        for r in report.rules
    ])  # fmt: skip


def curve_points(curve: Any) -> pd.DataFrame:
    """Return the weeks of a curve, placed in days since the first."""
    first = curve.starts[0]
    x = [float((start - first).days) for start in curve.starts]
    other = curve.comparison or (None,) * len(x)
    return pd.DataFrame({
        "x": x, "x2": [v + 7 for v in x], "mid": [v + 3.5 for v in x], "day": list(curve.starts),
        "value": pd.Series(curve.values, dtype="float64"),
        "comparison": pd.Series(other, dtype="float64"),
        "when": [t("pdca.week_of", day=day_text(start)) for start in curve.starts],
    })  # fmt: skip


def window_of(curve: Any) -> tuple[float, float] | None:
    """Return from where to where the weeks judged lie, in days since the first week."""
    if not curve.window:
        return None
    low = float((curve.begins - curve.starts[0]).days)
    return low, low + 7.0 * curve.window


def verdict_table(found: Any) -> pd.DataFrame:
    """Return how many cycles ended in each verdict."""
    return pd.DataFrame([
        {t("pdca.col.verdict"): verdict(kind), t("pdca.col.count"): count}
        for kind, count in found.verdicts
    ])  # fmt: skip


def cause_table(found: Any) -> pd.DataFrame:
    """Return causes of failure: feared beforehand, came true, stopped for."""
    stopped = dict(found.causes)
    return pd.DataFrame([
        {t("pdca.col.cause"): cause_text(cause), t("pdca.col.feared"): feared,
         t("pdca.col.true"): true, t("pdca.col.stopped"): stopped.get(cause, 0)}
        for cause, feared, true in found.feared
    ])  # fmt: skip


def cause_text(cause: Cause) -> str:
    """Return a cause with its code, in both languages."""
    return f"{cause} {cause.english} {cause.chinese}"


def share_text(found: Any) -> str:
    """Return a share with its counts."""
    return number(None) if found.value is None else percent(found.value)


def share_note(found: Any) -> str:
    """Return the counts and limits of a share."""
    if found.value is None:
        return t("pdca.share.none")
    return t("pdca.share", count=found.count, of=found.of, lo=percent(found.lo),
             hi=percent(found.hi))  # fmt: skip


def _limits(low: str, high: str) -> str:
    return f"{low} – {high}"
