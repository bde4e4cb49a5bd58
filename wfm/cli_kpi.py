"""The commands about what happened: parse, one use case, show."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from wfm import terminal
from wfm.errors import BadInput
from wfm.terminal import Json, Out

if TYPE_CHECKING:
    import pandas as pd


class _KeyOrCommand(TyperGroup):
    """`wfm kpi KEY` is `wfm kpi show KEY`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            args = ["show", *args]
        return super().resolve_command(ctx, args)


cli = typer.Typer()
kpi = typer.Typer(
    cls=_KeyOrCommand,
    no_args_is_help=True,
    help="KPIs with their definition and how sure they are.",
)
cli.add_typer(kpi, name="kpi")

PlanFolder = Annotated[Path, typer.Option("--plan", help="Folder of a plan with actuals.")]
DEFAULT_FOLDER = Path("wfm-demo")
By = Annotated[
    str, typer.Option(help="Columns joined by commas: team, queue, reason, day, week, month.")
]
Where = Annotated[
    list[str] | None, typer.Option(help='Only these rows, such as "queue=voice"; may be repeated.')
]
Variant = Annotated[
    list[str] | None,
    typer.Option(help='Part of the definition, such as "rule=SL2"; may be repeated.'),
]
First = Annotated[str | None, typer.Option("--from", help="First day.")]
Last = Annotated[str | None, typer.Option("--to", help="Last day, included.")]


@cli.command()
def actuals(
    file: Annotated[Path, typer.Argument(help="CSV or Parquet with the columns of the table.")],
    table: Annotated[str, typer.Option(help="Table it belongs to, see docs/actuals.md.")],
    plan: PlanFolder = DEFAULT_FOLDER,
    timezone: Annotated[
        str | None, typer.Option(help="Zone of times without one; default: the plan's.")
    ] = None,
    json: Json = False,
) -> None:
    """Take a file of what happened into a plan's folder; the same file twice changes nothing."""
    came = terminal.app().measuring.bring(file, table, plan, timezone=timezone)
    if json:
        typer.echo(terminal.as_json({"table": came.table, "rows": came.rows, "now": came.now}))
        return
    typer.echo(f"{came.rows:,} rows of {came.table} taken; it has {came.now:,} now.")


@kpi.command("list")
def list_(
    plan: Annotated[Path | None, typer.Option(help="Also say which have data there.")] = None,
    json: Json = False,
) -> None:
    """List every KPI."""
    from wfm import report_kpi as report

    known = None if plan is None else terminal.app().measuring.actuals(plan)
    if json:
        typer.echo(terminal.as_json(report.list_values(known)))
        return
    for line in report.list_lines(known):
        typer.echo(line)


@kpi.command()
def show(
    key: Annotated[str, typer.Argument(help="KPI, see `wfm kpi list`.")],
    plan: PlanFolder = DEFAULT_FOLDER,
    by: By = "",
    where: Where = None,
    variant: Variant = None,
    first: First = None,
    last: Last = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Show one KPI with its limits and its definition."""
    from wfm import report_kpi as report

    use = terminal.app().measuring
    made = use.kpi(use.actuals(plan), key, by=terminal.words(by), where=terminal.pairs(where),
                   first=first, last=last, **terminal.choices(variant))  # fmt: skip
    _show(made, report.kpi_lines(made, key), made, out=out, json=json)


@kpi.command()
def tree(plan: PlanFolder = DEFAULT_FOLDER, json: Json = False) -> None:
    """Show the KPI tree, from strategy to teams."""
    from wfm import report_kpi as report

    use = terminal.app().measuring
    rows = use.tree(use.actuals(plan))
    _show(rows, report.tree_lines(rows), None, out=None, json=json)


@kpi.command()
def alerts(
    plan: PlanFolder = DEFAULT_FOLDER,
    days: Annotated[int, typer.Option(min=1, help="Signals of the last so many days.")] = 28,
    out: Out = None,
    json: Json = False,
) -> None:
    """List what is no noise: signals of the default charts, and spikes."""
    from wfm import report_kpi as report

    app = terminal.app()
    made = app.measuring.actuals(plan)
    off = app.measuring.holidays(app.open_plan(plan), made)
    found = app.measuring.alerts(made, holidays=off, within_days=days)
    _show(found, report.alert_lines(found), report.alert_table(found), out=out, json=json)


@kpi.command()
def scorecard(
    agent: Annotated[str, typer.Argument(help="Id of the person.")],
    plan: PlanFolder = DEFAULT_FOLDER,
    mask: Annotated[
        str | None, typer.Option(help="Secret of the pseudonyms; without one the id is shown.")
    ] = None,
    first: First = None,
    last: Last = None,
    json: Json = False,
) -> None:
    """Show the score card of one person, with how sure each figure is."""
    from wfm import report_kpi as report

    use = terminal.app().measuring
    card = use.card(use.actuals(plan).between(first, last), agent, secret=mask)
    _show(card, report.card_lines(card), None, out=None, json=json)


@kpi.command()
def compare(
    key: Annotated[str, typer.Argument(help="KPI of people or teams.")],
    plan: PlanFolder = DEFAULT_FOLDER,
    unit: Annotated[str, typer.Option(help="agent or team.")] = "agent",
    variant: Variant = None,
    mask: Annotated[str | None, typer.Option(help="Secret of the pseudonyms of agents.")] = None,
    first: First = None,
    last: Last = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Say who differs demonstrably; nobody is ranked."""
    from wfm import report_kpi as report

    use = terminal.app().measuring
    made = use.compare(use.actuals(plan).between(first, last), key, unit=unit, secret=mask,
                       **terminal.choices(variant))  # fmt: skip
    _show(made, report.comparison_lines(made), made.frame, out=out, json=json)


@kpi.command()
def change(
    key: Annotated[str, typer.Argument(help="KPI.")],
    before: Annotated[str, typer.Option(help='First and last day, "2026-02-01..2026-02-28".')],
    after: Annotated[str, typer.Option(help="The same of the later span.")],
    plan: PlanFolder = DEFAULT_FOLDER,
    by: By = "reason",
    where: Where = None,
    variant: Variant = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Say why a KPI changed between two spans: other contacts, or another way of working."""
    from wfm import report_kpi as report

    use = terminal.app().measuring
    made = use.change(use.actuals(plan), key, before=_span(before), after=_span(after),
                      by=terminal.words(by), where=terminal.pairs(where),
                      **terminal.choices(variant))  # fmt: skip
    _show(made, report.change_lines(made), made.frame, out=out, json=json)


def _show(
    thing: Any, lines: list[str], table: pd.DataFrame | None, *, out: Path | None, json: bool
) -> None:
    from wfm import report_kpi as report

    if out is not None and table is not None:
        terminal.app().write_table(table, out)
    if json:
        typer.echo(terminal.as_json(report.values(thing)))
        return
    for line in lines:
        typer.echo(line)
    if out is not None:
        typer.echo(f"Wrote {out}")


def _span(text: str) -> tuple[str, str]:
    first, sign, last = text.partition("..")
    if not sign:
        raise BadInput(f"kpi: expected a span such as 2026-02-01..2026-02-28, got {text!r}")
    return first.strip(), last.strip()
