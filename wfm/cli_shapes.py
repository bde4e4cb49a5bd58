"""The commands about rotations, hiring and the hours of a year: parse, one use case, show."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wfm import terminal
from wfm.terminal import Json, Out

if TYPE_CHECKING:
    from wfm.roster.hiring import Offer

cli = typer.Typer()

PlanFolder = Annotated[Path, typer.Argument(help="Folder of a plan.")]
Seconds = Annotated[float, typer.Option(min=1, help="Time for the search, s.")]


@cli.command()
def rotation(
    plan: PlanFolder,
    agent: Annotated[
        list[str] | None, typer.Option(help="Who follows it; may be repeated. Default: everybody.")
    ] = None,
    team: Annotated[str | None, typer.Option(help="Or a team.")] = None,
    weeks: Annotated[
        int | None, typer.Option(min=1, help="Length; divides the number of people.")
    ] = None,
    work: Annotated[str | None, typer.Option(help="Days in a row at work, such as 3:6.")] = None,
    off: Annotated[str | None, typer.Option(help="Days off in a row, such as 2:4.")] = None,
    free_weekends: Annotated[
        int, typer.Option(min=0, help="Weekends of the rotation that are free at least.")
    ] = 0,
    seconds: Seconds = 60.0,
    out: Out = None,
    json: Json = False,
) -> None:
    """Find the rotation that covers a plan's mean week best for people alike."""
    from wfm import report_shapes as report
    from wfm.shaping import rotation_table

    use = terminal.app()
    made = use.shaping.rotation(
        use.open_plan(plan), agents=agent, team=team, weeks=weeks, work=_pair(work, "--work"),
        off=_pair(off, "--off"), free_weekends=free_weekends, time_limit_s=seconds,
    )  # fmt: skip
    if out is not None:
        use.write_table(rotation_table(made.rotation), out)
    _say(report.rotation_lines(made), report.rotation_values(made), json=json)


@cli.command()
def hire(
    plan: PlanFolder,
    offer: Annotated[
        list[str],
        typer.Option(
            help="CONTRACT:QUEUE+QUEUE:COST_PER_HOUR, or with :COST_PER_HEAD:LEAST:MOST "
            "after it; repeat it for every kind of people."
        ),
    ],
    short_cost: Annotated[float, typer.Option(help="Price of an agent-hour short.")],
    seconds: Seconds = 60.0,
    check: Annotated[
        float, typer.Option(min=0, help="Seconds for a real roster of the mix; 0: none.")
    ] = 0.0,
    out: Out = None,
    json: Json = False,
) -> None:
    """Find how many people of which contract cover a plan's requirement at least cost."""
    from wfm import report_shapes as report

    use = terminal.app()
    mix, real = use.shaping.hire(use.open_plan(plan), [_offer(text) for text in offer],
                                 short_cost=short_cost, time_limit_s=seconds,
                                 check_s=check)  # fmt: skip
    if out is not None:
        use.write_table(mix.table, out)
    _say(report.mix_lines(mix, real), report.mix_values(mix, real), json=json)


@cli.command()
def annual(
    wanted: Annotated[
        Path, typer.Argument(help="Paid hours wanted: columns week (its Monday) and hours.")
    ],
    terms: Annotated[
        Path,
        typer.Argument(
            help="What everybody owes: agent, year_h, min_week_h, max_week_h and, where known, "
            "most_banked_h, most_owed_h, group."
        ),
    ],
    leave: Annotated[Path | None, typer.Option(help="Weeks of leave: agent, week.")] = None,
    worked: Annotated[
        Path | None, typer.Option(help="Weeks that are over: agent, week, hours.")
    ] = None,
    closed: Annotated[
        list[dt.datetime] | None,
        typer.Option(formats=["%Y-%m-%d"], help="Monday of a week nobody works; may be repeated."),
    ] = None,
    step: Annotated[float, typer.Option(min=0.01, help="Grid of the hours, h.")] = 0.5,
    decimal: Annotated[
        str | None, typer.Option(help="Decimal sign of the files, . or , where it is open.")
    ] = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Spread everybody's hours of a year over its weeks, so that they follow the hours wanted."""
    from wfm import report_shapes as report

    terminal.check_out(out, wanted, terms, leave, worked)
    use = terminal.app()
    made = use.shaping.annual(
        wanted, terms, leave=leave, worked=worked, closed=[day.date() for day in closed or []],
        step_h=step, decimal=decimal,
    )  # fmt: skip
    if out is not None:
        use.write_table(made.plan.hours.round(4), out)
    _say(report.year_lines(made), report.year_values(made), json=json)


def _say(lines: list[str], values: dict[str, Any], *, json: bool) -> None:
    typer.echo(terminal.as_json(values) if json else "\n".join(lines))


def _pair(text: str | None, option: str) -> tuple[int, int] | None:
    if text is None:
        return None
    least, sign, most = text.partition(":")
    if not (sign and least.isdigit() and most.isdigit()):
        raise typer.BadParameter(f"expected LEAST:MOST, such as 2:4; got {text!r}",
                                 param_hint=option)  # fmt: skip
    return int(least), int(most)


def _offer(text: str) -> Offer:
    from wfm.roster.hiring import Offer

    contract, *parts = text.split(":")
    try:
        skills, costs = tuple(parts[0].split("+")), [float(part) for part in parts[1:3]]
        limits = [int(part) for part in parts[3:5]]
    except (IndexError, ValueError):
        costs = []
    if not len(costs) >= 1 or len(parts) > 5:
        raise typer.BadParameter(
            f"expected CONTRACT:QUEUE+QUEUE:COST_PER_HOUR, such as full:voice+chat:24; got "
            f"{text!r}",
            param_hint="--offer",
        )
    head = costs[1] if len(costs) > 1 else 0.0
    return Offer(contract, skills, costs[0], head, *limits)
