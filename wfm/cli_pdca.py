"""Commands about PDCA cycles: parse, one use case, show."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wfm import cli_pdca_options as options
from wfm import terminal
from wfm.cli_pdca_options import CYCLES, UTC, Actuals, At, By, Folder, Id, Role
from wfm.errors import BadInput
from wfm.terminal import Json, Zone

if TYPE_CHECKING:
    from wfm.improving import Improving
    from wfm.pdca import Cycle

cli = typer.Typer()
pdca = typer.Typer(no_args_is_help=True, help="Improvement cycles: Plan, Do, Check, Act.")
cli.add_typer(pdca, name="pdca")


@pdca.command()
def new(
    title: Annotated[str, typer.Argument(help="What is to be improved.")],
    owner: Annotated[str, typer.Option(help="Who answers for it; default: who opens it.")] = "",
    alert: Annotated[
        str, typer.Option(help="KPI whose weekly chart shows the signal; needs --actuals.")
    ] = "",
    choice: Annotated[
        list[str] | None, typer.Option(help="Part of the KPI's definition: method=survey.")
    ] = None,
    group: Annotated[str, typer.Option(help='Only this group: "team=team 1".')] = "",
    plan: Annotated[
        Path | None, typer.Option(help="Plan whose variance it answers; needs --actuals.")
    ] = None,
    driver: Annotated[
        str, typer.Option(help="Driver of satisfaction: name,importance,score,target.")
    ] = "",
    actuals: Actuals = [],  # noqa: B006 - typer copies it
    timezone: Zone = UTC,
    cycles: Folder = CYCLES,
    by: By = None,
    role: Role = "planner",
    at: At = None,
    json: Json = False,
) -> None:
    """Open a cycle: by hand, or born from an alert, a variance or a driver."""
    from wfm.pdca import from_variance

    use = options.improving(cycles)
    origin = None
    if alert:
        column, _, value = group.partition("=")
        moment = options.moment(at)
        origin = use.alert(
            use.read_actuals(actuals, timezone=timezone), alert, column=column, value=value,
            until=None if moment is None else moment.date(), **terminal.choices(choice),
        )  # fmt: skip
    elif plan is not None:
        origin = from_variance(use.explain(plan, actuals))
    elif driver:
        origin = options.driver_origin(driver)
    made = use.open(title, by=options.actor(by, role), at=options.moment(at), owner=owner,
                    origin=origin)  # fmt: skip
    _show(made, json=json)


@pdca.command("plan")
def plan_(
    id: Id,
    file: Annotated[Path, typer.Option(help="The plan as TOML, see docs/pdca.md.")],
    actuals: Actuals = [],  # noqa: B006 - typer copies it
    timezone: Zone = UTC,
    required_fte: options.RequiredFte = None,
    budget_fte: options.BudgetFte = None,
    cycles: Folder = CYCLES,
    by: By = None,
    role: Role = "planner",
    at: At = None,
    json: Json = False,
) -> None:
    """Give a cycle its plan; with --actuals say which test it needs and what speaks against it."""
    from wfm import report_pdca as report

    use = options.improving(cycles)
    made = use.plan(id, use.read_proposal(file), by=options.actor(by, role), at=options.moment(at))
    if not actuals:
        _show(made, json=json)
        return
    tried = use.try_plan(id, use.read_actuals(actuals, timezone=timezone),
                         options.facts(required_fte, budget_fte))  # fmt: skip
    if json:
        typer.echo(terminal.as_json({
            "ready": tried.ready, "design": dataclasses.asdict(tried.design), "gaps": tried.gaps,
            "findings": [dataclasses.asdict(f) for f in tried.review.findings],
        }))  # fmt: skip
        return
    for line in report.tried_lines(tried):
        typer.echo(line)


@pdca.command()
def lock(
    id: Id,
    actuals: Actuals,
    timezone: Zone = UTC,
    required_fte: options.RequiredFte = None,
    budget_fte: options.BudgetFte = None,
    cycles: Folder = CYCLES,
    by: By = None,
    role: Role = "planner",
    at: At = None,
    json: Json = False,
) -> None:
    """Fix target, hypothesis and test before Do; refused with everything that is missing."""
    use = options.improving(cycles)
    tables = use.read_actuals(actuals, timezone=timezone)
    made = use.lock(id, tables, by=options.actor(by, role), at=options.moment(at),
                    facts=options.facts(required_fte, budget_fte))  # fmt: skip
    _show(made, json=json)


@pdca.command()
def log(
    id: Id,
    text: Annotated[str, typer.Argument(help="What happened, or an action's number with done.")],
    kind: Annotated[str, typer.Option(help="feedback, deviation, event, or done.")] = "feedback",
    cycles: Folder = CYCLES,
    by: By = None,
    role: Role = "planner",
    at: At = None,
    json: Json = False,
) -> None:
    """Note feedback, a deviation or an event; or that an action (from 0) is done."""
    use = options.improving(cycles)
    if kind == "done":
        if not text.isdigit():
            raise BadInput(f"pdca: done expects the number of an action, from 0; got {text!r}")
        made = use.done(id, int(text), by=options.actor(by, role), at=options.moment(at))
    else:
        made = use.log(id, kind, text, by=options.actor(by, role), at=options.moment(at))
    _show(made, json=json)


@pdca.command()
def check(
    id: Id,
    actuals: Actuals,
    timezone: Zone = UTC,
    html: Annotated[Path | None, typer.Option(help="Write the report as a printable page.")] = None,
    hours: Annotated[
        tuple[float, float] | None, typer.Option(help="Planning hours a week, before and now.")
    ] = None,
    overrides: Annotated[
        tuple[float, float] | None, typer.Option(help="Manual overrides a week, before and now.")
    ] = None,
    cycles: Folder = CYCLES,
    by: By = None,
    role: Role = "analyst",
    at: At = None,
    json: Json = False,
) -> None:
    """Judge a cycle by the locked test: four blocks and a verdict; kept with the cycle."""
    from wfm import report_pdca as report
    from wfm.pdca import Management

    use = options.improving(cycles)
    own, manual = hours or (None, None), overrides or (None, None)
    management = Management(planning_hours_before=own[0], planning_hours=own[1],
                            overrides_before=manual[0], overrides=manual[1])  # fmt: skip
    made = use.check(id, use.read_actuals(actuals, timezone=timezone), by=options.actor(by, role),
                     at=options.moment(at), management=management)  # fmt: skip
    _write(use, made, html)
    assert made.report is not None
    if json:
        typer.echo(terminal.as_json(report.cycle_values(made)["reports"][-1]))
        return
    for line in report.report_lines(made.report):
        typer.echo(line)


@pdca.command()
def sign(
    id: Id,
    goal_reached: Annotated[str, typer.Option(help="Goal reached?")],
    problems: Annotated[str, typer.Option(help="Problems?")],
    new_phenomena: Annotated[str, typer.Option(help="New phenomena?")],
    by: By = None,
    role: Role = "analyst",
    cycles: Folder = CYCLES,
    at: At = None,
    json: Json = False,
) -> None:
    """Sign the report off; not by the owner."""
    made = options.improving(cycles).sign(
        id, by=options.actor(by, role), goal_reached=goal_reached, problems=problems,
        new_phenomena=new_phenomena, at=options.moment(at),
    )  # fmt: skip
    _show(made, json=json)


@pdca.command()
def act(
    id: Id,
    standardise: Annotated[
        str, typer.Option(help="flow, target, roster rule or scenario: the new standard's kind.")
    ] = "",
    what: Annotated[str, typer.Option(help="What changes.")] = "",
    before: Annotated[str, typer.Option(help="What it was.")] = "",
    after: Annotated[str, typer.Option(help="What it becomes.")] = "",
    owner: Annotated[str, typer.Option(help="Who keeps the standard.")] = "",
    review: Annotated[str, typer.Option(help="Date of its review.")] = "",
    reference: Annotated[str, typer.Option(help="Scenario or document that holds it.")] = "",
    correct: Annotated[str, typer.Option(help="Close it: what is corrected, and why.")] = "",
    stop: Annotated[str, typer.Option(help="Close it: cause F1 to F7.")] = "",
    reason: Annotated[str, typer.Option(help="Why it is stopped.")] = "",
    next: Annotated[str, typer.Option(help="Title of the next cycle.")] = "",
    cycles: Folder = CYCLES,
    by: By = None,
    role: Role = "lead",
    at: At = None,
    json: Json = False,
) -> None:
    """Standardise, correct or stop; --next opens the next cycle, also of a closed one."""
    from wfm.pdca import Standard

    if sum(map(bool, (standardise, correct, stop))) > 1:
        raise BadInput("pdca: one of --standardise, --correct and --stop")
    use, who, when = options.improving(cycles), options.actor(by, role), options.moment(at)
    if standardise:
        standard = Standard(standardise, what, before, after, owner, options.day(review), reference)
        made = use.standardise(id, standard, by=who, at=when)
    elif correct:
        made = use.correct(id, correct, by=who, at=when)
    elif stop:
        made = use.stop(id, stop, reason, by=who, at=when)
    elif not next:
        raise BadInput("pdca: say --standardise KIND, --correct REASON, --stop CAUSE or --next")
    if next:
        made = use.next(id, next, by=who, at=when)
    _show(made, json=json)


@pdca.command()
def follow(
    id: Id,
    actuals: Actuals,
    timezone: Zone = UTC,
    cycles: Folder = CYCLES,
    by: By = None,
    role: Role = "analyst",
    at: At = None,
    json: Json = False,
) -> None:
    """Look whether a confirmed change still holds."""
    use = options.improving(cycles)
    tables = use.read_actuals(actuals, timezone=timezone)
    _show(use.follow(id, tables, by=options.actor(by, role), at=options.moment(at)), json=json)


@pdca.command("list")
def list_(cycles: Folder = CYCLES, json: Json = False) -> None:
    """List all cycles."""
    from wfm import report_pdca as report

    found = options.improving(cycles).cycles()
    if json:
        typer.echo(terminal.as_json([report.cycle_values(cycle) for cycle in found]))
        return
    for line in report.list_lines(found):
        typer.echo(line)


@pdca.command()
def show(
    id: Id,
    html: Annotated[Path | None, typer.Option(help="Write the last report as a page.")] = None,
    cycles: Folder = CYCLES,
    json: Json = False,
) -> None:
    """Show a cycle, its history, and its last report."""
    use = options.improving(cycles)
    cycle = use.cycle(id)
    _write(use, cycle, html)
    _show(cycle, json=json)


@pdca.command()
def stats(cycles: Folder = CYCLES, at: At = None, json: Json = False) -> None:
    """Say what came of all cycles: confirmed, sustained, causes of failure, days."""
    from wfm import report_pdca as report

    found = options.improving(cycles).statistics(options.moment(at))
    if json:
        typer.echo(terminal.as_json(dataclasses.asdict(found)))
        return
    for line in report.statistics_lines(found):
        typer.echo(line)


def _show(cycle: Cycle, *, json: bool) -> None:
    from wfm import report_pdca as report

    if json:
        typer.echo(terminal.as_json(report.cycle_values(cycle)))
        return
    for line in report.cycle_lines(cycle):
        typer.echo(line)


def _write(use: Improving, cycle: Cycle, html: Path | None) -> None:
    if html is not None:
        terminal.app().ports.write_files({html.name: use.html(cycle).encode()}, html.parent)
