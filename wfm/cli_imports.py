"""The commands that bring files of contacts into the store, and take them back."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wfm.errors import BadInput
from wfm.terminal import Json, as_json

if TYPE_CHECKING:
    from wfm.adapters.acd_offer import Offer
    from wfm.service import Service

cli = typer.Typer()
Site = Annotated[str, typer.Option(envvar="WFM_SITE", help="Key of the site.")]
_SHOWN = 20


def _service() -> Service:
    from wfm import wiring

    return wiring.service()


@cli.command("import")
def take(
    file: Annotated[Path, typer.Argument(help="CSV (also .gz), text or XLSX.")],
    site: Site = "main",
    profile: Annotated[str | None, typer.Option(help="Saved mapping profile.")] = None,
    interval: Annotated[
        int | None, typer.Option(help="Minutes of an interval; default: the file's.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Only say what could be taken.")] = False,
    leave_out: Annotated[
        bool, typer.Option("--leave-out", help="Take the good rows where some are bad.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why; it stands in the audit log.")] = "",
    json: Json = False,
) -> None:
    """Take a file of contacts into the store; the same file again changes nothing."""
    content = _content(file)
    more: dict[str, Any] = {"profile": profile, "interval_min": interval}
    if check:
        found = _service().importing.offer(site, file.name, content, **more)
        values: dict[str, Any] = {}
        lines = []
    else:
        taken = _service().importing.take(
            site, file.name, content, leave_out=leave_out, reason=reason, **more
        )
        found, done = taken.offer, taken.done
        values = {"import": dataclasses.asdict(done)}
        lines = [f"Import {done.id}: {done.added:,} intervals new, {done.changed:,} replaced, "
                 f"{done.same:,} the same"]  # fmt: skip
    values |= {"intervals": len(found.history.frame), "bad": [vars(row) for row in found.bad],
               "notes": list(found.history.notes)}  # fmt: skip
    typer.echo(as_json(values) if json else "\n".join([*_lines(found), *lines]))


@cli.command("imports")
def show(site: Site = "main", after: int = 0, json: Json = False) -> None:
    """List imports, oldest first."""
    found = _service().facts.imports(site, after=after, limit=1000)
    lines = [f"{one.id} {one.made_at:%Y-%m-%d %H:%M} {one.made_by}: {one.source}, {one.added} new, "
             f"{one.changed} replaced, {one.refused} refused"
             + (f", undone by {one.undone_by}" if one.undone_at else "")
             for one in found]  # fmt: skip
    typer.echo(as_json([vars(one) for one in found]) if json
               else "\n".join(lines or ["no imports"]))  # fmt: skip


@cli.command("undo-import")
def undo(
    id: Annotated[int, typer.Argument(help="Number of the import.")],
    site: Site = "main",
    reason: Annotated[str, typer.Option(help="Why; it stands in the audit log.")] = "",
) -> None:
    """Take an import back: replaced rows stand again, new ones are gone."""
    done = _service().facts.undo(site, id, reason=reason)
    typer.echo(f"Took back import {done.id}: {done.added} rows gone, {done.changed} as before")


def _content(file: Path) -> bytes:
    from wfm.adapters.acd_source import MAX_BYTES

    try:
        if file.stat().st_size > MAX_BYTES:
            raise BadInput(f"{file.name}: longer than {MAX_BYTES / 2**20:,.0f} MiB; split it")
        return file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file}: cannot be read: {error.strerror}; check the path") from error


def _lines(found: Offer) -> list[str]:
    frame = found.history.frame
    lines = list(found.history.notes)
    lines += [f"Bad: line {row.line}, column {row.column!r}, {row.value!r}: {row.reason}"
              for row in found.bad[:_SHOWN]]  # fmt: skip
    if len(found.bad) > _SHOWN:
        lines.append(f"... and {len(found.bad) - _SHOWN:,} bad rows more; --json shows all")
    lines.append(
        f"{len(frame):,} intervals of {found.interval_min} minutes, {frame['start'].min()} to "
        f"{frame['start'].max()}"
    )
    return lines
