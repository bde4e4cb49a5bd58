"""The command about variances: parse, one use case, show."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wfm import terminal
from wfm.cli_pdca_options import CYCLES, Actuals, improving
from wfm.terminal import Json, Out

cli = typer.Typer()


@cli.command()
def variance(
    plan: Annotated[Path, typer.Argument(help="Folder of a plan.")],
    actuals: Actuals,
    of: Annotated[str, typer.Option(help="service_level, cost or cost_per_contact.")] = (
        "service_level"
    ),
    by: Annotated[
        str, typer.Option(help="queue, start, day, week, weekday; joined by commas.")
    ] = "",
    as_planned: Annotated[
        str, typer.Option(help="Drivers the actuals do not tell, joined by commas.")
    ] = "",
    out: Out = None,
    json: Json = False,
) -> None:
    """Say what made actuals differ from a plan: parts that add up exactly."""
    from wfm import report_pdca as report

    use = improving(CYCLES)
    split = use.explain(plan, actuals, of=of, as_planned=terminal.words(as_planned))
    table = split.by(*terminal.words(by))
    if out is not None:
        terminal.app().write_table(table, out)
    if json:
        rows, notes = report.variance_values(table), list(split.notes)
        typer.echo(terminal.as_json({"of": of, "largest": split.largest, "rows": rows,
                                     "notes": notes}))  # fmt: skip
        return
    for line in report.variance_lines(split, table):
        typer.echo(line)
