"""The commands about the store: what is in it, who did what, publish, back up, erase."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wfm.terminal import Json, as_json

if TYPE_CHECKING:
    from wfm.service import Service

cli = typer.Typer(
    no_args_is_help=True,
    help="The database of a team: WFM_DATABASE_URL, else a file in your data folder.",
)

Site = Annotated[str, typer.Option(envvar="WFM_SITE", help="Key of the site.")]
PlanSite = Annotated[
    str | None, typer.Option("--site", envvar="WFM_SITE", help="Key of the site; else the plan's.")
]
Why = Annotated[str, typer.Option("--reason", help="Why; it stands in the audit log.")]
Name = Annotated[str, typer.Argument(help="Folder of the plan, or its name in the store.")]
Days = Annotated[int | None, typer.Option(min=0, help="Keep this many days; default for ever.")]


def _service() -> Service:
    from wfm import wiring

    return wiring.service()


def _user() -> str:
    from wfm import wiring

    return wiring.user()


def _found(name: str, site: str | None) -> tuple[str, str]:
    from wfm import wiring

    return wiring.places().found(name, site)


def _show(values: Any, lines: list[str], *, json: bool) -> None:
    typer.echo(as_json(values) if json else "\n".join(lines))


@cli.command()
def info(json: Json = False) -> None:
    """Show where the store is and what is in it."""
    from wfm.adapters.store import contents

    found = contents.contents(_service().keeper().database)
    lines = [f"{found.address} (revision {found.revision})"]
    lines += [f"{count:>12,} {name}" for name, count in found.rows.items() if count]
    _show(dataclasses.asdict(found), lines, json=json)


@cli.command()
def plans(
    site: Annotated[str | None, typer.Option(envvar="WFM_SITE", help="Only of this site.")] = None,
    json: Json = False,
) -> None:
    """List the versions of plans."""
    use = _service()
    sites = (
        [site]
        if site
        else [one.key for one in use.sites() if use.caller.may("plans:read", one.key)]
    )
    found = [v for key in sites for v in use.plans.versions(key, "plans", limit=1000)]
    lines = [f"{v.name} version {v.version}: {v.told['plan_id']}, {v.made_at:%Y-%m-%d %H:%M} UTC "
             f"by {v.made_by}" for v in found]  # fmt: skip
    _show([dataclasses.asdict(v) for v in found], lines or ["no plans"], json=json)


@cli.command("import-plan")
def import_plan(folder: Annotated[Path, typer.Argument(help="Folder of a plan.")]) -> None:
    """Take a plan that lies in a folder into the store."""
    from wfm import wiring

    _service().keeper()
    name = wiring.places().take_in(folder)
    wiring.happened().take_in(folder)
    wiring.improving(folder / "cycles")
    typer.echo(f"Took in plan {name!r}")


@cli.command()
def publish(
    name: Name,
    version: Annotated[int, typer.Option(help="Version of its roster.")],
    site: PlanSite = None,
    reason: Why = "",
) -> None:
    """Publish a roster; what was published for its days before is withdrawn."""
    where, name = _found(name, site)
    done = _service().plans.publish_named(where, name, version=version, reason=reason)
    typer.echo(f"Published {name} version {version} for {_days(done.told)}")


@cli.command()
def withdraw(
    name: Name,
    version: Annotated[int, typer.Option(help="Version of its roster.")],
    site: PlanSite = None,
    reason: Why = "",
) -> None:
    """Withdraw a published roster."""
    where, name = _found(name, site)
    done = _service().plans.withdraw_named(where, name, version=version, reason=reason)
    typer.echo(f"Withdrew {name} version {version} for {_days(done.told)}")


@cli.command("roll-back")
def roll_back(
    day: Annotated[str, typer.Argument(help="A day of the week, such as 2026-03-02.")],
    site: Site = "main",
    reason: Why = "",
) -> None:
    """Publish again what was published for a day before."""
    try:
        wanted = dt.date.fromisoformat(day)
    except ValueError as error:
        raise typer.BadParameter(f"expected a date like 2026-03-02, got {day!r}") from error
    done = _service().plans.roll_back(site, wanted, reason=reason)
    typer.echo(f"Published {done.name} version {done.version} again for {_days(done.told)}")


@cli.command()
def audit(
    kind: Annotated[str | None, typer.Option(help="Only of this kind, such as plans.")] = None,
    site: Annotated[str | None, typer.Option(help="Only of this site.")] = None,
    after: Annotated[int, typer.Option(help="Only entries after this one.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Longest list.")] = 100,
    json: Json = False,
) -> None:
    """Show who did what, when and why."""
    found = _service().audit(site, kind=kind, after=after, limit=limit)
    lines = [f"{e.id} {e.at:%Y-%m-%d %H:%M:%S} {e.by}: {e.action} {e.kind} {e.key!r}"
             + (f" version {e.version}" if e.version else "")
             + (f" ({e.reason})" if e.reason else "")
             for e in found]  # fmt: skip
    _show([dataclasses.asdict(e) for e in found], lines or ["no entries"], json=json)


@cli.command()
def backup(path: Annotated[Path, typer.Argument(help="The zip to write.")]) -> None:
    """Write everything into one zip."""
    counts = _service().keeper().archive.export_all(path)
    typer.echo(f"Wrote {path}: {sum(counts.values()):,} rows of {len(counts)} tables")


@cli.command()
def restore(path: Annotated[Path, typer.Argument(help="A zip that backup wrote.")]) -> None:
    """Fill an empty store from a backup."""
    counts = _service().keeper().archive.restore(path, by=_user())
    typer.echo(f"Restored {sum(counts.values()):,} rows of {len(counts)} tables")


@cli.command("delete-person")
def delete_person(key: str, site: Site = "main", reason: Why = "") -> None:
    """Erase a person's data; hours and the log keep a pseudonym."""
    done = _service().keeper().privacy.delete_person(key, site=site, by=_user(), reason=reason)
    changed = ", ".join(f"{count} {name}" for name, count in done.rows.items())
    typer.echo(f"Erased; {done.pseudonym} stands in {changed}")


@cli.command()
def forget(
    intervals: Days = None, agents: Days = None, plans: Days = None, audit: Days = None,
    reason: Why = "",
) -> None:  # fmt: skip
    """Remove what is older than so many days."""
    from wfm.adapters.store import Retention

    keep = Retention(intervals=intervals, agents=agents, plans=plans, audit=audit)
    gone = _service().keeper().privacy.forget(keep, by=_user(), reason=reason)
    typer.echo(", ".join(f"{count} {name}" for name, count in gone.items()) or "nothing so old")


def _days(told: Any) -> str:
    return f"{told['first_day']} to {told['last_day']}"
