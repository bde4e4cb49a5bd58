"""The commands about who works here: users and their roles."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Annotated

import typer

from wfm.terminal import Json, as_json

if TYPE_CHECKING:
    from wfm.service import Service
    from wfm.service.users import User

cli = typer.Typer(
    no_args_is_help=True,
    help="Who works here, in which role: docs/rest.md. Without users a store is one person's.",
)
Key = Annotated[str, typer.Argument(help="What the user is called: WFM_USER, or the login name.")]
Role = Annotated[
    str, typer.Argument(help="planner, scheduler, lead, analyst, agent, viewer or admin.")
]
Site = Annotated[str | None, typer.Option(help="Only at this site; default: at all.")]
Why = Annotated[str, typer.Option("--reason", help="Why; it stands in the audit log.")]


def _service() -> Service:
    from wfm import wiring

    return wiring.service()


@cli.command("add")
def add(
    key: Key,
    name: Annotated[str, typer.Option(help="Name in full.")] = "",
    person: Annotated[
        str | None, typer.Option(help="Key of the person of the rosters, for the own shifts.")
    ] = None,
    reason: Why = "",
) -> None:
    """Add a user. The first one is admin; from then on everybody needs a role."""
    typer.echo(_line(_service().users.add(key, name=name, person=person, reason=reason)))


@cli.command("list")
def show(json: Json = False) -> None:
    """List users and their roles."""
    found = _service().users.all()
    lines = [_line(user) for user in found] or ["no users: the store is a single person's"]
    typer.echo(as_json([dataclasses.asdict(u) for u in found]) if json else "\n".join(lines))


@cli.command("give")
def give(key: Key, role: Role, site: Site = None, reason: Why = "") -> None:
    """Give a user a role."""
    typer.echo(_line(_service().users.give(key, role, site, reason=reason)))


@cli.command("take")
def take(key: Key, role: Role, site: Site = None, reason: Why = "") -> None:
    """Take a role from a user."""
    typer.echo(_line(_service().users.take(key, role, site, reason=reason)))


@cli.command("disable")
def disable(
    key: Key,
    back: Annotated[bool, typer.Option("--back", help="Let the user in again.")] = False,
    reason: Why = "",
) -> None:
    """Shut a user and all his tokens out."""
    typer.echo(_line(_service().users.disable(key, on=not back, reason=reason)))


def _line(user: User) -> str:
    roles = ", ".join(f"{g.role} at {g.site or 'all sites'}" for g in user.grants) or "no role"
    return f"{user.key}: {roles}" + (", disabled" if user.disabled else "")
