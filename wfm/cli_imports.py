"""The commands that bring files of contacts into the store, and take them back."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wfm.errors import BadInput
from wfm.terminal import Json, Layout, app, as_json

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
    file: Annotated[
        Path, typer.Argument(help="CSV (also .gz), text or XLSX; - takes what is pasted.")
    ],
    site: Site = "main",
    profile: Annotated[str | None, typer.Option(help="Saved mapping profile.")] = None,
    layout: Layout = None,
    save_profile: Annotated[
        str | None, typer.Option(help="Keep how it was read as a profile of this name.")
    ] = None,
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
    name, content = ("pasted", _pasted()) if str(file) == "-" else (file.name, _content(file))
    use = _service().importing
    more: dict[str, Any] = {"profile": profile, "interval_min": interval}
    if layout is not None:
        more["source"] = app().ports.read_scenario(layout)[1]
    if check:
        found = use.offer(site, name, content, **more)
        values: dict[str, Any] = {}
        lines = []
    else:
        taken = use.take(site, name, content, leave_out=leave_out, reason=reason, **more)
        found, done = taken.offer, taken.done
        values = {"import": dataclasses.asdict(done)}
        lines = [f"Import {done.id}: {done.added:,} intervals new, {done.changed:,} replaced, "
                 f"{done.same:,} the same"]  # fmt: skip
    if save_profile is not None:
        use.save_profile(site, save_profile, found.history.source, system=name)
        lines.append(f"Kept how it was read as profile {save_profile!r}")
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


@cli.command("profiles")
def profiles(site: Site = "main", json: Json = False) -> None:
    """List mapping profiles: how files of a system are laid out."""
    found = _service().importing.profiles(site)
    lines = [f"{one.key}: {one.values['source']}, saved {one.changed_at:%Y-%m-%d} by "
             f"{one.changed_by}" for one in found]  # fmt: skip
    typer.echo(as_json([{"key": one.key, **one.values["content"]} for one in found]) if json
               else "\n".join(lines or ["no profiles"]))  # fmt: skip


@cli.command("undo-import")
def undo(
    id: Annotated[int, typer.Argument(help="Number of the import.")],
    site: Site = "main",
    reason: Annotated[str, typer.Option(help="Why; it stands in the audit log.")] = "",
) -> None:
    """Take an import back: replaced rows stand again, new ones are gone."""
    done = _service().facts.undo(site, id, reason=reason)
    typer.echo(f"Took back import {done.id}: {done.added} rows gone, {done.changed} as before")


def _pasted() -> bytes:
    """Return what stands on standard input, such as cells copied from a spreadsheet."""
    from wfm.adapters.acd_source import MAX_BYTES

    content = typer.get_binary_stream("stdin").read(MAX_BYTES + 1)
    if not content.strip():
        raise BadInput("pasted: nothing came on standard input; paste the cells, then Ctrl+D")
    if len(content) > MAX_BYTES:
        raise BadInput(f"pasted: longer than {MAX_BYTES / 2**20:,.0f} MiB; split it")
    return content


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
