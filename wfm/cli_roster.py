"""The commands about a plan's roster: parse, one use case, show."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wfm import terminal
from wfm.errors import BadInput
from wfm.terminal import Json, Out

if TYPE_CHECKING:
    from wfm.rostering import Changed

cli = typer.Typer()

PlanFolder = Annotated[Path, typer.Argument(help="Folder of a plan.")]
Most = Annotated[
    float, typer.Option("--most-short", min=0, help="Agent-hours the plan may get shorter.")
]
Weight = Annotated[
    float | None,
    typer.Option(min=0, help="Weighted agent-hours a changed shift must save; default: what one "
                 "agent-hour short weighs."),
]  # fmt: skip
Keep = Annotated[bool, typer.Option("--keep", help="Put it into the plan; else it is only told.")]
By = Annotated[str | None, typer.Option(help="Who; default: the name logged in.")]
Why = Annotated[str, typer.Option("--reason", help="Why; stands in the plan.")]
Seconds = Annotated[float, typer.Option(min=1, help="Time for the search, s.")]


@cli.command()
def explain(
    plan: PlanFolder,
    queue: Annotated[str, typer.Option(help="Queue that is short.")],
    at: Annotated[str, typer.Option(help='Start of the interval, such as "2026-03-02 10:00".')],
    json: Json = False,
) -> None:
    """Say why a queue is short in an interval, and which single relaxation helps most."""
    from wfm import report_roster as report

    use = terminal.app()
    why = use.rostering.explain(use.open_plan(plan), queue, at)
    _say(report.reason_lines(why), report.reason_values(why), json=json)


@cli.command("least-short")
def least_short(plan: PlanFolder, seconds: Seconds = 30.0, json: Json = False) -> None:
    """Prove how many agent-hours short every roster of a plan must be."""
    use = terminal.app()
    least = use.rostering.least_short(use.open_plan(plan), seconds=seconds)
    values = {name: getattr(least, name) for name in ("hours", "heads_h", "contract_h",
                                                      "relaxed_h", "sentences")}  # fmt: skip
    _say(list(least.sentences), values, json=json)


@cli.command()
def repair(
    plan: PlanFolder,
    absent: Annotated[
        list[str] | None, typer.Option(help="AGENT:DAY or AGENT:FROM:TO; may be repeated.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="Shifts that start before this time stand.")
    ] = None,
    weight: Weight = None,
    seconds: Seconds = 30.0,
    keep: Keep = False,
    by: By = None,
    reason: Why = "",
    json: Json = False,
) -> None:
    """Mend a roster after absences or changed demand, with few changes."""
    use = terminal.app()
    gone = [pair for text in absent or () for pair in _absences(text)]
    with terminal.progress(quiet=json) as tell:
        made = use.rostering.repaired(
            use.open_plan(plan), absent=gone, since=since, weight=weight, time_limit_s=seconds,
            progress=tell,
        )  # fmt: skip
    _change(plan, made, keep=keep, by=by, reason=reason, json=json)


@cli.command()
def swap(
    plan: PlanFolder,
    first: Annotated[str, typer.Option("--give", help="AGENT:DAY of the shift given away.")],
    second: Annotated[str, typer.Option("--to", help="AGENT:DAY of the shift taken for it.")],
    most_short: Most = 0.0,
    keep: Keep = False,
    by: By = None,
    reason: Why = "",
    json: Json = False,
) -> None:
    """Say whether two people may swap shifts: rules, coverage, service; --keep does it."""
    use = terminal.app()
    made = use.rostering.swapped(
        use.open_plan(plan), _who_when(first, "--give"), _who_when(second, "--to"),
        most_short_h=most_short,
    )  # fmt: skip
    _change(plan, made, keep=keep, by=by, reason=reason, json=json)


@cli.command()
def leave(
    plan: PlanFolder,
    agent: Annotated[str, typer.Option(help="Who asks.")],
    first: Annotated[str, typer.Option("--from", help="First day off, such as 2026-03-02.")],
    last: Annotated[
        str | None, typer.Option("--to", help="Last day off; default: one day.")
    ] = None,
    most_short: Most = 0.0,
    weight: Weight = None,
    seconds: Seconds = 20.0,
    keep: Keep = False,
    by: By = None,
    reason: Why = "",
    json: Json = False,
) -> None:
    """Say whether somebody may have days off, who would stand in, and what it costs in service."""
    use = terminal.app()
    made = use.rostering.given_leave(
        use.open_plan(plan), agent, _date(first, "--from"),
        None if last is None else _date(last, "--to"), most_short_h=most_short, weight=weight,
        time_limit_s=seconds,
    )  # fmt: skip
    _change(plan, made, keep=keep, by=by, reason=reason, json=json)


@cli.command()
def fill(
    plan: PlanFolder,
    day: Annotated[str, typer.Option(help="Day of the open shift, such as 2026-03-02.")],
    shift: Annotated[str, typer.Option(help="Code of the shift type.")],
    start: Annotated[str, typer.Option(help="Clock time it starts, such as 07:00.")],
    queue: Annotated[str | None, typer.Option(help="Only people who serve this queue.")] = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Rank who could take an open shift: legality, effect, hours."""
    from wfm import report_roster as report

    use = terminal.app()
    table = use.rostering.fill(use.open_plan(plan), _date(day, "--day"), shift, start, queue=queue)
    if out is not None:
        use.write_table(table, out)
    _say(report.candidate_lines(table), report.table_values(table), json=json)


@cli.command()
def lock(
    plan: PlanFolder,
    agent: Annotated[
        list[str] | None, typer.Option(help="Only this person; may be repeated.")
    ] = None,
    day: Annotated[list[str] | None, typer.Option(help="Only this day; may be repeated.")] = None,
    off: Annotated[bool, typer.Option("--off", help="Unlock instead.")] = False,
    show: Annotated[bool, typer.Option("--show", help="Only list what is locked.")] = False,
    json: Json = False,
) -> None:
    """Lock shifts and free days, so that a new roster is made around them."""
    from wfm import report_roster as report

    use = terminal.app()
    if show:
        kept = use.open_plan(plan)
    else:
        days = None if day is None else [_date(text, "--day") for text in day]
        kept = use.rostering.lock(plan, agents=agent, days=days, on=not off)
    table = use.rostering.locks(kept)
    lines = [f"{len(table)} days of people are locked"]
    lines += [f"  {row['day']:%a %Y-%m-%d}  {row['agent']:<12} {row['shift'] or 'free'}"
              for row in table.to_dict("records")]  # fmt: skip
    _say(lines, report.table_values(table), json=json)


@cli.command()
def audit(
    roster: Annotated[Path, typer.Argument(help="Roster as wfm exports it: CSV or XLSX.")],
    plan: Annotated[Path | None, typer.Option(help="Folder of the plan whose rules hold.")] = None,
    scenario: Annotated[Path | None, typer.Option(help="Or a scenario file.")] = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Check a roster file against every labour rule; exit code 3 if one is broken."""
    from wfm import report_roster as report

    use = terminal.app()
    made = use.rostering.audit_file(roster, plan=plan, scenario=scenario)
    if out is not None:
        use.write_table(made.frame, out)
    values = {"shifts": made.shifts, "people": made.people,
              "violations": report.table_values(made.frame)}  # fmt: skip
    _say(report.audit_lines(made), values, json=json)
    if made.violations:
        raise typer.Exit(3)


def _change(
    folder: Path, made: Changed, *, keep: bool, by: str | None, reason: str, json: bool
) -> None:
    from wfm import report_roster as report

    if keep and not made.plan.violations:
        terminal.app().rostering.keep(folder, made, by=by or terminal.logged_in(), reason=reason)
    kept = keep and not made.plan.violations
    _say(report.changed_lines(made, kept=kept), report.changed_values(made, kept=kept), json=json)


def _say(lines: list[str], values: object, *, json: bool) -> None:
    typer.echo(terminal.as_json(values) if json else "\n".join(lines))


def _absences(text: str) -> list[tuple[str, dt.date]]:
    agent, *days = _split(text, "--absent")
    first = _date(days[0], "--absent")
    last = _date(days[1], "--absent") if len(days) > 1 else first
    if last < first:
        raise BadInput(f"--absent {text}: the last day is before the first")
    return [(agent, first + dt.timedelta(days=n)) for n in range((last - first).days + 1)]


def _who_when(text: str, option: str) -> tuple[str, dt.date]:
    agent, *days = _split(text, option)
    return agent, _date(days[0], option)


def _split(text: str, option: str) -> list[str]:
    parts = text.rsplit(":", 2)
    if len(parts) == 3 and not parts[1][:4].isdigit():
        parts = [":".join(parts[:2]), parts[2]]
    if len(parts) < 2 or not parts[0]:
        raise typer.BadParameter("expected AGENT:DAY, such as p01:2026-03-02", param_hint=option)
    return parts


def _date(text: str, option: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(
            f"expected a date such as 2026-03-02, got {text!r}", param_hint=option
        ) from error
