"""The command line: parse, one use case, show."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import wfm
from wfm import (
    cli_exports,
    cli_forecast,
    cli_imports,
    cli_kpi,
    cli_pdca,
    cli_roster,
    cli_service,
    cli_shapes,
    cli_store,
    cli_users,
    cli_variance,
)
from wfm.errors import BadInput, Infeasible
from wfm.terminal import Campaigns, Json, app, as_json, progress

if TYPE_CHECKING:
    from wfm.app import App
    from wfm.plan import Plan

BAD_INPUT, USAGE, INFEASIBLE, DEFECT, STOPPED = 1, 2, 3, 70, 130
_STOPPED_TEXT = "stopped; a plan already in the folder stays as it was"
DEFAULT_FOLDER = Path("wfm-demo")

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
cli.add_typer(cli_forecast.cli)
cli.add_typer(cli_store.cli, name="store")
cli.add_typer(cli_roster.cli)
cli.add_typer(cli_kpi.cli)
cli.add_typer(cli_variance.cli)
cli.add_typer(cli_pdca.cli)
cli.add_typer(cli_imports.cli)
cli.add_typer(cli_exports.cli)
cli.add_typer(cli_service.cli)
cli.add_typer(cli_shapes.cli)
cli.add_typer(cli_users.cli, name="user")


@cli.callback()
def options(
    site: Annotated[
        str | None,
        typer.Option(help="Site of the plan, where several have one of its name; or WFM_SITE."),
    ] = None,
) -> None:
    """Plan the people of a contact centre."""
    if site is not None:
        os.environ["WFM_SITE"] = site  # for the processes that this one starts too


Seconds = Annotated[
    float,
    typer.Option(
        min=1, help="Time for the roster's search, s; a first legal roster is always finished."
    ),
]
PlanFolder = Annotated[Path, typer.Option("--plan", help="Folder of a plan.")]


@cli.command()
def demo(
    out: Annotated[
        Path, typer.Option(help="Folder for the plan and its exports.")
    ] = DEFAULT_FOLDER,
    weeks: Annotated[int, typer.Option(min=1, max=4, help="Weeks to plan.")] = 1,
    seconds: Seconds = 30.0,
    json: Json = False,
) -> None:
    """Plan the demo centre: a real voice history, generated chat and e-mail, 60 invented people."""
    with progress(quiet=json) as tell:
        plan = app().make_demo(out, weeks=weeks, time_limit_s=seconds, progress=tell)
    _show_plan(plan, out, json=json)


@cli.command()
def plan(
    history: Annotated[Path, typer.Option(help="Contact history: CSV (also .gz) or XLSX.")],
    scenario: Annotated[
        Path | None, typer.Option(help="Scenario file; without one a starter is written.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for the plan and its exports.")] = Path(
        "wfm-plan"
    ),
    timezone: Annotated[
        str | None, typer.Option(help="Zone of the site, for a starter scenario.")
    ] = None,
    campaigns: Campaigns = None,
    previous: Annotated[
        Path | None, typer.Option(help="Folder of the plan of the weeks before: rest carries over.")
    ] = None,
    seconds: Seconds = 60.0,
    json: Json = False,
) -> None:
    """Plan your own files: forecast, requirement, roster, exports."""
    use = app()
    with progress(quiet=json) as tell:
        if scenario is None:
            scenario = _starter(use, history, out / "scenario.toml", timezone, quiet=json)
        made = use.plan_files(
            history, scenario, out, campaigns=campaigns, previous=previous,
            time_limit_s=seconds, progress=tell,
        )  # fmt: skip
    _show_plan(made, out, json=json)


@cli.command()
def scenario(
    history: Annotated[Path, typer.Option(help="Contact history: CSV (also .gz) or XLSX.")],
    timezone: Annotated[str, typer.Option(help="Zone of the site, such as America/New_York.")],
    out: Annotated[Path, typer.Option(help="The scenario file to write.")] = Path("scenario.toml"),
    interval: Annotated[
        int | None, typer.Option(help="Planning interval in minutes; default 30, or 60.")
    ] = None,
    aht_s: Annotated[float, typer.Option(help="Handle time where the history has none.")] = 240.0,
    weeks: Annotated[int, typer.Option(min=1, max=4, help="Weeks to plan.")] = 1,
    country: Annotated[str | None, typer.Option(help="Country code of public holidays.")] = None,
    json: Json = False,
) -> None:
    """Write a scenario to start from, with people sized for a history."""
    made = app().starter_scenario(
        history, out, timezone=timezone, interval_min=interval, aht_s=aht_s, weeks=weeks,
        country=country,
    )  # fmt: skip
    if json:
        typer.echo(as_json(dataclasses.asdict(made)))
        return
    typer.echo(f"Wrote {made.path} and {made.people_path.name}. It assumes:")
    _bullets(made.assumptions)
    typer.echo(f"Edit it, then: wfm plan --history {history} --scenario {made.path}")


@cli.command()
def size(
    source: Annotated[
        Path, typer.Argument(help="Folder of a plan, or a forecast as CSV (needs --scenario).")
    ] = DEFAULT_FOLDER,
    scenario: Annotated[
        Path | None, typer.Option(help="Scenario file; default: the plan's own.")
    ] = None,
    queue: Annotated[str | None, typer.Option(help="Only this queue.")] = None,
    at: Annotated[
        str | None, typer.Option(help='Only the interval from here, such as "2026-03-02 10:00".')
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write the explained table to this CSV file.")
    ] = None,
    json: Json = False,
) -> None:
    """Say how many agents each interval needs, and why; no history is read."""
    from wfm.report import size_lines, size_values

    if out is not None and out.resolve() in {
        path.resolve() for path in (source, scenario) if path is not None
    }:
        raise BadInput(f"size: --out {out} is an input of this command; choose another file")
    sized = app().size_files(source, scenario)
    why = sized.explain(queue, at)
    if out is not None:
        app().write_table(why, out)
    if json:
        typer.echo(as_json(size_values(sized, why)))
        return
    for line in size_lines(sized, why, told=at is not None):
        typer.echo(line)
    if out is not None:
        typer.echo(f"Wrote {out}")


@cli.command()
def roster(
    plan: PlanFolder = DEFAULT_FOLDER,
    seconds: Seconds = 60.0,
    seed: Annotated[int | None, typer.Option(help="Default: the scenario's.")] = None,
    json: Json = False,
) -> None:
    """Make a new roster for a plan."""
    use = app()
    with progress(quiet=json) as tell:
        made = use.solve_roster(plan, time_limit_s=seconds, seed=seed, progress=tell)
    if not made.taken and not json:
        typer.echo(made.text)
    _show_plan(made.plan, plan, json=json)


@cli.command(hidden=True)
def job(
    kind: str,
    folder: Path,
    seconds: Seconds = 60.0,
    seed: Annotated[int | None, typer.Option()] = None,
) -> None:
    """Do the work of a job that the dashboard started: `roster` or `demo`."""
    app().work_job(folder, kind=kind, time_limit_s=seconds, seed=seed)


@cli.command()
def show(plan: PlanFolder = DEFAULT_FOLDER, json: Json = False) -> None:
    """Show the key figures of a plan."""
    _show_plan(app().open_plan(plan), plan, json=json)


@cli.command()
def export(
    plan: PlanFolder = DEFAULT_FOLDER,
    out: Annotated[Path | None, typer.Option(help="Default: the plan's folder.")] = None,
    json: Json = False,
) -> None:
    """Write roster workbook, CSV files and one calendar a person."""
    paths = app().export_files(plan, out or plan)
    typer.echo(as_json(paths) if json else "\n".join(map(str, paths)))


@cli.command()
def dashboard(
    folder: Annotated[Path, typer.Argument(help="Folder of a plan.")] = DEFAULT_FOLDER,
    port: Annotated[int, typer.Option(help="Port on this machine.")] = 8501,
    headless: Annotated[bool, typer.Option(help="Do not open a browser.")] = False,
) -> None:
    """Open the dashboard on a plan, on this machine only."""
    command = [
        *(sys.executable, "-m", "streamlit", "run", str(_dashboard_script())),
        "--server.address=127.0.0.1",
        f"--server.port={port}",
        f"--server.headless={str(headless).lower()}",
        "--server.showEmailPrompt=false",
        "--browser.gatherUsageStats=false",
        "--client.showErrorDetails=none",
        "--client.toolbarMode=minimal",
    ]
    root = str(Path(wfm.__file__).resolve().parents[1])
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, "WFM_PLAN": str(folder.resolve()), "PYTHONPATH": path}
    typer.echo(f"Dashboard on http://127.0.0.1:{port} (end it with Ctrl-C)")
    sys.stdout.flush()
    if os.name == "posix":
        os.execve(sys.executable, command, environment)  # one process: signals reach the server
    raise typer.Exit(subprocess.run(command, env=environment, check=False).returncode)


@cli.command()
def doctor(json: Json = False) -> None:
    """Check that this installation can do its work."""
    checks = app().doctor()
    if json:
        typer.echo(as_json([dataclasses.asdict(check) for check in checks]))
    else:
        for check in checks:
            typer.echo(f"{'ok  ' if check.ok else 'FAIL'} {check.name}: {check.text}")
    if not all(check.ok for check in checks):
        raise typer.Exit(BAD_INPUT)


def main() -> None:
    """Run the command line; docs/commands.md has the exit codes."""
    try:
        cli()
    except SystemExit as stop:
        if stop.code == STOPPED:
            _stop(_STOPPED_TEXT, STOPPED)
        raise
    except BadInput as error:
        _stop(str(error), BAD_INPUT)
    except Infeasible as error:
        _stop(f"no legal roster: {error}", INFEASIBLE)
    except KeyboardInterrupt:
        _stop(_STOPPED_TEXT, STOPPED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        if _interrupted(error):
            _stop(_STOPPED_TEXT, STOPPED)
        if os.environ.get("WFM_DEBUG"):
            traceback.print_exc()
        _stop(
            f"a defect in wfm, not in your input: {type(error).__name__}: {error}\n"
            "Please report it; WFM_DEBUG=1 shows where it happened.",
            DEFECT,
        )


def _interrupted(error: BaseException | None) -> bool:
    """Return whether Ctrl-C is behind `error`: in a late import it surfaces as an ImportError."""
    while error is not None:
        if isinstance(error, KeyboardInterrupt):
            return True
        error = error.__cause__ or error.__context__
    return False


def _stop(text: str, code: int) -> None:
    typer.echo(f"wfm: {text}", err=True)
    sys.exit(code)


def _starter(use: App, history: Path, path: Path, timezone: str | None, *, quiet: bool) -> Path:
    if timezone is None:
        raise typer.BadParameter(
            "give --scenario FILE, or --timezone ZONE (such as America/New_York) for a starter "
            "scenario", param_hint="--scenario",
        )  # fmt: skip
    made = use.starter_scenario(history, path, timezone=timezone)
    if not quiet:
        typer.echo(f"No scenario given: wrote {made.path} to start from. It assumes:")
        _bullets(made.assumptions)
    return made.path


def _bullets(sentences: tuple[str, ...]) -> None:
    for sentence in sentences:
        typer.echo(f"  - {sentence}")


def _dashboard_script() -> Path:
    package = Path(wfm.__file__).resolve().parent
    installed = package / "ui" / "screen" / "dashboard.py"
    return installed if installed.is_file() else package.parent / "dashboard.py"


def _show_plan(plan: Plan, folder: Path, *, json: bool) -> None:
    from wfm.report import as_values, lines

    if json:
        typer.echo(as_json(as_values(plan)))
        return
    for line in lines(plan, folder):
        typer.echo(line)


if __name__ == "__main__":
    main()
