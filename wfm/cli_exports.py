"""The commands that hand out what others use: payroll hours, bundles, Parquet, calendar feeds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wfm.errors import BadInput
from wfm.terminal import app

cli = typer.Typer()
Folder = Annotated[Path, typer.Option("--plan", help="Folder of a plan.")]
Out = Annotated[Path, typer.Argument(help="File to write.")]


@cli.command()
def bundle(out: Out, plan: Folder) -> None:
    """Write everything of a plan into one zip, to be opened elsewhere."""
    from wfm.adapters.bundle import bundle_bytes

    found = app().rostered_plan(plan)
    _write(out, bundle_bytes(found))
    typer.echo(f"Wrote plan {found.id} to {out}")


@cli.command()
def unbundle(
    file: Annotated[Path, typer.Argument(help="A bundle.")],
    out: Annotated[Path, typer.Option(help="Folder for the plan and its exports.")],
) -> None:
    """Open a bundle into a folder; the plan has the id it had."""
    from wfm.adapters.bundle import load_bundle

    try:
        content = file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file}: cannot be read: {error.strerror}; check the path") from error
    plan = load_bundle(content)
    app().take_in(plan, out)
    typer.echo(f"Opened plan {plan.id} in {out}")


@cli.command()
def payroll(out: Out, plan: Folder) -> None:
    """Write the paid hours of a plan's roster, a shift and day a row, as CSV."""
    from wfm.adapters.export_payroll import payroll_bytes

    found = app().rostered_plan(plan)
    if found.roster is None:
        raise BadInput("payroll: this plan has no roster; its scenario has no people")
    _write(out, payroll_bytes(found.roster, found.scenario))
    typer.echo(f"Wrote {out}")


@cli.command()
def parquet(
    out: Annotated[Path, typer.Argument(help="Folder for the tables.")], plan: Folder
) -> None:
    """Write the tables of a plan as Parquet."""
    from wfm.adapters.export_parquet import parquet_tables

    paths = app().ports.write_files(parquet_tables(app().rostered_plan(plan)), out)
    typer.echo("Wrote " + ", ".join(str(path) for path in paths))


@cli.command()
def feed(
    person: Annotated[str, typer.Argument(help="Key of the person.")],
    site: Annotated[str, typer.Option(envvar="WFM_SITE", help="Key of the site.")] = "main",
) -> None:
    """Make a person's secret calendar address; `wfm token revoke` takes it back."""
    from wfm import wiring

    made = wiring.service().keys.feed(site, person)
    typer.echo(f"/api/v1/calendars/{made.secret}.ics")
    typer.echo(f"Feed {made.token.id}; put the address of the service before it, keep it secret")


def _write(out: Path, content: bytes) -> None:
    app().ports.write_files({out.name: content}, out.parent)
