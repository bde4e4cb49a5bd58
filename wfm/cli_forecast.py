"""The commands about forecasts: parse, one use case, show."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wfm import terminal
from wfm.errors import BadInput
from wfm.terminal import (
    Campaigns,
    Country,
    History,
    Interval,
    Json,
    Layout,
    LeaveOut,
    Now,
    OneQueue,
    Out,
    Rows,
    SiteZone,
)

if TYPE_CHECKING:
    import pandas as pd

    from wfm.history_file import HistoryFile

cli = typer.Typer()

PlanFolder = Annotated[Path, typer.Argument(help="Folder of a plan.")]
Actuals = Annotated[Path, typer.Option(help="Contacts that came: CSV (also .gz) or XLSX.")]


@cli.command()
def forecast(
    history: History,
    timezone: SiteZone = None,
    queue: OneQueue = None,
    leave_out: LeaveOut = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(help="Forecast this queue although it seems to have ended; several times."),
    ] = None,
    weeks: Annotated[int, typer.Option(min=1, max=52, help="Weeks ahead.")] = 4,
    campaigns: Campaigns = None,
    country: Country = None,
    interval: Interval = None,
    layout: Rows = None,
    scenario: Layout = None,
    now: Now = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Forecast a history: contacts and handle times by interval, with bands."""
    from wfm import report_forecast as report

    terminal.check_out(out, history, campaigns, scenario)
    asked = _asked(
        history, timezone=timezone, queue=queue, leave_out=leave_out, campaigns=campaigns,
        country=country, interval_min=interval, layout=layout, scenario=scenario, now=now,
    )  # fmt: skip
    made = terminal.app().forecasting.forecast_file(asked, weeks=weeks, keep=tuple(keep or ()))
    _show(made.expected.frame, report.forecast_lines(made), out=out, json=json,
          more={"notes": made.notes})  # fmt: skip


@cli.command()
def backtest(
    history: History,
    timezone: SiteZone = None,
    queue: OneQueue = None,
    leave_out: LeaveOut = None,
    models: Annotated[
        str, typer.Option(help="Names joined by commas; the simple ones are always added.")
    ] = "auto",
    origins: Annotated[int, typer.Option(min=1, help="Forecasts replayed, a week apart.")] = 4,
    weeks: Annotated[int, typer.Option(min=1, max=26, help="Weeks ahead in each.")] = 4,
    campaigns: Campaigns = None,
    country: Country = None,
    interval: Interval = None,
    layout: Rows = None,
    scenario: Layout = None,
    now: Now = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Replay the past from several origins and rank models for each queue."""
    from wfm import report_forecast as report

    terminal.check_out(out, history, campaigns, scenario)
    asked = _asked(
        history, timezone=timezone, queue=queue, leave_out=leave_out, campaigns=campaigns,
        country=country, interval_min=interval, layout=layout, scenario=scenario, now=now,
    )  # fmt: skip
    made = terminal.app().forecasting.backtest_file(
        asked, names=terminal.words(models), origins=origins, weeks=weeks
    )
    _show(made.board.frame, report.board_lines(made), out=out, json=json,
          more={"champion": made.board.champion, "notes": made.notes})  # fmt: skip


@cli.command()
def clean(
    history: History,
    timezone: SiteZone = None,
    queue: OneQueue = None,
    leave_out: LeaveOut = None,
    campaigns: Campaigns = None,
    country: Country = None,
    interval: Interval = None,
    layout: Rows = None,
    scenario: Layout = None,
    now: Now = None,
    out: Annotated[Path | None, typer.Option(help="Write the log to this CSV file.")] = None,
    cleaned: Annotated[
        Path | None, typer.Option(help="Write the cleaned history to this CSV file.")
    ] = None,
    json: Json = False,
) -> None:
    """Say which counts of a history a forecast does not learn from, and why."""
    from wfm import report_forecast as report

    terminal.check_out(out, history, campaigns, scenario, cleaned)
    terminal.check_out(cleaned, history, campaigns, scenario, option="--cleaned")
    asked = _asked(
        history, timezone=timezone, queue=queue, leave_out=leave_out, campaigns=campaigns,
        country=country, interval_min=interval, layout=layout, scenario=scenario, now=now,
    )  # fmt: skip
    use = terminal.app()
    made = use.forecasting.clean_file(asked)
    if cleaned is not None:
        use.write_table(made.frame, cleaned)
    _show(made.log, report.cleaning_lines(made), out=out, json=json, more={"notes": made.notes})


@cli.command()
def reforecast(
    plan: PlanFolder,
    actuals: Actuals,
    at: Annotated[
        str | None,
        typer.Option(help='Time now, such as "2026-03-02 11:00"; default: end of the last actual.'),
    ] = None,
    scenario: Layout = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Say how the rest of a plan's running day will go, from the contacts so far."""
    from wfm import report_forecast as report

    terminal.check_out(out, actuals, scenario)
    today = terminal.app().forecasting.today_files(plan, actuals, at, scenario=scenario)
    more = {
        "at": today.at.isoformat(),
        "days": report.values(today.days),
        "signals": report.values(today.signals),
        "notes": today.notes,
    }
    _show(today.frame, report.today_lines(today), out=out, json=json, more=more)


@cli.command()
def override(
    plan: PlanFolder,
    queue: Annotated[str, typer.Option(help="Queue to change.")],
    start: Annotated[str, typer.Option("--from", help='First interval, such as "2026-03-02".')],
    end: Annotated[str, typer.Option("--to", help="First interval that stays as it is.")],
    reason: Annotated[str, typer.Option(help="Why; whoever asks later reads this.")],
    percent: Annotated[
        float | None, typer.Option(help="Change of every interval: +10 or -5.")
    ] = None,
    contacts: Annotated[
        float | None, typer.Option(help="Or what the intervals shall add up to.")
    ] = None,
    by: Annotated[str | None, typer.Option(help="Who; default: the name logged in.")] = None,
    try_only: Annotated[
        bool, typer.Option("--try", help="Only say what it would do; the plan stays as it is.")
    ] = False,
    json: Json = False,
) -> None:
    """Change the forecast of a plan by hand: sized anew, shifts kept, reason and name logged."""
    from wfm import report_forecast as report

    if (percent is None) == (contacts is None):
        raise BadInput("override: expected one of --percent and --contacts, got "
                       + ("neither" if percent is None else "both"))  # fmt: skip
    if percent is not None and percent <= -100:
        raise BadInput(
            f"override: --percent expects more than -100, got {percent:g}; for nobody at all give "
            "--contacts 0"
        )
    use = terminal.app()
    asked: dict[str, Any] = {
        "queue": queue, "start": start, "end": end, "reason": reason,
        "by": by or terminal.logged_in(),
        "change": None if percent is None else percent / 100, "value": contacts,
    }  # fmt: skip
    if try_only:
        made = use.forecasting.overridden(use.open_plan(plan), **asked)
    else:
        made = use.forecasting.override_plan(plan, **asked)
    if json:
        typer.echo(terminal.as_json(report.override_values(made)))
        return
    for line in report.override_lines(made, kept=not try_only):
        typer.echo(line)


@cli.command("take-back")
def take_back(plan: PlanFolder, json: Json = False) -> None:
    """Take the last change of a plan's forecast back: sized anew, shifts kept."""
    from wfm import report_forecast as report

    made = terminal.app().forecasting.take_back(plan)
    if json:
        typer.echo(terminal.as_json(report.taken_back_values(made)))
        return
    for line in report.taken_back_lines(made):
        typer.echo(line)


@cli.command("value-added")
def value_added(
    plan: PlanFolder,
    actuals: Actuals,
    scenario: Layout = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Say what the overrides of a plan were worth, now that the contacts are known."""
    from wfm import report_forecast as report

    terminal.check_out(out, actuals, scenario)
    judged = terminal.app().forecasting.value_added(plan, actuals, scenario=scenario)
    _show(judged, report.value_lines(judged), out=out, json=json, more={})


def _asked(history: Path, *, leave_out: list[str] | None, **given: Any) -> HistoryFile:
    from wfm.history_file import HistoryFile

    return HistoryFile(history, leave_out=tuple(leave_out or ()), **given)


def _show(
    table: pd.DataFrame, lines: list[str], *, out: Path | None, json: bool, more: dict[str, Any]
) -> None:
    from wfm import report_forecast as report

    if out is not None:
        terminal.app().write_table(table, out)
    if json:
        typer.echo(terminal.as_json({**more, "rows": report.values(table)}))
        return
    for line in lines:
        typer.echo(line)
    if out is not None:
        typer.echo(f"Wrote {out}")
