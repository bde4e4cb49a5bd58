"""The commands about the service: serve, work, tokens."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer

from wfm.terminal import Json, as_json

if TYPE_CHECKING:
    from wfm.adapters.store import Token
    from wfm.service import Service

cli = typer.Typer()
tokens = typer.Typer(no_args_is_help=True, help="Who may use the service: make, list, revoke.")
cli.add_typer(tokens, name="token")


def _service() -> Service:
    from wfm import wiring

    return wiring.service()


@cli.command()
def serve(
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port.")] = 8600,
    allow_host: Annotated[
        list[str] | None, typer.Option(help="Host name it answers to; several times.")
    ] = None,
    workers: Annotated[int, typer.Option(min=0, max=16, help="Processes that make plans.")] = 1,
) -> None:
    """Serve the REST interface on the store, see docs/rest.md."""
    from wfm import wiring
    from wfm.rest import serving

    typer.echo(f"Serving http://{host}:{port}/api/v1 (openapi.json describes it); Ctrl+C stops")
    serving.serve(
        wiring.store(), host=host, port=port, hosts=tuple(allow_host or ()), workers=workers
    )


@cli.command()
def work(
    once: Annotated[bool, typer.Option("--once", help="Stop when no job waits.")] = False,
    leashed: Annotated[bool, typer.Option("--leashed", hidden=True)] = False,
) -> None:
    """Make the plans that were asked for over REST."""
    from wfm import wiring
    from wfm.rest import serving

    serving.work(wiring.store(), once=once, told=typer.echo, on_leash=leashed)


@tokens.command("new")
def new(
    label: Annotated[str, typer.Argument(help="What it is for.")],
    scope: Annotated[list[str], typer.Option(help="Permission, see docs/rest.md; several times.")],
    user: Annotated[str | None, typer.Option(help="Whose; default: yours.")] = None,
    site: Annotated[str | None, typer.Option(help="Only good for this site.")] = None,
    days: Annotated[int, typer.Option(min=1, max=3650, help="Good for so many days.")] = 90,
    json: Json = False,
) -> None:
    """Make a token; its secret is shown this once."""
    until = dt.datetime.now(dt.UTC) + dt.timedelta(days=days)
    made = _service().keys.issue(label=label, scopes=scope, user=user, site=site, expires_at=until)
    if json:
        typer.echo(as_json({"secret": made.secret, **dataclasses.asdict(made.token)}))
    else:
        typer.echo(made.secret)
        typer.echo(f"Token {made.token.id}, good until {until:%Y-%m-%d}; keep the secret now")


@tokens.command("list")
def show(json: Json = False) -> None:
    """List tokens and calendar feeds, without their secrets."""
    found = _service().keys.tokens()
    lines = [_line(token) for token in found]
    typer.echo(
        as_json([dataclasses.asdict(token) for token in found]) if json
        else "\n".join(lines or ["no tokens"])
    )  # fmt: skip


@tokens.command("revoke")
def revoke(
    id: Annotated[int, typer.Argument(help="Number of the token.")],
    reason: Annotated[str, typer.Option(help="Why; it stands in the audit log.")] = "",
) -> None:
    """Make a token good for nothing, at once."""
    done = _service().keys.revoke(id, reason=reason)
    typer.echo(f"Revoked token {done.id} ({done.label})")


def _line(token: Token) -> str:
    whose = f"user {token.user}" if token.user else f"calendar of {token.person}"
    state = "revoked" if token.revoked_at else f"until {token.expires_at or 'revoked'}"
    return (
        f"{token.id} {token.label}: {whose}, {token.site or 'all sites'}, {state}, "
        f"{' '.join(token.scopes)}"
    )
